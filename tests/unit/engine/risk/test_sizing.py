"""How a size comes about, step by step and to the share."""

from dataclasses import replace
from typing import Any

import pytest
from tests.unit.engine.risk.auto_cases import POLICY

from jennie_cli.engine.model import RiskTag, TradeTier
from jennie_cli.engine.risk import SizeRequest, Sizing, size, unit_risk
from jennie_cli.engine.rules import BUYING_RULES

EXAMPLE = SizeRequest(
    price=40_000,
    atr=1_200,
    total=50_000_000,
    cash=20_000_000,
    at_risk=0,
    same_sector=False,
    tier=TradeTier.TIER1,
    risk_tag=RiskTag.NEUTRAL,
    cash_floor_pct=15.0,
    buyable=500,
    macro_factor=1.1,
)


def sized(**changes: Any) -> Sizing:
    """Return the size of the worked example with changes."""
    return size(replace(EXAMPLE, **changes), POLICY)


def test_the_worked_example_of_the_specification() -> None:
    """Fifty million won, a share of 40,000 with an ATR of 1,200: 150 shares, heat 0.72 %."""
    said = sized()
    assert (500_000, 2_400, 208, 150, 150) == (
        said.budget,
        said.unit_risk,
        said.raw,
        said.planned,
        said.qty,
    )
    assert 1.1 == said.size_factor
    assert 0.72 == said.qty * said.unit_risk * 100 / 50_000_000
    assert 28.0 == (20_000_000 - said.qty * 40_000) * 100 / 50_000_000


def test_every_step_of_a_size_is_kept() -> None:
    """Each figure stands in a check with the limit it met, in the order of the steps."""
    told = {c.rule.removeprefix("risk."): (c.value, c.limit) for c in sized().checks}
    assert {
        "size_budget": (500_000, 50_000_000),
        "size_atr": (1_200, 40_000),
        "size_unit": (2_400, 40_000),
        "size_raw": (208, 10_000),
        "size_position": (208, 150),
        "size_cash": (150, 312),
        "size_heat": (150, 1_041),
        "factor_tier": (1.0, "TIER1"),
        "factor_tag": (1.0, "NEUTRAL"),
        "factor_macro": (1.1, None),
        "factor_stale": (1.0, None),
        "factor_correlation": (1.0, None),
        "factor": (1.1, None),
        "size": (150, 150),
    } == told
    assert all(c.unit == BUYING_RULES[c.rule].unit for c in sized().checks)


@pytest.mark.parametrize(
    ("what", "changes", "qty"),
    [
        ("a sector that is held", {"same_sector": True}, 150),  # 145 x 1.1, cut to 150
        ("a sector that is held, no insight", {"same_sector": True, "macro_factor": 1.0}, 145),
        ("half a position", {"tier": TradeTier.TIER2}, 82),
        ("a scout's position", {"tier": TradeTier.RECON}, 49),
        ("a caution", {"risk_tag": RiskTag.CAUTION}, 115),
        ("a stale score", {"stale_factor": 0.5}, 82),
        ("likeness", {"correlation_factor": 0.75}, 123),
        ("a throttle", {"macro_factor": 0.6}, 90),
        ("all at once", {"tier": TradeTier.RECON, "stale_factor": 0.3, "macro_factor": 0.7}, 9),
        ("a factor that leaves a tenth of a share", {"stale_factor": 0.001}, 1),
        ("a factor of nothing", {"stale_factor": 0.0}, 0),
        ("a vetoed stock", {"risk_tag": RiskTag.DISTRIBUTION_RISK}, 0),
        ("cash for 112, above the floor", {"cash": 12_000_000}, 112),  # 1.1 lifts it no further
        ("cash for half of what was meant", {"cash": 11_660_000}, 104),
        ("cash for less than half", {"cash": 11_659_999}, 0),
        ("no cash above the floor", {"cash": 7_539_999}, 0),
        ("what the broker lets be bought", {"buyable": 120}, 120),
        ("room in the heat for sixty", {"at_risk": 2_356_000}, 60),
        ("no room in the heat", {"at_risk": 2_497_601}, 0),
        ("a cap of an order", {"order_cap": 1_000_000}, 25),
        ("a cap and cash for less", {"order_cap": 1_000_000, "cash": 8_460_000}, 24),
        ("a cap and cash for less than half", {"order_cap": 1_000_000, "cash": 7_999_999}, 0),
        ("what is left of a day", {"day_room": 79_999}, 1),
        ("nothing left of a day", {"day_room": 0}, 0),
        ("a dear share", {"price": 6_000_001, "atr": 120_000}, 0),
        ("a share as dear as a position", {"price": 6_000_000, "atr": 120_000}, 1),
        ("a share that risks more than the budget", {"price": 6_000_000, "atr": 300_000}, 1),
        ("a cheap share", {"price": 100, "atr": 2, "buyable": 10**6}, 10_000),
    ],
)
def test_what_makes_a_size_smaller(what: str, changes: dict[str, Any], qty: int) -> None:
    """Every step cuts to the share, and the limits hold once more after the factors."""
    assert qty == sized(**changes).qty, what


def test_a_size_of_nothing_says_which_step_refused() -> None:
    """The last check is the one that said no."""
    said = sized(day_room=0)
    assert said.refused
    assert "risk.size_day_cap" == said.checks[-1].rule


@pytest.mark.parametrize(
    ("atr", "unit"),
    [
        (1_200, 2_400),
        (None, 1_600),  # two percent of the price
        (399, 800),  # not below one percent
        (400, 800),
        (2_000, 4_000),
        (2_001, 4_000),  # not above five percent
        (0, 800),
    ],
)
def test_the_risk_of_one_share(atr: int | None, unit: int) -> None:
    """Two ATRs, the ATR held between one and five percent of a price of 40,000."""
    assert unit == unit_risk(40_000, atr, POLICY)


def test_the_risk_of_a_cheap_share_is_rounded_against_the_buyer() -> None:
    """Two percent of 33 won is 0.66, twice that 1.32 and therefore 2 won."""
    assert 2 == unit_risk(33, None, POLICY)
