"""What the archive of a home tells a run: candidates, a stock's context, the council's market.

A home without an archive pays nothing for it, and one that cannot be read costs a run nothing but
what it would have told.
"""

# ruff: noqa: PLC0415  # without an archive nothing of it is imported

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from jennie_cli.engine.errors import JennieError
from jennie_cli.engine.model import Stock

if TYPE_CHECKING:
    from jennie_cli.engine.analyst import News
    from jennie_cli.engine.council import CouncilPolicy, Remembered
    from jennie_cli.engine.scout import Recalled
    from jennie_cli.engine.store import HybridArchive
    from jennie_cli.wiring.house import House

LOG = logging.getLogger(__name__)
T = TypeVar("T")


WORDS = "words"
"""What a run says that it searched by while another process has the vectors."""


def candidates_of(
    house: "House", *, as_of: datetime, most: int
) -> "tuple[tuple[Recalled, ...] | None, str]":
    """Return the stocks that archived news names, and by which model they were found; none without
    an archive, None when it is there and cannot be read.
    """
    from jennie_cli.engine.scout import Recalled, recall_candidates

    async def named(archive: "HybridArchive", model: str) -> "tuple[tuple[Recalled, ...], str]":
        return await recall_candidates(archive, as_of=as_of, most=most), model

    nothing: tuple[tuple[Recalled, ...], str] = ((), "")
    found = asyncio.run(_ask(house, named, nothing)) if most else nothing
    return (None, "") if found is None else found


def context_of(
    house: "House", stocks: Sequence[Stock], *, as_of: datetime
) -> "Mapping[str, tuple[News, ...]]":
    """Return what archived news tells of each stock, by code."""
    from jennie_cli.engine.analyst import News, recall

    async def each(archive: "HybridArchive", _: str) -> "Mapping[str, tuple[News, ...]]":
        return {stock.code: await recall(archive, stock, as_of=as_of) for stock in stocks}

    nothing: Mapping[str, tuple[News, ...]] = {}
    return asyncio.run(_ask(house, each, nothing)) or nothing


async def market_of(
    house: "House", *, at: datetime, policy: "CouncilPolicy"
) -> "tuple[Remembered, ...]":
    """Return what archived news tells of the market."""
    from jennie_cli.engine.council import recall_market

    async def texts(archive: "HybridArchive", _: str) -> "tuple[Remembered, ...]":
        return await recall_market(archive, at=at, policy=policy)

    return await _ask(house, texts, ()) or ()


async def _ask(
    house: "House", work: "Callable[[HybridArchive, str], Awaitable[T]]", empty: T
) -> T | None:
    """Return an answer, `empty` without an archive, None where it cannot be read."""
    from jennie_cli.wiring.archive import open_for_reading, stored_archive

    if not stored_archive(house):
        return empty
    try:
        async with open_for_reading(house) as (archive, busy):
            if busy:
                LOG.warning("archived news is compared by words alone: %s", busy)
            return await work(archive, WORDS if busy else archive.embedder)
    except JennieError as error:
        LOG.warning("archived news was not read: %s", error.message)
        return None
