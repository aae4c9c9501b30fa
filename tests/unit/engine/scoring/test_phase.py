"""Stages, exhaustion and what they do to the total, from price frames."""

import numpy as np
import pytest
from tests.unit.engine.scoring.frames import POLICY, Array, flat, inputs, random_inputs, scored

from jennie_cli.engine.model import Phase
from jennie_cli.engine.scoring import ScoreTable, ScoringPolicy, score_v2

PHASES = tuple(Phase)


def growing(*legs: tuple[int, float]) -> Array:
    """Return closes of legs (rows, percent a day), one after the other."""
    daily = np.concatenate([np.full(rows, 1.0 + pct / 100.0) for rows, pct in legs])
    return 10_000.0 * np.cumprod(daily)[:, None]


def phase_of(table: ScoreTable) -> Phase:
    """Return the phase of the only stock on the last day."""
    return PHASES[int(table.phase[-1, 0])]


UP = growing((160, 0.2))
DOWN = growing((160, -0.2))
PULLBACK = growing((150, 0.4), (10, -0.8))
RECOVERY = growing((140, -0.4), (20, 0.3))


@pytest.mark.parametrize(
    ("close", "phase", "added"),
    [
        (UP, Phase.UPTREND, 5.0),
        (PULLBACK, Phase.DISTRIBUTION, -5.0),
        (RECOVERY, Phase.ACCUMULATION, 2.5),
        (flat(), Phase.TRANSITION, 0.0),
    ],
)
def test_stage_adds_points(close: Array, phase: Phase, added: float) -> None:
    """Each stage adds its points to the sum of the factors."""
    table = scored(close=close)
    assert phase is phase_of(table)
    assert added == table.phase_points[0, 0]
    whole = sum(values[0, 0] for values in table.factors.values())
    assert pytest.approx(whole + added, abs=0.0051) == table.total[0, 0]


def test_downtrend_is_blocked() -> None:
    """A downtrend forces the total to 0, whatever the factors say."""
    table = scored(close=DOWN)
    assert Phase.DOWNTREND is phase_of(table)
    assert table.total[0, 0] == 0.0
    whole = sum(values[0, 0] for values in table.factors.values())
    assert whole > 20.0
    assert pytest.approx(-whole) == table.phase_points[0, 0]


@pytest.mark.parametrize("close", [UP, DOWN])
def test_switched_off_it_is_only_shown(close: Array) -> None:
    """With the chart phase off the stage is still told and moves nothing."""
    off = score_v2(inputs(close=close), ScoringPolicy(chart_phase_enabled=False))
    assert phase_of(scored(close=close)) is phase_of(off)
    whole = sum(values[0, 0] for values in off.factors.values())
    assert pytest.approx(whole, abs=0.0051) == off.total[0, 0]


@pytest.mark.parametrize(("rows", "phase"), [(124, Phase.TRANSITION), (125, Phase.UPTREND)])
def test_a_stage_needs_125_rows(rows: int, phase: Phase) -> None:
    """A stage needs an average of 120 rows and its slope over 5."""
    table = scored(close=UP[:rows])
    assert phase is phase_of(table)
    assert np.isnan(table.exhaustion_points[0, 0]) == (phase is Phase.TRANSITION)


@pytest.mark.parametrize(
    ("close", "expected"),
    [
        (flat(), 0.0),
        (UP, 10.0 + 5.0),
        (growing((159, 0.2), (1, 3.0)), 10.0 + 25.0),
        (growing((158, 0.2), (2, -1.0)), 20.0 + 10.0),
        (growing((159, 0.2), (1, -0.3)), 20.0 + 20.0),
    ],
    ids=["still", "strong trend", "stretched", "rollover, RSI above 50", "rollover, RSI above 60"],
)
def test_exhaustion(close: Array, expected: float) -> None:
    """Trend strength, stretch and a fading RSI add up to exhaustion."""
    assert expected == scored(close=close).exhaustion_points[0, 0]


def test_wide_bands_in_distribution() -> None:
    """Bands among the 12 widest of 60 rows add 20 in distribution only."""
    narrow, wide = scored(close=PULLBACK), scored(close=growing((155, 0.4), (5, -2.5)))
    assert Phase.DISTRIBUTION is phase_of(narrow) is phase_of(wide)
    assert narrow.exhaustion_points[0, 0] == 20.0
    assert wide.exhaustion_points[0, 0] == 20.0 + 20.0


def test_exhaustion_overrides_the_stage() -> None:
    """From 50 points of exhaustion on the phase costs 7.5, except where a downtrend blocks."""
    table = score_v2(random_inputs(7, stocks=400, rows=220, days=60), POLICY)
    blocked = table.phase == PHASES.index(Phase.DOWNTREND)
    exhausted = (table.exhaustion_points >= 50.0) & ~blocked
    assert exhausted.any()
    assert {-7.5} == set(table.phase_points[exhausted].tolist())
    assert not np.any(table.phase_points[~exhausted & ~blocked] == -7.5)
