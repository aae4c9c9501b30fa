"""The briefing of a home: whose books it reads, who comments it, where it is kept and told."""

# ruff: noqa: PLC0415  # each builder imports its adapter inside the function

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from jennie_cli.engine.briefing import (
    NEWS_WINDOW,
    TIER_DAYS,
    Briefing,
    BriefingPolicy,
    Delivery,
    Materials,
    Outcome,
    Taken,
    Taker,
    chat_html,
    commented,
    compose,
    send_once,
)
from jennie_cli.engine.bus import BusDown
from jennie_cli.engine.bus.names import DAILY_BRIEFING
from jennie_cli.engine.clock import KST
from jennie_cli.engine.errors import BadFile, InputError, JennieError, OutsideError
from jennie_cli.engine.llm.policy import AUTO
from jennie_cli.engine.macro import CollectPolicy, MacroPolicy
from jennie_cli.engine.macro.collecting import Figure, RecordedSource, newest_sound, standing
from jennie_cli.engine.model import TradeTier
from jennie_cli.engine.notify import Chat
from jennie_cli.engine.portfolio import Costs, Portfolio, fold
from jennie_cli.engine.store import ScoutRun
from jennie_cli.engine.store.codec import to_json
from jennie_cli.engine.trading import StockList
from jennie_cli.engine.trading.orderable import orderable_cash
from jennie_cli.settings import Profile
from jennie_cli.wiring.bus import open_bus_of
from jennie_cli.wiring.insights import insights_of
from jennie_cli.wiring.macro import macro_store_of
from jennie_cli.wiring.masters import kept_stocks
from jennie_cli.wiring.members import ready
from jennie_cli.wiring.models import home_prompts, open_models
from jennie_cli.wiring.news import news_book
from jennie_cli.wiring.trading import TradingRoom, ledger_parts

if TYPE_CHECKING:
    from jennie_cli.adapters.sql.assets import SqlAssets
    from jennie_cli.adapters.sql.briefings import SqlBriefings
    from jennie_cli.wiring.house import House

LOG = logging.getLogger(__name__)
T = TypeVar("T")

_OWN = "claude"
_RUNS_LOOKED_AT, _NEWS_LOOKED_AT = 200, 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What one run came to: no briefing on a day off; `untold` is why the bus was not told."""

    day: date
    briefing: Briefing | None = None
    untold: JennieError | None = None


@dataclass(slots=True)
class _Reading:
    """Reads source after source; what cannot be read is logged and named by its section."""

    gaps: dict[str, str] = field(default_factory=dict)

    def of(self, section: str, read: Callable[[], T]) -> T | None:
        """Return what was read, None with its gap."""
        try:
            return read()
        except JennieError as failure:
            self.missed(section, failure)
            return None

    def missed(self, section: str, failure: JennieError) -> None:
        """Name a section that could not be read."""
        LOG.warning("the briefing lacks its section %s: %s", section, failure.message)
        self.gaps[section] = failure.message


def assets_of(house: "House") -> "SqlAssets":
    """Return what the account of the home's profile was worth on each day."""
    from jennie_cli.adapters.sql.assets import SqlAssets

    house.admit()
    return SqlAssets(house.records, profile=house.profile)


def briefings_of(house: "House") -> "SqlBriefings":
    """Return the briefings of the home's profile and market."""
    from jennie_cli.adapters.sql.briefings import SqlBriefings

    house.admit()
    return SqlBriefings(house.records, profile=house.profile, market=house.market)


async def take_snapshot(house: "House", day: date | None = None, *, settle: bool = False) -> Taken:
    """Take the account's snapshot of today; of a past day, or with `settle`, correct what was
    earned. Nobody is asked on a day off. Raises what Taker.take and open_trading do.
    """
    wanted = day or _today(house)
    if wanted <= _today(house) and not house.calendar.is_open(wanted):
        return Taken(day=wanted, outcome=Outcome.HOLIDAY)
    with house.lock("assets", doing="taking the account's snapshot"):
        async with house.trading() as room:
            return await taker_of(house, room).take(day, settle=settle)


