"""Five-minute bars from one-minute bars, and the shapes looked for in them."""

from collections.abc import Sequence
from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.engine.signals.gate_cases import stormy

from jennie_cli.engine.indicators import SessionBars
from jennie_cli.engine.signals.timing import Candles, engulfed, five_minute, wick_ratio

Bar = tuple[str, float, float, float, float, float]


def minutes(*bars: Bar, gaps: Sequence[str] = ()) -> SessionBars:
    """Return a session of one stock from (HH:MM, open, high, low, close, volume)."""
    table = np.array([bar[1:] for bar in bars])
    return SessionBars(
        minute=np.array([[int(b[0][:2]) * 60 + int(b[0][3:])] for b in bars], dtype=np.int32),
        open=table[:, [0]],
        high=table[:, [1]],
        low=table[:, [2]],
        close=table[:, [3]],
        volume=table[:, [4]],
        after_gap=np.array([[b[0] in gaps] for b in bars]),
    )


def told(bar: Candles, row: int) -> tuple[float | None, ...]:
    """Return open, high, low, close and volume of one row, None where there is no bar."""
    figures = (float(getattr(bar, f.name)[row, 0]) for f in fields(bar))
    return tuple(None if np.isnan(f) else f for f in figures)


def candle(*figures: float) -> Candles:
    """Return one bar."""
    names = (f.name for f in fields(Candles))
    return Candles(**{n: np.array([[f]]) for n, f in zip(names, figures, strict=True)})


NONE = (None,) * 5
FIVE = (
    ("09:00", 100.0, 105.0, 99.0, 101.0, 10.0),
    ("09:01", 101.0, 109.0, 100.0, 102.0, 20.0),
    ("09:02", 102.0, 103.0, 95.0, 96.0, 30.0),
    ("09:03", 96.0, 98.0, 96.0, 97.0, 40.0),
    ("09:04", 97.0, 100.0, 97.0, 99.0, 50.0),
)
NEXT = (("09:05", 99.0, 104.0, 98.0, 103.0, 60.0), ("09:09", 103.0, 106.0, 101.0, 102.0, 70.0))


def test_five_minutes_make_a_bar_when_the_fifth_is_over() -> None:
    """Not a minute earlier; then it stands until the next one is complete."""
    last, before = five_minute(minutes(*FIVE, *NEXT))
    first, second = (100.0, 109.0, 95.0, 99.0, 150.0), (99.0, 106.0, 98.0, 102.0, 130.0)
    assert [NONE] * 4 + [first, first, second] == [told(last, row) for row in range(7)]
    assert [NONE] * 6 + [first] == [told(before, row) for row in range(7)]


def test_minutes_without_a_trade_do_not_delay_a_bar() -> None:
    """Without a bar of 09:04 the first five minutes are complete with the next bar there is."""
    last, _ = five_minute(minutes(*FIVE[:3], NEXT[1]))
    assert (100.0, 109.0, 95.0, 96.0, 60.0) == told(five_minute(minutes(*FIVE[:3], NEXT[0]))[0], 3)
    assert (103.0, 106.0, 101.0, 102.0, 70.0) == told(last, 3)


def test_a_bar_with_ticks_missing_is_unknown() -> None:
    """A gap anywhere in the five minutes hides that bar and no other."""
    bars = minutes(*FIVE, *NEXT, gaps=["09:02"])
    last, before = five_minute(bars)
    assert (NONE, NONE) == (told(last, 4), told(before, 6))
    assert (99.0, 106.0, 98.0, 102.0, 130.0) == told(last, 6)


@given(seed=st.integers(0, 10_000))
@settings(max_examples=20)
def test_five_minute_bars_are_those_put_together_one_by_one(seed: int) -> None:
    """Over any session, gaps included, they equal a plain walk over the minutes."""
    bars, _, _ = stormy(seed)
    last, before = five_minute(bars)
    for stock in range(bars.shape[1]):
        for row in range(int(bars.count[stock])):
            found = _walked(bars, row, stock)
            got = [
                [float(getattr(bar, f.name)[row, stock]) for f in fields(Candles)]
                for bar in (last, before)
            ]
            assert np.array_equal(found, got, equal_nan=True)


def _walked(bars: SessionBars, row: int, stock: int) -> list[list[float]]:
    now = int(bars.minute[row, stock]) + 1
    blocks = sorted({int(m) // 5 for m in bars.minute[: row + 1, stock]}, reverse=True)
    done = [b for b in blocks if (b + 1) * 5 <= now][:2]
    found = []
    for block in done:
        rows = [r for r in range(row + 1) if int(bars.minute[r, stock]) // 5 == block]
        unknown = bool(bars.after_gap[rows, stock].any())
        found.append(
            [np.nan] * 5
            if unknown
            else [
                float(bars.open[rows[0], stock]),
                float(bars.high[rows, stock].max()),
                float(bars.low[rows, stock].min()),
                float(bars.close[rows[-1], stock]),
                float(bars.volume[rows, stock].sum()),
            ]
        )
    return found + [[np.nan] * 5] * (2 - len(found))


@pytest.mark.parametrize(
    ("bar", "expected"),
    [
        ((100.0, 130.0, 95.0, 110.0, 1.0), 2.0),
        ((110.0, 131.0, 95.0, 100.0, 1.0), 2.1),
        ((100.0, 110.0, 100.0, 110.0, 1.0), 0.0),
        ((100.0, 150.0, 90.0, 100.0, 1.0), 0.0),
    ],
)
def test_the_upper_wick_is_measured_in_bodies(bar: tuple[float, ...], expected: float) -> None:
    """Rising and falling bars alike; without a body it is no shooting star."""
    assert expected == wick_ratio(candle(*bar))[0, 0]


UP = (100.0, 111.0, 99.0, 110.0, 50.0)


@pytest.mark.parametrize(
    ("bar", "before", "expected"),
    [
        ((110.0, 112.0, 98.0, 100.0, 51.0), UP, 1.0),
        ((110.0, 112.0, 98.0, 100.0, 50.0), UP, 0.0),
        ((109.0, 112.0, 98.0, 100.0, 51.0), UP, 0.0),
        ((110.0, 112.0, 98.0, 101.0, 51.0), UP, 0.0),
        ((110.0, 112.0, 98.0, 115.0, 51.0), UP, 0.0),
        ((110.0, 112.0, 98.0, 100.0, 51.0), (110.0, 111.0, 99.0, 100.0, 50.0), 0.0),
        ((110.0, 112.0, 98.0, 100.0, 51.0), (np.nan,) * 5, None),
    ],
)
def test_a_bearish_engulfing_swallows_a_rising_bar_on_more_volume(
    bar: tuple[float, ...], before: tuple[float, ...], expected: float | None
) -> None:
    """Each condition of it is needed; without a bar before nobody knows."""
    found = engulfed(candle(*bar), candle(*before))[0, 0]
    assert expected == (None if np.isnan(found) else found)
