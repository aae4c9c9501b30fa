"""What stands still while a past session is walked through, worked out once."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property

import numpy as np

from jennie_cli.engine.indicators.rolling import FloatArray
from jennie_cli.engine.model import TradingContext
from jennie_cli.engine.portfolio import Costs
from jennie_cli.engine.research.past import PastSession
from jennie_cli.engine.research.policy import FillPolicy
from jennie_cli.engine.research.walk_entries import Scan, scan
from jennie_cli.engine.research.walk_moments import Moments, moments_of
from jennie_cli.engine.signals import NO_GUESTS, Guests
from jennie_cli.engine.trading.session import SessionPolicies
from jennie_cli.engine.venue import Calendar


@dataclass(frozen=True, slots=True, kw_only=True)
class WalkPolicies(SessionPolicies):
    """The settings of a session, and how orders are filled in the past."""

    fills: FillPolicy = field(default_factory=FillPolicy)


class Stage:
    """A session with all that is read off it before anything is bought or sold."""

    def __init__(
        self,
        past: PastSession,
        policies: WalkPolicies,
        calendar: Calendar,
        costs: Costs,
        marks: Mapping[str, int],
        *,
        guests: Guests = NO_GUESTS,
    ) -> None:
        """`marks` are the last closes in won of what is held, for stocks without a base price."""
        self.past, self.policies, self.calendar = past, policies, calendar
        self.guests = guests
        self.codes = past.candidates.codes
        self.column = {code: n for n, code in enumerate(self.codes)}
        self.stocks = past.stocks()
        self.costs = replace(costs, listing={s.code: s for s in self.stocks}.get)
        base = past.candidates.base_price
        known = np.array([float(marks.get(code, np.nan)) for code in self.codes])
        self.moments: Moments = moments_of(past.bars, np.where(np.isnan(base), known, base))

    @cached_property
    def context(self) -> TradingContext:
        """The macro context, else the careful one that a session without an insight trades by."""
        return self.past.careful_context(self.policies.macro)

    @cached_property
    def scan(self) -> Scan:
        """What gates and strategies say of every bar while nothing rests."""
        gates, strategies = self.policies.signals, self.policies.strategies
        return scan(self.past, self.context, gates, strategies, self.guests)

    @cached_property
    def lower_limit(self) -> FloatArray:
        """The lower limit of the day in won, (stocks,), NaN on a day without limits."""
        return self.past.lower_limits()

    def at(self, second: float) -> datetime:
        """Return a second of the session's day, counted since midnight KST, as a moment."""
        midnight = self.past.hours.open.replace(hour=0, minute=0, second=0, microsecond=0)
        return midnight + timedelta(seconds=int(second))
