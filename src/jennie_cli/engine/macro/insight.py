"""Reads what the council wrote and answers one question about it each.

Only an insight of today is taken at its word. One of the last trading day, or one of today that
was written before that day had closed, is stale: it may still hold back, never push. Without one
the cautious figures of the policy hold.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from jennie_cli.engine.clock import KST
from jennie_cli.engine.errors import JennieError, OutsideError
from jennie_cli.engine.macro.policy import SIZE_OF_SCORE, SIZE_OF_WORST_SCORE, MacroPolicy
from jennie_cli.engine.macro.ports import InsightSource
from jennie_cli.engine.model import MacroInsight, Outlook, Strategy
from jennie_cli.engine.rules import Check
from jennie_cli.engine.rules import macro as rule
from jennie_cli.engine.venue import Calendar

_STALE_CAP = 1.0
_VOLATILE = frozenset({"HIGHVOL", "HIGH_VOLATILITY", "VOLATILE", "고변동성"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The insight that may be used now, if any; `failure` is why it could not be read."""

    insight: MacroInsight | None = None
    stale: bool = False
    failure: JennieError | None = None


def read_insight(source: InsightSource, *, now: datetime, calendar: Calendar) -> Told:
    """Return the insight of today, else that of the last trading day as stale, else none.

    A failed read, a day the calendar does not know and an insight from the future are none with
    their failure, for the caller to log.
    """
    today = now.astimezone(KST).date()
    try:
        insight = source.newest(now)
        if insight is None or (insight.day < today and insight.day < calendar.previous_day(today)):
            return Told()
        early = _early(insight, calendar)
    except JennieError as failure:
        return Told(failure=failure)
    if insight.at > now or insight.day > today:
        return Told(failure=_from_the_future(insight))
    return Told(insight=insight, stale=early or insight.day < today)


def insight_check(told: Told) -> Check:
    """Return whether an insight of today stands; the value is its day, or why there is none."""
    value = told.failure.code if told.failure else None
    if told.insight is not None:
        value = told.insight.day.isoformat()
    passed = told.insight is not None and not told.stale
    return Check(
        rule=rule.INSIGHT.id, value=value, limit=None, unit=rule.INSIGHT.unit, passed=passed
    )


def position_factor(told: Told, policy: MacroPolicy) -> float:
    """Return the council's factor on a position, before any throttle."""
    insight = told.insight
    if insight is None:
        return policy.size_default
    given = insight.size_pct
    factor = _size_of(insight.sentiment_score) if given is None else given / 100
    return _capped(min(max(factor, policy.size_low), policy.size_high), told)


def stop_factor(told: Told, policy: MacroPolicy, *, volatile: bool) -> float:
    """Return the factor on a stop's distance; `volatile` is asked where the council gave none."""
    insight = told.insight
    if insight is None:
        return policy.stop_default
    if insight.stop_pct is None:
        return _capped(policy.stop_high if volatile else 1.0, told)
    return _capped(min(max(insight.stop_pct / 100, policy.stop_low), policy.stop_high), told)


def hints_volatility(insight: MacroInsight) -> bool:
    """Return whether the regime hint holds a word for a volatile market."""
    return not _VOLATILE.isdisjoint(re.split(r"[\s,;:/|()]+", insight.regime_hint.upper()))


def should_skip_sector(told: Told, group: str) -> bool:
    """Return whether a group is to be avoided: named so, or bearish and not favoured."""
    return group in avoided_sectors(told)


def is_strategy_favored(told: Told, name: str) -> bool:
    """Return whether the council favours a strategy, by its exact name; a stale one favours none.

    What it also avoids it does not favour.
    """
    if told.insight is None or told.stale or should_avoid_strategy(told, name):
        return False
    return name in told.insight.favour


def should_avoid_strategy(told: Told, name: str) -> bool:
    """Return whether the council avoids a strategy, by its exact name."""
    return told.insight is not None and name in told.insight.avoid


def trading_reasoning(told: Told) -> str:
    """Return why the council decided as it did, empty without an insight."""
    return told.insight.reasoning if told.insight else ""


def sector_outlook(told: Told, group: str) -> Outlook:
    """Return what the council expects of a group; NEUTRAL where it said nothing."""
    if told.insight is None:
        return Outlook.NEUTRAL
    return told.insight.sector_outlook.get(group, Outlook.NEUTRAL)


def sector_factor(told: Told, group: str, policy: MacroPolicy) -> float:
    """Return the factor on a score of a group: below 1 to avoid, above 1 favoured, else 1."""
    if should_skip_sector(told, group):
        return policy.sector_avoid
    return policy.sector_favour if group in favoured_sectors(told) else 1.0


def avoided_sectors(told: Told) -> frozenset[str]:
    """Return the groups to avoid."""
    if told.insight is None:
        return frozenset()
    bearish = _expecting(told.insight, Outlook.BEARISH)
    return told.insight.avoid_sectors | (bearish - told.insight.favour_sectors)


def favoured_sectors(told: Told) -> frozenset[str]:
    """Return the groups to favour and not to avoid; a stale insight favours none."""
    if told.insight is None or told.stale:
        return frozenset()
    favoured = told.insight.favour_sectors | _expecting(told.insight, Outlook.BULLISH)
    return favoured - avoided_sectors(told)


def named_strategies(names: Iterable[str]) -> tuple[frozenset[Strategy], tuple[str, ...]]:
    """Return the strategies that names or their aliases stand for, and the names that are none."""
    known, unknown = set(), []
    for name in names:
        try:
            known.add(Strategy(name.strip().upper()))
        except ValueError:
            unknown.append(name)
    return frozenset(known), tuple(unknown)


def _early(insight: MacroInsight, calendar: Calendar) -> bool:
    """Return whether an insight was written before the session before its day had closed."""
    written = insight.at.astimezone(KST)
    if written.date() >= insight.day:
        return False
    last = calendar.session(calendar.previous_day(insight.day))
    return last is None or written < last.close


def _size_of(score: int) -> float:
    rows = (factor for least, factor in SIZE_OF_SCORE if score >= least)
    return next(rows, SIZE_OF_WORST_SCORE)


def _capped(factor: float, told: Told) -> float:
    return min(factor, _STALE_CAP) if told.stale else factor


def _expecting(insight: MacroInsight, outlook: Outlook) -> frozenset[str]:
    return frozenset(g for g, o in insight.sector_outlook.items() if o is outlook)


def _from_the_future(insight: MacroInsight) -> OutsideError:
    return OutsideError(
        f"The insight of {insight.day} was written at {insight.at:%Y-%m-%d %H:%M}, "
        "which is still to come.",
        hint="Check the clock of this machine: jennie doctor",
    )
