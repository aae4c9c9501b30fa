"""A trading session of a home: morning, account, stream and bus, plugged together."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

from jennie_cli.engine.bus import Keys
from jennie_cli.engine.clock import KST
from jennie_cli.engine.errors import InputError
from jennie_cli.engine.execution import Reconciliation
from jennie_cli.engine.feed import Quote
from jennie_cli.engine.risk import BY_SIGNAL
from jennie_cli.engine.signals import Guests
from jennie_cli.engine.trading import OrderIds, forget_old
from jennie_cli.engine.trading.approving import BusApprovals
from jennie_cli.engine.trading.policy import Auto, RecordPolicy, TradingPolicy
from jennie_cli.engine.trading.session.announcing import Announcing, PersonEars
from jennie_cli.engine.trading.session.day import TradingDay
from jennie_cli.engine.trading.session.gathering import Mornings
from jennie_cli.engine.trading.session.keeping import Kept
from jennie_cli.engine.trading.session.morning import Morning
from jennie_cli.engine.trading.session.opening_days import DaysHeld
from jennie_cli.engine.trading.session.running import SessionRun
from jennie_cli.engine.trading.session.running_buys import Caps
from jennie_cli.engine.trading.session.running_ports import SessionEars, SessionRoom
from jennie_cli.engine.trading.session.tape import Beginning
from jennie_cli.engine.venue import Session
from jennie_cli.settings import Profile
from jennie_cli.wiring.bus import open_bus_of
from jennie_cli.wiring.guests import guests_of
from jennie_cli.wiring.insights import session_insights
from jennie_cli.wiring.mornings import sources_of
from jennie_cli.wiring.notices import open_notices
from jennie_cli.wiring.records import open_evaluations
from jennie_cli.wiring.session_asks import Asks, watched_codes
from jennie_cli.wiring.session_opening import (
    Found,
    Ledgered,
    cold_codes,
    compared_with_broker,
    find,
    opening_from,
    policies_of,
    went_through,
)
from jennie_cli.wiring.session_tapes import Taping
from jennie_cli.wiring.session_weather import macro_room_of
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
    names the plugins that are asked, `kept` tells how what it holds is protected at any moment,
    `went` is what the stocks held went through, `compared` how ledger and broker differ, None when
    nobody knows.
    """

    run: SessionRun
    room: TradingRoom
    morning: Morning
    held: tuple[str, ...]
    auto: Auto
    guests: str
    kept: Kept
    went: DaysHeld
    compared: Reconciliation | None

    @property
    def hours(self) -> Session:
        """When it opens and closes."""
        return self.morning.hours


@asynccontextmanager
async def open_session_of(house: "House", person: PersonEars) -> AsyncIterator[OpenSession]:
    """Open the session of today, or the world's next one, with the ledger reconciled; what
    `person` hears that matters elsewhere too is told to the bus as a notice.

    Before the morning of a real exchange it waits. Raises InputError on a day without a session or
    after its close, NoWatchlist, BrokerUnavailable, SecretMissing, SettingsError.
    """
    async with (
        open_trading(house, ticks=True) as room,
        open_bus_of(house, needed=False) as bus,
        open_notices(house, bus) as notices,
    ):
        ears = Announcing(
            person,
            notices.tell,
            wall=house.wall_clock,
            lang=house.options.lang,
            place=house.profile,
        )
        hours = await _reach(house, room)
        # a world that we drive stands while its session is prepared
        with Taping(house, ears) as taping:
            with room.site.holding():
                ledger = Ledgered.read(house, room)
                morning = await _morning(house, room, hours, ears, ledger, keys=bus.keys)
                ears.know(dict(zip(morning.candidates.codes, morning.names, strict=True)))
                held = await went_through(house, room, ears, morning, ledger)
            compared = await compared_with_broker(house, room, held, ears)
            with room.site.holding():
                if compared is not None and compared.divided:
                    ledger = Ledgered.read(house, room)
                found = await find(house, bus.keys, ears, morning=morning, ledger=ledger, held=held)
                opened = _prepared(house, room, bus, ears, found, compared=compared, taping=taping)
            yield opened
        forget_old(
            open_evaluations(house),
            house.settings.slice(RecordPolicy),
            house.calendar,
            hours.day,
        )


def _prepared(
    house: "House",
    room: TradingRoom,
    bus: "RedisBus",
    ears: PersonEars,
    found: Found,
    *,
    compared: Reconciliation | None,
    taping: Taping,
) -> OpenSession:
    morning = found.morning
    guests = guests_of(house.settings, lambda error: ears.trouble("plugin", error))
    day, auto = _day(house, room, found, taping, guests), _auto(house)
    run = SessionRun(
        day,
        _session_room(house, room, bus, ears),
        hours=morning.hours,
        waits=house.settings.slice(TradingPolicy),
        auto=auto,
        opened_with=found.ledger.events,
        caps=_caps(house),
        kept=day.kept,
        cold=cold_codes(room, morning),
        macro=macro_room_of(house, bus.keys, morning),
    )
    return OpenSession(
        run=run,
        room=room,
        morning=morning,
        held=day.held,
        auto=auto,
        guests=guests.told,
        kept=day.kept,
        went=found.held,
        compared=compared,
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
        quoted_at_once=room.quotes.at_once,
        approvals=BusApprovals(bus.keys, house.wall_clock, ears.asked),
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
    ledger: Ledgered,
    *,
    keys: Keys,
) -> Morning:
    """Return the morning of the list that stands, and of what else is listened to."""
    house.ready()
    # what was sold today is a column too: the account at the last close held it
    traded = [trade.code for trade in ledger.trades if trade.day == hours.day.toordinal()]
    listened = (*ledger.portfolio.held, *traded, *watched_codes(house, room))
    now = room.clock.now()
    insights = await session_insights(house, keys, now=now)
    sources = sources_of(house, house.settings, insights)
    mornings = Mornings(sources, trouble=lambda error: ears.trouble("insight", error))
    draft = mornings.draft(hours, now=now, held=listened)
    quotes: Mapping[str, Quote] = {q.code: q for q in await room.quotes.quotes(draft.codes)}
    return draft.morning(quotes)


def _day(
    house: "House",
    room: TradingRoom,
    found: Found,
    taping: Taping,
    guests: Guests,
) -> TradingDay:
    """Return the machine with what happened before it: earlier minutes, and buys left open."""
    now = room.clock.now()
    beginning = Beginning(
        morning=found.morning,
        opening=opening_from(house, room, found),
        policies=policies_of(house),
        since=now,
        grace_s=house.settings.slice(TradingPolicy).bar_grace_seconds,
    )
    day = taping.day(beginning, room.costs, guests)
    for order in room.execution.book().values():
        if order.reason == BY_SIGNAL and not order.state.final:
            day.resume(order)
    return day


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
