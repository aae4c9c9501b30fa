"""Members' orders in continuous trading: price, time, queue, remainder."""

import pytest
from tests.unit.simulator.exchange.floor import (
    BUYER,
    CLOSE,
    CODE,
    MINUTE,
    OPEN,
    SELLER,
    day,
    ends,
    exchange,
    fills,
    listing,
    order,
    session,
    tape,
)

from jennie_cli.engine.errors import InputError
from jennie_cli.engine.model import Side
from jennie_cli.simulator.exchange import (
    Exchange,
    Phase,
    Pricing,
    Rejected,
    RejectReason,
    Remainder,
)

T = OPEN + MINUTE
LATER = OPEN + 10 * MINUTE
"""Long after an interruption at the opening."""


def test_a_marketable_order_takes_the_book_level_by_level() -> None:
    """A buy takes the displayed asks from the best on, each at its own price, up to its limit."""
    venue = exchange(day((T, 10_000, 50, BUYER)))
    venue.advance(T)
    asks = venue.book(CODE).asks
    want = asks[0][1] + asks[1][1] + 5
    got = fills(venue.enter(order("1", Side.BUY, want, asks[2][0])))
    assert [("1", *asks[0]), ("1", *asks[1]), ("1", asks[2][0], 5)] == got


def test_what_was_taken_stays_taken_until_the_next_print() -> None:
    """A second buyer meets what the first left; after the next print the level is back."""
    venue = exchange(day((T, 10_000, 50, BUYER), (T + 1000, 10_000, 50, BUYER)))
    venue.advance(T)
    price, shown = venue.book(CODE).asks[0]
    venue.enter(order("1", Side.BUY, shown - 3, price))
    assert (price, 3) == venue.book(CODE).asks[0]
    assert [("2", price, 3)] == fills(venue.enter(order("2", Side.BUY, 10, price)))
    venue.advance(T + 1000)
    price, qty = venue.book(CODE).asks[0]
    assert (10_000, True) == (price, qty > 3)


def test_a_resting_order_waits_behind_the_displayed_shares() -> None:
    """Prints at the level use up the queue first; only what is over reaches the order."""
    venue = exchange(
        day((T, 10_000, 50, SELLER), (T + 1, 10_000, 1, SELLER), (T + 2, 10_000, 10**6, SELLER))
    )
    venue.advance(T)
    price, ahead = venue.book(CODE).bids[0]
    assert [] == fills(venue.enter(order("1", Side.BUY, 30, price)))
    assert (price, ahead + 30) == venue.book(CODE).bids[0]
    assert [] == fills(venue.advance(T + 1))
    assert [("1", price, 30)] == fills(venue.advance(T + 2))


def test_a_print_fills_an_order_in_part_when_it_ends_inside_it() -> None:
    """The queue of an order is exactly the displayed shares at its arrival."""
    grown = day((T, 10_000, 50, SELLER), (T + 1, 10_000, 1, SELLER))
    probe = exchange(grown)
    probe.advance(T)
    _, ahead = probe.book(CODE).bids[0]
    for size in range(max(1, ahead - 20), ahead + 40, 5):
        grown[-2] = (T + 1, 10_000, size, SELLER)
        venue = exchange(grown)
        venue.advance(T)
        _, shown = venue.book(CODE).bids[0]
        venue.enter(order("1", Side.BUY, 30, 10_000))
        over = max(0, min(30, size - shown))
        got = sum(qty for _, _, qty in fills(venue.advance(T + 1)))
        assert over == got


def test_an_order_keeps_its_place_in_the_queue_through_an_auction() -> None:
    """What prints used up before a break need not be waited for again after it."""
    late = (T + 60 * MINUTE, 10_000, 20, SELLER)
    rows = day((T, 10_000, 50, SELLER), (T + 1, 10_000, 5_000, SELLER), late)
    probe = exchange(rows)
    probe.advance(T)
    _, ahead = probe.book(CODE).bids[0]
    rows[2] = (T + 1, 10_000, ahead - 10, SELLER)
    venue = exchange(rows)
    venue.advance(T)
    assert (10_000, ahead) == venue.book(CODE).bids[0]
    venue.enter(order("1", Side.BUY, 30, 10_000))
    venue.break_market(T + MINUTE)
    assert [] == fills(venue.advance(T + 59 * MINUTE))
    assert [("1", 10_000, 10)] == fills(venue.advance(T + 60 * MINUTE))


