"""Members' orders in call auctions."""

import pytest
from tests.unit.simulator.exchange.floor import (
    AUCTION,
    BUYER,
    CLOSE,
    CLOSING,
    CODE,
    INTAKE,
    MINUTE,
    OPEN,
    day,
    ends,
    exchange,
    fills,
    order,
)

from jennie_cli.engine.model import Side
from jennie_cli.simulator.exchange import Phase, Pricing, Traded, TradingMode

T = OPEN + 10 * MINUTE


def test_orders_at_or_better_than_the_opening_price_trade_at_it() -> None:
    """Both sides trade at the auction's price at the open, never at their own limit."""
    venue = exchange(day(opened=10_100))
    venue.advance(INTAKE)
    venue.enter(order("1", Side.BUY, 10, 10_500))
    venue.enter(order("2", Side.SELL, 20, 10_000))
    venue.enter(order("3", Side.BUY, 30))
    venue.enter(order("4", Side.BUY, 40, 10_000))
    assert [] == fills(venue.advance(OPEN - 1))
    told = venue.advance(OPEN)
    assert {("1", 10_100, 10), ("2", 10_100, 20), ("3", 10_100, 30)} == set(fills(told))
    assert {AUCTION} == {h.aggressor for h in told if isinstance(h, Traded)}
    assert 40 == venue.left("4")


def test_an_auction_gives_no_more_than_it_trades() -> None:
    """Market first, then better prices, then time; at the price itself others have their share."""
    venue = exchange(day(opened=10_100))
    venue.advance(INTAKE)
    venue.enter(order("late", Side.BUY, 500, 10_100))
    venue.enter(order("better", Side.BUY, 300, 10_110))
    venue.enter(order("market", Side.BUY, 600))
    told = fills(venue.advance(OPEN))
    assert [("market", 10_100, 600), ("better", 10_100, 300)] == told[:2]
    assert all(price <= 10_110 for _, price, _ in told)
    auction = sum(qty for _, price, qty in told if price == 10_100)
    assert 900 <= auction <= 1000
    venue = exchange(day(opened=10_100))
    venue.advance(INTAKE)
    venue.enter(order("alone", Side.BUY, 5_000, 10_100))
    got = sum(qty for _, _, qty in fills(venue.advance(OPEN)))
    assert 300 <= got <= 700


def test_what_an_auction_leaves_goes_on_in_the_book() -> None:
    """A market order too large for the auction sweeps the book right after it."""
    venue = exchange(day(opened=10_100))
    venue.advance(INTAKE)
    venue.enter(order("1", Side.BUY, 1_003))
    told = fills(venue.advance(OPEN))
    assert ("1", 10_100, 1000) == told[0]
    assert [("1", 10_110, 3)] == told[1:]


def test_members_cross_when_the_tape_has_no_opening_price() -> None:
    """Without a print in the auction the orders meet each other, and nothing stays crossed."""
    venue = exchange([(T, 10_000, 5, BUYER)])
    venue.advance(INTAKE)
    venue.enter(order("1", Side.SELL, 10, 10_000))
    venue.enter(order("2", Side.BUY, 10, 10_000))
    told = fills(venue.advance(OPEN))
    assert [("2", 10_000, 10), ("1", 10_000, 10)] == told


def test_a_conditional_order_becomes_a_market_order_in_the_closing_auction() -> None:
    """02 rests at its price all day and takes the closing price in the end."""
    venue = exchange(day((T, 10_000, 5, BUYER), closed=10_000))
    venue.advance(T)
    venue.enter(order("1", Side.BUY, 10, 9_000, pricing=Pricing.CONDITIONAL))
    venue.enter(order("2", Side.BUY, 10, 9_000))
    told = venue.advance(CLOSE)
    assert [("1", 10_000, 10)] == fills(told)
    assert [("1", "filled"), ("2", "expired")] == ends(told)


def test_a_resting_order_takes_part_in_the_closing_auction() -> None:
    """Continuous orders are carried into the closing auction."""
    venue = exchange(day((T, 10_000, 5, BUYER), closed=10_200))
    venue.advance(T)
    venue.enter(order("1", Side.SELL, 10, 10_100))
    assert [] == fills(venue.advance(CLOSE - 1))
    assert [("1", 10_200, 10)] == fills(venue.advance(CLOSE))


def test_the_expected_price_settles_on_the_price_before_the_end() -> None:
    """It is shown all through the auction, on the grid, and a minute before the end it is right."""
    venue = exchange(day((T, 10_000, 5, BUYER), closed=10_200))
    seen = set()
    for at in range(CLOSING, CLOSE - MINUTE, 10_000):
        venue.advance(at)
        board = venue.board(CODE)
        assert board.expected_price % 10 == 0
        assert 1 <= board.expected_qty <= 1000
        assert board.bid < board.ask
        seen.add(board.expected_price)
    assert len(seen) > 3
    venue.advance(CLOSE - MINUTE)
    assert (10_200, 1000) == (venue.board(CODE).expected_price, venue.board(CODE).expected_qty)
    venue.advance(CLOSE)
    assert (0, 10_200) == (venue.board(CODE).expected_price, venue.board(CODE).last)


def test_an_interruption_gathers_orders_and_fills_them_at_its_price() -> None:
    """In a VI a limit order waits, and trades at the price the auction ends with."""
    venue = exchange(day((T - 2, 10_000, 5, BUYER), (T, 10_700, 50, BUYER), closed=10_700))
    venue.advance(T - 1)
    venue.enter(order("rests", Side.SELL, 5, 10_300))
    venue.advance(T + MINUTE)
    assert Phase.VI is venue.board(CODE).phase
    assert [] == venue.enter(order("joins", Side.SELL, 5, 10_500))
    assert [] == venue.enter(order("waits", Side.SELL, 5, 11_000))
    told = fills(venue.advance(T + 3 * MINUTE))
    assert [("rests", 10_700, 5), ("joins", 10_700, 5)] == told
    assert 5 == venue.left("waits")


@pytest.mark.parametrize("mode", [TradingMode.SINGLE_PRICE, TradingMode.LIQUIDATION])
def test_a_single_price_stock_fills_at_the_end_of_its_half_hour(mode: TradingMode) -> None:
    """An order waits for the slot's one price."""
    venue = exchange(day((OPEN + 30 * MINUTE, 10_050, 50, AUCTION)), mode=mode)
    venue.advance(OPEN + MINUTE)
    assert Phase.SINGLE_PRICE is venue.board(CODE).phase
    venue.enter(order("1", Side.BUY, 5, 10_100))
    assert [] == fills(venue.advance(OPEN + 30 * MINUTE - 1))
    assert [("1", 10_050, 5)] == fills(venue.advance(OPEN + 30 * MINUTE))
