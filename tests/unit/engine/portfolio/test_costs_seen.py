"""The broker's own cost, where no evidence tells the order of fills."""

import pytest
from tests.unit.engine.portfolio.story import (
    CODE,
    at,
    cost_seen,
    filled,
    holding,
    row,
    taken,
)

from jennie_cli.engine.model import Position, Side
from jennie_cli.engine.portfolio import Costs, Portfolio, fold
from jennie_cli.engine.store import LedgerEvent

COSTS = Costs()
OWNED: list[LedgerEvent] = [taken(n, n) for n in "1234"]
START = holding(10, 1_000)


def sold(number: str, qty: int, price: int, second: float) -> LedgerEvent:
    """A sale told by a notice."""
    return filled(number, qty, price, second=second, side=Side.SELL)


def cost_of(*events: LedgerEvent) -> int:
    """The cost of what is held in the end."""
    return fold([*OWNED, *events], COSTS).positions[CODE].cost


def sale_costs(portfolio: Portfolio) -> list[int | None]:
    """What each sale took out, in the order of trading."""
    return [b.cost for b in portfolio.booked if b.fill.side is Side.SELL]


STORY = [START, sold("1", 5, 120, 4), row("2", 10, 2_000, second=9)]
"""A sale of 5 from 10 at 100 each, and 10 bought at 200 each before or after it."""


def test_the_cost_is_the_broker_s_and_the_sale_bears_the_difference() -> None:
    """Bought before the sale, in truth: 750 of 3,000 for the sale, not 500 of 1,000."""
    events = [*OWNED, *STORY]
    before = fold(events, COSTS)
    assert (2_500, [500]) == (before.positions[CODE].cost, sale_costs(before))
    assert {CODE} == before.doubtful
    after = fold([*events, cost_seen(15, 2_250, second=10)], COSTS)
    assert Position(code=CODE, qty=15, cost=2_250) == after.positions[CODE]
    assert ([750], -150, frozenset()) == (sale_costs(after), after.realised, after.doubtful)


def test_shares_that_differ_make_it_say_nothing() -> None:
    """It was read of another position; nor has a position of no shares a cost."""
    for qty in (14, 16, 0):
        assert 2_500 == cost_of(*STORY, cost_seen(qty, 2_250, second=10))


def test_nothing_is_settled_while_a_sale_is_not_explained() -> None:
    """What the sale took out is not known, so no difference belongs to it."""
    events = [*OWNED, sold("1", 5, 120, 1), filled("2", 5, 200, second=2), sold("3", 1, 200, 3)]
    assert 800 == fold([*events, cost_seen(4, 700, second=9)], COSTS).positions[CODE].cost


def test_cost_without_a_sale_since_it_was_certain_stays() -> None:
    """What buys cost is known to the won: such a difference is nobody's order."""
    assert 3_000 == cost_of(START, row("2", 10, 2_000, second=5), cost_seen(20, 2_999, second=9))
    first = cost_seen(15, 2_250, second=10)
    assert 2_250 == cost_of(*STORY, first, cost_seen(15, 1_900, second=11))
    assert 9_000 == cost_of(*STORY, holding(15, 9_000, second=10), cost_seen(15, 1, second=11))


def test_the_newest_sales_bear_it_and_none_goes_below_nothing() -> None:
    """A rest goes to the sale before; what they cannot bear together is no cost of theirs."""
    events = [*OWNED, START, sold("1", 4, 120, 1), sold("2", 1, 120, 2)]
    events.append(row("3", 5, 600, second=9, side=Side.SELL))
    events.append(row("4", 5, 700, second=9))
    plain = fold(events, COSTS)
    assert ([400, 100, 600], 600) == (sale_costs(plain), plain.positions[CODE].cost)
    for seen, costs in ((400, [400, 100, 800]), (1_250, [400, 50, 0]), (1_700, [0, 0, 0])):
        portfolio = fold([*events, cost_seen(5, seen, second=10)], COSTS)
        assert (costs, seen) == (sale_costs(portfolio), portfolio.positions[CODE].cost)
    beyond = fold([*events, cost_seen(5, 1_701, second=10)], COSTS)
    assert (sale_costs(plain), frozenset({CODE})) == (sale_costs(beyond), beyond.doubtful)


