"""A follower tells what a fold over the whole ledger tells, however the ledger grew."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.engine.portfolio.story import cash, filled, holding, row, taken
from tests.unit.engine.portfolio.test_properties import COSTS, deaf_evidence, evidence

from jennie_cli.engine.model import Side
from jennie_cli.engine.portfolio import Follower, fold
from jennie_cli.engine.store import LedgerEvent


def followed(events: list[LedgerEvent], cuts: list[int]) -> Follower:
    """Return a follower that was told of the events piece by piece."""
    places = sorted({0, *(cut % (len(events) + 1) for cut in cuts), len(events)})
    follower = Follower(COSTS)
    for start, end in pairwise(places):
        follower.add(events[start:end])
    return follower


@settings(max_examples=200)
@given(events=st.lists(evidence(), max_size=25), cuts=st.lists(st.integers(0, 25), max_size=6))
def test_it_tells_what_the_whole_ledger_tells(events: list[LedgerEvent], cuts: list[int]) -> None:
    """Positions with their cost, and the cash, after evidence in any order and pieces."""
    told, whole = followed(events, cuts), fold(events, COSTS)
    assert dict(whole.positions) == dict(told.positions)
    assert whole.cash == told.cash


@given(story=deaf_evidence(), cuts=st.lists(st.integers(0, 40), max_size=8))
def test_lost_notices_change_nothing_of_it(
    story: tuple[list[object], list[LedgerEvent]], cuts: list[int]
) -> None:
    """Totals that come late are taken in as by the fold."""
    events = [cash(0), *story[1]]
    told, whole = followed(events, cuts), fold(events, COSTS)
    assert (dict(whole.positions), whole.cash) == (dict(told.positions), told.cash)


def test_a_claim_may_come_before_its_evidence_or_after_it() -> None:
    """A fill is held out until its number is known to be ours."""
    follower = Follower(COSTS, [cash(1_000_000), taken("1", "a")])
    assert (1_000_000, {}) == (follower.cash, dict(follower.positions))
    follower.add([filled("1", 3, 70_000, second=1), filled("2", 1, 70_000, second=2)])
    assert [3] == [position.qty for position in follower.positions.values()]
    follower.add([taken("2", "b")])
    assert [4] == [position.qty for position in follower.positions.values()]


def test_cash_taken_over_anew_counts_only_what_follows() -> None:
    """As after a deposit that the broker tells of."""
    events: list[LedgerEvent] = [cash(0), taken("1", "a"), row("1", 2, 140_000, side=Side.SELL)]
    later = cash(500_000, second=3_600)
    follower = Follower(COSTS, [holding(5, 300_000), *events])
    follower.add([later])
    assert 500_000 == follower.cash