def test_two_members_at_one_price_are_served_first_come_first() -> None:
    """The earlier order is filled before the later one gets a share, whoever owns it."""
    venue = exchange(day((T, 10_000, 50, SELLER), (T + 5, 10_000, 10**5, SELLER)))
    venue.advance(T)
    venue.enter(order("1", Side.BUY, 40, 10_000, owner="a"))
    venue.enter(order("2", Side.BUY, 40, 10_000, owner="b"))
    venue.enter(order("3", Side.BUY, 10**6, 10_000, owner="c"))
    first, second, third = fills(venue.advance(T + 5))
    assert (("1", 10_000, 40), ("2", 10_000, 40)) == (first, second)
    assert ("3", 10_000) == third[:2]


def test_another_member_who_takes_the_level_moves_the_queue_on() -> None:
    """Shares that a member's sale takes from the front of the queue are waited for no more."""
    rows = day((T, 10_000, 50, SELLER), (T + 1, 10_000, 5_000, SELLER))
    probe = exchange(rows)
    probe.advance(T)
    _, ahead = probe.book(CODE).bids[0]
    rows[2] = (T + 1, 10_000, ahead - 40 + 7, SELLER)
    venue = exchange(rows)
    venue.advance(T)
    venue.enter(order("1", Side.BUY, 30, 10_000, owner="a"))
    assert [("2", 10_000, 40)] == fills(venue.enter(order("2", Side.SELL, 40, 10_000, owner="b")))
    assert [("1", 10_000, 7)] == fills(venue.advance(T + 1))


def test_others_who_sell_at_a_members_bid_meet_it_first() -> None:
    """When the best ask comes to stand where a member bids, the bid has been filled."""
    venue = exchange(day((T, 10_000, 1, BUYER)))
    venue.advance(OPEN)
    venue.enter(order("1", Side.BUY, 30, 10_000))
    assert 10_000 == venue.book(CODE).bids[0][0]
    assert [("1", 10_000, 30)] == fills(venue.advance(T))
    assert (10_000, 9_990) == (venue.book(CODE).asks[0][0], venue.book(CODE).bids[0][0])


def test_all_stocks_tell_in_order_of_time() -> None:
    """Executions of several stocks in one step come sorted by their moment."""
    listings = [listing(), listing(code="990002")]
    tapes = {
        CODE: tape(day((T, 10_000, 5, BUYER), (T + 9, 9_900, 5, SELLER))),
        "990002": tape(day((T, 10_000, 5, BUYER), (T + 4, 9_900, 5, SELLER))),
    }
    venue = Exchange(session=session(), listings=listings, prints=tapes, seed=7)
    venue.advance(T)
    venue.enter(order("1", Side.BUY, 5, 9_950))
    venue.enter(order("2", Side.BUY, 5, 9_950, code="990002"))
    told = venue.advance(CLOSE)
    assert ["2", "1"] == [number for number, _, _ in fills(told)]
    assert sorted(h.at_ms for h in told) == [h.at_ms for h in told]


def test_a_better_price_goes_before_an_earlier_order() -> None:
    """Price comes before time."""
    venue = exchange(day((T, 10_000, 50, BUYER), (T + 5, 9_900, 1, SELLER)))
    venue.advance(T)
    venue.enter(order("1", Side.BUY, 5, 9_970))
    venue.enter(order("2", Side.BUY, 5, 9_980))
    assert ["2", "1"] == [number for number, _, _ in fills(venue.advance(T + 5))]


