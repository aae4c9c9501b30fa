"""The news of a home: who is asked, which streams carry it, where it is judged and kept."""

# ruff: noqa: PLC0415  # each builder imports its adapter inside the function

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jennie_cli.engine.bus import BusPolicy, Group
from jennie_cli.engine.bus.names import ANALYZER, ARCHIVER, MACRO_ANALYZER, MACRO_ARCHIVER
from jennie_cli.engine.errors import InputError, OutsideError
from jennie_cli.engine.feed import NewsSource
from jennie_cli.engine.model import Stock
from jennie_cli.engine.news import (
    PACKAGE,
    PROMPT,
    Analyzer,
    Archiver,
    BenefitEvent,
    Collected,
    Collector,
    Consumer,
    Handler,
    NewsPolicy,
    NewsRow,
    Tally,
    expire,
    market_caps,
    read_peers,
)
from jennie_cli.engine.trading.stocks import StockList
from jennie_cli.settings import Profile
from jennie_cli.wiring.bus import open_bus_of
from jennie_cli.wiring.markets import GENERATED

if TYPE_CHECKING:
    from jennie_cli.adapters.redis import RedisBus
    from jennie_cli.adapters.sql.news import SqlNewsBook
    from jennie_cli.wiring.house import House

LOG = logging.getLogger(__name__)

