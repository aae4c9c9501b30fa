"""The in-memory twin of the archive: arrays, cosine over a matrix, and BM25 over word counts."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from math import log

import numpy as np

from jennie_cli.engine.store.archive import Embedder, Passage, Sought, Vectors
from jennie_cli.engine.store.hybrid import HybridArchive
from jennie_cli.engine.store.ngrams import HashedNgrams
from jennie_cli.engine.store.sides import admits
from jennie_cli.engine.store.words import said_in, words_asked, words_of

_OFTEN, _LENGTH = 1.2, 0.75
_LEAST_TELLING = 1e-6
"""What a word that stands everywhere still counts, as in SQLite's bm25()."""


class MemoryArchive(HybridArchive):
    """Passages that are forgotten at exit."""

    def __init__(self, embedder: Embedder | None = None) -> None:
        """Start empty; without an embedder texts are compared by their n-grams."""
        model = embedder or HashedNgrams()
        super().__init__(MemoryTexts(), MemoryMeanings(model.width), model)


class MemoryTexts:
    """The Texts side in memory.

    BM25 with the constants of SQLite's bm25(): Robertson and Zaragoza, "The Probabilistic Relevance
    Framework", 2009, with k1 = 1.2 and b = 0.75.
    """

    def __init__(self) -> None:
        """Start empty."""
        self._passages: dict[str, Passage] = {}
        self._words: dict[str, Counter[str]] = {}

    async def add(self, passages: Sequence[Passage]) -> int:
        """Keep passages; return how many were new."""
        new = {p.id: p for p in reversed(passages) if p.id not in self._passages}
        self._passages |= new
        self._words |= {name: Counter(words_of(said_in(p))) for name, p in new.items()}
        return len(new)

    async def get(self, ids: Sequence[str]) -> Mapping[str, Passage]:
        """Return the passages of these ids that are kept."""
        return {name: self._passages[name] for name in ids if name in self._passages}

    async def matching(self, sought: Sought, most: int) -> tuple[str, ...]:
        """Return ids of passages that hold a word of the question, best first."""
        asked = words_asked(sought.text)
        worth = {word: self._worth(word) for word in asked}
        mean = sum(words.total() for words in self._words.values()) / max(1, len(self._words))
        scores = {
            name: sum(
                worth[w] * words[w] * (_OFTEN + 1) / (words[w] + _shorter(words.total() / mean))
                for w in asked
            )
            for name, words in self._words.items()
            if admits(sought, self._passages[name]) and any(word in words for word in asked)
        }
        newest = {name: -self._passages[name].at.timestamp() for name in scores}
        return tuple(sorted(scores, key=lambda name: (-scores[name], newest[name], name))[:most])

    async def page(self, after: str, most: int) -> tuple[Passage, ...]:
        """Return the passages that follow an id, in the order of ids."""
        ids = sorted(name for name in self._passages if name > after)[:most]
        return tuple(self._passages[name] for name in ids)

    async def forget(self, before: datetime) -> int:
        """Drop what was published before a moment; return how many passages went."""
        old = [name for name, passage in self._passages.items() if passage.at < before]
        for name in old:
            del self._passages[name], self._words[name]
        return len(old)

    async def size(self) -> int:
        """Return how many passages are kept."""
        return len(self._passages)

    async def close(self) -> None:
        """Hold nothing that must be let go."""

    def _worth(self, word: str) -> float:
        """Return how much a word tells: the rarer the more."""
        holding = sum(word in words for words in self._words.values())
        return max(_LEAST_TELLING, log((len(self._words) - holding + 0.5) / (holding + 0.5)))


class MemoryMeanings:
    """The Meanings side in memory: the cosine with every row of a matrix."""

    def __init__(self, width: int) -> None:
        """Start empty, for vectors of this width."""
        self._passages: dict[str, Passage] = {}
        self._matrix: Vectors = np.zeros((0, width), np.float32)

    async def put(self, passages: Sequence[Passage], vectors: Vectors) -> None:
        """Keep a vector for each passage, in place of the one that was there."""
        ids = {passage.id for passage in passages}
        stay = [name not in ids for name in self._passages]
        self._passages = {n: p for n, p in self._passages.items() if n not in ids}
        self._passages |= {passage.id: passage for passage in passages}
        self._matrix = np.concatenate([self._matrix[np.array(stay, bool)], vectors])

    async def nearest(self, vector: Vectors, sought: Sought, most: int) -> tuple[str, ...]:
        """Return ids of the passages most like one vector (1, width), best first."""
        likeness = self._matrix @ vector[0]
        admitted = [
            (-float(like), name)
            for like, (name, passage) in zip(likeness, self._passages.items(), strict=True)
            if admits(sought, passage)
        ]
        return tuple(name for _, name in sorted(admitted)[:most])

    async def missing(self, ids: Sequence[str]) -> frozenset[str]:
        """Return those of these ids that have no vector."""
        return frozenset(ids) - self._passages.keys()

    async def forget(self, before: datetime) -> int:
        """Drop the vectors of what was published before a moment; return how many went."""
        stay = [passage.at >= before for passage in self._passages.values()]
        self._passages = {n: p for n, p in self._passages.items() if p.at >= before}
        self._matrix = self._matrix[np.array(stay, bool)]
        return len(stay) - len(self._passages)

    async def size(self) -> int:
        """Return how many vectors are kept."""
        return len(self._passages)

    async def close(self) -> None:
        """Hold nothing that must be let go."""


def _shorter(length_ratio: float) -> float:
    """Return by how much the length of a text takes from its count of a word."""
    return _OFTEN * (1 - _LENGTH + _LENGTH * length_ratio)