def test_a_print_through_a_level_fills_it_at_its_own_price() -> None:
    """An order that the tape passed by is filled at its own limit with what stands there now."""
    venue = exchange(day((T, 10_000, 50, BUYER), (T + 5, 9_900, 1, SELLER)))
    venue.advance(T)
    venue.enter(order("1", Side.BUY, 5_000, 9_950))
    venue.enter(order("2", Side.SELL, 7, 10_050))
    assert [("1", 9_950, 5_000)] == fills(venue.advance(T + 5))
    assert 7 == venue.left("2")


def test_members_match_each_other_by_price_and_time() -> None:
    """An order between the best prices is met by another member's, at the resting price."""
    venue = exchange(day(opened=10_000))
    venue.advance(OPEN)
    assert (10_010, 9_990) == (venue.book(CODE).asks[0][0], venue.book(CODE).bids[0][0])
    venue.enter(order("1", Side.SELL, 10, 10_000, owner="a"))
    venue.enter(order("2", Side.SELL, 10, 10_000, owner="b"))
    got = venue.enter(order("3", Side.BUY, 15, 10_000, owner="c"))
    assert [("3", 10_000, 10), ("1", 10_000, 10), ("3", 10_000, 5), ("2", 10_000, 5)] == fills(got)
    assert {("1", "filled"), ("3", "filled")} == set(ends(got))
    assert 5 == venue.left("2")


def test_members_trades_are_on_the_board_and_among_the_prints() -> None:
    """A member's execution is the last price, counts in the day's volume and can be streamed."""
    venue = exchange(day((T, 10_000, 50, BUYER), (T + 50, 10_000, 10, BUYER)))
    venue.advance(T)
    before = venue.board(CODE)
    venue.advance(T + 10)
    level = venue.book(CODE).asks[1]
    venue.enter(order("1", Side.BUY, venue.book(CODE).asks[0][1] + 1, level[0]))
    after = venue.board(CODE)
    assert (level[0], level[0]) == (after.last, after.high)
    added = venue.prints_between(CODE, T, T + 10)
    assert after.volume - before.volume == int(added.qty.sum())
    assert [T + 10] * 2 == added.at_ms.tolist()
    assert (CODE,) == venue.printed(T, T + 10)
    venue.advance(T + 50)
    assert 10_000 == venue.board(CODE).last
    assert venue.board(CODE).volume == after.volume + 10


def test_a_market_order_sweeps_and_its_rest_waits_at_the_last_price() -> None:
    """What ten levels do not hold rests at the price of the last share."""
    venue = exchange(day((T, 10_000, 50, BUYER)))
    venue.advance(T)
    asks = venue.book(CODE).asks
    held = sum(qty for _, qty in asks)
    got = fills(venue.enter(order("1", Side.BUY, held + 9)))
    assert held == sum(qty for _, _, qty in got)
    assert 9 == venue.left("1")
    book = venue.book(CODE)
    assert (asks[-1][0], 9) == book.bids[0]
    assert () == book.asks


def test_ioc_drops_its_rest_and_fok_is_all_or_nothing() -> None:
    """IOC keeps what it got; FOK trades whole or not at all."""
    venue = exchange(day((T, 10_000, 50, BUYER)))
    venue.advance(T)
    price, shown = venue.book(CODE).asks[0]
    fok = venue.enter(order("1", Side.BUY, shown + 1, price, remainder=Remainder.FOK))
    assert ([], [("1", "unfilled")]) == (fills(fok), ends(fok))
    ioc = venue.enter(order("2", Side.BUY, shown + 1, price, remainder=Remainder.IOC))
    assert ([("2", price, shown)], [("2", "unfilled")]) == (fills(ioc), ends(ioc))
    whole = venue.book(CODE).asks[0]
    done = venue.enter(order("3", Side.BUY, whole[1], whole[0], remainder=Remainder.FOK))
    assert ([("3", *whole)], [("3", "filled")]) == (fills(done), ends(done))


