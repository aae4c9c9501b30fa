"""The sector budget: tiers, caps, and the document the portfolio guard reads."""

import json
from collections.abc import Mapping
from datetime import datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jennie_cli.engine.clock import KST
from jennie_cli.engine.model import SectorTier
from jennie_cli.engine.sectors import (
    GROUPS,
    SectorPolicy,
    budget,
    budget_payload,
    effective_cap,
    portfolio_cap,
)
from jennie_cli.engine.store import SectorRow

POLICY = SectorPolicy()
AT = datetime(2025, 6, 27, 8, 30, tzinfo=KST)
NAMES = 10


def rows(
    returns: Mapping[str, float],
    *,
    knives: Mapping[str, int] | None = None,
    held: Mapping[str, int] | None = None,
    policy: SectorPolicy = POLICY,
    names: int = NAMES,
    **advice: list[str],
) -> dict[str, SectorRow]:
    """Return the budget of groups of `names` equal stocks, of which `knives` fall."""
    groups = [g for g in returns for _ in range(names)]
    falls = knives or {}
    table = budget(
        return_pct=np.array([returns[g] for g in groups]),
        groups=groups,
        knife=np.array([i < falls.get(g, 0) for g in returns for i in range(names)], dtype=bool),
        eligible=np.ones(len(groups), dtype=bool),
        held=held or {},
        policy=policy,
        **advice,
    )
    return {r.group: r for r in table}


def test_fourteen_groups_use_places_2_and_10() -> None:
    """Of 14 ascending returns the first three losers are COOL, the last four winners HOT."""
    table = rows({g: float(i - 7) for i, g in enumerate(GROUPS)})
    tiers = [table[g].tier for g in GROUPS]
    cool, warm, hot = SectorTier.COOL, SectorTier.WARM, SectorTier.HOT
    assert [cool] * 3 + [warm] * 7 + [hot] * 4 == tiers
    assert [2] * 3 + [3] * 7 + [5] * 4 == [table[g].watchlist_cap for g in GROUPS]


def test_cool_beats_hot_on_knives() -> None:
    """The best group is COOL when 30 % of its stocks are falling knives, HOT below that."""
    returns = {g: float(i - 7) for i, g in enumerate(GROUPS)}
    best = GROUPS[-1]
    assert rows(returns, knives={best: 3})[best].tier is SectorTier.COOL
    assert rows(returns, knives={best: 2})[best].tier is SectorTier.HOT


@pytest.mark.parametrize(
    ("value", "tier"), [(0.1, SectorTier.HOT), (-0.1, SectorTier.COOL), (0.0, SectorTier.WARM)]
)
def test_one_group_alone_is_judged_by_its_sign(value: float, tier: SectorTier) -> None:
    """A lone group that rises is HOT, that falls is COOL, and zero is never HOT."""
    assert rows({"금융": value})["금융"].tier is tier


def test_zero_return_is_never_hot() -> None:
    """The best of a falling market is not HOT when it did not rise."""
    table = rows({g: -float(i) for i, g in enumerate(GROUPS)})
    assert table[GROUPS[0]].tier is SectorTier.WARM


def test_small_group_is_warm_and_does_not_move_the_percentiles() -> None:
    """Below three names with a return a group is WARM, whatever happened to it."""
    table = rows({"방산/우주": 50.0}, names=2)
    assert table["방산/우주"].tier is SectorTier.WARM
    assert rows({"방산/우주": -50.0}, names=2, knives={"방산/우주": 2})["방산/우주"].tier is (
        SectorTier.WARM
    )


def test_every_group_has_a_row_even_without_stocks() -> None:
    """The budget always covers all 14 groups; an empty one is WARM without a return."""
    table = rows({"금융": 1.0})
    assert list(GROUPS) == list(table)
    empty = table["통신/인터넷"]
    assert (None, 0, SectorTier.WARM, 3) == (
        empty.return_pct,
        empty.stocks,
        empty.tier,
        empty.effective_cap,
    )


