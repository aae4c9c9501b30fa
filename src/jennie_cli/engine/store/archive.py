"""The port to what was published and kept for searching, and to what makes texts searchable."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from jennie_cli.engine.model import NewsKind

Vectors = NDArray[np.float32]
"""(texts, width), each row of length 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A piece of a published text.

    `id` is made from address and place, so that the same piece is kept once. `at` is the source's
    moment; `known_at` when we had it: a run of the past reads nothing known later.
    """

    id: str
    text: str
    title: str
    at: datetime
    known_at: datetime
    kind: NewsKind
    source: str
    publisher: str = ""
    url: str = ""
    code: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """What is looked for. Bounds are inclusive; no `codes` or `kinds` is any.

    `known_by` is the moment whose knowledge counts.
    """

    text: str
    since: datetime
    known_by: datetime
    codes: tuple[str, ...] = ()
    kinds: tuple[NewsKind, ...] = ()
    most: int = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A passage that answers; the higher the score the better, comparable within one answer.

    The ranks, from 1, are its places by meaning and by words; None where it was not among them.
    """

    passage: Passage
    score: float
    meaning_rank: int | None
    words_rank: int | None


class Archive(Protocol):
    """Passages by meaning and by words. Every call raises OutsideError on failure."""

    async def put(self, passages: Sequence[Passage]) -> int:
        """Keep passages; return how many were new. One that is there stays as it was."""
        ...

    async def search(self, sought: Sought) -> tuple[Found, ...]:
        """Return the best, best first; one passage of each text."""
        ...

    async def forget(self, before: datetime) -> int:
        """Drop what was published before a moment; return how many passages went."""
        ...

    async def size(self) -> int:
        """Return how many passages are kept."""
        ...

    async def close(self) -> None:
        """Let go of files and connections."""
        ...


class Embedder(Protocol):
    """Makes vectors of texts. `name` tells which model: vectors of two models do not mix."""

    @property
    def name(self) -> str:
        """Its model, as `doctor` shows it."""
        ...

    @property
    def width(self) -> int:
        """Numbers in a vector."""
        ...

    async def embed(self, texts: Sequence[str], *, asking: bool = False) -> Vectors:
        """Return a vector for each text; `asking` marks questions, which some models must know.

        Raises ModelFailed.
        """
        ...

    async def close(self) -> None:
        """Let go of the model."""
        ...
