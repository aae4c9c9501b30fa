"""The macro side of a home: who is asked, where the snapshot is kept, and who is told."""

# ruff: noqa: PLC0415  # each builder imports its adapter inside the function

import json
import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from jennie_cli.engine.bus import BusDown, BusRefused, Keys
from jennie_cli.engine.bus.names import (
    MACRO_ACCURACY,
    MACRO_LAST_FETCH,
    MACRO_NEWEST,
    MACRO_SNAPSHOT,
    MACRO_SWITCH,
)
from jennie_cli.engine.errors import InputError, Refused
from jennie_cli.engine.feed import BudgetUse, Fetcher
from jennie_cli.engine.macro import CollectPolicy
from jennie_cli.engine.macro.collecting import (
    KOREA_NEWS,
    POLITICS,
    REQUIRED,
    Collection,
    MacroRecord,
    MacroSource,
    Plan,
    RecordedSource,
    Scope,
    Topic,
    collect,
    newest_sound,
    quick_fields,
)
from jennie_cli.engine.store.codec import to_json
from jennie_cli.settings import MacroSourceOptions, Profile
from jennie_cli.wiring.bus import open_bus_of
from jennie_cli.wiring.krx import KrxState, krx_source, krx_state
from jennie_cli.wiring.markets import GENERATED
from jennie_cli.wiring.sites import origin

if TYPE_CHECKING:
    from jennie_cli.adapters.http import Budgets, HttpFetcher, Pages
    from jennie_cli.adapters.sql import SqlMacro
    from jennie_cli.wiring.house import House

LOG = logging.getLogger(__name__)

