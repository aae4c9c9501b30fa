"""The acceptance cases of the trading specification that the stamp answers, one table each."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from tests.unit.engine.risk.auto_cases import (
    DEAR,
    GROUP,
    NOW,
    OTHER_GROUP,
    POLICY,
    SIGNAL,
    auto,
    context,
    flagged,
    held,
    holding,
    sale,
    signal,
)
from tests.unit.engine.risk.cases import STOCK, at

from jennie_cli.engine.model import (
    ExitReason,
    Flag,
    Regime,
    SectorTier,
    Strategy,
    ThrottleLevel,
    TradeTier,
)
from jennie_cli.engine.risk import (
    ApprovedOrder,
    Refusal,
    Wealth,
    budget_cap,
    entry_price,
    stamp_exit,
    stamp_signal,
)
from jennie_cli.engine.risk.factors import macro_factor, stale_factor
from jennie_cli.engine.risk.guard import Weighing, cash_floor_pct, guard, spread
from jennie_cli.engine.risk.rulings import asked
from jennie_cli.engine.sectors import SectorPolicy, budget_payload
from jennie_cli.engine.store import SectorRow

SECTORS = SectorPolicy()


@pytest.mark.parametrize(
    ("strategy", "price", "limit"),
    [
        (Strategy.MOMENTUM, 19_960, 20_000),  # 20,019.88, step 50
        (Strategy.MOMENTUM, 1_995, 2_000),  # 2,000.985, step 5
        (Strategy.MOMENTUM_CONTINUATION, 10_000, 10_030),
        (Strategy.SHORT_TERM_HIGH_BREAKOUT, 10_000, 10_030),
        (Strategy.VOLUME_BREAKOUT_1MIN, 10_000, 10_030),
        (Strategy.VCP_BREAKOUT, 10_000, 10_030),
        (Strategy.GOLDEN_CROSS, 10_000, 10_100),
        (Strategy.DIP_BUY, 19_960, 20_150),  # 20,159.6, step 50
        (Strategy.RECON_BULL_ENTRY, 1_995, 2_010),  # 2,014.95, step 5
        (Strategy.GOLDEN_CROSS, 50, 50),  # 50.5, step 1
    ],
)
def test_case_8_a_limit_is_cut_down_to_the_step(strategy: Strategy, price: int, limit: int) -> None:
    """No buy names a price above its premium: 0.3 % for the momentum family, 1 % for the rest."""
    assert limit == entry_price(signal(strategy=strategy, price=price), STOCK, POLICY)


def test_the_nearer_limit_of_the_momentum_family_can_be_switched_off() -> None:
    """It then pays up to one percent like every other buy."""
    wide = replace(POLICY, momentum_limit=False)
    assert 10_100 == entry_price(signal(strategy=Strategy.MOMENTUM, price=10_000), STOCK, wide)


@pytest.mark.parametrize("tier", list(TradeTier))
@pytest.mark.parametrize("tradable", [True, False])
def test_case_10_only_a_tradable_stock_is_bought(tier: TradeTier, *, tradable: bool) -> None:
    """A stock that is BLOCKED or not tradable gets no order though everything else is open."""
    said = stamp_signal(signal(tier=tier, is_tradable=tradable), auto(), POLICY)
    assert isinstance(said, ApprovedOrder) is (tradable and tier is not TradeTier.BLOCKED)


def budget(cap: int, tier: SectorTier) -> dict[str, Any]:
    """Return the published budget of one group, made at nine."""
    row = SectorRow(
        group=GROUP,
        tier=tier,
        return_pct=1.0,
        stocks=10,
        falling_knife_ratio=0.0,
        watchlist_cap=cap,
        portfolio_cap=cap,
        effective_cap=cap,
        held_count=0,
    )
    return budget_payload([row], "run", at(9))


HOT, COOL = budget(5, SectorTier.HOT), budget(2, SectorTier.COOL)


@pytest.mark.parametrize(
    ("payload", "now", "holds", "bought"),
    [
        (HOT, NOW, 4, True),
        (HOT, NOW, 5, False),
        (budget(3, SectorTier.WARM), NOW, 2, True),
        (budget(3, SectorTier.WARM), NOW, 3, False),
        (COOL, NOW, 1, True),
        (COOL, NOW, 2, False),
        (None, NOW, 2, True),  # missing: three
        (None, NOW, 3, False),
        (HOT, at(9) + timedelta(hours=24), 4, True),
        (HOT, at(9) + timedelta(hours=24, seconds=1), 3, False),  # expired: three
        (COOL, at(9) + timedelta(hours=24, seconds=1), 2, True),
        (HOT, at(8, 59, 59), 3, False),  # made in the future
        ({**HOT, "generated_at": "yesterday"}, NOW, 3, False),
        ({**HOT, "generated_at": "2025-06-30T09:00:00"}, NOW, 3, False),  # no zone
        ("not a budget", NOW, 3, False),
    ],
)
def test_case_11_a_sector_holds_what_its_budget_allows(
    payload: object, now: datetime, holds: int, *, bought: bool
) -> None:
    """HOT five, WARM three, COOL two; a budget that is missing or expired counts as three."""
    cap = budget_cap(payload, GROUP, now, SECTORS, POLICY)
    said = stamp_signal(SIGNAL, holding(*held(holds), sector_cap=cap), POLICY)
    assert isinstance(said, ApprovedOrder) is bought


@pytest.mark.parametrize(
    ("regime", "left", "passed"),
    [
        (Regime.STRONG_BULL, 1_000_000, True),  # the keep of 10 % is more than its 5
        (Regime.STRONG_BULL, 999_999, False),
        (Regime.BULL, 1_000_000, True),
        (Regime.BULL, 990_000, False),
        (Regime.NEUTRAL, 1_500_000, True),
        (Regime.NEUTRAL, 1_499_999, False),
        (Regime.BEAR, 2_500_000, True),
        (Regime.BEAR, 2_499_999, False),
        (Regime.STRONG_BEAR, 2_500_000, True),
        (Regime.STRONG_BEAR, 2_499_999, False),
    ],
)
def test_case_12_cash_left_after_the_buy(regime: Regime, left: int, *, passed: bool) -> None:
    """Of ten million won in all, so much must stay cash in each regime."""
    buy = Weighing(
        qty=1,
        price=9_000_000 - left,
        group=GROUP,
        held=0,
        sector_cap=3,
        regime=regime,
        wealth=Wealth(total=10_000_000, cash=9_000_000, at_risk=0, groups={}),
    )
    checks, said = asked(guard(buy, POLICY))
    assert passed is said
    assert left == checks[-1].value
    assert 10_000_000 * cash_floor_pct(regime, POLICY) / 100 == checks[-1].limit


def test_case_13_a_bold_insight_lifts_no_position_over_twelve_percent() -> None:
    """A full position stays one under a factor of 1.3."""
    said = stamp_signal(SIGNAL, auto(context=context(size_factor=1.3)), POLICY)
    assert isinstance(said, ApprovedOrder)
    assert 6_000_000 == said.intent.qty * 40_000


@pytest.mark.parametrize(
    ("flag", "buys", "stops", "liquidates"),
    [
        (None, True, True, True),
        (Flag.PAUSE, False, True, True),
        (Flag.STOP, False, False, True),
        (Flag.DRY_RUN, True, True, True),
    ],
)
def test_case_17_what_the_switches_hold_back(
    flag: Flag | None, *, buys: bool, stops: bool, liquidates: bool
) -> None:
    """A pause stops buys only, a stop all but forced liquidation, and it says what it held back."""
    facts = auto() if flag is None else flagged(flag)
    said = (
        stamp_signal(SIGNAL, facts, POLICY),
        stamp_exit(sale(ExitReason.FIXED_STOP), facts, POLICY),
        stamp_exit(sale(ExitReason.FORCED_LIQUIDATION), facts, POLICY),
    )
    assert (buys, stops, liquidates) == tuple(isinstance(s, ApprovedOrder) for s in said)
    if not stops:
        assert isinstance(said[1], Refusal)
        assert ("risk.frozen", "FIXED_STOP") == (said[1].rule, said[1].value)


@pytest.mark.parametrize(
    ("age", "taken", "stamped"),
    [
        (0, False, True),
        (60, False, True),
        (61, False, False),
        (300, False, False),
        (0, True, False),
    ],
)
def test_case_18_an_old_or_repeated_signal_buys_nothing(
    age: int, *, taken: bool, stamped: bool
) -> None:
    """A signal is acted upon once, and within a minute."""
    asked_for = signal(at=NOW - timedelta(seconds=age))
    said = stamp_signal(asked_for, auto(taken=taken), POLICY)
    assert isinstance(said, ApprovedOrder) is stamped


@pytest.mark.parametrize(
    ("level", "size", "factor"),
    [
        (ThrottleLevel.NORMAL, 1.1, 1.1),
        (ThrottleLevel.NORMAL, 1.5, 1.3),
        (ThrottleLevel.NORMAL, 0.7, 0.7),
        (ThrottleLevel.NORMAL, 0.0, 0.0),
        (ThrottleLevel.CAUTION, 0.8, 0.8),
        (ThrottleLevel.CAUTION, 1.2, 1.0),
        (ThrottleLevel.WARNING, 0.6, 0.6),
        (ThrottleLevel.WARNING, 0.42, 0.42),  # an insight of 0.7 under the throttle of 0.6
        (ThrottleLevel.DANGER, 0.3, 0.0),
        (ThrottleLevel.CRITICAL, 1.0, 0.0),
        (ThrottleLevel.NORMAL, float("nan"), 0.0),
        (ThrottleLevel.NORMAL, float("inf"), 0.0),
    ],
)
def test_what_the_macro_side_multiplies(level: ThrottleLevel, size: float, factor: float) -> None:
    """The insight counts up to 1.3, and a throttle only ever makes a size smaller."""
    assert factor == macro_factor(context(throttle=level, size_factor=size), POLICY)


@pytest.mark.parametrize(
    ("scored_at", "factor"),
    [
        (at(8, 31), 1.0),
        (at(8, 31) - timedelta(days=3), 1.0),  # Friday: one trading day
        (at(8, 31) - timedelta(days=4), 0.5),  # Thursday: two
        (at(8, 31) - timedelta(days=5), 0.3),  # Wednesday: three
        (at(8, 31) - timedelta(days=60), 0.3),
        (None, 1.0),
    ],
)
def test_a_score_ages_by_trading_days(scored_at: datetime | None, factor: float) -> None:
    """A weekend makes no score older."""
    assert factor == stale_factor(scored_at, NOW, auto().calendar, POLICY)


@pytest.mark.parametrize(
    ("tier", "qty"), [(TradeTier.TIER1, 150), (TradeTier.TIER2, 82), (TradeTier.RECON, 49)]
)
def test_a_tier_gets_its_part(tier: TradeTier, qty: int) -> None:
    """Full, half and a third of what the limits leave, times the insight of 1.1."""
    said = stamp_signal(signal(tier=tier), auto(), POLICY)
    assert isinstance(said, ApprovedOrder)
    assert qty == said.intent.qty


def test_a_sector_by_value_is_filled_and_no_further() -> None:
    """A buy beyond thirty percent of the total is cut to the room less a tenth of a percent."""
    heavy = replace(DEAR, group=GROUP, qty=110)
    facts = holding(heavy, replace(DEAR, code="900091", group=OTHER_GROUP, qty=190))
    said = stamp_signal(SIGNAL, facts, POLICY)
    assert isinstance(said, ApprovedOrder)
    # 15,000,000 less 11,000,000 held leave 4,000,000; less 50,000 of spare
    assert 3_950_000 // 40_000 == said.intent.qty


@pytest.mark.parametrize(
    ("regime", "sector_won", "qty"),
    [
        (Regime.NEUTRAL, 9_000_000, 150),  # exactly the room
        (Regime.NEUTRAL, 9_100_000, 146),  # 5,900,000 less 50,000
        (Regime.NEUTRAL, 11_900_000, 76),  # 3,100,000 less 50,000
        (Regime.NEUTRAL, 12_000_000, "spread_skip"),  # 73 of 150 shares
        (Regime.NEUTRAL, 14_750_000, "sector_value"),  # half a percent of room
        (Regime.NEUTRAL, 15_000_000, "sector_value"),
        (Regime.STRONG_BULL, 19_000_000, 150),
        (Regime.STRONG_BULL, 19_100_000, 146),
    ],
)
def test_weight_of_a_sector(regime: Regime, sector_won: int, qty: int | str) -> None:
    """Of fifty million won a group may be 30 %, in a strong bull market 50 %."""
    buy = Weighing(
        qty=150,
        price=40_000,
        group=GROUP,
        held=1,
        sector_cap=5,
        regime=regime,
        wealth=Wealth(total=50_000_000, cash=20_000_000, at_risk=0, groups={GROUP: sector_won}),
    )
    shares, checks = spread(buy, POLICY)
    assert qty == (shares if checks[-1].passed else checks[-1].rule.removeprefix("risk."))


@pytest.mark.parametrize(("pct", "qty"), [(12.0, 150), (8.0, 98), (5.0, "spread_skip")])
def test_weight_of_a_stock(pct: float, qty: int | str) -> None:
    """A stock is cut to its own part of the total less a tenth of a percent."""
    said = stamp_signal(SIGNAL, auto(), replace(POLICY, stock_value_pct=pct))
    assert qty == (said.intent.qty if isinstance(said, ApprovedOrder) else said.code)
