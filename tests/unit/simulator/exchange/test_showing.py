"""The board, the book and the next event."""

from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.simulator.exchange.floor import (
    AUCTION,
    BUYER,
    CLOSE,
    CLOSING,
    CODE,
    DAY,
    INTAKE,
    MINUTE,
    OPEN,
    SELLER,
    day,
    exchange,
    fills,
    listing,
    order,
)

from jennie_cli.engine.model import Side
from jennie_cli.simulator.exchange import Exchange
from jennie_cli.simulator.exchange.background import Background, Mark
from jennie_cli.simulator.exchange.board import Phase, Stretch, StretchRow

T = OPEN + MINUTE


def test_the_board_before_the_first_trade_shows_the_base_price() -> None:
    """Nothing traded: the base price, no volume, and the day's limits."""
    venue = exchange(day())
    venue.advance(INTAKE)
    board = venue.board(CODE)
    assert (10_000, 0, 0, 13_000, 7_000) == (
        board.last,
        board.volume,
        board.open,
        board.upper_limit,
        board.lower_limit,
    )
    assert 10_000.0 == board.vwap


def test_no_book_before_orders_are_taken() -> None:
    """Before 08:30 there is nothing to show."""
    venue = exchange(day())
    venue.advance(INTAKE - 1)
    assert ((), ()) == (venue.book(CODE).asks, venue.book(CODE).bids)
    assert Phase.BEFORE is venue.board(CODE).phase


def test_the_board_keeps_the_days_figures() -> None:
    """Open, high, low with their times, volume, value, and who took how much."""
    rows = ((T, 10_100, 5, BUYER), (T + 10, 9_950, 7, SELLER), (T + 20, 10_100, 2, BUYER))
    venue = exchange(day(*rows))
    venue.advance(T + 20)
    board = venue.board(CODE)
    assert (10_000, OPEN, 10_100, T, 9_950, T + 10) == (
        board.open,
        board.open_at_ms,
        board.high,
        board.high_at_ms,
        board.low,
        board.low_at_ms,
    )
    assert (1014, 10_000_000 + 50_500 + 69_650 + 20_200) == (board.volume, board.value)
    assert (2, 1, 7, 7) == (
        board.buy_trades,
        board.sell_trades,
        board.buy_volume,
        board.sell_volume,
    )
    assert (10_100, 2, BUYER, T + 20) == (
        board.last,
        board.last_qty,
        board.last_aggressor,
        board.last_at_ms,
    )


def test_the_book_follows_the_last_print() -> None:
    """A buyer's print is the best ask, a seller's the best bid; ten steps follow on each side."""
    rows = ((T, 10_100, 5, BUYER), (T + 10, 10_000, 7, SELLER))
    venue = exchange(day(*rows))
    venue.advance(T)
    book = venue.book(CODE)
    assert [10_100 + 10 * k for k in range(10)] == [price for price, _ in book.asks]
    assert [10_090 - 10 * k for k in range(10)] == [price for price, _ in book.bids]
    assert book.total_ask == sum(qty for _, qty in book.asks)
    assert book.total_bid == sum(qty for _, qty in book.bids)
    venue.advance(T + 10)
    book = venue.book(CODE)
    assert (10_010, 10_000) == (book.asks[0][0], book.bids[0][0])


def test_the_book_ends_at_the_limits() -> None:
    """No level lies beyond the day's limits; bought out at the upper one there is no ask."""
    venue = exchange(day((T, 12_960, 5, BUYER), (T + 1, 13_000, 5, SELLER), opened=12_900))
    venue.advance(T + 10 * MINUTE)
    book = venue.book(CODE)
    assert ((), 13_000) == (book.asks, book.bids[0][0])


def test_the_book_depends_on_seed_code_and_prints_alone() -> None:
    """The same place on the tape shows the same shares, whoever asks; another seed others."""
    rows = day((T, 10_100, 5, BUYER))
    one, again, other = exchange(rows), exchange(rows), exchange(rows, seed=8)
    one.advance(T)
    for at in (INTAKE, OPEN, T, T + MINUTE):
        again.advance(at)
        again.book(CODE)
    other.advance(T)
    assert one.book(CODE).asks == again.book(CODE).asks
    assert one.book(CODE).asks != other.book(CODE).asks


def test_a_level_keeps_its_size_for_a_while() -> None:
    """Over sixteen prints at one price each level changes once, not with every print."""
    background = Background(listing(), DAY, seed=3, qty=np.array([5, 9, 30]))
    marks = [Mark(price=10_000, aggressor=BUYER, index=index) for index in range(1, 18)]
    for price in background.levels(marks[0], Side.SELL):
        shown = [background.levels(mark, Side.SELL)[price] for mark in marks]
        assert 1 == sum(a != b for a, b in pairwise(shown))


