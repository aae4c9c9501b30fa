"""A trading session of a home: morning, account, stream and bus, plugged together."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

from jennie_cli.engine.bus import BusDown, Keys
from jennie_cli.engine.bus.names import BUY_SIGNAL_COOLDOWN, HIGH_WATERMARK, LOSS_LATCH
from jennie_cli.engine.clock import KST
from jennie_cli.engine.errors import InputError
from jennie_cli.engine.exits import ExitPolicy, Trade, day_second, rebuild, trades_of
from jennie_cli.engine.feed import Quote
from jennie_cli.engine.macro import MacroPolicy
from jennie_cli.engine.portfolio import Portfolio, fold
from jennie_cli.engine.regime import RegimePolicy
from jennie_cli.engine.risk import BY_SIGNAL, AutoPolicy
from jennie_cli.engine.sectors import SectorPolicy
from jennie_cli.engine.signals import Guests, SignalPolicy, StrategyPolicy
from jennie_cli.engine.store import LedgerEvent
from jennie_cli.engine.trading import OrderIds, forget_old
from jennie_cli.engine.trading.policy import Auto, RecordPolicy, TradingPolicy
from jennie_cli.engine.trading.session.day import TradingDay
from jennie_cli.engine.trading.session.gathering import Mornings
from jennie_cli.engine.trading.session.keeping import HighMark, Kept, with_marks
from jennie_cli.engine.trading.session.known import Sources
from jennie_cli.engine.trading.session.morning import Morning
from jennie_cli.engine.trading.session.opening import Opening, held_since, opening_of, ordered_until
from jennie_cli.engine.trading.session.opening_highs import highs_of
from jennie_cli.engine.trading.session.policies import SessionPolicies
from jennie_cli.engine.trading.session.running import SessionRun
from jennie_cli.engine.trading.session.running_buys import Caps
from jennie_cli.engine.trading.session.running_ports import SessionEars, SessionRoom
from jennie_cli.engine.trading.session.tape import Beginning
from jennie_cli.engine.venue import Session
from jennie_cli.settings import Profile
from jennie_cli.wiring.bus import open_bus_of
from jennie_cli.wiring.guests import guests_of
from jennie_cli.wiring.records import open_evaluations
from jennie_cli.wiring.session_asks import Asks, PersonEars, watched_codes
from jennie_cli.wiring.session_tapes import Taping
from jennie_cli.wiring.sites import origin
from jennie_cli.wiring.trading import TradingRoom, open_trading

if TYPE_CHECKING:
    from jennie_cli.adapters.redis import RedisBus
    from jennie_cli.wiring.house import House

T = TypeVar("T")

_BEFORE_THE_OPEN = timedelta(seconds=30)
"""How long before its open a world that stands is taken to a session."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSession:
    """A session that is ready to run until its close; `auto` is how far it goes by itself, `guests`
    names the plugins that are asked, `kept` tells how what it holds is protected at any moment.
    """

    run: SessionRun
    room: TradingRoom
    morning: Morning
    held: tuple[str, ...]
    auto: Auto
    guests: str
    kept: Kept

    @property
    def hours(self) -> Session:
        """When it opens and closes."""
        return self.morning.hours


@asynccontextmanager
async def open_session_of(house: "House", ears: PersonEars) -> AsyncIterator[OpenSession]:
    """Open the session of today, or the world's next one, with the ledger reconciled.

    Before the morning of a real exchange it waits. Raises InputError on a day without a session or
    after its close, NoWatchlist, BrokerUnavailable, SecretMissing, SettingsError.
    """
    async with open_trading(house, ticks=True) as room, open_bus_of(house, needed=False) as bus:
        hours = await _reach(house, room)
        # a world that we drive stands while its session is prepared
        with Taping(house, ears) as taping:
            with room.site.holding():
                opened = await _prepared(house, room, bus, hours, ears, taping=taping)
            yield opened
        forget_old(
            open_evaluations(house),
            house.settings.slice(RecordPolicy),
            house.calendar,
            hours.day,
        )


