"""Vectors in a collection of Chroma.

A condition costs Chroma many times what the search itself costs (`docs/news-search.md` tells the
figures). So it is asked only with one that few passages fit, a stock or two or three days; whoever
asks looks at the rest, and asks for more where too few fit.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from jennie_cli.engine.clock import KST
from jennie_cli.engine.errors import JennieError, OutsideError
from jennie_cli.engine.store import Passage, Sought, Vectors

FEW_DAYS = 3
"""A time no longer than this is a condition worth its cost."""

T = TypeVar("T")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class ChromaMeanings:
    """The Meanings side over an opened collection, which one thread asks."""

    def __init__(self, collection: Any, close: Callable[[], None], where: str) -> None:
        """`close` lets go of the client; `where` names it to people."""
        self._collection = collection
        self._close = close
        self._where = where
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="chroma")

    async def put(self, passages: Sequence[Passage], vectors: Vectors) -> None:
        """Keep a vector for each passage, in place of the one that was there."""

        def work() -> None:
            self._collection.upsert(
                ids=[passage.id for passage in passages],
                embeddings=vectors,
                metadatas=[_marks(passage) for passage in passages],
            )

        await self._do(work)

    async def nearest(self, vector: Vectors, sought: Sought, most: int) -> tuple[str, ...]:
        """Return ids of the passages most like one vector, of the stocks or days asked for."""

        def work() -> tuple[str, ...]:
            found = self._collection.query(
                query_embeddings=vector, n_results=most, where=_where(sought), include=[]
            )
            return tuple(found["ids"][0])

        return await self._do(work)

    async def missing(self, ids: Sequence[str]) -> frozenset[str]:
        """Return those of these ids that have no vector."""

        def work() -> frozenset[str]:
            return frozenset(ids).difference(self._collection.get(ids=list(ids), include=[])["ids"])

        return await self._do(work)

    async def forget(self, before: datetime) -> int:
        """Drop the vectors of what was published before a moment; return how many went."""

        def work() -> int:
            kept = int(self._collection.count())
            self._collection.delete(where={"at": {"$lt": _micros(before)}})
            return kept - int(self._collection.count())

        return await self._do(work)

    async def size(self) -> int:
        """Return how many vectors are kept."""
        return await self._do(lambda: int(self._collection.count()))

    async def close(self) -> None:
        """Let go of the collection once what was asked is done; may be called twice."""
        try:
            await self._do(self._close)
        except RuntimeError:
            return  # closed before
        await asyncio.to_thread(self._thread.shutdown)

    async def _do(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._named, work)

    def _named(self, work: Callable[[], T]) -> T:
        with named(self._where):
            return work()


@contextmanager
def named(where: str) -> Iterator[None]:
    """Turn whatever Chroma raises into an OutsideError that says where it was.

    Its errors have no root of their own: what its server, its Rust part or its HTTP client says
    comes as any class, so that all of them are caught here.
    """
    try:
        yield
    except JennieError:
        raise
    except Exception as error:
        said = " ".join("".join(s if s.isprintable() else " " for s in str(error)).split())
        raise OutsideError(
            f"Chroma ({where}) failed: {type(error).__name__}: {said[:300]}",
            hint="Look whether it runs and chroma.url is right; "
            "jennie config set archive.vectors sqlite does without it.",
        ) from error


def _marks(passage: Passage) -> Mapping[str, str | int]:
    return {
        "at": _micros(passage.at),
        "known_at": _micros(passage.known_at),
        "day": _day(passage.at),
        "code": passage.code,
        "kind": passage.kind.value,
    }


def _where(sought: Sought) -> dict[str, Any] | None:
    """Return the one condition that few fit, None where there is none.

    Nothing is known before it is published, so that `known_by` ends the days, too.
    """
    if sought.codes:
        return {"code": {"$in": list(sought.codes)}}
    first, last = (moment.astimezone(KST).date() for moment in (sought.since, sought.known_by))
    if not 0 <= (last - first).days < FEW_DAYS:
        return None
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return {"day": {"$in": [day.year * 10_000 + day.month * 100 + day.day for day in days]}}


def _day(moment: datetime) -> int:
    day = moment.astimezone(KST).date()
    return day.year * 10_000 + day.month * 100 + day.day


def _micros(moment: datetime) -> int:
    return (moment - _EPOCH) // _MICROSECOND
