"""A trading session of a home: morning, account, stream and bus, plugged together."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol, TypeVar

from jennie_cli.engine.bus import BusDown, Keys
from jennie_cli.engine.bus.names import BUY_SIGNAL_COOLDOWN
from jennie_cli.engine.clock import KST
from jennie_cli.engine.errors import InputError
from jennie_cli.engine.exits import ExitPolicy, day_second
from jennie_cli.engine.feed import MinuteBar, Quote
from jennie_cli.engine.macro import MacroPolicy
from jennie_cli.engine.portfolio import fold
from jennie_cli.engine.regime import RegimePolicy
from jennie_cli.engine.risk import BY_SIGNAL, AutoPolicy
from jennie_cli.engine.sectors import SectorPolicy
from jennie_cli.engine.signals import SignalPolicy, StrategyPolicy
from jennie_cli.engine.store import Asked, LedgerEvent, asked_at
from jennie_cli.engine.trading import OrderIds, forget_old
from jennie_cli.engine.trading.alerts import Rung
from jennie_cli.engine.trading.policy import Auto, RecordPolicy, TradingPolicy
from jennie_cli.engine.trading.session.day import TradingDay
from jennie_cli.engine.trading.session.gathering import Mornings
from jennie_cli.engine.trading.session.known import Sources
from jennie_cli.engine.trading.session.morning import Morning
from jennie_cli.engine.trading.session.opening import Opening, held_since, opening_of
from jennie_cli.engine.trading.session.opening_highs import highs_of
from jennie_cli.engine.trading.session.overhearing import OverheardTicks
from jennie_cli.engine.trading.session.policies import SessionPolicies
from jennie_cli.engine.trading.session.running import SessionRun
from jennie_cli.engine.trading.session.running_buys import Caps
from jennie_cli.engine.trading.session.running_ports import SessionEars, SessionRoom
from jennie_cli.engine.trading.standing import StandingDesk
from jennie_cli.engine.venue import Session
from jennie_cli.settings import Profile
from jennie_cli.wiring.bus import open_bus_of
from jennie_cli.wiring.records import open_evaluations
from jennie_cli.wiring.sites import origin
from jennie_cli.wiring.standing import standing_of
from jennie_cli.wiring.trading import TradingRoom, open_trading

if TYPE_CHECKING:
    from jennie_cli.adapters.redis import RedisBus
    from jennie_cli.wiring.house import House

T = TypeVar("T")

_BEFORE_THE_OPEN = timedelta(seconds=30)
"""How long before its open a world that stands is taken to a session."""

Charts = Mapping[str, tuple[MinuteBar, ...]]


class PersonEars(SessionEars, Protocol):
    """Hears of a session on behalf of a person."""

    def rung(self, told: Rung) -> None:
        """Hear of a price alert that rang."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSession:
    """A session that is ready to run until its close; `auto` is how far it goes by itself."""

    run: SessionRun
    room: TradingRoom
    morning: Morning
    held: tuple[str, ...]
    auto: Auto

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
        with room.site.holding():
            opened = await _prepared(house, room, bus, hours, ears)
        yield opened
        forget_old(
            open_evaluations(house),
            house.settings.slice(RecordPolicy),
            house.calendar,
            hours.day,
        )


