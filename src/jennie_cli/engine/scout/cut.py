"""From eligible candidates to those worth an analysis: score, quant cut, smart skip.

A smart-skip rule is asked of every scored stock, although only those above the cut can be dropped
by it: behind a strict cut a disconnected rule would otherwise look like a quiet one.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import numpy as np

from jennie_cli.engine.rules import Check, Rule, Tally
from jennie_cli.engine.rules import catalogue as rule
from jennie_cli.engine.scoring.measures import LEAST_ROWS
from jennie_cli.engine.scoring.phase import (
    ACCUMULATION,
    DISTRIBUTION,
    DOWNTREND,
    EXHAUSTED_FROM,
    UPTREND,
)
from jennie_cli.engine.scout.measure import Measured
from jennie_cli.engine.scout.policy import ScoutPolicies, ScoutPolicy
from jennie_cli.engine.scout.ranking import IndexArray, ranked
from jennie_cli.engine.store import Drop, Stage
from jennie_cli.engine.store.panels import BoolArray, FloatArray

_UNMOVED = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """Stock indices by how far they came (best total first), with the drop of each that left."""

    scored: IndexArray
    passed: IndexArray
    analysed: IndexArray
    drops: dict[int, Drop] = field(default_factory=dict)
    checks: dict[int, tuple[Check, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Skip:
    """One smart-skip rule over the scored stocks."""

    rule: Rule
    value: FloatArray
    limit: float
    fired: BoolArray


def cut(
    measured: Measured,
    eligible: IndexArray,
    *,
    policies: ScoutPolicies,
    tally: Tally,
    favoured: Collection[str] = (),
) -> Cut:
    """Score `eligible`, keep the best share (at least one), and skip what needs no analysis.

    The codes in `favoured` are never skipped.
    """
    valid = measured.table.valid[-1]
    total = measured.table.total[-1]
    drops = _too_young(measured, eligible[~valid[eligible]], len(eligible), tally)
    within = np.zeros(len(valid), dtype=bool)
    within[eligible] = valid[eligible]
    view = measured.view
    scored = ranked(total, view.market_cap, view.bars.codes, within)
    keep = kept(len(scored), policies.scout.filter_cutoff_ratio)
    passed, sunk = scored[:keep], scored[keep:]
    line = float(total[passed[-1]]) if len(passed) else 0.0
    tally.count(rule.QUANT_CUT, asked=len(scored), fired=len(sunk))
    _count_scores(measured, policies, tally)
    for stock in sunk:
        drops[int(stock)] = _sunk(measured, int(stock), line)
    skips = _skips(measured, scored, policies.scout, tally)
    checks = {int(s): _skip_checks(skips, i) for i, s in enumerate(scored)}
    for stock in passed:
        fired = next((c for c in checks[int(stock)] if not c.passed), None)
        if fired is not None and view.bars.codes[stock] not in favoured:
            drops[int(stock)] = Drop(stage=Stage.SMART_SKIP, check=fired)
    going = np.array([s for s in passed if int(s) not in drops], dtype=np.intp)
    return Cut(scored=scored, passed=passed, analysed=going, drops=drops, checks=checks)


def kept(scored: int, cutoff_ratio: float) -> int:
    """Return how many of the scored stocks stay: the share, rounded down, but at least one."""
    return max(1, int(round(scored * (1.0 - cutoff_ratio), 9))) if scored else 0


def _too_young(measured: Measured, young: IndexArray, asked: int, tally: Tally) -> dict[int, Drop]:
    tally.count(rule.HISTORY, asked=asked, fired=len(young))
    rows = np.isfinite(measured.view.bars.close).sum(axis=0)
    return {int(s): _drop(Stage.SCORE, rule.HISTORY, float(rows[s]), LEAST_ROWS) for s in young}


def _sunk(measured: Measured, stock: int, line: float) -> Drop:
    table = measured.table
    if table.phase[-1, stock] == DOWNTREND and table.total[-1, stock] == 0:
        return _drop(Stage.QUANT_CUT, rule.PHASE_DOWNTREND, 0.0, None)
    return _drop(Stage.QUANT_CUT, rule.QUANT_CUT, float(table.total[-1, stock]), line)


def _drop(stage: Stage, asked: Rule, value: float, limit: float | None) -> Drop:
    check = Check(rule=asked.id, value=value, limit=limit, unit=asked.unit, passed=False)
    return Drop(stage=stage, check=check)


def _count_scores(measured: Measured, policies: ScoutPolicies, tally: Tally) -> None:
    """Count the rules of the scoring pass over every stock it scored, candidate or not."""
    table = measured.table
    scored = np.flatnonzero(table.valid[-1])
    # a stage fires where it moved the score; exhaustion takes the place of any but a downtrend
    stage = np.where(table.phase_points[-1][scored] != 0.0, table.phase[-1][scored], _UNMOVED)
    tired = table.exhaustion_points[-1][scored] >= EXHAUSTED_FROM
    tired &= (stage != DOWNTREND) & (stage != _UNMOVED)
    penalty = policies.scoring.falling_knife_penalty_points
    fired = {
        rule.PHASE_ACCUMULATION: (stage == ACCUMULATION) & ~tired,
        rule.PHASE_UPTREND: (stage == UPTREND) & ~tired,
        rule.PHASE_DISTRIBUTION: (stage == DISTRIBUTION) & ~tired,
        rule.PHASE_DOWNTREND: stage == DOWNTREND,
        rule.PHASE_EXHAUSTION: tired,
        rule.KNIFE: table.knife[-1][scored] & (penalty != 0.0),
    }
    for asked, where in fired.items():
        tally.count(asked, asked=len(scored), fired=int(where.sum()))


def _skips(
    measured: Measured, scored: IndexArray, policy: ScoutPolicy, tally: Tally
) -> tuple[_Skip, ...]:
    table = measured.table
    total = table.total[-1][scored]
    rsi = table.rsi14[-1][scored]
    mood = measured.view.sentiment.level[-1][scored]
    with np.errstate(invalid="ignore"):
        skips = (
            _Skip(
                rule=rule.SKIP_QUANT,
                value=total,
                limit=policy.smart_skip_quant_min,
                fired=total < policy.smart_skip_quant_min,
            ),
            _Skip(
                rule=rule.SKIP_RSI,
                value=rsi,
                limit=policy.smart_skip_rsi_max,
                fired=rsi > policy.smart_skip_rsi_max,
            ),
            _Skip(
                rule=rule.SKIP_SENTIMENT,
                value=mood,
                limit=policy.smart_skip_sentiment_min,
                fired=mood < policy.smart_skip_sentiment_min,
            ),
        )
    for skip in skips:
        known = int(np.isfinite(skip.value).sum())
        tally.count(skip.rule, asked=known, fired=int(skip.fired.sum()))
    return skips


def _skip_checks(skips: Sequence[_Skip], place: int) -> tuple[Check, ...]:
    return tuple(
        Check(
            rule=s.rule.id,
            value=float(s.value[place]) if np.isfinite(s.value[place]) else None,
            limit=s.limit,
            unit=s.rule.unit,
            passed=not s.fired[place],
        )
        for s in skips
    )