def taker_of(house: "House", room: TradingRoom) -> Taker:
    """Return who takes snapshots in an open trading room."""
    return Taker(
        account=room.account,
        portfolio=room.portfolio,
        orderable=lambda state: orderable_cash(room.account, state, room.desk.stocks),
        assets=assets_of(house),
        calendar=house.calendar,
        clock=room.clock,
    )


async def make_briefing(house: "House") -> Made:
    """Take the figures of today, have them commented, keep the briefing, and tell the bus.

    The account's snapshot is taken with it, so that both tell the same. What cannot be read is a
    gap of the briefing. Raises SettingsError, SecretMissing, HomeBusy, OutsideError where the
    briefing cannot be kept.
    """
    house.admit()
    if not house.calendar.is_open(_today(house)):
        return Made(day=_today(house))
    if house.profile is Profile.SIM:
        house.ready()
    with house.lock("briefing", doing="writing the briefing"):
        briefing = await _commented(house, compose(await _materials(house)))
        briefings_of(house).add(briefing)
        return Made(day=briefing.day, briefing=briefing, untold=await _tell(house, briefing))


async def send_briefing(
    house: "House", chat: Chat, chats: Sequence[int], *, again: bool = False
) -> tuple[Briefing, tuple[Delivery, ...]]:
    """Send today's newest briefing once to each chat; with `again` once more.

    Raises InputError where none was made today, ChatDown before anything was sent, BusDown.
    """
    briefing = briefings_of(house).newest(_today(house))
    if briefing is None:
        raise InputError("No briefing was made today.", hint="jennie briefing run")
    most = house.settings.slice(BriefingPolicy).chat_units
    html = house.masker(chat_html(briefing, house.options.lang, most=most))
    async with open_bus_of(house) as bus:
        told = await send_once(
            html,
            day=briefing.day,
            at=house.wall_clock.now(),
            chat=chat,
            chats=chats,
            keys=bus.keys,
            again=again,
        )
    return briefing, told


def kept_portfolio(house: "House") -> tuple[Portfolio, Callable[[str], str]]:
    """Return what the ledger of the home tells, and the names of stocks; no broker is asked."""
    stocks = StockList(lambda: kept_stocks(house))
    costs = Costs(listing=lambda code: stocks.by_code.get(code))  # noqa: PLW0108  # the master is read on first need
    journal, _ = ledger_parts(house, costs)
    return fold((r.event for r in journal.read()), costs), stocks.name


def write_page(path: Path, page: str) -> None:
    """Write a page where a person wants it. Raises BadFile."""
    try:
        path.write_text(page, encoding="utf-8")
    except OSError as error:
        raise BadFile(
            f"{path} cannot be written: {error.strerror or error}.",
            hint="Give the path of a file in a folder that exists and is yours.",
        ) from None


def _today(house: "House") -> date:
    return house.clock.now().astimezone(KST).date()


async def _materials(house: "House") -> Materials:
    told = _Reading()
    taken, portfolio, names = await _account(house, told)
    day = taken.day if taken else _today(house)
    # the exchange of an invented world may be ahead of the home's clock
    seen = [taken.snapshot.taken_at] if taken and taken.snapshot else []
    at = max([house.clock.now(), *seen])
    record = told.of("macro", lambda: _snapshot_figures(house, at))
    facts = await _recorded(house, at, told)
    found = told.of("scout", lambda: _lists(house, day)) or {}
    run = found[max(found)] if found else None
    return Materials(
        day=day,
        at=at,
        profile=house.profile.value,
        source=house.market,
        portfolio=portfolio,
        names=names,
        taken=taken,
        figures=[figures for figures in (record, facts) if figures],
        council=told.of("council", lambda: insights_of(house).on(day)),
        run=run,
        entries=house.runs.watchlist(run.run_id) if run else (),
        tiers=_tiers(house, found, day),
        news=told.of(
            "news", lambda: news_book(house).newest(since=at - NEWS_WINDOW, most=_NEWS_LOOKED_AT)
        ),
        gaps=told.gaps,
    )


