"""New trades of a ledger whose evidence comes late, twice, and in any order."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.engine.portfolio.story import CODE, at, cash, filled, foreign, holding, row, taken
from tests.unit.engine.trading.session.running_day import quoted

from jennie_cli.engine.errors import JennieError
from jennie_cli.engine.exits import Trade, exit_mark, trades_of
from jennie_cli.engine.feed import Quote
from jennie_cli.engine.model import ExitReason, OrderIntent, OrderType, Side
from jennie_cli.engine.portfolio import Costs
from jennie_cli.engine.store import Intended, LedgerEvent
from jennie_cli.engine.trading.session.running_tasks import Troubles
from jennie_cli.engine.trading.session.running_trades import Files, TradeNews, news

_executions = st.lists(st.integers(1, 9), min_size=1, max_size=6)


def _shares(trades: Sequence[Trade]) -> int:
    return sum(t.qty for t in trades if not t.taken_over)


@given(_executions, st.data())
def test_the_shares_told_are_those_that_the_ledger_proves(
    executions: list[int], data: st.DataObject
) -> None:
    """Notices and sums of one order, shuffled, lost and repeated: never one share more or less."""
    evidence: list[LedgerEvent] = [taken("A", "a")]
    total = 0
    for second, qty in enumerate(executions):
        total += qty
        evidence.append(filled("A", qty, 1_000, second=second))
        evidence.append(row("A", total, total * 1_000, second=second))
    shuffled = data.draw(st.permutations(evidence + evidence[1:3]))
    kept = shuffled[: data.draw(st.integers(0, len(shuffled)))]
    told: list[Trade] = []
    files = Files(())
    for number, event in enumerate(kept, 1):
        told += files.news([event])
        assert _shares(trades_of(kept[:number])) == _shares(told)


def test_a_ledger_that_says_the_same_says_nothing_new() -> None:
    """However often it is read."""
    events = (
        cash(1_000_000),
        holding(10, 100_000),
        taken("A", "a"),
        filled("A", 5, 1_000, second=1),
    )
    trades = trades_of(events)
    assert () == tuple(news(trades, trades))
    assert Counter(trades) == Counter(news((), trades))


def test_a_sum_cut_into_its_executions_is_nothing_new() -> None:
    """Ten shares were told as a sum; that four of them were one execution adds none."""
    sums = (taken("A", "a"), row("A", 10, 10_000, second=5))
    assert [] == list(news(trades_of(sums), trades_of((*sums, filled("A", 4, 1_000, second=1)))))


def test_what_comes_on_top_of_a_sum_is_told_as_one() -> None:
    """Four of ten shares come to light as an execution, and five more are sold."""
    before = trades_of((taken("A", "a"), row("A", 10, 10_000, second=5)))
    after = trades_of(
        (taken("A", "a"), row("A", 15, 15_000, second=9), filled("A", 4, 1_000, second=1))
    )
    assert [(CODE, Side.BUY, 5)] == [(t.code, t.side, t.qty) for t in news(before, after)]


def test_trades_made_elsewhere_are_told_when_it_is_known_whose_they_are() -> None:
    """A number that nobody claimed is held out until it is found foreign."""
    seen = (row("77", 10, 10_000, second=5),)
    assert [] == list(news((), trades_of(seen)))
    assert [10] == [t.qty for t in news((), trades_of((*seen, foreign("77"))))]


def test_evidence_of_one_number_needs_no_other() -> None:
    """An order of long ago and one of now: why the new one sold is told, nothing else is."""
    intent = OrderIntent(
        order_id="b",
        code=CODE,
        side=Side.SELL,
        type=OrderType.MARKET,
        qty=5,
        reason="SCALE_OUT",
        strategy=exit_mark(ExitReason.SCALE_OUT, 1),
    )
    old = (taken("A", "a"), filled("A", 5, 1_000, second=1))
    files = Files((*old, Intended(at=at(2), intent=intent, checks=())))
    fresh = (taken("B", "b"), filled("B", 5, 1_100, second=3, side=Side.SELL))
    assert [(ExitReason.SCALE_OUT, 1, 5)] == [(t.reason, t.level, t.qty) for t in files.news(fresh)]
    assert () == files.news(fresh)


def test_what_is_taken_over_from_the_broker_is_told() -> None:
    """Shares and won as they are from then on."""
    assert [(10, 100_000, True)] == [
        (t.qty, t.amount, t.taken_over) for t in Files(()).news([holding(10, 100_000)])
    ]


class Ledger:
    """Events that a test adds to, and what the session was told of them."""

    costs = Costs()

    def __init__(self, *events: LedgerEvent) -> None:
        """Open with these events."""
        self.written, self.weighed = [*events], list[tuple[int | None, int]]()
        self.prices: dict[str, int] = {}
        given: Any = self
        self.execution = given
        self.news = TradeNews(given, given, Troubles(given.trouble), events)

    def events(self) -> list[LedgerEvent]:
        """Return what is written down."""
        return self.written

    def trouble(self, where: str, error: JennieError) -> None:
        """Fail."""
        raise AssertionError(where) from error

    def traded(self, trade: Trade) -> None:
        """Pass over a trade."""

    def quote(self, code: str) -> Quote | None:
        """Return what the session knows of the price of a stock."""
        return quoted(code, self.prices[code]) if code in self.prices else None

    def weigh(self, cash: int | None, paid_in: int) -> None:
        """Keep what is told."""
        self.weighed.append((cash, paid_in))

    def tell(self, *events: LedgerEvent) -> tuple[int | None, int]:
        """Write events down and return what the session then hears."""
        self.written += events
        assert self.news.tell()
        return self.weighed[-1]


def test_cash_that_is_taken_over_while_a_session_runs_was_paid_in() -> None:
    """What our own trades moved was not."""
    ledger = Ledger(cash(1_000_000))
    assert (1_000_000, 0) == ledger.tell()
    spent, paid_in = ledger.tell(taken("A", "a"), filled("A", 5, 1_000, second=1))
    assert spent is not None
    assert (spent < 995_000, 0) == (True, paid_in)
    assert (2_000_000, 2_000_000 - spent) == ledger.tell(cash(2_000_000, second=2))


@pytest.mark.parametrize(
    ("price", "qty", "cost", "won", "paid_in"),
    [
        (9_000, 0, 0, 1_090_000, 0),
        (9_000, 20, 190_000, 910_000, 0),
        (9_000, 20, 190_000, 1_000_000, 90_000),
        (9_000, 10, 150_000, 1_000_000, 0),
        (2_000, 50, 100_000, 1_000_000, 0),
        (9_000, 10, 100_000, 900_000, -100_000),
        (None, 20, 190_000, 1_000_000, 90_000),
        (None, 0, 0, 1_000_000, -100_000),
    ],
)
def test_shares_that_are_taken_over_count_at_their_price(
    price: int | None, qty: int, cost: int, won: int, paid_in: int
) -> None:
    """Ten shares had cost 100,000 won: sold elsewhere, bought, brought along, at another cost, a
    split, won drawn, and no price known.
    """
    ledger = Ledger(cash(1_000_000), holding(10, 100_000))
    ledger.prices = {} if price is None else {CODE: price}
    ledger.tell()
    assert (won, paid_in) == ledger.tell(holding(qty, cost, second=1), cash(won, second=1))
