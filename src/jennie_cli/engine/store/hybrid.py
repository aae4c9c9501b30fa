"""An archive of two sides: what means the same, and what says the same, in one order."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime

from jennie_cli.engine.clock import KST
from jennie_cli.engine.store.archive import Embedder, Found, Passage, Sought, Vectors
from jennie_cli.engine.store.sides import Meanings, Texts, admits
from jennie_cli.engine.store.words import plain_text, said_in

RANK_OFFSET = 60
"""The constant of reciprocal rank fusion, as its authors measured it."""

_AT_ONCE = 256
_DEEPER = 5
_LEAST_DEEP = 50
_DEEPER_STILL = 8
_DEEPEST = 4_096
_QUESTIONS_KEPT = 256


def _unseen(done: int, total: int) -> None:
    del done, total


class HybridArchive:
    """The Archive over any pair of sides and any embedder, all of which it closes."""

    def __init__(self, texts: Texts, meanings: Meanings, embedder: Embedder) -> None:
        """`meanings` holds vectors of this embedder only."""
        self._texts = texts
        self._meanings = meanings
        self._embedder = embedder
        self._asked: dict[str, Vectors] = {}

    @property
    def embedder(self) -> str:
        """The model whose vectors are searched."""
        return self._embedder.name

    async def put(self, passages: Sequence[Passage]) -> int:
        """Keep passages; return how many were new.

        A vector is kept before its text: whoever is killed between leaves a vector that nothing
        leads to, and the next `put` of the same passage completes it.
        """
        new = 0
        for some in _in_parts(list({p.id: p for p in reversed(passages)}.values())[::-1]):
            there = await self._texts.get([passage.id for passage in some])
            fresh = [passage for passage in some if passage.id not in there]
            if fresh:
                await self._embed(fresh)
                new += await self._texts.add(fresh)
        return new

    async def search(self, sought: Sought) -> tuple[Found, ...]:
        """Return the best of both sides, best first; one passage of each text."""
        deep = max(_LEAST_DEEP, _DEEPER * sought.most)
        meant, said = await asyncio.gather(
            self._nearest(sought, deep), self._texts.matching(sought, deep)
        )
        scores = fused(meant, said)
        kept = await self._texts.get(list(scores))
        order = sorted(kept.values(), key=lambda p: (-scores[p.id], -p.at.timestamp(), p.id))
        places = (_places(meant), _places(said))
        return tuple(
            Found(
                passage=passage,
                score=scores[passage.id],
                meaning_rank=places[0].get(passage.id),
                words_rank=places[1].get(passage.id),
            )
            for passage in _one_of_each(order, sought.most)
        )

    async def forget(self, before: datetime) -> int:
        """Drop what was published before a moment; return how many passages went."""
        await self._meanings.forget(before)
        return await self._texts.forget(before)

    async def size(self) -> int:
        """Return how many passages are kept; both sides are asked, so that none is away unseen."""
        await self._meanings.size()
        return await self._texts.size()

    async def lacking(self) -> int:
        """Return how many passages have no vector of this model yet, such as after a change."""
        return max(0, await self._texts.size() - await self._meanings.size())

    async def catch_up(self, seen: Callable[[int, int], None] = _unseen) -> int:
        """Make the vectors that passages lack; return how many. `seen` is told (done, total)."""
        made, done, total, last = 0, 0, await self._texts.size(), ""
        while page := await self._texts.page(last, _AT_ONCE):
            lacking = await self._meanings.missing([passage.id for passage in page])
            some = [passage for passage in page if passage.id in lacking]
            if some:
                await self._embed(some)
            made, done, last = made + len(some), done + len(page), page[-1].id
            seen(done, total)
        return made

    async def close(self) -> None:
        """Close both sides and the model."""
        for part in (self._texts, self._meanings, self._embedder):
            await part.close()

    async def _embed(self, passages: Sequence[Passage]) -> None:
        vectors = await self._embedder.embed([said_in(passage) for passage in passages])
        await self._meanings.put(passages, vectors)

    async def _vector(self, question: str) -> Vectors:
        """Return the vector of a question; a run asks the same of many stocks."""
        if question not in self._asked:
            if len(self._asked) >= _QUESTIONS_KEPT:
                self._asked.clear()
            self._asked[question] = await self._embedder.embed([question], asking=True)
        return self._asked[question]

    async def _nearest(self, sought: Sought, most: int) -> tuple[str, ...]:
        """Return the ids that are admitted; where a side cannot tell, it is asked for more."""
        vector = await self._vector(sought.text)
        depth, meant = most, list[str]()
        while vector.any() and depth <= _DEEPEST:
            ids = await self._meanings.nearest(vector, sought, depth)
            kept = await self._texts.get(ids)
            meant = [name for name in ids if name in kept and admits(sought, kept[name])]
            if len(meant) >= sought.most or len(ids) < depth:
                break
            depth *= _DEEPER_STILL
        return tuple(meant[:most])


def fused(*rankings: Sequence[str]) -> dict[str, float]:
    """Return the score of each id: the sum over the rankings of 1 / (60 + its rank from 1).

    Reciprocal rank fusion: Cormack, Clarke and Büttcher, SIGIR 2009.
    """
    scores: dict[str, float] = {}
    for ranking in rankings:
        for rank, name in enumerate(ranking, 1):
            scores[name] = scores.get(name, 0.0) + 1 / (RANK_OFFSET + rank)
    return scores


def _places(ranking: Sequence[str]) -> Mapping[str, int]:
    return {name: rank for rank, name in enumerate(ranking, 1)}


def _one_of_each(passages: Iterable[Passage], most: int) -> list[Passage]:
    """Return the first passages, one of an address, and one of a title on a day."""
    seen: set[str | tuple[str, str, date]] = set()
    found: list[Passage] = []
    for passage in passages:
        if len(found) == most:
            break
        day = passage.at.astimezone(KST).date()
        same: set[str | tuple[str, str, date]] = {
            (plain_text(passage.title), passage.code, day),
            *filter(None, [passage.url]),
        }
        if seen.isdisjoint(same):
            found.append(passage)
        seen |= same
    return found


def _in_parts(passages: list[Passage]) -> Iterable[list[Passage]]:
    for start in range(0, len(passages), _AT_ONCE):
        yield passages[start : start + _AT_ONCE]
