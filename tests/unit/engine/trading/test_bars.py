"""The bar maker: the same bars however ticks arrive, and none that changes once it is closed."""

from dataclasses import fields
from datetime import timedelta

import numpy as np
import pytest
from benchmarks.ticks_to_bars import rows_of
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.engine.trading.told import (
    CODES,
    DAY,
    Told,
    batch_of,
    chart,
    clock,
    cut,
    looped,
    maker,
    tick,
)

from jennie_cli.engine.indicators import SessionBars
from jennie_cli.engine.trading import BarMaker, of_ticks

OPEN_S = 9 * 3_600


@st.composite
def streams(draw: st.DrawFn) -> list[Told]:
    """Draw ticks of about ten minutes: time mostly runs on, and sometimes a tick is late."""
    steps = draw(st.lists(st.sampled_from([0, 0, 1, 7, 20, 61, -5, -70]), max_size=60))
    seconds = np.maximum(OPEN_S + np.cumsum(np.array([0, *steps])), OPEN_S).tolist()
    one = st.tuples(
        st.integers(0, 2),
        st.integers(1, 9),
        st.integers(0, 3),
        st.sampled_from([False, False, True]),
    )
    rest = draw(st.lists(one, min_size=len(seconds), max_size=len(seconds)))
    return [(c, s, 1_000 * p, q, g) for s, (c, p, q, g) in zip(seconds, rest, strict=True)]


def same(one: SessionBars, other: SessionBars) -> bool:
    """Whether two sessions hold the same bars to the last bit."""
    names = [f.name for f in fields(SessionBars)]
    return all(
        np.array_equal(getattr(one, n), getattr(other, n), equal_nan=n != "after_gap")
        for n in names
    )


def bar(bars: SessionBars, code: str, row: int = -1) -> tuple[float, ...]:
    """Return open, high, low, close and volume of one bar."""
    column = CODES.index(code)
    row = row if row >= 0 else int(bars.count[column]) + row
    figures = (bars.open, bars.high, bars.low, bars.close, bars.volume)
    return tuple(float(f[row, column]) for f in figures)


def labels(bars: SessionBars, code: str) -> list[str]:
    """Return the start of each bar of a code, as HH:MM."""
    column = CODES.index(code)
    minutes = bars.minute[: int(bars.count[column]), column].tolist()
    return [f"{m // 60:02}:{m % 60:02}" for m in minutes]


def hear(bars: BarMaker, *ticks: tuple[str, str, int, int]) -> None:
    """Tell ticks as (code, time, price, shares)."""
    for batch in of_ticks([tick(*one) for one in ticks], bars.places):
        bars.add(batch)


@given(streams(), st.data())
def test_any_cut_gives_the_bars_of_the_plain_loop(told: list[Told], data: st.DataObject) -> None:
    """Bars, running bars and late counts are those of a loop, tick by tick or in any batches."""
    batch = batch_of(told)
    places = data.draw(st.lists(st.integers(0, len(told)), max_size=8))
    pieces = data.draw(st.sampled_from([places, [], list(range(len(told)))]))
    bars, loop = maker(), looped(batch)
    for piece in cut(batch, pieces):
        bars.add(piece)
    assert loop.closed == rows_of(bars.bars)
    assert loop.late == bars.late.tolist()
    running = [np.nan if b is None else b[1] for b in loop.running]
    newest = [np.nan if b is None else b[4] for b in loop.running]
    assert np.array_equal(running, bars.first_price, equal_nan=True)
    assert np.array_equal(newest, bars.last_price, equal_nan=True)


