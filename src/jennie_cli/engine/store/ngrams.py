"""Vectors of character n-grams: what search by meaning falls back on where no model is.

It knows no meaning, only likeness of spelling, and needs no file and no package.
"""

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from zlib import crc32

import numpy as np

from jennie_cli.engine.store.archive import Vectors
from jennie_cli.engine.store.words import plain_text

_WIDTH = 512
_RUN = re.compile(r"[0-9a-z]+|[^\W_0-9a-z]+")
_SIZES = (2, 3)


class HashedNgrams:
    """The Embedder that is always there.

    Feature hashing with signs: Weinberger et al., "Feature Hashing for Large Scale Multitask
    Learning", ICML 2009. A gram that comes n times counts as the square root of n.
    """

    @property
    def name(self) -> str:
        """Its model."""
        return f"ngrams-{_WIDTH}.1"

    @property
    def width(self) -> int:
        """Numbers in a vector."""
        return _WIDTH

    async def embed(self, texts: Sequence[str], *, asking: bool = False) -> Vectors:
        """Return a vector for each text; one without a letter or figure is all zeros."""
        del asking
        found = np.zeros((len(texts), _WIDTH), np.float32)
        for row, text in zip(found, texts, strict=True):
            for (place, sign), times in Counter(map(_place, _grams(text))).items():
                row[place] += sign * times**0.5
        lengths = np.linalg.norm(found, axis=1, keepdims=True)
        np.divide(found, lengths, out=found, where=lengths > 0)
        return found

    async def close(self) -> None:
        """Hold nothing that must be let go."""


def _grams(text: str) -> list[str]:
    """Return pairs and threes of each run of letters, the run's ends marked."""
    found = []
    for run in _RUN.findall(plain_text(text)):
        marked = f"<{run}>"
        for size in _SIZES:
            found += [marked[n : n + size] for n in range(len(marked) - size + 1)]
    return found


@lru_cache(maxsize=1 << 17)
def _place(gram: str) -> tuple[int, int]:
    """Return the number that a gram counts to, and with which sign."""
    mixed = crc32(gram.encode())
    return mixed % _WIDTH, 1 if mixed >> 31 else -1
