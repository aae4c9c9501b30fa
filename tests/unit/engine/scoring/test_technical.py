"""The golden values of the technical factor, from price and volume frames."""

import numpy as np
import pytest
from tests.unit.engine.scoring.frames import (
    PRICE,
    Array,
    flat,
    inputs,
    points,
    scored,
    series,
    with_rows,
)

from jennie_cli.engine.scoring import ScoringPolicy, score_v2


def volume(recent: float, *, rows: int = 5) -> Array:
    """Return volume 1,000 with the newest rows at another level."""
    return np.concatenate([flat(160 - rows, 1_000.0), flat(rows, recent)])


def price_with_rsi(value: float) -> Array:
    """Return closes that rise by `value` and fall by 100 - `value` within 14 changes."""
    return series(PRICE, PRICE + value, PRICE + value - (100.0 - value))


@pytest.mark.parametrize(("ratio", "expected"), [(1, 0.6), (2, 1.8), (3, 3), (0.4, 0)])
def test_volume_trend(ratio: float, expected: float) -> None:
    """Volume of 5 rows is compared with the 20 rows before them."""
    got = points("technical", "volume_trend", volume=volume(1_000.0 * ratio))
    assert expected == pytest.approx(got)


@pytest.mark.parametrize(
    ("rsi", "expected"),
    [(20, 3), (30, 3), (40, 2.25), (50, 1.5), (60, 1.0), (70, 0.5), (80, 0.25), (90, 0), (97, 0)],
)
def test_rsi(rsi: float, expected: float) -> None:
    """RSI of simple means scores most when oversold."""
    close = price_with_rsi(rsi)
    table = scored(close=close)
    assert pytest.approx(rsi) == table.rsi14[0, 0]
    assert expected == pytest.approx(table.parts["technical"]["rsi"].points[0, 0])


def test_rsi_without_a_loss() -> None:
    """Without a loss RSI is 100 and scores nothing."""
    table = scored(close=series(PRICE, PRICE + 5.0))
    assert (100.0, 0.0) == (table.rsi14[0, 0], table.parts["technical"]["rsi"].points[0, 0])


def test_rsi_without_a_move() -> None:
    """A price that did not move for 14 changes has no RSI."""
    part = scored(close=with_rows(flat(), {-16: 9_000.0})).parts["technical"]["rsi"]
    assert (True, 1.5) == (part.missing[0, 0], part.points[0, 0])


def test_oversold_threshold_moves_the_slope() -> None:
    """The oversold threshold is a setting and the slope up to 50 follows it."""
    table = score_v2(inputs(close=price_with_rsi(35)), ScoringPolicy(rsi_oversold_points=40.0))
    assert table.parts["technical"]["rsi"].points[0, 0] == 3.0


@pytest.mark.parametrize(
    ("fall_pct", "grown", "expected"),
    [(-6, 1.25, 4), (-4, 1.15, 3), (-6, 1.15, 3), (-1, 1.05, 2), (-6, 0.9, 1), (-6, 0.7, 0)],
)
def test_accumulation(fall_pct: float, grown: float, expected: float) -> None:
    """Volume that grows while the price falls over 20 rows is accumulation."""
    close = with_rows(flat(), {-20: PRICE / (1.0 + fall_pct / 100.0)})
    got = points("technical", "accumulation", close=close, volume=volume(1_000.0 * grown, rows=20))
    assert expected == got


def test_no_volume_is_unknown() -> None:
    """A stock that never traded has neither a volume trend nor accumulation."""
    parts = scored(volume=flat(value=0.0)).parts["technical"]
    assert (True, 1.5) == (parts["volume_trend"].missing[0, 0], parts["volume_trend"].points[0, 0])
    assert (True, 0.0) == (parts["accumulation"].missing[0, 0], parts["accumulation"].points[0, 0])


def test_full_technical_is_reachable() -> None:
    """A sold-out stock bought on rising volume earns all 10 points."""
    close = np.concatenate([flat(140), np.linspace(PRICE, PRICE * 0.9, 20)[:, None]])
    heavy = volume(3_000.0)
    table = scored(close=close, volume=heavy)
    assert pytest.approx(10.0) == table.factors["technical"][0, 0]