def test_best_takes_the_other_side_and_priority_joins_its_own() -> None:
    """03 is a limit at the opposite best, 04 one at the own best."""
    venue = exchange(day((T, 10_000, 50, BUYER)))
    venue.advance(T)
    (ask, shown), (bid, waiting) = venue.book(CODE).asks[0], venue.book(CODE).bids[0]
    best = venue.enter(order("1", Side.BUY, shown + 2, pricing=Pricing.BEST))
    assert [("1", ask, shown)] == fills(best)
    assert (ask, 2) == venue.book(CODE).bids[0]
    venue.reduce("1")
    assert [] == venue.enter(order("2", Side.BUY, 3, pricing=Pricing.PRIORITY))
    assert (bid, waiting + 3) == venue.book(CODE).bids[0]


def test_a_stop_limit_waits_for_its_price() -> None:
    """22 is no order until a print reaches its stop, then a limit order."""
    rows = day((T, 10_000, 50, BUYER), (T + 9, 9_900, 10, SELLER), (T + 20, 9_900, 10, SELLER))
    venue = exchange(rows)
    venue.advance(T)
    stop = order("1", Side.SELL, 5, 9_850, pricing=Pricing.STOP_LIMIT, stop=9_900)
    assert [] == venue.enter(stop)
    assert 5 == venue.left("1")
    assert [] == fills(venue.advance(T + 8))
    assert [("1", 9_900, 5)] == fills(venue.advance(T + 9))


def test_cutting_an_order_keeps_its_place_and_cannot_take_more_than_is_left() -> None:
    """A partial cancel lives on under its number; too much, or nothing left, is rejected."""
    venue = exchange(day((T, 10_000, 50, BUYER)))
    venue.advance(T)
    venue.enter(order("1", Side.BUY, 10, 9_900))
    assert [] == venue.reduce("1", 4)
    assert 6 == venue.left("1")
    with pytest.raises(Rejected) as over:
        venue.reduce("1", 7)
    assert RejectReason.OVER_REDUCE is over.value.reason
    assert [("1", "cancelled")] == ends(venue.reduce("1"))
    with pytest.raises(Rejected) as nothing:
        venue.reduce("1")
    assert RejectReason.NOTHING_LEFT is nothing.value.reason
    with pytest.raises(Rejected) as unknown:
        venue.reduce("2")
    assert RejectReason.UNKNOWN_ORDER is unknown.value.reason


def test_a_replaced_order_goes_on_under_a_new_number() -> None:
    """The old number ends, the new one trades; a part may stay under the old number."""
    venue = exchange(day((T, 10_000, 50, BUYER)))
    venue.advance(T)
    venue.enter(order("1", Side.BUY, 10, 9_900))
    moved = venue.replace("1", "2", price=10_000, qty=4)
    assert ([("2", 10_000, 4)], [("2", "filled")]) == (fills(moved), ends(moved))
    assert 6 == venue.left("1")
    assert [("1", "replaced")] == ends(venue.replace("1", "3", price=9_910))
    assert (0, 6) == (venue.left("1"), venue.left("3"))


def test_a_refused_change_changes_nothing() -> None:
    """A replacement off the grid or under a used number leaves the old order as it was."""
    venue = exchange(day((T, 10_000, 50, BUYER)))
    venue.advance(T)
    venue.enter(order("1", Side.BUY, 10, 9_900))
    for number, price in (("2", 9_905), ("1", 9_910)):
        with pytest.raises(Rejected):
            venue.replace("1", number, price=price)
    assert 10 == venue.left("1")


def test_what_lives_at_the_close_expires() -> None:
    """No order outlives the session."""
    venue = exchange(day((T, 10_000, 50, BUYER)))
    venue.advance(T)
    venue.enter(order("1", Side.BUY, 10, 9_000))
    stop = order("2", Side.BUY, 10, 12_000, pricing=Pricing.STOP_LIMIT, stop=11_900)
    venue.enter(stop)
    assert [("1", "expired"), ("2", "expired")] == ends(venue.advance(56_000_000))
    assert 0 == venue.left("1")