_NO_KEY = "no_key"
_OF_CEILING = 0.9
_SPREAD = 1.25
_STEPS = 6
_LEAST_PATIENCE_S = 0.1
_OFF = frozenset({"0", "false", "off", "no"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Who can be asked, what each source that cannot be asked lacks and would give, and what a
    snapshot of this market needs half of.
    """

    sources: Sequence[MacroSource]
    skipped: Mapping[str, tuple[str, frozenset[str]]] = field(default_factory=dict)
    required: frozenset[str] = REQUIRED


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """What one collection came to: whether it was kept, whether the bus was told, how much of each
    allowance is used, and how many fetches of the day failed out of how many. `damaged` names kept
    snapshots that cannot be read and were passed over.
    """

    collection: Collection
    kept: bool
    told: bool
    budgets: tuple[BudgetUse, ...]
    asked_today: int
    failed_today: int
    damaged: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MacroStatus:
    """What stands: the newest snapshot that can be read, which newer ones cannot, the allowances,
    the day's count, the switch, and whether KRX can be asked.
    """

    record: MacroRecord | None
    budgets: tuple[BudgetUse, ...]
    asked_today: int
    failed_today: int
    enabled: bool
    krx: KrxState
    damaged: tuple[str, ...] = ()


def macro_store_of(house: "House") -> "SqlMacro":
    """Return the snapshots of the home's profile and market."""
    from jennie_cli.adapters.sql import SqlMacro

    house.admit()
    return SqlMacro(house.records, profile=house.profile, market=house.market)


async def collect_macro(
    house: "House", scope: Scope, *, only: Sequence[str] = (), dry: bool = False
) -> Collected:
    """Collect the macro side of now, keep it and tell the bus; a dry run does neither.

    Raises MacroInvalid, InputError for a source nobody knows, Refused while it is switched off.
    """
    if house.profile is Profile.SIM:
        house.ready()
    store = macro_store_of(house)
    with house.lock("macro", doing="collecting macro figures"):
        async with (
            open_sources(house, named=only) as (found, budgets),
            _open_keys(house, dry=dry) as keys,
        ):
            if not await _enabled(keys):
                raise Refused(
                    f"Macro collection is switched off ({MACRO_SWITCH.name}).",
                    hint="Delete that key of the bus to switch it on.",
                )
            stored, damaged = newest_sound(store, house.clock.now())
            collection = await collect(
                _plan(found, scope, only, stored=stored),
                clock=house.clock,
                steady=house.wall_clock,
                calendar=house.calendar,
                policy=house.settings.slice(CollectPolicy),
            )
            if not dry:
                store.put(collection.record)
            told, asked, failed = await _tell(keys, collection)
            return Collected(
                collection=collection,
                kept=not dry,
                told=told,
                budgets=budgets.used(),
                asked_today=asked,
                failed_today=failed,
                damaged=damaged,
            )


async def macro_status(house: "House") -> MacroStatus:
    """Return what stands now; asks no source."""
    record, damaged = newest_sound(macro_store_of(house), house.clock.now())
    async with _open_keys(house, dry=False) as keys:
        asked, failed = await _counted(keys, house.clock.now().date().isoformat())
        enabled = await _enabled(keys)
    return MacroStatus(
        record=record,
        budgets=_budgets(house, house.settings.slice(MacroSourceOptions)).used(),
        asked_today=asked,
        failed_today=failed,
        enabled=enabled,
        krx=krx_state(house),
        damaged=damaged,
    )


@asynccontextmanager
async def open_sources(
    house: "House", *, named: Sequence[str] = ()
) -> "AsyncIterator[tuple[Sources, Budgets]]":
    """Open the sources of the home's market: the world's own, or the hosts of the real one.

    What a person `named` is asked also where it refused to answer today.
    """
    options = house.settings.slice(MacroSourceOptions)
    budgets = _budgets(house, options)
    if house.profile is Profile.SIM:
        yield _of_the_world(house), budgets
        return
    from jennie_cli.adapters.http import Pages

    pages = Pages(house.folder.fetched / "pages")
    kinds = ("api", "feed", "page", "krx")
    fetchers = [_fetcher(house, options, budgets, pages, kind) for kind in kinds]
    try:
        hosts = _of_the_hosts(house, options, *fetchers[:-1])
        krx, state = krx_source(house, options, fetchers[-1], named=named)
        asked = (*hosts.sources, *([] if state else [krx]))
        skipped = {krx.name: (state.value, krx.fields)} if state else {}
        yield replace(hosts, sources=asked, skipped={**hosts.skipped, **skipped}), budgets
    finally:
        for fetcher in fetchers:
            await fetcher.close()


def _of_the_world(house: "House") -> Sources:
    """Return the sources of the sim profile; an imported market tells only of itself."""
    recorded = RecordedSource(name=house.market, facts=house.facts)
    if house.market != GENERATED:
        return Sources(sources=(recorded,), required=REQUIRED & recorded.fields)
    from jennie_cli.simulator import GeneratedMacro

    market = RecordedSource(name="market", facts=house.facts)
    return Sources(sources=(market, GeneratedMacro(seed=house.world.seed, facts=house.facts)))


def _of_the_hosts(
    house: "House", options: MacroSourceOptions, api: Fetcher, feed: Fetcher, page: Fetcher
) -> Sources:
    from jennie_cli.adapters.macro import (
        EcosSource,
        FinnhubSource,
        FredSource,
        NaverFlowSource,
        NaverIndexSource,
        YahooSource,
    )
    from jennie_cli.adapters.rss import RssSource

    keyed: tuple[MacroSource, ...] = (
        FinnhubSource(url=options.finnhub_url, key=_key(house, "finnhub_api_key"), fetcher=api),
        FredSource(url=options.fred_url, key=_key(house, "fred_api_key"), fetcher=api),
        EcosSource(url=options.ecos_url, key=_key(house, "bok_ecos_api_key"), fetcher=api),
    )
    free: tuple[MacroSource, ...] = (
        YahooSource(url=options.yahoo_url, fetcher=page),
        NaverIndexSource(url=options.naver_index_url, fetcher=page),
        NaverFlowSource(url=options.naver_flows_url, fetcher=page),
        RssSource(
            name="korea_feeds",
            topic=Topic.KOREA,
            fields=frozenset({KOREA_NEWS}),
            urls=options.korea_feeds.split(),
            each=20,
            fetcher=feed,
        ),
        RssSource(
            name="politics_feeds",
            topic=Topic.POLITICS,
            fields=frozenset({POLITICS}),
            urls=options.politics_feeds.split(),
            each=30,
            fetcher=feed,
        ),
    )
    names = {"finnhub": "finnhub_api_key", "fred": "fred_api_key", "ecos": "bok_ecos_api_key"}
    there = [s for s in keyed if _key(house, names[s.name])]
    skipped = {s.name: (_NO_KEY, s.fields) for s in keyed if s not in there}
    return Sources(sources=(*there, *free), skipped=skipped)


def _key(house: "House", name: str) -> str:
    return house.vault.find(name) or ""


def _plan(found: Sources, scope: Scope, only: Sequence[str], *, stored: MacroRecord | None) -> Plan:
    """Return the plan of a scope: all of them, or whom the quick scope needs, or whom one names."""
    known = {s.name for s in found.sources} | found.skipped.keys()
    if strangers := set(only) - known:
        raise InputError(
            f"No macro source is named {', '.join(sorted(strangers))}.",
            hint=f"Known here: {', '.join(sorted(known))}.",
        )
    wanted = quick_fields() | {POLITICS}
    chosen = [s for s in found.sources if not only or s.name in only]
    if scope is Scope.QUICK and not only:
        chosen = [s for s in chosen if s.fields & wanted]
    return Plan(
        scope=scope,
        sources=chosen,
        stored=stored,
        skipped={n: why for n, why in found.skipped.items() if not only or n in only},
        required=found.required,
        partial=bool(only),
    )


def _budgets(house: "House", options: MacroSourceOptions) -> "Budgets":
    from jennie_cli.adapters.http import Allowance, Budgets

    allowances = {
        "finnhub": Allowance(minute=options.finnhub_minute, day=options.finnhub_day),
        "fred": Allowance(minute=options.fred_minute, day=options.fred_day),
        "ecos": Allowance(minute=options.ecos_minute, day=options.ecos_day),
        "yahoo": Allowance(minute=options.yahoo_minute),
        "naver": Allowance(minute=options.naver_minute),
        "krx": Allowance(minute=options.krx_minute, day=options.krx_day),
        "korea_feeds": Allowance(minute=options.korea_feeds_minute, day=options.korea_feeds_day),
        "politics_feeds": Allowance(
            minute=options.politics_feeds_minute, day=options.politics_feeds_day
        ),
    }
    return Budgets(allowances, house.wall_clock, house.folder.fetched / "counts.json")


def _fetcher(
    house: "House", options: MacroSourceOptions, budgets: "Budgets", pages: "Pages", kind: str
) -> "HttpFetcher":
    from jennie_cli.adapters.http import HttpFetcher, Manners

    patience = {
        "api": (options.api_timeout_s, options.api_tries, options.api_wait_s),
        "feed": (options.feed_timeout_s, options.page_tries, options.page_wait_s),
        "page": (options.page_timeout_s, options.page_tries, options.page_wait_s),
        "krx": (options.krx_timeout_s, 1, 0.0),
    }
    timeout_s, tries, wait_s = patience[kind]
    ceiling_s = house.settings.slice(CollectPolicy).ceiling_s
    # a login is several answers one after the other, and all of them end below the ceiling
    ceiling_s /= _STEPS if kind == "krx" else 1
    return HttpFetcher(
        Manners(
            timeout_s=min(timeout_s, patience_within(ceiling_s, tries=tries, wait_s=wait_s)),
            tries=tries,
            wait_s=wait_s,
            longest_wait_s=options.longest_wait_s,
            most_bytes=options.most_kb * 1_000,
            agent=options.agent,
        ),
        budgets=budgets,
        pages=pages,
        steady=house.wall_clock,
        rng=np.random.default_rng(int.from_bytes(origin().encode())),
    )


def patience_within(ceiling_s: float, *, tries: int, wait_s: float) -> float:
    """Return the seconds each try may take for all of them to end below a collection's ceiling.

    At the ceiling a source loses all it has, so one call that hangs must be given up before it.
    """
    # the wait before try n is n - 1 times as long, spread by up to a quarter
    waits = wait_s * _SPREAD * tries * (tries - 1) / 2
    return max((ceiling_s * _OF_CEILING - waits) / tries, _LEAST_PATIENCE_S)


@asynccontextmanager
async def _open_keys(house: "House", *, dry: bool) -> AsyncIterator[Keys | None]:
    if dry:
        yield None
        return
    async with open_bus_of(house, needed=False) as bus:
        yield bus.keys


async def _enabled(keys: Keys | None) -> bool:
    try:
        said = await keys.get(MACRO_SWITCH) if keys else None
    except (BusDown, BusRefused) as error:
        LOG.warning("the switch of macro collection is not known: %s", error.message)
        return True
    return said is None or said.strip().lower() not in _OFF


async def _tell(keys: Keys | None, collection: Collection) -> tuple[bool, int, int]:
    """Tell the bus; return whether it was told, and how many fetches of the day failed of how many.

    What cannot be told is in the store all the same.
    """
    record = collection.record
    day, body = record.day.isoformat(), to_json(record)
    asked, failed = await _counted(keys, day)
    asked += len(collection.reports)
    failed += sum(report.failure is not None for report in collection.reports)
    if keys is None:
        return False, asked, failed
    try:
        await keys.put_all(
            {
                MACRO_NEWEST: body,
                MACRO_SNAPSHOT.of(day): body,
                MACRO_LAST_FETCH: record.at.isoformat(),
                MACRO_ACCURACY.of(day): json.dumps({"asked": asked, "failed": failed}),
            }
        )
    except BusDown as error:
        LOG.warning("the bus was not told of the macro snapshot: %s", error.message)
        return False, asked, failed
    return True, asked, failed


async def _counted(keys: Keys | None, day: str) -> tuple[int, int]:
    """Return how many sources were asked on a day and how many of them failed, as the bus knows."""
    try:
        said = json.loads((await keys.get(MACRO_ACCURACY.of(day)) if keys else None) or "{}")
        return int(said.get("asked", 0)), int(said.get("failed", 0))
    except (BusDown, BusRefused, ValueError, TypeError, AttributeError):
        return 0, 0