def test_sales_that_are_certain_bear_nothing() -> None:
    """Those before the position was nothing are done, whatever came later."""
    events = [*OWNED, START, sold("1", 10, 120, 1), filled("2", 10, 200, second=2)]
    events += [sold("3", 5, 210, 4), row("4", 5, 1_200, second=9, ordered=3)]
    portfolio = fold([*events, cost_seen(10, 2_133, second=10)], COSTS)
    assert [1_000, 1_067] == sale_costs(portfolio)
    beyond = fold([*events, cost_seen(10, 3_201, second=10)], COSTS)
    assert [1_000, 1_000] == sale_costs(beyond)


def test_nothing_is_certain_while_a_later_fill_may_have_come_before() -> None:
    """The position was perhaps never nothing: the sale bears the difference all the same."""
    events = [*OWNED, START, sold("1", 10, 120, 4), row("2", 10, 2_000, second=9, ordered=3)]
    portfolio = fold([*events, cost_seen(10, 1_500, second=10)], COSTS)
    assert ([1_500], 1_500) == (sale_costs(portfolio), portfolio.positions[CODE].cost)


def test_it_stays_right_when_the_lost_notices_come_after_all() -> None:
    """With every fill in its second, the fold comes to the same by itself."""
    late = [*OWNED, *STORY, filled("2", 10, 200, second=3, seen=60)]
    for events in (late, [*late, cost_seen(15, 2_250, second=20)]):
        portfolio = fold(events, COSTS)
        assert ([750], 2_250) == (sale_costs(portfolio), portfolio.positions[CODE].cost)


def test_late_evidence_makes_it_say_nothing_or_something_anew() -> None:
    """With a share more before it, it was read of another position; with one back, of this one."""
    events = [*OWNED, *STORY, cost_seen(15, 2_250, second=10)]
    more = [*events, filled("3", 1, 100, second=7, seen=60)]
    silent = fold(more, COSTS)
    assert (2_600, frozenset({CODE})) == (silent.positions[CODE].cost, silent.doubtful)
    back = fold([*more, sold("4", 1, 110, 7)], COSTS)
    assert Position(code=CODE, qty=15, cost=2_250) == back.positions[CODE]


def test_it_holds_from_its_time_on_and_a_baseline_replaces_it() -> None:
    """Before it the ledger knew no better; later fills move on from it."""
    events = [*OWNED, *STORY, cost_seen(15, 2_250, second=10), sold("3", 3, 200, 12)]
    known = [fold(events, COSTS, at=at(second)).positions[CODE].cost for second in (9, 10, 12)]
    assert [2_500, 2_250, 1_800] == known
    assert 7 == fold([*events, holding(1, 7, second=13)], COSTS).positions[CODE].cost


def test_within_a_second_a_fill_heard_of_later_comes_after_it() -> None:
    """The broker's cost was read without it."""
    seen, after = cost_seen(15, 2_250, second=9.5), filled("3", 1, 100, second=9.8)
    assert 2_350 == cost_of(*STORY, seen, after)


@pytest.mark.parametrize(
    ("events", "doubtful"),
    [
        pytest.param([filled("2", 5, 200, second=5), sold("1", 5, 120, 8)], False, id="notices"),
        pytest.param([sold("1", 5, 120, 8), sold("3", 2, 120, 8)], False, id="one second"),
        pytest.param([row("2", 5, 900, second=9)], False, id="no sale"),
        pytest.param([row("2", 5, 900, second=7), sold("1", 5, 120, 8)], False, id="bought before"),
        pytest.param(
            [row("2", 5, 900, second=9, ordered=5), sold("1", 5, 120, 4)], False, id="bought after"
        ),
        pytest.param([row("2", 5, 900, second=9), sold("1", 5, 120, 8)], True, id="either"),
        pytest.param(
            [
                sold("1", 5, 120, 4),
                row("2", 5, 900, second=6, ordered=5),
                row("3", 5, 900, second=9),
            ],
            True,
            id="either, by the last",
        ),
        pytest.param([row("1", 5, 900, second=9, side=Side.SELL)], True, id="split unknown"),
        pytest.param(
            [row("1", 10, 900, second=3, side=Side.SELL), filled("2", 5, 200, second=5)],
            False,
            id="nothing held since",
        ),
    ],
)
def test_cost_is_doubtful_when_a_total_leaves_open_what_a_sale_took(
    events: list[LedgerEvent],
    doubtful: bool,
) -> None:
    """When it traded, or in how many executions; not when all is settled either way."""
    assert ({CODE} if doubtful else set()) == fold([*OWNED, START, *events], COSTS).doubtful
