"""The moving average over one day's fills."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from jennie_cli.engine.model import Side
from jennie_cli.simulator.brokerage.lots import Execution, Lot, fold_day, hhmmss

DAY = date(2025, 6, 30)
NINE = 9 * 3_600_000


def fill(number: int, side: Side, qty: int, price: int, *, at_ms: int = NINE) -> Execution:
    """Return one execution of the only code."""
    return Execution(number=number, code="000010", side=side, qty=qty, price=price, at_ms=at_ms)


def test_a_buy_adds_what_it_paid() -> None:
    """Two buys give their sum as cost."""
    fills = [fill(1, Side.BUY, 10, 1_000), fill(2, Side.BUY, 5, 1_100)]
    lot = fold_day({}, fills, day=DAY)["000010"].lot
    assert Lot(qty=15, cost=15_500) == lot


def test_a_sale_removes_its_share_of_the_cost_cut_to_the_won() -> None:
    """3 of 7 shares that cost 10,000 take 4,285 with them."""
    traded = fold_day({"000010": Lot(qty=7, cost=10_000)}, [fill(1, Side.SELL, 3, 2_000)], day=DAY)
    assert Lot(qty=4, cost=5_715) == traded["000010"].lot
    assert 4_285 == traded["000010"].removed


def test_the_last_share_takes_the_whole_cost() -> None:
    """Nothing is left of the cost of a code that was sold out."""
    traded = fold_day({"000010": Lot(qty=3, cost=1_000)}, [fill(1, Side.SELL, 3, 100)], day=DAY)
    assert Lot(qty=0, cost=0) == traded["000010"].lot


def test_a_buy_of_the_same_second_counts_before_a_sale() -> None:
    """A sale noted earlier within the second still finds the shares of the buy."""
    fills = [
        fill(1, Side.SELL, 4, 1_200, at_ms=NINE + 100),
        fill(2, Side.BUY, 4, 1_000, at_ms=NINE + 900),
    ]
    assert 4_000 == fold_day({}, fills, day=DAY)["000010"].removed


FILLS = st.lists(
    st.tuples(st.integers(1, 5), st.integers(1, 9), st.integers(900, 1_100), st.integers(0, 4_000)),
    max_size=12,
)


@given(buys=FILLS, order=st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_the_order_of_learning_does_not_matter(buys: list[tuple[int, ...]], order: object) -> None:
    """Any permutation of the fills gives the same lot."""
    fills = [fill(n, Side.BUY, q, p, at_ms=NINE + t) for n, q, p, t in buys]
    fills += [fill(n + 9, Side.SELL, 1, p, at_ms=NINE + 5_000 + t) for n, _, p, t in buys]
    mixed = list(fills)
    order.shuffle(mixed)  # type: ignore[attr-defined]  # hypothesis hands a seeded random.Random
    start = {"000010": Lot(qty=20, cost=19_999)}
    assert fold_day(start, fills, day=DAY) == fold_day(start, mixed, day=DAY)


def test_a_moment_is_written_as_the_wire_does() -> None:
    """Milliseconds are cut."""
    assert "090001" == hhmmss(NINE + 1_999)
