"""What a killed session had heard is there again: also of the minute that no chart has yet."""

import json
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.engine.exits.cases import CODE, DAY, at, book, buy, sell
from tests.unit.engine.trading.session.monitor_cases import CALM, hear, monitor

from jennie_cli.engine.bus.names import HIGH_WATERMARK, LOSS_LATCH
from jennie_cli.engine.exits import ExDate, ExitBook, Highs, Trade, empty_book, rebuild
from jennie_cli.engine.feed import MinuteBar
from jennie_cli.engine.trading.session.keeping import (
    HighMark,
    Kept,
    Retold,
    with_marks,
)
from jennie_cli.engine.trading.session.monitor import Monitor
from jennie_cli.engine.trading.session.rests import Rests

ENTRY = at("09:31:20")


def bar(clock: str, high: int, volume: int = 10) -> MinuteBar:
    """Return a minute of the case's stock."""
    told = {"open": 10_000, "low": 10_000, "close": 10_000, "volume": volume}
    return MinuteBar(code=CODE, start=at(clock), high=high, **told)


def bought() -> Trade:
    """Return the purchase of a hundred shares at 10,000 won."""
    return buy(100, 10_000, when=ENTRY)


def opened(highs: dict[str, Highs] | None = None, mark: HighMark | None = None) -> ExitBook:
    """Return the book that a new process begins with."""
    bare = rebuild([bought()], {}, (), CALM)
    marks = {} if mark is None else {CODE: mark}
    return rebuild([bought()], with_marks(highs or {}, marks, bare), (), CALM)


def chart_of(clock: str, high: int) -> Highs:
    """Return one minute of a chart."""
    start = at(clock)
    return Highs(
        day=np.array([DAY.toordinal()]),
        minute=np.array([start.hour * 60 + start.minute]),
        high=np.array([float(high)]),
    )


def kept_of(of: ExitBook, clock: str) -> HighMark:
    """Return what the bus has of the case's stock."""
    text = kept(monitor(of)).values(at(clock))[HIGH_WATERMARK.of(CODE)]
    mark = HighMark.read(text)
    assert mark is not None
    return mark


def kept(of: Monitor, *, latched: bool = False) -> Kept:
    """Return what is kept of a monitor; the rests are not asked for here."""
    none: Rests = object.__new__(Rests)
    none.signal = none.stop = none.sale = np.empty(0)
    return Kept(
        of,
        none,
        (),
        lambda: pytest.fail("nobody asked"),
        latched=lambda: latched,
        cold=frozenset,
    )


def test_the_high_of_the_running_minute_outlives_the_process() -> None:
    """Killed at 10:15:40 after a top at 10:15:30: the charts end with 10:14."""
    running = monitor(book(bought(), policy=CALM))
    hear(running, ("10:14:10", 10_400), ("10:15:30", 10_700))
    chart = {CODE: chart_of("10:14", 10_400)}
    without, mark = opened(chart), kept_of(running.book, "10:15:31")
    again = opened(chart, mark)
    assert (10_400.0, 10_700.0) == (without.watermark[0], again.watermark[0])
    assert running.book.floor_armed.tolist() == again.floor_armed.tolist()


def test_a_loss_limit_that_was_met_outlives_the_process_for_the_day() -> None:
    """Nothing is bought after a restart either, though the price has recovered."""
    running = monitor(book(bought(), policy=CALM))
    key = LOSS_LATCH.of(f"{DAY:%Y-%m-%d}")
    assert key in kept(running, latched=True).values(at("10:16"))
    assert key not in kept(running).values(at("10:16"))
    assert kept(running).stamp() != kept(running, latched=True).stamp()


def test_what_was_kept_of_an_earlier_position_is_left_out() -> None:
    """The stock was sold and bought again since."""
    mark = replace(kept_of(book(bought()), "10:15:31"), high=12_000.0, since=at("09:05"))
    assert 10_000.0 == opened(mark=mark).watermark[0]


def test_a_key_without_a_position_is_left_out() -> None:
    """It may be a leftover."""
    mark = kept_of(book(bought()), "10:15:31")
    assert {} == with_marks({}, {CODE: mark}, empty_book())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "10700",
        "[]",
        "{}",
        '{"high": "x", "bought": 1, "since": "2025-06-30T09:31:00+09:00", "at": "x"}',
        '{"high": 1, "bought": 1, "since": "2025-06-30T09:31:00", "at": "2025-06-30T09:31:00"}',
        '{"high": NaN, "bought": 1, "since": "2025-06-30T09:31Z", "at": "2025-06-30T09:31Z"}',
    ],
)
def test_what_is_no_mark_is_read_as_none(text: str) -> None:
    """Somebody else may write to the bus."""
    assert HighMark.read(text) is None