Told = Callable[[Collected], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsRead:
    """News of a stock, or of all where `stock` is None, newest first, and who profits from it."""

    stock: Stock | None
    rows: Sequence[NewsRow]
    events: Sequence[BenefitEvent]


def news_book(house: "House") -> "SqlNewsBook":
    """Return what was made of each text in the home's profile and market."""
    from jennie_cli.adapters.sql.news import SqlNewsBook

    house.admit()
    return SqlNewsBook(house.records, profile=house.profile, market=house.market)


async def collect_news(
    house: "House", *, only: Sequence[str] = (), told: Told, follow: bool = False
) -> None:
    """Collect once, or again and again until cancelled, and tell what each time came to.

    Raises BusDown when the bus is away (while following it is waited for), InputError for a source
    nobody knows.
    """
    policy = house.settings.slice(NewsPolicy)
    with house.lock("news-collector", doing="collecting news"):
        sources = chosen(await _sources(house), only)
        async with open_bus_of(house, needed=not follow) as bus:
            collector = Collector(bus=bus, sources=sources, clock=house.clock, policy=policy)
            while True:
                try:
                    told(await collector.collect())
                except OutsideError as outage:
                    if not follow:
                        raise
                    LOG.warning("nothing was collected: %s", outage.message)
                if not follow:
                    return
                await house.wall_clock.sleep(collector.pause_s())


async def analyze_news(house: "House", *, follow: bool = False) -> Tally:
    """Judge what lies on the streams, or what comes until cancelled.

    Raises JennieError when bus or store is away; while following, either is waited for.
    """
    with house.lock("news-analyzer", doing="judging news"):
        async with open_bus_of(house) as bus, _analyzer(house, bus) as analyzer:
            return await _consume(
                house, bus, analyzer, (ANALYZER, MACRO_ANALYZER), "analyzer", follow=follow
            )


async def backfill_news(house: "House") -> Sequence[NewsRow]:
    """Ask again about texts that nobody could judge; return what became of them."""
    most = house.settings.slice(NewsPolicy).backfill
    with house.lock("news-analyzer", doing="judging news"):
        async with open_bus_of(house) as bus, _analyzer(house, bus) as analyzer:
            return await analyzer.backfill(most)


async def archive_news(house: "House", *, follow: bool = False) -> Tally:
    """Archive what lies on the streams, or what comes until cancelled."""
    from jennie_cli.wiring.archive import open_archive

    policy = house.settings.slice(NewsPolicy)
    with house.lock("news-archiver", doing="archiving news"):
        async with open_bus_of(house) as bus, open_archive(house) as archive:
            archiver = Archiver(archive=archive, policy=policy)
            groups = (ARCHIVER, MACRO_ARCHIVER)
            return await _consume(house, bus, archiver, groups, "archiver", follow=follow)


async def read_news(house: "House", asked: str | None, *, most: int) -> NewsRead:
    """Return the newest news of a stock by code or name. Raises UnknownStock, AmbiguousStock."""
    from jennie_cli.wiring.trading import stocks_of

    book = news_book(house)
    stock = None if asked is None else StockList(await stocks_of(house)).find(asked)
    code = None if stock is None else stock.code
    events = [e for e in book.events() if code in {None, e.code, e.affected}]
    return NewsRead(stock=stock, rows=book.newest(code=code, most=most), events=events[-most:])


def expire_events(house: "House") -> Sequence[BenefitEvent]:
    """End the events whose days are over: the body of a daily job."""
    return expire(news_book(house), house.facts, now=house.clock.now())


def chosen(sources: Sequence[NewsSource], only: Sequence[str]) -> Sequence[NewsSource]:
    """Return the sources of these names or kinds, all without any. Raises InputError."""
    known = {source.name for source in sources} | {_kind(source) for source in sources}
    if strangers := set(only) - known:
        raise InputError(
            f"No news source is named {', '.join(sorted(strangers))}.",
            hint=f"Known here: {', '.join(sorted(known)) or 'none'}.",
        )
    return [s for s in sources if not only or {s.name, _kind(s)} & set(only)]


async def _sources(house: "House") -> Sequence[NewsSource]:
    """Return who tells the news of the home's market: the invented world, or the real one."""
    house.ready()
    if house.market == GENERATED:
        from jennie_cli.simulator import GeneratedNews

        return (GeneratedNews(facts=house.facts, now=house.clock.now),)
    if house.profile is Profile.SIM:
        raise InputError(
            "An imported market stands still in the sim profile: nobody tells news of it.",
            hint="jennie --profile paper news collect",
        )
    from jennie_cli.wiring.news_sources import news_sources

    return news_sources(house, await _universe(house))


async def _universe(house: "House") -> Sequence[Stock]:
    """Return the largest stocks that can be named."""
    from jennie_cli.wiring.trading import stocks_of

    stocks = (await stocks_of(house))().values()
    caps = market_caps(house.facts, as_of=house.clock.now())
    ordered = sorted(stocks, key=lambda stock: (-caps.get(stock.code, 0), stock.code))
    return ordered[: house.settings.slice(NewsPolicy).universe]


@asynccontextmanager
async def _analyzer(house: "House", bus: "RedisBus") -> AsyncIterator[Analyzer]:
    from jennie_cli.wiring.models import home_prompts, open_models

    policy = house.settings.slice(NewsPolicy)
    async with open_models(house) as models:
        yield Analyzer(
            book=news_book(house),
            keys=bus.keys,
            models=models,
            prompt=home_prompts(house).get(PACKAGE, PROMPT),
            peers=read_peers(house.facts, as_of=house.clock.now(), most=policy.peers),
            clock=house.clock,
            policy=policy,
            facts=None if house.market == GENERATED else house.facts,
        )


async def _consume(
    house: "House",
    bus: "RedisBus",
    handler: Handler,
    groups: Sequence[Group],
    name: str,
    *,
    follow: bool,
) -> Tally:
    consumers = [
        Consumer(
            bus.streams,
            group,
            handler,
            name=name,
            policy=house.settings.slice(NewsPolicy),
            deliveries=house.settings.slice(BusPolicy).deliveries,
            steady=house.wall_clock,
        )
        for group in groups
    ]
    if follow:
        await asyncio.gather(*(consumer.run() for consumer in consumers))
    tallies = [await consumer.drain() for consumer in consumers]
    return Tally(
        done=sum(tally.done for tally in tallies),
        failed=sum(tally.failed for tally in tallies),
        dead=sum(tally.dead for tally in tallies),
        lost=sum(tally.lost for tally in tallies),
    )


def _kind(source: NewsSource) -> str:
    return source.name.partition(":")[0]
