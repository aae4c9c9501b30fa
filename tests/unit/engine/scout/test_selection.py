"""Greedy choice under caps: no cap is ever broken, whatever is offered and held."""

from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jennie_cli.engine.model import SectorTier
from jennie_cli.engine.rules import Tally
from jennie_cli.engine.scout.selection import Approved, Selection, select, watchlist_size
from jennie_cli.engine.sectors import effective_cap
from jennie_cli.engine.store import SectorRow

CAPS = {SectorTier.HOT: 5, SectorTier.WARM: 3, SectorTier.COOL: 2}
group_names = st.sampled_from("ABCDEFGH")


def row(group: str, tier: SectorTier = SectorTier.WARM, held: int = 0) -> SectorRow:
    """Return one group of a budget."""
    cap = CAPS[tier]
    return SectorRow(
        group=group,
        tier=tier,
        return_pct=0.0,
        stocks=9,
        falling_knife_ratio=0.0,
        watchlist_cap=cap,
        portfolio_cap=cap,
        effective_cap=effective_cap(cap, cap, held),
        held_count=held,
    )


def offer(groups: str) -> list[Approved]:
    """Return stocks in the order offered, named by place and group."""
    return [Approved(code=f"{i:02d}{g}", group=g) for i, g in enumerate(groups)]


def chosen(groups: str, rows: list[SectorRow], size: int = 20, *, held: bool = True) -> Selection:
    """Select from stocks of these groups."""
    return select(offer(groups), rows, size=size, holdings_known=held, tally=Tally())


@given(
    groups=st.lists(group_names, max_size=60),
    tiers=st.dictionaries(group_names, st.tuples(st.sampled_from(SectorTier), st.integers(0, 7))),
    size=st.integers(1, 20),
)
def test_no_cap_is_ever_broken(
    groups: list[str], tiers: dict[str, tuple[SectorTier, int]], size: int
) -> None:
    """At most the cap a group, one more when backfilled, none more where the portfolio is full."""
    rows = [row(g, tier, held) for g, (tier, held) in tiers.items()]
    offered = offer("".join(groups))
    found = select(offered, rows, size=size, holdings_known=True, tally=Tally())
    assert len(found.chosen) <= size
    assert len(set(found.chosen)) == len(found.chosen)
    caps = {r.group: r for r in rows}
    taken = Counter(code[2:] for code in found.chosen)
    late = Counter(code[2:] for code in found.backfilled)
    for group, count in taken.items() if rows else ():
        cap = caps[group].effective_cap if group in caps else 3
        assert count - late[group] <= cap
        assert count <= cap + 1
        if group in caps and (caps[group].held_count or 0) >= caps[group].portfolio_cap:
            assert late[group] == 0
    assert {s.code for s in offered} == {*found.chosen, *found.left_out}


@given(groups=st.lists(group_names, max_size=40), size=st.integers(1, 20))
def test_the_order_offered_is_the_order_chosen(groups: list[str], size: int) -> None:
    """Ranks never contradict the order in which stocks were offered."""
    found = select(
        offer("".join(groups)),
        [row("A"), row("B", SectorTier.COOL)],
        size=size,
        holdings_known=False,
        tally=Tally(),
    )
    assert all(int(a[:2]) < int(b[:2]) for a, b in pairwise(found.chosen))


def test_without_a_budget_the_best_are_taken_plainly() -> None:
    """No budget at all means top N."""
    assert ("00A", "01A", "02A", "03A", "04A") == chosen("AAAAAAA", [], size=5).chosen


def test_a_group_that_the_budget_lacks_is_warm() -> None:
    """A group missing from the budget may send three, and one more to fill up."""
    found = chosen("ZZZZZ", [row("A")])
    assert 4 == len(found.chosen)
    assert frozenset({"03Z"}) == found.backfilled


def test_a_full_portfolio_gets_no_backfill() -> None:
    """A WARM group with three held sends one and is never filled up."""
    found = chosen("AAA", [row("A", held=3)])
    assert ("00A",) == found.chosen
    assert frozenset() == found.backfilled
    assert ["sector.cap", "sector.cap"] == [c.rule for c in found.left_out.values()]


def test_unknown_holdings_do_not_close_a_group() -> None:
    """Without holdings nothing is known to be full."""
    assert ("00A", "01A", "02A", "03A") == chosen("AAAAA", [row("A")], held=False).chosen


def test_backfill_starts_only_after_everybody_was_offered() -> None:
    """A later stock of another group comes before a fourth of the first."""
    found = chosen("AAAAB", [row("A"), row("B")], size=4)
    assert ("00A", "01A", "02A", "04B") == found.chosen


def test_free_slots_are_counted_only_while_stocks_wait_for_them() -> None:
    """Two capped stocks and sixteen empty slots make free slots; nobody waiting makes none."""
    assert 17 == chosen("AAAAA", [row("A")]).free_slots
    assert 0 == chosen("AAA", [row("A")]).free_slots
    assert 0 == chosen("AAAAB", [row("A"), row("B")], size=4).free_slots


def test_who_came_too_late_is_told_the_size() -> None:
    """A stock beyond the size is left out by the size, not by a cap."""
    found = chosen("ABC", [row(g) for g in "ABC"], size=2)
    assert "select.size" == found.left_out["02C"].rule
    assert 2 == found.left_out["02C"].limit


@pytest.mark.parametrize(("level", "size"), [(None, 20), (0, 20), (1, 20), (2, 10), (3, 10)])
def test_risk_off_halves_the_watchlist(level: int | None, size: int) -> None:
    """From level 2 on twenty become ten."""
    assert size == watchlist_size(20, level, Tally())


def test_risk_off_keeps_eight() -> None:
    """Half of ten would be five; eight remain."""
    assert 8 == watchlist_size(10, 2, Tally())
