"""What makes a size smaller or larger: the macro side, the age of a score, likeness to holdings."""

from collections.abc import Sequence
from datetime import datetime
from math import isfinite

import numpy as np

from jennie_cli.engine.indicators.rolling import FloatArray
from jennie_cli.engine.model import ThrottleLevel, TradingContext
from jennie_cli.engine.risk.gathered import Held, trading_days_since
from jennie_cli.engine.risk.policy import AutoPolicy
from jennie_cli.engine.venue import Calendar

NO_BUYS = frozenset({ThrottleLevel.DANGER, ThrottleLevel.CRITICAL})
"""The throttle levels under which nothing is bought."""


def macro_factor(context: TradingContext, policy: AutoPolicy) -> float:
    """Return what the macro side multiplies a size by; 0 where it forbids buying.

    The context holds the insight within its bounds already; here it is bounded from above once
    more, and while the throttle is on nothing lifts a size.
    """
    factor = context.size_factor
    if not isfinite(factor) or factor <= 0.0 or context.throttle in NO_BUYS:
        return 0.0
    calm = context.throttle is ThrottleLevel.NORMAL
    return min(factor, policy.macro_most_factor if calm else 1.0)


def stale_factor(
    scored_at: datetime | None, now: datetime, calendar: Calendar, policy: AutoPolicy
) -> float:
    """Return what the age of a model's score multiplies a size by, in trading days.

    1.0 for a stock that no model scored: there is no score that could have aged.
    """
    days = 0 if scored_at is None else trading_days_since(scored_at, now, calendar)
    if days >= policy.old_days:
        return policy.old_factor
    return policy.stale_factor if days >= policy.stale_days else 1.0


def most_alike_ratio(holdings: Sequence[Held], correlation: FloatArray | None) -> float | None:
    """Return the largest known correlation with a holding, signed; None when none is known."""
    known = _known(holdings, correlation)
    return float(known.max()) if known.size else None


def all_known(holdings: Sequence[Held], correlation: FloatArray | None) -> bool:
    """Whether the correlation with every holding is known; so it is with nothing held."""
    return len(_known(holdings, correlation)) == len(holdings)


def correlation_factor(
    holdings: Sequence[Held], correlation: FloatArray | None, policy: AutoPolicy
) -> float:
    """Return what likeness to the holdings multiplies a size by, at least as small as unknown."""
    most = most_alike_ratio(holdings, correlation)
    factor = 1.0 if most is None else _band_factor(most, policy)
    if all_known(holdings, correlation):
        return factor
    return min(factor, policy.correlation_mid_factor)


def _band_factor(alike_ratio: float, policy: AutoPolicy) -> float:
    bands = (
        (policy.correlation_high_ratio, policy.correlation_high_factor),
        (policy.correlation_mid_ratio, policy.correlation_mid_factor),
        (policy.correlation_low_ratio, policy.correlation_low_factor),
    )
    return next((factor for edge, factor in bands if alike_ratio >= edge), 1.0)


def _known(holdings: Sequence[Held], correlation: FloatArray | None) -> FloatArray:
    if correlation is None or len(correlation) != len(holdings):
        return np.empty(0)
    return correlation[np.isfinite(correlation)]