async def _account(
    house: "House", told: _Reading
) -> tuple[Taken | None, Portfolio, Callable[[str], str]]:
    """Return today's snapshot and the ledger; without a broker what the ledger has."""
    try:
        async with house.trading() as room:
            taken = None
            try:
                taken = await taker_of(house, room).take()
            except OutsideError as failure:
                told.missed("account", failure)
            return taken, room.portfolio(), room.desk.stocks.name
    except OutsideError as failure:
        told.missed("account", failure)
        return (None, *kept_portfolio(house))


def _snapshot_figures(house: "House", at: datetime) -> Mapping[str, Figure]:
    """Return the figures of the newest macro snapshot that still hold."""
    newest, _ = newest_sound(macro_store_of(house), at)
    record = standing(
        newest,
        at,
        since=house.calendar.previous_day(at.astimezone(KST).date()),
        oldest=timedelta(days=house.settings.slice(MacroPolicy).snapshot_days),
        policy=house.settings.slice(CollectPolicy),
    )
    return {} if record is None else record.figures


async def _recorded(house: "House", at: datetime, told: _Reading) -> Mapping[str, Figure]:
    """Return the indices that the facts of the market tell."""
    try:
        source = RecordedSource(name=house.market, facts=house.facts)
        gathered = await source.collect(at.astimezone(KST).date(), at)
    except JennieError as failure:
        told.missed("macro", failure)
        return {}
    return {
        r.field: Figure(value=r.value, source=r.source, as_of=r.as_of) for r in gathered.readings
    }


def _lists(house: "House", day: date) -> Mapping[date, ScoutRun]:
    """Return the standing run of each session until a day, the newest of a session."""
    runs = (r for r in house.runs.recent(_RUNS_LOOKED_AT) if r.standing and r.trade_date <= day)
    ours = sorted(
        (r for r in runs if r.market == house.market),
        key=lambda run: (run.generated_at, run.run_id),
    )
    return {run.trade_date: run for run in ours}


def _tiers(
    house: "House", runs: Mapping[date, ScoutRun], day: date
) -> Mapping[date, Mapping[str, TradeTier]]:
    since = day - timedelta(days=TIER_DAYS - 1)
    return {
        on: {entry.code: entry.trade_tier for entry in house.runs.watchlist(run.run_id)}
        for on, run in runs.items()
        if on >= since
    }


async def _commented(house: "House", briefing: Briefing) -> Briefing:
    """Return the briefing with comments; without any, and why, where nobody made them."""
    policy, lang = house.settings.slice(BriefingPolicy), house.options.lang
    try:
        async with open_models(house) as models:
            told = await commented(
                briefing,
                models,
                home_prompts(house),
                policy,
                lang=lang,
                provider=_provider(house),
            )
    except JennieError as failure:
        told = briefing.silenced(failure.message)
    if told.silence is not None:
        LOG.warning("the briefing has no comments: %s", told.silence)
    return told


def _provider(house: "House") -> str | None:
    """Return who is asked by settings; an invented world is shown to nobody who is paid."""
    named = house.settings.slice(BriefingPolicy).provider
    if named != AUTO:
        return named
    own = house.profile is not Profile.SIM and ready(house, _OWN)
    return _OWN if own else None


async def _tell(house: "House", briefing: Briefing) -> JennieError | None:
    async with open_bus_of(house, needed=False) as bus:
        try:
            await bus.keys.put(DAILY_BRIEFING, to_json(briefing))
        except BusDown as outage:
            return outage
    return None
