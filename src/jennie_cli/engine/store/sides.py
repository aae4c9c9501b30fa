"""The ports below an archive: texts with their words, and their vectors.

Each side answers a question by itself; `hybrid` joins them. Every call raises OutsideError.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from jennie_cli.engine.store.archive import Passage, Sought, Vectors


class Texts(Protocol):
    """Passages as they were put, found by their words. This side knows what is kept."""

    async def add(self, passages: Sequence[Passage]) -> int:
        """Keep passages; return how many were new. One that is there stays as it was."""
        ...

    async def get(self, ids: Sequence[str]) -> Mapping[str, Passage]:
        """Return the passages of these ids that are kept."""
        ...

    async def matching(self, sought: Sought, most: int) -> tuple[str, ...]:
        """Return ids of passages that hold a word of the question, best first."""
        ...

    async def page(self, after: str, most: int) -> tuple[Passage, ...]:
        """Return the passages that follow an id, in the order of ids; "" begins."""
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


class Meanings(Protocol):
    """Vectors of one model, found by their likeness."""

    async def put(self, passages: Sequence[Passage], vectors: Vectors) -> None:
        """Keep a vector for each passage, in place of the one that was there."""
        ...

    async def nearest(self, vector: Vectors, sought: Sought, most: int) -> tuple[str, ...]:
        """Return ids of the passages most like one vector (1, width), best first.

        Some may be out of the question's bounds, where looking closer costs more than asking for
        more; fewer than `most` says that there are no others.
        """
        ...

    async def missing(self, ids: Sequence[str]) -> frozenset[str]:
        """Return those of these ids that have no vector."""
        ...

    async def forget(self, before: datetime) -> int:
        """Drop the vectors of what was published before a moment; return how many went."""
        ...

    async def size(self) -> int:
        """Return how many vectors are kept."""
        ...

    async def close(self) -> None:
        """Let go of files and connections."""
        ...


def admits(sought: Sought, passage: Passage) -> bool:
    """Say whether a passage may answer: its moment, what was known by then, its code and kind."""
    return (
        sought.since <= passage.at
        and passage.known_at <= sought.known_by
        and (not sought.codes or passage.code in sought.codes)
        and (not sought.kinds or passage.kind in sought.kinds)
    )
