"""How much the world shies away from risk: a few figures, each a signal of one or two points."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from jennie_cli.engine.macro.insight import Told
from jennie_cli.engine.macro.policy import ALLOWED_AT_RISK, MacroPolicy
from jennie_cli.engine.model import MacroSnapshot, PoliticalRisk, Strategy
from jennie_cli.engine.rules import Check, Rule
from jennie_cli.engine.rules import macro as rule

_POLITICS = tuple(PoliticalRisk)
_NOBODY_KNOWS = 1
_LEVELS = ((3, 3, 4), (2, 2, 3))
"""Level, and the signals and points that it takes, both."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskInputs:
    """The figures risk-off is judged by, None unknown; units as in MacroSnapshot."""

    vix: float | None = None
    spread_pct: float | None = None
    sentiment: int | None = None
    news_sentiment: float | None = None
    political: PoliticalRisk | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskOff:
    """The level 0..3 and the answers it comes from."""

    level: int
    checks: tuple[Check, ...]


def risk_inputs(
    told: Told, snapshot: MacroSnapshot | None, *, now: datetime, policy: MacroPolicy
) -> RiskInputs:
    """Return what is known at `now`: figures of the snapshot, words of the council.

    A snapshot of more than `snapshot_days` or of the future says nothing. The council's view of
    politics holds over the feed's; once stale, the worse of the two does.
    """
    insight, oldest = told.insight, timedelta(days=policy.snapshot_days)
    used = snapshot if snapshot and now - oldest <= snapshot.at <= now else None
    vix = _known(used.vix_points if used else None)
    if vix is None and insight is not None and not told.stale:
        vix = _known(insight.vix_points)
    return RiskInputs(
        vix=vix,
        spread_pct=_known(used.spread_pct if used else None),
        sentiment=insight.sentiment_score if insight else None,
        news_sentiment=_known(used.news_sentiment_score if used else None),
        political=_political(told, used),
    )


def risk_off(inputs: RiskInputs, policy: MacroPolicy) -> RiskOff:
    """Return the level: 3 from three signals and four points, 2 from two and three, 1 from two
    signals or two points. Nothing known at all is level 1.
    """
    asked = _signals(inputs, policy)
    points = [p for p, _ in asked if p]
    level = next((v for v, n, total in _LEVELS if len(points) >= n and sum(points) >= total), None)
    if level is None:
        level = int(len(points) >= 2 or sum(points) >= 2)
    checks = tuple(check for _, check in asked)
    unknown = all(check.value is None for check in checks)
    return RiskOff(level=_NOBODY_KNOWS if unknown else level, checks=checks)


def risk_off_level(inputs: RiskInputs, policy: MacroPolicy) -> int:
    """Return the level 0..3 of `risk_off`."""
    return risk_off(inputs, policy).level


def max_positions(level: int, vix: float | None, policy: MacroPolicy) -> int:
    """Return how many positions a risk-off level and the VIX leave room for."""
    crisis = vix is not None and vix >= policy.crisis_vix
    elevated = vix is not None and vix >= policy.elevated_vix
    rows = (
        (True, policy.calm_positions),
        (level >= 1, policy.level1_positions),
        (level >= 2 or elevated, policy.level2_positions),
        (level >= 3 or crisis, policy.level3_positions),
    )
    return min(most for holds, most in rows if holds)


def strategies_to_avoid(told: Told, level: int) -> frozenset[Strategy]:
    """Return what the council avoids and what the risk-off level does not leave."""
    council = told.insight.avoid if told.insight else frozenset()
    allowed = ALLOWED_AT_RISK.get(level, frozenset(Strategy))
    return council | (frozenset(Strategy) - allowed)


def _signals(inputs: RiskInputs, policy: MacroPolicy) -> tuple[tuple[int, Check], ...]:
    """Return points and answer of each signal."""
    return (
        _above(rule.RISK_VIX, inputs.vix, policy.elevated_vix, policy.crisis_vix),
        _below(
            rule.RISK_SPREAD, inputs.spread_pct, policy.flat_spread_pct, policy.inverted_spread_pct
        ),
        _below(rule.RISK_SENTIMENT, inputs.sentiment, policy.weak_sentiment, policy.bad_sentiment),
        _below(rule.RISK_NEWS, inputs.news_sentiment, policy.bad_news, -math.inf),
        _politics(inputs.political),
    )


def _above(which: Rule, value: float | None, one: float, two: float) -> tuple[int, Check]:
    points = 0 if value is None else 2 * (value >= two) or int(value >= one)
    return points, _check(which, value, two if points > 1 else one, passed=not points)


def _below(which: Rule, value: float | None, one: float, two: float) -> tuple[int, Check]:
    points = 0 if value is None else 2 * (value < two) or int(value < one)
    return points, _check(which, value, two if points > 1 else one, passed=not points)


def _politics(political: PoliticalRisk | None) -> tuple[int, Check]:
    grades = {PoliticalRisk.CRITICAL: 2, PoliticalRisk.HIGH: 1}
    points = grades.get(political, 0) if political else 0
    limit = PoliticalRisk.CRITICAL if points > 1 else PoliticalRisk.HIGH
    value = political.value if political else None
    return points, _check(rule.RISK_POLITICAL, value, limit.value, passed=not points)


def _check(which: Rule, value: float | str | None, limit: float | str, *, passed: bool) -> Check:
    return Check(rule=which.id, value=value, limit=limit, unit=which.unit, passed=passed)


def _political(told: Told, snapshot: MacroSnapshot | None) -> PoliticalRisk | None:
    council = told.insight.political if told.insight else None
    feed = snapshot.political if snapshot else None
    if council is None or feed is None:
        return council or feed
    return max(council, feed, key=_POLITICS.index) if told.stale else council


def _known(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None
