"""From parts to a table: the total, its coverage, and the days of a long run put together."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from jennie_cli.engine.scoring.measures import Measures
from jennie_cli.engine.scoring.parts import FactorParts
from jennie_cli.engine.scoring.policy import ScoringPolicy
from jennie_cli.engine.scoring.table import Part, ScoreInputs, ScoreTable
from jennie_cli.engine.scoring.window import Window, windows
from jennie_cli.engine.store.panels import BoolArray, FloatArray

PartMax = Mapping[str, Mapping[str, float]]
"""Maximum points by factor and part."""

Values = TypeVar("Values", bound=np.generic)


def coverage_ratio(parts: Mapping[str, FactorParts], part_max: PartMax) -> FloatArray:
    """Return the share of the maximum points whose part rests on real data."""
    whole = sum(top for tops in part_max.values() for top in tops.values())
    known = sum(
        (~p.missing * part_max[f][name] for f, ps in parts.items() for name, p in ps.items()),
        np.zeros(()),
    )
    return np.asarray(known / whole)


def total_points(raw: FloatArray, adjustment: FloatArray, valid: BoolArray) -> FloatArray:
    """Return the total within 0..100 at 2 decimals, NaN where the stock is not valid."""
    total = np.round(np.clip(raw + adjustment, 0.0, 100.0), 2)
    return np.where(valid, total, np.nan)


def assemble(
    window: Window,
    shared: Measures,
    policy: ScoringPolicy,
    *,
    scorer: str,
    part_max: PartMax,
    parts: Mapping[str, FactorParts],
    factors: Mapping[str, FloatArray],
    supply_scale_factor: FloatArray,
    phase_points: FloatArray,
) -> ScoreTable:
    """Return the table of a window; `phase_points` undo the sum of factors where it is blocked."""
    raw = np.sum(list(factors.values()), axis=0)
    knife = window.slow(np.broadcast_to(window.inputs.knife, window.inputs.per.shape))
    adjustment = phase_points + knife * policy.falling_knife_penalty_points
    days = window.inputs.bars.days
    return ScoreTable(
        scorer=scorer,
        days=tuple(days[row] for row in window.inputs.at[window.scored]),
        codes=window.inputs.bars.codes,
        parts=parts,
        factors=factors,
        supply_scale_factor=supply_scale_factor,
        valid=shared.valid,
        total=total_points(raw, adjustment, shared.valid),
        coverage_ratio=coverage_ratio(parts, part_max),
        phase=shared.phase.stage,
        phase_points=phase_points,
        exhaustion_points=shared.phase.exhaustion,
        knife=knife,
        rsi14=window.take(shared.rsi14),
        drawdown_20d_pct=shared.drawdown_20d_pct,
        flow_reversal=shared.flow_reversal,
        volume_ratio=shared.volume_ratio,
        golden_cross=shared.golden_cross,
        ma20_rising=shared.ma20_rising,
    )


def score_in_windows(inputs: ScoreInputs, score: Callable[[Window], ScoreTable]) -> ScoreTable:
    """Score window by window and return one table. Raises ValueError as `windows` does."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return joined([score(window) for window in windows(inputs)])


def joined(tables: Sequence[ScoreTable]) -> ScoreTable:
    """Put tables of consecutive days and the same stocks under each other."""
    first = tables[0]
    if len(tables) == 1:
        return first
    rows: dict[str, Any] = {
        name: _stack([getattr(t, name) for t in tables]) for name in _array_fields(first)
    }
    parts = {
        factor: {
            name: Part(
                points=_stack([t.parts[factor][name].points for t in tables]),
                input=_stack([t.parts[factor][name].input for t in tables]),
                missing=_stack([t.parts[factor][name].missing for t in tables]),
                unit=one.unit,
            )
            for name, one in named.items()
        }
        for factor, named in first.parts.items()
    }
    factors = {name: _stack([t.factors[name] for t in tables]) for name in first.factors}
    days = tuple(day for table in tables for day in table.days)
    return replace(first, days=days, parts=parts, factors=factors, **rows)


def _array_fields(table: ScoreTable) -> Iterator[str]:
    return (f.name for f in fields(table) if isinstance(getattr(table, f.name), np.ndarray))


def _stack(arrays: Sequence[NDArray[Values]]) -> NDArray[Values]:
    return np.concatenate(arrays, axis=0)
