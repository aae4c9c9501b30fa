"""An optional calm: smooth scores over three trade dates, and let members stay more easily."""

from collections.abc import Mapping, Sequence

from jennie_cli.engine.rules import Tally
from jennie_cli.engine.rules import catalogue as rule
from jennie_cli.engine.rules.check import Check
from jennie_cli.engine.scout.policy import ScoutPolicy
from jennie_cli.engine.scout.request import Previous

_DATES = 3
_BUCKET = 5.0


def smoothed(hybrid: float, code: str, previous: Sequence[Mapping[str, float]]) -> float:
    """Return the mean of this run's score and those of up to two earlier trade dates."""
    seen = [p[code] for p in previous[: _DATES - 1] if code in p]
    return round((hybrid + sum(seen)) / (1 + len(seen)), 2)


def bucket(score: float) -> float:
    """Return the lower edge of the 5-point bucket that orders a smoothed list."""
    return score // _BUCKET * _BUCKET


def admission(
    score: float, code: str, *, previous: Previous, policy: ScoutPolicy, tally: Tally
) -> Check:
    """Return whether a smoothed score may enter, or stay if it was on the last watchlist."""
    member = code in previous.watchlist
    asked = rule.STABILITY_STAY if member else rule.STABILITY_ENTER
    limit = policy.stability_stay_score if member else policy.stability_enter_score
    return tally.ask(asked, value=score, limit=limit, fired=score < limit)
