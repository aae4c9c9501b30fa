"""New trades of a ledger whose evidence comes late, twice, and in any order."""

from collections import Counter
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st
from tests.unit.engine.portfolio.story import CODE, at, cash, filled, foreign, holding, row, taken

from jennie_cli.engine.exits import Trade, exit_mark, trades_of
from jennie_cli.engine.model import ExitReason, OrderIntent, OrderType, Side
from jennie_cli.engine.store import Intended, LedgerEvent
from jennie_cli.engine.trading.session.running_trades import Files, news

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