def test_ineligible_and_unknown_returns_do_not_count() -> None:
    """Only eligible stocks are counted, and only known returns averaged."""
    table = budget(
        return_pct=np.array([1.0, 1.0, 1.0, np.nan, 90.0]),
        groups=["금융"] * 5,
        knife=np.zeros(5, dtype=bool),
        eligible=np.array([True, True, True, True, False]),
        held={},
        policy=POLICY,
    )
    row = next(r for r in table if r.group == "금융")
    assert (1.0, 4) == (row.return_pct, row.stocks)


@pytest.mark.parametrize(
    ("cap", "held", "effective"), [(3, 0, 3), (3, 2, 2), (3, 3, 1), (3, 9, 1), (5, 5, 1), (5, 0, 5)]
)
def test_effective_cap_examples(cap: int, held: int, effective: int) -> None:
    """WARM held 0 gives 3, held 2 gives 2, held 3 or more gives 1; HOT held 5 gives 1."""
    assert effective == effective_cap(cap, cap, held)


@given(st.integers(1, 20), st.integers(0, 20), st.integers(0, 50))
def test_effective_cap_never_falls_below_one(watch: int, portfolio: int, held: int) -> None:
    """A group always keeps one place to be watched, and never more than its watchlist cap."""
    assert 1 <= effective_cap(watch, portfolio, held) <= watch


def test_held_stocks_lower_the_effective_cap() -> None:
    """Holdings come in by group, as the master files them."""
    row = rows({"금융": 1.0}, held={"금융": 4})["금융"]
    assert (5, 4, 2) == (row.portfolio_cap, row.held_count, row.effective_cap)


def test_council_advice_moves_tiers() -> None:
    """Avoid makes a group COOL, favour lifts only a COOL group to WARM, and avoid wins."""
    returns = {g: float(i - 7) for i, g in enumerate(GROUPS)}
    worst, best = GROUPS[0], GROUPS[-1]
    table = rows(returns, avoid=[best], favour=[worst])
    assert (SectorTier.COOL, SectorTier.WARM) == (table[best].tier, table[worst].tier)
    assert rows(returns, favour=[best])[best].tier is SectorTier.HOT
    assert rows(returns, avoid=[worst], favour=[worst])[worst].tier is SectorTier.COOL


def test_switched_off_budget_is_the_fixed_cap() -> None:
    """With the dynamic budget off every group has the fixed cap of 3."""
    off = SectorPolicy(dynamic=False)
    table = rows({g: float(i - 7) for i, g in enumerate(GROUPS)}, policy=off, held={"금융": 9})
    assert {(SectorTier.WARM, 3, 3, 3)} == {
        (r.tier, r.watchlist_cap, r.portfolio_cap, r.effective_cap) for r in table.values()
    }


def test_payload_round_trip() -> None:
    """What the scout writes as JSON the guard reads back, cap by cap."""
    table = rows({g: float(i - 7) for i, g in enumerate(GROUPS)}, held={"금융": 1})
    text = json.dumps(budget_payload(tuple(table.values()), "run-1", AT), allow_nan=False)
    payload = json.loads(text)
    assert {g: table[g].portfolio_cap for g in GROUPS} == {
        g: portfolio_cap(payload, g, POLICY) for g in GROUPS
    }
    assert ("run-1", "2025-06-27T08:30:00+09:00") == (payload["run_id"], payload["generated_at"])


@pytest.mark.parametrize(
    "payload",
    [
        None,
        {},
        [],
        "text",
        {"groups": None},
        {"groups": {"금융": None}},
        {"groups": {"금융": {"portfolio_cap": "5"}}},
        {"groups": {"금융": {"portfolio_cap": True}}},
        {"groups": {"금융": {"portfolio_cap": -1}}},
        {"groups": {"통신/인터넷": {"portfolio_cap": 5}}},
    ],
)
def test_missing_or_malformed_budget_means_three(payload: object) -> None:
    """An absent key, an absent group and any other shape fall back to the fixed cap."""
    assert portfolio_cap(payload, "금융", POLICY) == 3


def test_budget_switched_off_is_not_read() -> None:
    """The reader obeys the switch too."""
    payload = {"groups": {"금융": {"portfolio_cap": 5}}}
    assert portfolio_cap(payload, "금융", SectorPolicy(dynamic=False)) == 3
    assert portfolio_cap(payload, "금융", POLICY) == 5