def test_a_print_beyond_fills_no_more_than_was_printed_and_shown() -> None:
    """A single share past a giant order takes what the others now show there; the next one, too."""
    rows = day(
        (T, 10_000, 10, SELLER), (T + 5, 9_980, 1, SELLER), (T + 9, 9_980, 1, SELLER), closed=9_980
    )
    probe = exchange(rows)
    shown = []
    for at in (T + 5, T + 9):
        probe.advance(at)
        shown.append(probe.book(CODE).asks[0])
    assert [9_990, 9_990] == [price for price, _ in shown]
    venue = exchange(rows)
    venue.advance(T)
    venue.enter(order("1", Side.BUY, 10**6, 9_990))
    for at, (price, qty) in zip((T + 5, T + 9), shown, strict=True):
        assert [("1", price, qty + 1)] == fills(venue.advance(at))
        assert (10_000, 9_990) == (venue.book(CODE).asks[0][0], venue.book(CODE).bids[0][0])


@pytest.mark.parametrize(("limit", "side"), [(13_000, Side.BUY), (7_000, Side.SELL)])
@pytest.mark.parametrize("taker", [BUYER, SELLER])
def test_a_stock_at_its_limit_trades_one_way_only(limit: int, side: Side, taker: int) -> None:
    """Nobody stands against the queue at the limit; an order joins it and prints use it up."""
    rows = day((LATER, limit, 100, taker), (LATER + 5, limit, 1, taker), opened=limit, closed=limit)
    probe = exchange(rows)
    probe.advance(LATER)
    book = probe.book(CODE)
    queue, against = (book.bids, book.asks) if side is Side.BUY else (book.asks, book.bids)
    assert (limit, ()) == (queue[0][0], against)
    rows[2] = (LATER + 5, limit, queue[0][1] + 7, taker)
    venue = exchange(rows)
    venue.advance(LATER)
    waiting = venue.book(CODE)
    ahead = (waiting.bids if side is Side.BUY else waiting.asks)[0][1]
    assert [] == fills(venue.enter(order("1", side, 50)))
    got = sum(qty for _, _, qty in fills(venue.advance(LATER + 5)))
    assert max(0, queue[0][1] + 7 - ahead) == got
    touch = venue.prints_so_far(CODE)
    assert {0} == set((touch.ask if side is Side.BUY else touch.bid).tolist())


def test_whoever_gives_way_at_the_limit_is_served_at_once() -> None:
    """A sale at the upper limit meets the buyers who wait there."""
    venue = exchange(day((LATER, 13_000, 100, BUYER), opened=13_000, closed=13_000))
    venue.advance(LATER)
    assert [("1", 13_000, 5)] == fills(venue.enter(order("1", Side.SELL, 5)))


def test_a_waiting_stop_can_be_moved_and_nothing_else_becomes_one() -> None:
    """The new trigger counts; a limit order, or a stop that was reached, is no stop any more."""
    rows = day((T, 10_000, 10, SELLER), (T + 5, 10_100, 10, BUYER), (T + 9, 10_300, 10, BUYER))
    venue = exchange(rows)
    venue.advance(T)
    venue.enter(order("1", Side.BUY, 3, 10_500, pricing=Pricing.STOP_LIMIT, stop=10_100))
    venue.replace("1", "2", price=10_500, pricing=Pricing.STOP_LIMIT, stop=10_300)
    assert [] == fills(venue.advance(T + 5))
    assert [("2", 10_300, 3)] == fills(venue.advance(T + 9))
    venue.enter(order("3", Side.BUY, 3, 9_000))
    with pytest.raises(Rejected) as no:
        venue.replace("3", "4", price=10_500, pricing=Pricing.STOP_LIMIT, stop=10_400)
    assert (RejectReason.KIND, 3) == (no.value.reason, venue.left("3"))


@pytest.mark.parametrize("minutes", [0, -5])
def test_a_break_lasts_a_minute_or_more(minutes: int) -> None:
    """Anything shorter is refused and breaks nothing."""
    venue = exchange(day((T, 10_000, 50, BUYER)))
    with pytest.raises(InputError):
        venue.break_market(T, minutes)
    venue.advance(T)
    assert Phase.CONTINUOUS is venue.phase
