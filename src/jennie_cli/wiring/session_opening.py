"""What a session of a home is opened with: its ledger, its bus, and the broker's charts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from jennie_cli.engine.bus import BusDown, Keys
from jennie_cli.engine.bus.names import BUY_SIGNAL_COOLDOWN, HIGH_WATERMARK
from jennie_cli.engine.clock import KST
from jennie_cli.engine.errors import JennieError
from jennie_cli.engine.execution import Reconciliation
from jennie_cli.engine.exits import ExitBook, ExitPolicy, Trade, day_second, rebuild, trades_of
from jennie_cli.engine.macro import MacroPolicy
from jennie_cli.engine.portfolio import Portfolio, fold
from jennie_cli.engine.risk import AutoPolicy
from jennie_cli.engine.sectors import SectorPolicy
from jennie_cli.engine.signals import SignalPolicy, StrategyPolicy
from jennie_cli.engine.store import LedgerEvent
from jennie_cli.engine.trading.session.keeping import (
    HighMark,
    Retold,
    loss_limit_met,
    with_marks,
)
from jennie_cli.engine.trading.session.morning import Morning
from jennie_cli.engine.trading.session.opening import Opening, held_since, opening_of, ordered_until
from jennie_cli.engine.trading.session.opening_days import DaysHeld, days_held
from jennie_cli.engine.trading.session.opening_highs import highs_of
from jennie_cli.engine.trading.session.policies import SessionPolicies
from jennie_cli.engine.trading.session.running_ports import SessionEars
from jennie_cli.engine.trading.session.running_tasks import within
from jennie_cli.wiring.trading import TradingRoom

if TYPE_CHECKING:
    from jennie_cli.wiring.house import House

_COMPARED_S = 10.0
"""Real seconds that the comparison with the broker may hold up the exits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledgered:
    """What the events of the ledger come to."""

    events: tuple[LedgerEvent, ...]
    portfolio: Portfolio
    trades: tuple[Trade, ...]
    bare: ExitBook

    @classmethod
    def read(cls, house: "House", room: TradingRoom) -> "Ledgered":
        """Read them once; `bare` is the book without prices and ex-dates."""
        events = room.execution.events()
        trades = trades_of(events)
        return cls(
            events=events,
            portfolio=fold(events, room.costs),
            trades=trades,
            bare=rebuild(trades, {}, (), house.settings.slice(ExitPolicy)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a session is opened with: `rests` end at a second of the day, by code, `held` is what
    the stocks held went through.
    """

    morning: Morning
    ledger: Ledgered
    rests: Mapping[str, float]
    marks: Mapping[str, HighMark]
    latched: bool
    held: DaysHeld


async def went_through(
    house: "House", room: TradingRoom, ears: SessionEars, morning: Morning, ledger: Ledgered
) -> DaysHeld:
    """Ask the charts what became of the stocks held."""
    return await days_held(
        room.quotes,
        held_since(ledger.bare),
        today=morning.day,
        base_prices=_bases(morning),
        calendar=house.calendar,
        trouble=lambda error: ears.trouble("ex-dates", error),
    )


async def compared_with_broker(
    house: "House", room: TradingRoom, held: DaysHeld, ears: SessionEars
) -> Reconciliation | None:
    """Compare ledger and broker, shares of divided stocks taken over; None when nobody can tell.

    The exchange's time must be free to go on.
    """
    try:
        return await within(house.wall_clock, _COMPARED_S, room.execution.divide(held.ratios))
    except JennieError as error:
        ears.trouble("ledger", error)
        return None


async def find(
    house: "House",
    keys: Keys,
    ears: SessionEars,
    *,
    morning: Morning,
    ledger: Ledgered,
    held: DaysHeld,
) -> Found:
    """Ask the bus for what a session before this one has kept."""
    return Found(
        morning=morning,
        ledger=ledger,
        rests=await _resting(keys, morning, house.settings.slice(SignalPolicy), ears),
        marks=await _marks(keys, ledger.portfolio.held, ears),
        latched=await _latched(keys, morning, ears),
        held=held,
    )


def opening_from(house: "House", room: TradingRoom, found: Found) -> Opening:
    """Return what a session goes on from."""
    policies, ledger, morning = policies_of(house), found.ledger, found.morning
    highs = highs_of(
        held_since(ledger.bare),
        house.facts,
        now=room.clock.now(),
        calendar=house.calendar,
        traded=found.held.days,
    )
    # today's charts are read once the exits are armed: until then what a session before this one
    # has heard and kept stands in for them, and for the running minute always
    retold = Retold(trades=ledger.trades, policy=policies.exits)
    kept = retold.moved(found.marks, found.held.unknown)
    ex_dates = (*(e for e in found.held.ex_dates if e.code not in found.held.unknown), *kept)
    highs = with_marks(highs, retold.fitting(found.marks, ex_dates), ledger.bare)
    return opening_of(
        ledger.events,
        morning,
        portfolio=ledger.portfolio,
        highs=highs,
        ex_dates=ex_dates,
        signalled_until={
            **ordered_until(ledger.events, morning.day, policies.signals),
            **found.rests,
        },
        latched=found.latched,
        policies=policies,
        base_prices=_bases(morning),
        groups={},
        cold=cold_codes(room, morning),
    )


def cold_codes(room: TradingRoom, morning: Morning) -> frozenset[str]:
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
    """Whether a session before this one has met the day's loss limit, as the bus tells.

    Without a bus nobody knows; then each buy asks for it again, and none leaves before it answers.
    """
    try:
        return await loss_limit_met(keys, morning.hours.open)
    except BusDown as error:
        ears.trouble("loss latch", error)
        return False


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


def _bases(morning: Morning) -> Mapping[str, int]:
    stocks = morning.candidates
    known = zip(stocks.codes, stocks.base_price.tolist(), strict=True)
    return {code: int(won) for code, won in known if won > 0}


def policies_of(house: "House") -> SessionPolicies:
    """Return what the settings of a home say of a session."""
    settings = house.settings
    return SessionPolicies(
        signals=settings.slice(SignalPolicy),
        strategies=settings.slice(StrategyPolicy),
        risk=settings.slice(AutoPolicy),
        exits=settings.slice(ExitPolicy),
        sectors=settings.slice(SectorPolicy),
        macro=settings.slice(MacroPolicy),
    )
