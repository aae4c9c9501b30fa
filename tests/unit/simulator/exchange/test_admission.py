"""What the exchange does not take, and why."""

import pytest
from tests.unit.simulator.exchange.floor import (
    BUYER,
    CLOSE,
    CLOSING,
    CODE,
    INTAKE,
    MINUTE,
    OPEN,
    SELLER,
    day,
    exchange,
    order,
    refusal,
)

from jennie_cli.engine.errors import InputError
from jennie_cli.engine.model import Side
from jennie_cli.simulator.exchange import (
    ExchangeOrder,
    Pricing,
    Rejected,
    RejectReason,
    Remainder,
    TradingMode,
)

T = OPEN + MINUTE
LIMIT = order("1", Side.BUY, 1, 10_000)


@pytest.mark.parametrize(
    ("at", "asked", "reason"),
    [
        (INTAKE - 1, LIMIT, RejectReason.BEFORE_HOURS),
        (CLOSE, LIMIT, RejectReason.AFTER_HOURS),
        (T, order("1", Side.BUY, 1, 10_005), RejectReason.TICK),
        (T, order("1", Side.BUY, 1, 13_010), RejectReason.LIMITS),
        (T, order("1", Side.SELL, 1, 6_990), RejectReason.LIMITS),
        (T, order("1", Side.BUY, 1, 13_000), None),
        (T, order("1", Side.BUY, 1, 10_000, code="000000"), RejectReason.UNKNOWN_CODE),
        (INTAKE, order("1", Side.BUY, 1, pricing=Pricing.BEST), RejectReason.KIND),
        (INTAKE, order("1", Side.BUY, 1, 9_990, pricing=Pricing.CONDITIONAL), None),
        (INTAKE, order("1", Side.BUY, 1, remainder=Remainder.IOC), RejectReason.KIND),
        (INTAKE, order("1", Side.BUY, 1), None),
        (CLOSING, order("1", Side.BUY, 1, 9_990, pricing=Pricing.CONDITIONAL), RejectReason.KIND),
        (CLOSING, order("1", Side.BUY, 1, 9_990, remainder=Remainder.FOK), RejectReason.KIND),
        (
            CLOSING,
            order("1", Side.BUY, 1, 9_990, pricing=Pricing.STOP_LIMIT, stop=9_980),
            RejectReason.KIND,
        ),
        (
            T,
            order("1", Side.BUY, 1, 9_990, pricing=Pricing.STOP_LIMIT, stop=9_985),
            RejectReason.TICK,
        ),
    ],
)
def test_an_order_is_taken_or_rejected_by_name(
    at: int, asked: ExchangeOrder, reason: RejectReason | None
) -> None:
    """Hours, kinds, steps and limits are checked before anything changes."""
    venue = exchange(day((T, 10_000, 5, BUYER)))
    venue.advance(at)
    assert reason is refusal(venue, asked)


def test_a_number_is_used_once() -> None:
    """A second order under a number of the day is rejected."""
    venue = exchange(day())
    venue.advance(INTAKE)
    assert None is refusal(venue, LIMIT)
    assert RejectReason.DUPLICATE_NUMBER is refusal(venue, LIMIT)


def test_a_halted_stock_takes_no_orders_but_lets_them_go() -> None:
    """거래정지 refuses new orders; what rests may be cancelled."""
    venue = exchange([], mode=TradingMode.HALTED)
    venue.advance(T)
    assert RejectReason.HALTED is refusal(venue, LIMIT)
    assert venue.board(CODE).halted
    assert 10_000 == venue.board(CODE).last
    with pytest.raises(InputError):
        venue.halt(CODE, T + 1)
    venue = exchange(day())
    venue.advance(T)
    venue.enter(order("1", Side.BUY, 5, 9_000))
    venue.halt(CODE, T + 1)
    venue.advance(T + 2)
    assert RejectReason.HALTED is refusal(venue, order("2", Side.BUY, 5, 9_000))
    assert 1 == len(venue.reduce("1"))


def test_a_break_refuses_orders_of_every_stock() -> None:
    """While the whole market stands no order is taken."""
    venue = exchange(day())
    venue.advance(T)
    venue.break_market(T + 1)
    venue.advance(T + 1)
    assert RejectReason.BREAKER is refusal(venue, LIMIT)


def test_liquidation_trading_has_no_limits_and_no_market_orders() -> None:
    """정리매매 takes any price on the grid, but only with a price."""
    venue = exchange(day(), mode=TradingMode.LIQUIDATION)
    venue.advance(T)
    assert RejectReason.MARKET_ORDER is refusal(venue, order("1", Side.BUY, 5))
    assert None is refusal(venue, order("1", Side.BUY, 5, 40_000))
    assert (0, 0) == (venue.board(CODE).upper_limit, venue.board(CODE).lower_limit)


def test_best_needs_somebody_on_the_other_side() -> None:
    """Locked at the upper limit nobody sells: a best-price buy has no price."""
    rows = day((T, 13_000, 5, SELLER), opened=12_900, closed=13_000)
    venue = exchange(rows)
    venue.advance(T + 5 * MINUTE)
    assert () == venue.book(CODE).asks
    asked = order("1", Side.BUY, 5, pricing=Pricing.BEST)
    assert RejectReason.NO_PRICE is refusal(venue, asked)


def test_unknown_codes_have_no_board() -> None:
    """Looking at a stock that is not listed is rejected by name."""
    with pytest.raises(Rejected) as no:
        exchange(day()).board("000000")
    assert RejectReason.UNKNOWN_CODE is no.value.reason


@pytest.mark.parametrize(
    ("qty", "pricing", "price", "stop"),
    [
        (0, Pricing.LIMIT, 100, None),
        (1, Pricing.LIMIT, None, None),
        (1, Pricing.MARKET, 100, None),
        (1, Pricing.STOP_LIMIT, 100, None),
        (1, Pricing.LIMIT, 100, 100),
    ],
)
def test_a_contradictory_order_cannot_be_made(
    qty: int, pricing: Pricing, price: int | None, stop: int | None
) -> None:
    """No shares, a price too many or too few: refused before it reaches the exchange."""
    with pytest.raises(ValueError, match="1: "):
        ExchangeOrder(
            number="1",
            owner="me",
            code=CODE,
            side=Side.BUY,
            qty=qty,
            pricing=pricing,
            price=price,
            stop=stop,
        )
