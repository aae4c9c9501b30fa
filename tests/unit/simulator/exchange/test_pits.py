"""A stock that is woken late stands where it would have stood."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.simulator.tiny_market import ALPHA, BETA, FIRST, TinyDays

from jennie_cli.engine.venue import default_calendar
from jennie_cli.simulator.exchange import BreakerChanged, Exchange, HaltChanged, ViChanged
from jennie_cli.simulator.packing import session_of
from jennie_cli.simulator.playing.markets import DayTapes, listings_of

NINE = 9 * 3_600_000


def exchange(*, asleep: bool, day: date = FIRST) -> Exchange:
    """Return the exchange of the tiny market."""
    market = TinyDays()
    book, session = market.book(day), session_of(default_calendar(), day)
    listings = listings_of(book)
    return Exchange(
        session=session,
        listings=tuple(listings.values()),
        prints=DayTapes(market, book, session, listings),
        seed=3,
        asleep=asleep,
    )


@given(
    touched=st.lists(st.integers(0, 6 * 3_600_000), max_size=4),
    broken=st.one_of(st.none(), st.integers(60_000, 3 * 3_600_000)),
)
@settings(max_examples=25, deadline=None)
def test_a_late_question_gets_the_same_answer(touched: list[int], broken: int | None) -> None:
    """Boards and books are those of a stock that was awake all day, a market break included."""
    both = exchange(asleep=False), exchange(asleep=True)
    for at in sorted({0, *touched, 6 * 3_600_000}):
        for one in both:
            one.advance(NINE + at)
        if at in touched:
            assert both[0].board(ALPHA) == both[1].board(ALPHA)
        if broken is not None and at == 0:
            for one in both:
                one.break_market(NINE + broken)
    for code in (ALPHA, BETA):
        assert both[0].board(code) == both[1].board(code)
        assert both[0].book(code) == both[1].book(code)
        assert len(both[0].prints_so_far(code)) == len(both[1].prints_so_far(code))


def test_nothing_is_set_in_motion_before_it_is_asked_for() -> None:
    """A start makes no tape; a question about one stock makes one."""
    quiet = exchange(asleep=True)
    quiet.advance(NINE + 3_600_000)
    assert {} == quiet._pits.awake
    quiet.board(ALPHA)
    assert [ALPHA] == list(quiet._pits.awake)
    assert (ALPHA,) == quiet.printed(0, NINE + 3_600_000)
    assert 3 == len(quiet.codes)


def test_a_woken_stock_tells_what_befalls_it_from_then_on() -> None:
    """A halt that is put in later is told."""
    quiet = exchange(asleep=True)
    quiet.advance(NINE + 3_600_000)
    quiet.halt(ALPHA, NINE + 3_600_001)
    told = quiet.advance(NINE + 3_700_000)
    assert [ALPHA] == [e.code for e in told if isinstance(e, HaltChanged | ViChanged)]


def test_a_break_is_told_before_any_stock_was_looked_at() -> None:
    """Halt, auction and end of a market-wide break are told though every stock is asleep."""
    quiet = exchange(asleep=True)
    quiet.advance(NINE + 3_600_000)
    quiet.break_market(NINE + 3_600_001)
    told = quiet.advance(NINE + 2 * 3_600_000)
    assert 3 == sum(isinstance(e, BreakerChanged) for e in told)
