"""Past sessions out of the store, each with what was known on its morning and nothing later.

Everything but the session's own minutes is read as of the second before its open, so that the
store itself keeps back what became known later. Of those minutes one figure goes back into the
morning: a first price that the last close does not allow tells, before any bar can be judged, that
the exchange has set another base price, and the older prices of that stock are left out.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any, Self

from jennie_cli.engine.errors import InputError
from jennie_cli.engine.model import Regime
from jennie_cli.engine.research.past import PastSession
from jennie_cli.engine.trading.session import (
    NOTHING_ASSUMED,
    Morning,
    Roll,
    StandIn,
    Watchlists,
    candidates_of,
    context_on,
    roll_of,
)
from jennie_cli.engine.trading.session.known import (
    BEFORE_THE_OPEN,
    Archive,
    Known,
    Sources,
    morning_of,
)
from jennie_cli.engine.trading.session.recorded import RecordedDay, recorded_day
from jennie_cli.engine.venue import Session


def _nothing_held() -> Sequence[str]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PastMarket(Sources):
    """Where the past is read from. `assumed_regime` stands in where no index of the session before
    is known; without it such a session raises InputError. `stand_in` is what is assumed of stocks
    without a watchlist.
    """

    assumed_regime: Regime | None = None
    stand_in: StandIn = NOTHING_ASSUMED

    @classmethod
    def of(cls, sources: Sources, assumed_regime: Regime | None, stand_in: StandIn) -> Self:
        """Return the past of what live mornings are read from."""
        known = {one.name: getattr(sources, one.name) for one in fields(sources)}
        return cls(**known, assumed_regime=assumed_regime, stand_in=stand_in)


def past_sessions(
    market: PastMarket,
    *,
    first: date,
    last: date,
    held: Callable[[], Sequence[str]] = _nothing_held,
) -> Iterator[PastSession]:
    """Yield the sessions with recorded minutes from `first` to `last`, oldest first.

    `held` is asked as each session begins; what it names is among the stocks, bars or not. Where
    no watchlist of the last sessions was known, every stock with minutes and a history stands in.
    Raises InputError for a regime that is not known, UnknownStock for a stock without a master.
    """
    reader = _Reader(market)
    for day in market.calendar.days(first, last):
        hours = market.calendar.session(day)
        if hours is None or not reader.archive.may_hold(day):
            continue
        today = recorded_day(market.facts, hours)
        session = reader.session(hours, today, held()) if today.codes else None
        reader.archive.summaries[day] = today.summary
        if session is not None:
            yield session


@dataclass(slots=True)
class _Reader:
    """Reads session after session."""

    market: PastMarket
    archive: Archive = field(init=False)
    _lists: Watchlists = field(init=False)

    def __post_init__(self) -> None:
        """Ask once which watchlists there are."""
        self.archive = Archive(self.market.facts, self.market.calendar)
        self._lists = Watchlists(self.market.runs, self.market.market)

    def session(
        self, hours: Session, today: RecordedDay, held: Sequence[str]
    ) -> PastSession | None:
        """Return a session of these minutes, None where there is no stock to look at."""
        at, calendar = hours.open - BEFORE_THE_OPEN, self.market.calendar
        listed = self._lists.on(hours.day, before=at, calendar=calendar)
        known = self.archive.known(hours, at=at, listed=listed)
        roll = self._roll(known, today, held)
        if not roll.codes:
            return None
        bars = today.of(roll.codes)
        days = known.days(roll.codes, bars.open[0])
        regime, is_known = self._regime(known)
        context = context_on(
            self.market.insights,
            self.market.snapshots,
            at=at,
            regime=regime if is_known else None,
            calendar=calendar,
            policy=self.market.macro,
        )
        morning = morning_of(
            known,
            roll,
            candidates_of(roll, days, hours.day, self.market.strategies),
            days,
            regime=regime,
            regime_known=is_known,
            context=context,
        )
        return PastSession(**_told(morning), bars=bars)

    def _roll(self, known: Known, today: RecordedDay, held: Sequence[str]) -> Roll:
        """Return the watchlist, or what stands in for it, and what is held."""
        listed, stand_in = known.listed, self.market.stand_in
        if listed is not None:
            return roll_of(known.stocks, tuple(listed.entries), held, listed, stand_in)
        history = known.history
        every = tuple(c for c in today.codes if c in history and c in known.stocks)
        return roll_of(known.stocks, every, held, None, stand_in)

    def _regime(self, known: Known) -> tuple[Regime, bool]:
        """Return the regime, and whether it is known rather than assumed."""
        found = known.regime(self.market.facts, self.market.regimes)
        if found is not None:
            return found, True
        if self.market.assumed_regime is None:
            raise InputError(
                f"The regime on the morning of {known.hours.day} is not known:"
                f" no index close of {known.window[-1]}.",
                hint="Import daily bars and index of that time, or name a regime to assume.",
            )
        return self.market.assumed_regime, False


def _told(morning: Morning) -> dict[str, Any]:
    return {f.name: getattr(morning, f.name) for f in fields(morning)}