@given(streams(), st.lists(st.integers(0, 60), max_size=6), st.booleans())
def test_a_closed_bar_is_told_once_and_never_changes(
    told: list[Told], places: list[int], timed: bool
) -> None:
    """What a call says it closed is in the end still what it was, and nothing else is."""
    bars, seen = maker(), {}
    for piece in cut(batch_of(told), [p for p in places if p <= len(told)]):
        answers = [bars.add(piece)]
        if timed and len(piece.second):
            answers.append(
                bars.close_minutes(clock("0:0") + timedelta(seconds=int(piece.second.max())))
            )
        for row, column in ((r, c) for a in answers for r, c in zip(a.row, a.column, strict=True)):
            assert (row, column) not in seen
            seen[row, column] = rows_of(bars.bars)[column][row]
    final = rows_of(bars.bars)
    assert seen == {(r, c): b for c, rows in enumerate(final) for r, b in enumerate(rows)}
    minutes = [[b[0] for b in rows] for rows in final]
    assert minutes == [sorted(set(m)) for m in minutes]


@given(streams(), st.integers(0, 12))
@settings(max_examples=40)
def test_a_start_in_mid_session_joins_the_chart(told: list[Told], minutes: int) -> None:
    """The chart up to a minute and ticks from it on give the bars of the whole stream."""
    told = [one for one in told if one[3] > 0]
    told.sort(key=lambda one: one[1] // 60)
    told = [(c, s, p, q, False) for c, s, p, q, _ in told]
    whole, late = maker(), maker(f"9:{minutes}")
    whole.add(batch_of(told))
    whole.close_minutes(clock("15:32"))
    joined = clock(f"9:{minutes}")
    late.add(batch_of([one for one in told if one[1] >= OPEN_S + 60 * minutes]))
    for column, code in enumerate(CODES):
        late.warm_up(code, chart(whole.bars, column, code), until=joined)
    late.close_minutes(clock("15:32"))
    assert same(whole.bars, late.bars)
    assert np.array_equal(whole.last_price, late.last_price, equal_nan=True)


def test_bars_of_one_batch_are_told_oldest_first() -> None:
    """A batch over several minutes names the bars it closed in the order of their minutes."""
    bars = maker()
    minutes = [(0, 0), (1, 0), (0, 1), (0, 2), (1, 3)]
    closed = bars.add(batch_of([(c, OPEN_S + 60 * m, 1_000, 1, False) for c, m in minutes]))
    told = list(zip(bars.bars.minute[closed.row, closed.column] - 540, closed.column, strict=True))
    assert [(0, 0), (0, 1), (1, 0)] == told


def test_the_timer_waits_for_the_last_ticks_of_a_minute() -> None:
    """A trade of 9:00:59 that comes within the grace counts; a second after the minute it ends."""
    bars = maker()
    hear(bars, ("005930", "9:00:05", 70_000, 10))
    assert 0 == len(bars.close_minutes(clock("9:01:00.9")).row)
    hear(bars, ("005930", "9:00:59", 70_300, 5))
    assert [CODES.index("005930")] == bars.close_minutes(clock("9:01:01")).column.tolist()
    assert (70_000, 70_300, 70_000, 70_300, 15) == bar(bars.bars, "005930")
    assert np.isnan(bars.first_price).all()


def test_a_late_tick_is_counted_and_changes_nothing() -> None:
    """After the timer closed a minute, a trade of it is counted; price and bar stay."""
    bars = maker()
    hear(bars, ("005930", "9:00:05", 70_000, 10))
    bars.close_minutes(clock("9:01:02"))
    hear(bars, ("005930", "9:00:59", 99_000, 500))
    assert [0, 0, 1] == bars.late.tolist()
    assert (70_000, 70_000, 70_000, 70_000, 10) == bar(bars.bars, "005930")
    assert 70_000 == bars.last_price[2]


def test_another_stock_closes_nothing() -> None:
    """A bar ends by its own stock's next minute, not by another's."""
    bars = maker()
    hear(bars, ("005930", "9:00:05", 70_000, 10), ("000660", "9:01:00", 200_000, 1))
    assert [0, 0, 0] == bars.bars.count.tolist()
    assert 70_000 == bars.first_price[2]


def test_a_gap_stays_a_gap() -> None:
    """Minutes without a trade have no bar; the first tick after a lost stream marks its bar."""
    bars = maker()
    ticks = [
        tick("005930", "9:00:05", 70_000),
        tick("005930", "9:07:30", 71_000, after_gap=True),
        tick("005930", "9:07:31", 71_100),
        tick("005930", "9:08:00", 71_200),
    ]
    for one in ticks:
        for batch in of_ticks([one], bars.places):
            bars.add(batch)
    assert ["09:00", "09:07"] == labels(bars.bars, "005930")
    assert [False, True] == bars.bars.after_gap[:, 2].tolist()
    assert 71_200 == bars.first_price[2]


def test_the_closing_auction_is_a_bar_of_its_own() -> None:
    """The print that comes up to half a minute after 15:30 is the bar of 15:30."""
    bars = maker()
    hear(bars, ("005930", "15:19:59", 70_000, 10), ("005930", "15:30:27", 70_500, 9_000))
    bars.close_minutes(clock("15:31:01"))
    assert ["15:19", "15:30"] == labels(bars.bars, "005930")
    assert (70_500, 70_500, 70_500, 70_500, 9_000) == bar(bars.bars, "005930")


def test_only_regular_ticks_of_the_codes_count() -> None:
    """After-market trades and codes nobody asked for feed no bar; any time zone is read right."""
    ticks = [
        tick("005930", "9:00:05", 70_000),
        tick("005930", "9:00:06", 99_000, regular=False),
        tick("035720", "9:00:07", 50_000),
    ]
    (batch,) = of_ticks(ticks, maker().places)
    assert [(2, 32_405, 70_000, 1)] == list(
        zip(batch.column, batch.second, batch.price, batch.qty, strict=True)
    )


def test_ticks_of_two_days_are_two_batches() -> None:
    """What is told over night is split where the Korean day changes."""
    days = [DAY, DAY + timedelta(days=3)]
    ticks = [tick("005930", f"{9 + 24 * 3 * n}:00:05", 70_000) for n in (0, 1)]
    assert days == [batch.day for batch in of_ticks(ticks, maker().places)]


def test_a_new_day_begins_with_nothing() -> None:
    """A tick of a later day drops bars, running bars, prices and counts; an earlier one is late."""
    bars = maker()
    first = [(0, OPEN_S, 1_000, 1, False), (0, OPEN_S + 60, 1_100, 1, False)]
    bars.add(batch_of(first))
    bars.add(batch_of([(1, OPEN_S, 2_000, 1, False)], DAY + timedelta(days=3)))
    bars.add(batch_of(first))
    assert [0, 0, 0] == bars.bars.count.tolist()
    assert [2, 0, 0] == bars.late.tolist()
    assert np.array_equal([np.nan, 2_000, np.nan], bars.first_price, equal_nan=True)
    assert np.array_equal([np.nan, 2_000, np.nan], bars.last_price, equal_nan=True)
    assert DAY + timedelta(days=3) == bars.day


@pytest.mark.parametrize(
    ("since", "marked"), [("9:04:59", False), ("9:05:00", False), ("9:05:00.5", True)]
)
def test_the_minute_in_which_listening_begins(since: str, marked: bool) -> None:
    """A minute heard from its first moment is whole; one joined later is marked."""
    bars = maker(since)
    hear(bars, ("005930", "9:05:30", 70_000, 10), ("005930", "9:06:00", 70_100, 10))
    hear(bars, ("005930", "9:07:00", 70_100, 10))
    assert [marked, False] == bars.bars.after_gap[:, 2].tolist()


def test_the_chart_makes_the_joined_minute_whole() -> None:
    """A chart fetched a minute after joining replaces the half-heard bar."""
    whole, bars = maker(), maker("9:05:30")
    hear(whole, ("005930", "9:05:10", 69_000, 7), ("005930", "9:05:40", 70_000, 10))
    whole.close_minutes(clock("9:06:10"))
    hear(bars, ("005930", "9:05:40", 70_000, 10), ("005930", "9:06:05", 70_100, 1))
    bars.warm_up("005930", chart(whole.bars, 2, "005930"), until=clock("9:06:10"))
    hear(bars, ("005930", "9:05:59", 70_000, 10))
    assert (69_000, 70_000, 69_000, 70_000, 17) == bar(bars.bars, "005930")
    assert not bars.bars.after_gap.any()
    assert [0, 0, 0] == bars.late.tolist()
    assert 70_100 == bars.first_price[2] == bars.last_price[2]


def test_the_chart_replaces_a_running_minute_that_is_over() -> None:
    """A half-heard minute without a later tick, told by the chart as well, is there once."""
    whole, bars = maker(), maker("9:05:30")
    hear(whole, ("005930", "9:05:10", 69_000, 7), ("005930", "9:05:40", 70_000, 10))
    whole.close_minutes(clock("9:06:10"))
    hear(bars, ("005930", "9:05:40", 70_000, 10))
    bars.warm_up("005930", chart(whole.bars, 2, "005930"), until=clock("9:06:00"))
    assert 0 == len(bars.close_minutes(clock("9:06:01")).row)
    assert same(whole.bars, bars.bars)


def test_a_chart_leaves_out_the_running_minute_and_empty_ones() -> None:
    """What a chart tells of the minute that still runs, or of one without a trade, is no bar."""
    bars = maker()
    seen = maker()
    ticks = [("005930", f"9:0{n}:05", 70_000 + n, n % 2) for n in range(5)]
    hear(seen, *ticks)
    seen.close_minutes(clock("9:10"))
    bars.warm_up("005930", chart(seen.bars, 2, "005930"), until=clock("9:03:30"))
    assert ["09:01"] == labels(bars.bars, "005930")
    assert 70_001 == bars.last_price[2]


def test_a_chart_must_run_forward() -> None:
    """Minutes newest first, as some brokers send them, are refused."""
    seen = maker()
    hear(seen, ("005930", "9:00:05", 1, 1), ("005930", "9:01:05", 1, 1))
    seen.close_minutes(clock("9:10"))
    backwards = chart(seen.bars, 2, "005930")[::-1]
    with pytest.raises(ValueError, match="oldest first"):
        maker().warm_up("005930", backwards, until=clock("9:03"))


def test_a_code_may_join_later() -> None:
    """A new code gets a column at the end; the others keep bars and running minutes."""
    bars = maker(codes=CODES[:2])
    hear(bars, ("000660", "9:00:05", 200_000, 1), ("000660", "9:01:05", 201_000, 1))
    bars.watch(["000660", "005930"], since=clock("9:01:30"))
    hear(bars, ("005930", "9:01:40", 70_000, 2), ("005930", "9:02:10", 70_100, 2))
    assert [1, 0, 1] == bars.bars.count.tolist()
    assert [[False, False, True]] == bars.bars.after_gap.tolist()
    assert np.array_equal([201_000, np.nan, 70_100], bars.first_price, equal_nan=True)


def test_a_later_day_is_watched_anew() -> None:
    """Asking for codes on a later day begins its session."""
    bars = maker()
    hear(bars, ("000660", "9:00:05", 200_000, 1), ("000660", "9:01:05", 201_000, 1))
    bars.watch([], since=clock("32:50"))
    assert DAY + timedelta(days=1) == bars.day
    assert [0, 0, 0] == bars.bars.count.tolist()


def test_bars_grow_beyond_a_normal_day() -> None:
    """A session of any length has room."""
    bars = maker()
    bars.add(batch_of([(1, 60 * m, 1_000 + m, 1, False) for m in range(1_000)]))
    assert [0, 999, 0] == bars.bars.count.tolist()
    assert 1_998 == bars.bars.open[998, 1]


def test_bars_in_hand_do_not_change() -> None:
    """Bars that were handed out stay as they were when more are closed."""
    bars = maker()
    hear(bars, ("005930", "9:00:05", 70_000, 10), ("005930", "9:01:00", 70_100, 1))
    early = bars.bars
    hear(bars, ("000660", "9:00:05", 200_000, 1), ("000660", "9:01:00", 200_100, 1))
    assert [0, 0, 1] == early.count.tolist()
    assert np.array_equal([[np.nan, np.nan, 70_000]], early.open, equal_nan=True)
    assert [1, 0, 1] == bars.bars.count.tolist()