@given(
    price=st.integers(8_000, 12_500), index=st.integers(1, 999), taker=st.sampled_from([0, 1, 5])
)
@settings(max_examples=60)
def test_bulk_and_single_looks_agree(price: int, index: int, taker: int) -> None:
    """What a stream says of the best bid and ask is what the book shows."""
    background = Background(listing(), DAY, seed=3, qty=np.array([5, 9, 30]))
    mark = Mark(price=price, aggressor=taker, index=index)
    for side in Side:
        first = next(iter(background.levels(mark, side).items()))
        one = (np.array([price]), np.array([taker]), np.array([index]))
        best, shown = background.touch(*one, side)
        assert first == (int(best[0]), int(shown[0]))


def test_prints_can_be_asked_for_by_time_only_up_to_now() -> None:
    """A stretch is open at its start, closed at its end, and never tells the future."""
    rows = ((T, 10_100, 5, BUYER), (T + 10, 9_950, 7, SELLER), (T + 20, 10_100, 2, BUYER))
    venue = exchange(day(*rows))
    venue.advance(T + 10)
    assert [T + 10] == venue.prints_between(CODE, T, CLOSE).at_ms.tolist()
    whole = venue.prints_so_far(CODE)
    assert [OPEN, T, T + 10] == whole.at_ms.tolist()
    assert ([AUCTION, BUYER, SELLER], 10_000) == (whole.aggressor.tolist(), whole.open)
    assert ((CODE,), ()) == (venue.printed(T, CLOSE), venue.printed(T + 10, CLOSE))


def test_board_and_book_at_one_look_are_those_of_two() -> None:
    """Before orders are taken, in auctions, while a member waits, and after the close."""
    venue = exchange(day((T, 10_100, 5, BUYER), (T + MINUTE, 10_050, 5, SELLER)))
    for at in (INTAKE - 1, INTAKE, OPEN, T, T + 2 * MINUTE, CLOSING, CLOSE + MINUTE):
        venue.advance(at)
        if at == T:
            venue.enter(order("1", Side.BUY, 5, 9_900))
        assert (venue.board(CODE), venue.book(CODE)) == venue.board_and_book(CODE)


def test_the_count_of_trades_keeps_up_with_time_and_with_members() -> None:
    """It is right at each moment, asked often or seldom, and after a trade between two prints."""
    rows = ((T, 10_100, 5, BUYER), (T + 3, 9_950, 7, SELLER), (T + 9, 10_100, 2, BUYER))
    venue, found = exchange(day(*rows)), list[int]()
    for at in range(T - 1, T + 11):
        venue.advance(at)
        if at == T + 5:
            venue.enter(order("1", Side.BUY, 1, 10_200))
        found.append(len(venue.prints_so_far(CODE)))
    assert [1, 2, 2, 2, 3, 3, 4, 4, 4, 4, 5, 5] == found


def test_a_stretch_reads_its_rows_by_name() -> None:
    """Every row of the table is an attribute of the same name."""
    stretch = Stretch(code=CODE, open=1, table=np.arange(32, dtype=np.int64).reshape(16, 2))
    assert 2 == len(stretch)
    for row in StretchRow:
        assert stretch.table[row].tolist() == getattr(stretch, row.name.lower()).tolist()
    assert [list(range(0, 32, 2)), list(range(1, 32, 2))] == stretch.trades()


def test_the_next_event_is_when_something_changes() -> None:
    """Phases for everybody, prints only where an order would feel them."""
    venue = exchange(day((T, 10_100, 5, BUYER), (T + MINUTE, 9_900, 5, SELLER), closed=9_900))
    assert [INTAKE, OPEN] == [_after(venue, INTAKE - 1), _after(venue, INTAKE)]
    venue.advance(OPEN)
    assert CLOSING == venue.next_event()
    venue.enter(order("1", Side.BUY, 5, 9_950))
    assert T + MINUTE == venue.next_event()
    assert [("1", 9_950, 5)] == fills(venue.advance(T + MINUTE))
    assert [CLOSING, CLOSE] == [_after(venue, T + MINUTE), _after(venue, CLOSING)]
    venue.advance(CLOSE)
    assert None is venue.next_event()


def _after(venue: Exchange, at: int) -> int | None:
    venue.advance(at)
    return venue.next_event()
