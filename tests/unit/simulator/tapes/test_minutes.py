"""A tape made from real minute bars."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from jennie_cli.engine.model import Market
from jennie_cli.engine.venue import default_calendar
from jennie_cli.simulator.tapes import Listing, Prints, minute_prints

NAMES = ("time", "open", "high", "low", "close", "volume")
DAY = date(2025, 11, 12)
CALENDAR = default_calendar()
Rows = Sequence[tuple[int, ...]]
Columns = Mapping[str, NDArray[Any]]


def made(bars: Columns, day: date = DAY) -> Prints:
    """Return the tape of one stock's minutes."""
    session = CALENDAR.session(day)
    assert session is not None
    listing = Listing(code="005380", market=Market.KOSPI, base_price=10_000)
    return minute_prints(bars, seed=3, session=session, listing=listing)


def columns(rows: Rows) -> Columns:
    """Return rows of (time, open, high, low, close, volume) as columns."""
    return dict(zip(NAMES, np.array(rows).T, strict=True))


def minutes(tape: Prints) -> Rows:
    """Return the minute bars that a tape shows."""
    minute = tape.at_ms // 60_000
    labels, firsts = np.unique(minute // 60 * 100 + minute % 60, return_index=True)
    lasts = np.append(firsts[1:], len(tape)) - 1
    high, low = np.maximum.reduceat(tape.price, firsts), np.minimum.reduceat(tape.price, firsts)
    shown = (labels, tape.price[firsts], high, low, tape.price[lasts])
    qty = np.add.reduceat(tape.qty, firsts)
    return list(zip(*(column.tolist() for column in (*shown, qty)), strict=True))


@st.composite
def sessions(draw: st.DrawFn) -> Rows:
    """Draw some minutes of a day, with gaps, and perhaps its closing auction."""
    labels = sorted(draw(st.sets(st.integers(540, 919), min_size=1, max_size=30)))
    rows: list[tuple[int, ...]] = []
    for label in labels:
        low = draw(st.integers(900, 30_000))
        high = low + draw(st.integers(0, 700))
        opened, close = draw(st.integers(low, high)), draw(st.integers(low, high))
        volume = draw(st.integers(4, 50_000))
        rows.append((label // 60 * 100 + label % 60, opened, high, low, close, volume))
    if draw(st.booleans()):
        rows.append((1530, 5000, 5000, 5000, 5000, 700))
    return rows


@given(rows=sessions())
@settings(max_examples=80, deadline=None)
def test_every_minute_is_reproduced(rows: Rows) -> None:
    """Open, high, low, close and volume of each minute come back from the tape."""
    assert rows == minutes(made(columns(rows)))


def test_the_close_is_one_auction_and_minutes_without_volume_print_nothing() -> None:
    """The bar at the session's close is one print at the close; an empty minute has none."""
    rows = [(900, 50, 52, 50, 51, 90), (901, 51, 51, 51, 51, 0), (1530, 53, 53, 53, 53, 1000)]
    tape = made(columns(rows))
    assert [rows[0], rows[2]] == minutes(tape)
    assert (55_800_000, 1000, 0) == (tape.at_ms[-1], tape.qty[-1], tape.aggressor[-1])
    assert (32_400_000, 0) == (tape.at_ms[0], tape.aggressor[0])


def test_minutes_beside_a_gap_leave_room_for_an_interruption() -> None:
    """Where a minute is missing, two and a half minutes lie between the prints."""
    rows = [(1000, 100, 109, 100, 109, 500), (1002, 110, 112, 110, 112, 500)]
    tape = made(columns(rows))
    assert np.diff(tape.at_ms).max() >= 150_000


def test_no_minutes_no_prints() -> None:
    """A day whose minutes all lack volume has an empty tape."""
    assert 0 == len(made(columns([(900, 50, 50, 50, 50, 0)])))


@pytest.mark.data
def test_real_days_are_reproduced_minute_by_minute(market_data: Path) -> None:
    """Real minute bars of a sample of stock-days, the exam day among them, come back exactly."""
    path = str(market_data / "minute_bars.parquet")
    rows = duckdb.execute(
        "select code, date, time, open, high, low, close, volume from read_parquet(?) "
        "where volume > 0 and (hash(code || date) % 60 = 0 "
        "or (date = '2025-11-13' and hash(code) % 5 = 0)) "
        "order by code, date, time",
        [path],
    ).fetchnumpy()
    starts = np.flatnonzero(
        np.append(True, (rows["code"][1:] != rows["code"][:-1]) | (np.diff(rows["date"]) != 0))
    )
    short = 0
    for first, last in zip(starts, np.append(starts[1:], len(rows["time"])), strict=True):
        bars = {name: np.asarray(rows[name][first:last], dtype=np.int64) for name in NAMES}
        day = date.fromisoformat(str(rows["date"][first])[:10])
        tape = made(bars, day)
        short += tape.short_bars
        assert list(zip(*(bars[name].tolist() for name in NAMES), strict=True)) == minutes(tape)
    assert 50 < len(starts)
    assert 0 == short