async def _prepared(
    house: "House", room: TradingRoom, bus: "RedisBus", hours: Session, ears: PersonEars
) -> OpenSession:
    morning = await _morning(house, room, hours, ears)
    found = _Found(
        morning=morning,
        charts=await _charts(room, morning),
        rests=await _resting(bus.keys, morning, house.settings.slice(SignalPolicy), ears),
        events=room.execution.events(),
    )
    day, auto = _day(house, room, found), _auto(house)
    run = SessionRun(
        day,
        _session_room(house, room, bus, ears),
        hours=hours,
        waits=house.settings.slice(TradingPolicy),
        auto=auto,
        opened_with=found.events,
        caps=_caps(house),
    )
    return OpenSession(run=run, room=room, morning=morning, held=day.held, auto=auto)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What a session is opened with: `rests` end at a second of the day, by code."""

    morning: Morning
    charts: Charts
    rests: Mapping[str, float]
    events: tuple[LedgerEvent, ...]


def _opening(house: "House", room: TradingRoom, found: _Found) -> Opening:
    policies, portfolio = _policies(house), fold(found.events, room.costs)
    minutes = [bar for code in portfolio.held for bar in found.charts.get(code, ())]
    highs = highs_of(
        held_since(found.events, policies.exits),
        house.facts,
        now=room.clock.now(),
        calendar=house.calendar,
        minutes=minutes,
    )
    return opening_of(
        found.events,
        found.morning,
        portfolio=portfolio,
        highs=highs,
        ex_dates=(),
        signalled_until=found.rests,
        latched=False,
        policies=policies,
        base_prices=_bases(found.morning),
        groups={},
    )


def _session_room(
    house: "House", room: TradingRoom, bus: "RedisBus", ears: PersonEars
) -> SessionRoom:
    asks = _Asks(house, room, bus, ears)
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


async def _morning(house: "House", room: TradingRoom, hours: Session, ears: SessionEars) -> Morning:
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
    listened = (*room.portfolio().held, *_watched(house, room))
    draft = mornings.draft(hours, now=room.clock.now(), held=listened)
    quotes: Mapping[str, Quote] = {q.code: q for q in await room.quotes.quotes(draft.codes)}
    return draft.morning(quotes)


def _watched(house: "House", room: TradingRoom) -> tuple[str, ...]:
    """Return the stocks that a person added to those of the list; they are heard and not bought."""
    asked = asked_at(standing_of(house).all(), room.clock.now(), wall=house.wall_clock.now())
    return tuple(watched.code for watched in asked.watched)


async def _charts(room: TradingRoom, morning: Morning) -> Charts:
    """Return today's minutes of every stock; none before the open."""
    if room.clock.now() <= morning.hours.open:
        return {}
    codes = morning.candidates.codes
    told = await asyncio.gather(*(room.quotes.minutes(code) for code in codes))
    return dict(zip(codes, told, strict=True))


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
                found[code] = day_second(at) + policy.cooldown_seconds
    except BusDown as error:
        ears.trouble("cooldown", error)
    return found


def _moment(told: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(told)
    except ValueError:
        return None
    return at if at.tzinfo is not None else None


def _day(house: "House", room: TradingRoom, found: _Found) -> TradingDay:
    """Return the machine with what happened before it: earlier minutes, and buys left open."""
    now = room.clock.now()
    day = TradingDay(
        found.morning,
        _opening(house, room, found),
        policies=_policies(house),
        calendar=house.calendar,
        costs=room.costs,
        since=now,
        grace_s=house.settings.slice(TradingPolicy).bar_grace_seconds,
    )
    for code, minutes in found.charts.items():
        day.warm_up(code, minutes, until=now)
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


class _Asks:
    """What people ask of the running session: stocks to sell, prices to be told of.

    The bus has a copy, told again whenever what is asked for changes.
    """

    def __init__(
        self, house: "House", room: TradingRoom, bus: "RedisBus", ears: PersonEars
    ) -> None:
        self._ears = ears
        self._desk = StandingDesk(
            standing=standing_of(house), keys=bus.keys, clock=room.clock, wall=house.wall_clock
        )
        self._told: Asked | None = None
        self._rung: list[Rung] = []
        self.ticks = OverheardTicks(room.ticks, self._ring)

    async def read(self) -> frozenset[str]:
        """Return the codes of which everything is to be sold, and take in the alerts."""
        done, self._rung = self._rung, []
        asked = await asyncio.to_thread(self._desk.now)
        self.ticks.listen_for(asked.alerts)
        if done:
            await self._desk.drop(*(told.alert for told in done), who="session")
        elif asked != self._told:
            await self._desk.retell()
        self._told = asked
        return asked.selling

    def _ring(self, told: Rung) -> None:
        self._rung.append(told)
        self._ears.rung(told)


def _aside(work: Callable[[], T]) -> Awaitable[T]:
    return asyncio.to_thread(work)