async def _prepared(
    house: "House",
    room: TradingRoom,
    bus: "RedisBus",
    hours: Session,
    ears: PersonEars,
    *,
    taping: Taping,
) -> OpenSession:
    events = room.execution.events()
    portfolio, trades = fold(events, room.costs), trades_of(events)
    # what was sold today is a column too: the account at the last close held it
    traded = [trade.code for trade in trades if trade.day == hours.day.toordinal()]
    listened = (*portfolio.held, *traded, *watched_codes(house, room))
    morning = await _morning(house, room, hours, ears, listened)
    found = _Found(
        morning=morning,
        portfolio=portfolio,
        trades=trades,
        rests=await _resting(bus.keys, morning, house.settings.slice(SignalPolicy), ears),
        marks=await _marks(bus.keys, portfolio.held, ears),
        latched=await _latched(bus.keys, morning, ears),
        events=events,
    )
    guests = guests_of(house.settings, lambda error: ears.trouble("plugin", error))
    day, auto = _day(house, room, found, taping, guests), _auto(house)
    run = SessionRun(
        day,
        _session_room(house, room, bus, ears),
        hours=hours,
        waits=house.settings.slice(TradingPolicy),
        auto=auto,
        opened_with=found.events,
        caps=_caps(house),
        kept=day.kept,
        cold=_cold(room, morning),
    )
    return OpenSession(
        run=run,
        room=room,
        morning=morning,
        held=day.held,
        auto=auto,
        guests=guests.told,
        kept=day.kept,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What a session is opened with: `rests` end at a second of the day, by code; `portfolio` and
    `trades` are what the events come to.
    """

    morning: Morning
    portfolio: Portfolio
    trades: tuple[Trade, ...]
    rests: Mapping[str, float]
    marks: Mapping[str, HighMark]
    latched: bool
    events: tuple[LedgerEvent, ...]


def _opening(house: "House", room: TradingRoom, found: _Found) -> Opening:
    policies = _policies(house)
    bare = rebuild(found.trades, {}, (), policies.exits)
    highs = highs_of(
        held_since(bare),
        house.facts,
        now=room.clock.now(),
        calendar=house.calendar,
    )
    # today's charts are read once the exits are armed: until then what a session before this one
    # has heard and kept stands in for them, and for the running minute always
    highs = with_marks(highs, found.marks, bare)
    return opening_of(
        found.events,
        found.morning,
        portfolio=found.portfolio,
        highs=highs,
        ex_dates=(),
        signalled_until={
            **ordered_until(found.events, found.morning.day, policies.signals),
            **found.rests,
        },
        latched=found.latched,
        policies=policies,
        base_prices=_bases(found.morning),
        groups={},
        cold=_cold(room, found.morning),
    )


def _session_room(
    house: "House", room: TradingRoom, bus: "RedisBus", ears: PersonEars
) -> SessionRoom:
    asks = Asks(house, room, bus, ears)
    return SessionRoom(
        ticks=asks.ticks,
        quotes=room.quotes,
        account=room.account,
        execution=room.execution,
        flags=room.flags,
        evaluations=open_evaluations(house),
        keys=bus.keys,
        locks=bus.locks,
        clock=room.clock,
        steady=house.wall_clock,
        new_id=OrderIds(room.clock, origin()),
        costs=room.costs,
        liquidation=asks.read,
        ears=ears,
        aside=_aside,
        holding=room.site.holding,
    )


async def _reach(house: "House", room: TradingRoom) -> Session:
    """Return the session to trade, once it is about to begin."""
    now = room.clock.now().astimezone(KST)
    hours = house.calendar.session(now.date())
    if hours is None or now >= hours.close:
        if house.profile is not Profile.SIM:
            why = "has closed" if hours else house.calendar.reason(now.date()) or "is closed"
            following = house.calendar.next_day(now.date())
            raise InputError(
                f"The exchange {why} today ({now:%m-%d %H:%M} KST).",
                hint=f"The next session is on {following}.",
            )
        hours = house.calendar.session(house.calendar.next_day(now.date()))
    if hours is None:
        raise InputError("No session is known after today.", hint="jennie calendar")
    begins = hours.opening_auction_start
    if house.profile is Profile.SIM:
        await room.site.wake_at(hours.open - _BEFORE_THE_OPEN)
    elif now < begins:
        await room.clock.sleep((begins - now).total_seconds())
    return hours


async def _morning(
    house: "House",
    room: TradingRoom,
    hours: Session,
    ears: SessionEars,
    listened: Sequence[str],
) -> Morning:
    """Return the morning of the list that stands, and of what else is `listened` to."""
    house.ready()
    settings = house.settings
    sources = Sources(
        facts=house.facts,
        runs=house.runs,
        calendar=house.calendar,
        market=house.market,
        strategies=settings.slice(StrategyPolicy),
        regimes=settings.slice(RegimePolicy),
        macro=settings.slice(MacroPolicy),
    )
    mornings = Mornings(sources, trouble=lambda error: ears.trouble("insight", error))
    draft = mornings.draft(hours, now=room.clock.now(), held=listened)
    quotes: Mapping[str, Quote] = {q.code: q for q in await room.quotes.quotes(draft.codes)}
    return draft.morning(quotes)


def _cold(room: TradingRoom, morning: Morning) -> frozenset[str]:
    """Return the codes whose earlier minutes of the day are to be read; none before the open."""
    begun = room.clock.now() > morning.hours.open
    return frozenset(morning.candidates.codes) if begun else frozenset()


async def _resting(
    keys: Keys, morning: Morning, policy: SignalPolicy, ears: SessionEars
) -> Mapping[str, float]:
    """Return the second of the day until which stocks rest after their signal, as the bus tells."""
    found: dict[str, float] = {}
    try:
        for code in morning.candidates.codes:
            told = await keys.get(BUY_SIGNAL_COOLDOWN.of(code))
            at = None if told is None else _moment(told)
            if at is not None and at.astimezone(KST).date() == morning.day:
                # a stock rests from the end of the bar on that gave the signal
                found[code] = day_second(at) // 60 * 60 + policy.cooldown_seconds
    except BusDown as error:
        ears.trouble("cooldown", error)
    return found


async def _latched(keys: Keys, morning: Morning, ears: SessionEars) -> bool:
    """Whether a session before this one has met the day's loss limit, as the bus tells."""
    try:
        return await keys.get(LOSS_LATCH.of(f"{morning.day:%Y-%m-%d}")) is not None
    except BusDown as error:
        # nothing is bought while the bus is down
        ears.trouble("loss latch", error)
        return True


async def _marks(keys: Keys, held: Iterable[str], ears: SessionEars) -> Mapping[str, HighMark]:
    """Return the highest prices that a session before this one has heard, by code."""
    found: dict[str, HighMark] = {}
    try:
        for code in held:
            told = await keys.get(HIGH_WATERMARK.of(code))
            mark = None if told is None else HighMark.read(told)
            if mark is not None:
                found[code] = mark
    except BusDown as error:
        ears.trouble("keeping", error)
    return found


def _moment(told: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(told)
    except ValueError:
        return None
    return at if at.tzinfo is not None else None


def _day(
    house: "House", room: TradingRoom, found: _Found, taping: Taping, guests: Guests
) -> TradingDay:
    """Return the machine with what happened before it: earlier minutes, and buys left open."""
    now = room.clock.now()
    beginning = Beginning(
        morning=found.morning,
        opening=_opening(house, room, found),
        policies=_policies(house),
        since=now,
        grace_s=house.settings.slice(TradingPolicy).bar_grace_seconds,
    )
    day = taping.day(beginning, room.costs, guests)
    for order in room.execution.book().values():
        if order.reason == BY_SIGNAL and not order.state.final:
            day.resume(order)
    return day


def _bases(morning: Morning) -> Mapping[str, int]:
    stocks = morning.candidates
    known = zip(stocks.codes, stocks.base_price.tolist(), strict=True)
    return {code: int(won) for code, won in known if won > 0}


def _policies(house: "House") -> SessionPolicies:
    settings = house.settings
    return SessionPolicies(
        signals=settings.slice(SignalPolicy),
        strategies=settings.slice(StrategyPolicy),
        risk=settings.slice(AutoPolicy),
        exits=settings.slice(ExitPolicy),
        sectors=settings.slice(SectorPolicy),
        macro=settings.slice(MacroPolicy),
    )


def _auto(house: "House") -> Auto:
    asked = house.settings.slice(TradingPolicy).auto
    if asked is not Auto.PROFILE:
        return asked
    return Auto.SHADOW if house.profile is Profile.LIVE else Auto.AUTO


def _caps(house: "House") -> Caps:
    policy = house.settings.slice(TradingPolicy)
    if house.profile is not Profile.LIVE:
        return Caps()
    return Caps(order=policy.live_order_cap or None, day=policy.live_day_cap or None)


def _aside(work: Callable[[], T]) -> Awaitable[T]:
    return asyncio.to_thread(work)