@given(
    st.floats(1, 1e7),
    st.floats(1, 1e7),
    st.integers(0, 10**8),
)
def test_a_mark_is_read_as_it_was_written(high: float, paid: float, seconds: int) -> None:
    """To the last bit."""
    aware = ENTRY + timedelta(seconds=seconds)
    mark = HighMark(high=high, bought=paid, since=aware, at=aware)
    assert mark == HighMark.read(mark.text())


def test_a_chart_that_comes_later_closes_the_gap_of_a_start() -> None:
    """Nobody heard the top at 10:15; the chart tells it once the minute is over."""
    running = monitor(book(bought(), policy=CALM))
    hear(running, ("10:16:01", 10_200))
    running.catch_up(CODE, [bar("10:15", 10_900), bar("10:16", 10_200)])
    assert 10_900.0 == running.book.watermark[0]


@pytest.mark.parametrize(
    ("clock", "volume", "why"),
    [
        ("09:31", 10, "the minute of the purchase"),
        ("09:10", 10, "before the purchase"),
        ("08:50", 10, "before the open"),
        ("15:40", 10, "after the close"),
        ("10:15", 0, "nothing was traded"),
    ],
)
def test_what_does_not_count_raises_nothing(clock: str, volume: int, why: str) -> None:
    """A later chart says more than what was to be heard."""
    running = monitor(book(bought(), policy=CALM))
    running.catch_up(CODE, [bar(clock, 12_000, volume)])
    assert 10_000.0 == running.book.watermark[0], why


def test_a_stock_that_was_sold_meanwhile_is_left_alone() -> None:
    """The chart may come after the sale."""
    running = monitor(book(bought(), policy=CALM))
    running.catch_up("000000", [bar("10:15", 12_000)])
    assert [10_000.0] == running.book.watermark.tolist()


def test_a_new_high_and_nothing_else_changes_the_highs() -> None:
    """A tick below the top is no news; a trade changes the stamp."""
    running = monitor(book(bought(), policy=CALM))
    seen = kept(running)

    def told() -> tuple[object, bytes]:
        return seen.stamp(), seen.highs()

    hear(running, ("10:14:10", 10_100))
    first = told()
    hear(running, ("10:14:11", 10_050))
    assert first == told()
    hear(running, ("10:14:12", 10_101))
    assert (True, False) == (first[0] == seen.stamp(), first[1] == seen.highs())
    running.traded(sell(30, 10_050, when=at("10:15")))
    assert first[0] != seen.stamp()


SPLIT = ExDate(code=CODE, day=DAY.toordinal(), base_ratio=0.2)
PAID = ExDate(code=CODE, day=DAY.toordinal(), dividend=300.0)
YESTERDAY = buy(100, 10_000, when=at("09:31:20", DAY - timedelta(days=1)))
RETOLD = Retold(trades=(YESTERDAY,), policy=CALM)


def told_at(clock: str, *events: ExDate) -> HighMark:
    """Return what a session keeps that knows of these ex-dates."""
    return kept_of(rebuild([YESTERDAY], {}, events, CALM), clock)


@pytest.mark.parametrize("event", [SPLIT, PAID])
def test_what_was_kept_without_an_ex_date_is_left_out(event: ExDate) -> None:
    """Its top stands in the won of before, and would arm a floor that was never reached."""
    wrong, right = told_at("09:01"), told_at("09:01", event)
    assert {} == RETOLD.fitting({CODE: wrong}, [event])
    assert {CODE: right} == RETOLD.fitting({CODE: right}, [event])
    assert {CODE: wrong} == RETOLD.fitting({CODE: wrong}, [])


@pytest.mark.parametrize("event", [SPLIT, PAID])
def test_figures_that_were_kept_stand_in_for_a_chart_that_fails(event: ExDate) -> None:
    """The levels stay where the session before had moved them."""
    mark = told_at("09:01", event)
    moved = RETOLD.moved({CODE: mark}, {CODE})
    again = rebuild([YESTERDAY], {}, moved, CALM)
    whole = rebuild([YESTERDAY], {}, [event], CALM)
    assert (whole.average[0], whole.dividend[0]) == pytest.approx(
        (again.average[0], again.dividend[0])
    )
    assert {CODE: mark} == RETOLD.fitting({CODE: mark}, moved)


def test_nothing_stands_in_for_what_went_through_nothing() -> None:
    """Neither for a stock whose chart was read, nor for an earlier position."""
    plain, split = told_at("09:01"), told_at("09:01", SPLIT)
    assert () == RETOLD.moved({CODE: plain}, {CODE})
    assert () == RETOLD.moved({CODE: split}, set())
    assert () == RETOLD.moved({CODE: replace(split, since=at("09:05"))}, {CODE})


def test_a_mark_of_before_dividends_were_kept_is_read() -> None:
    """It has none."""
    told = json.loads(told_at("09:01").text())
    del told["paid"]
    mark = HighMark.read(json.dumps(told))
    assert mark is not None
    assert 0.0 == mark.paid
