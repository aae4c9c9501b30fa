"""What a session buys, and what keeps it from buying: bars in, decisions out."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from tests.unit.engine.research.walk_cases import (
    CODE,
    DAY,
    MONEY,
    POLICIES,
    Bar,
    Chart,
    at,
    blocked,
    candidates,
    context,
    past,
    quiet,
    still,
    told,
    traded,
    walked,
)

from jennie_cli.engine.model import (
    Regime,
    RiskTag,
    SecurityKind,
    StockStatus,
    Strategy,
    ThrottleLevel,
    TradeTier,
)
from jennie_cli.engine.research.walk_account import open_account
from jennie_cli.engine.risk import AutoPolicy
from jennie_cli.engine.signals import SignalPolicy, StrategyPolicy
from jennie_cli.engine.trading.session import Step


def test_a_refusal_is_kept_with_what_the_price_did_next() -> None:
    """A score under forty is refused by the stamp, each time the signal may come again."""
    low = candidates([CODE], hybrid_score=np.array([39.0]))
    result, _ = traded([*still(30), *still(29, 10_050)], candidates=low)
    first, *more = blocked("risk.score_floor", result)
    assert (at("09:30"), 39.0, 40.0, 10_000) == (first.at, first.value, first.limit, first.price)
    assert (0.0, 0.5) == (first.after_30_min_pct, first.at_close_pct)
    assert [at("09:40"), at("09:50"), at("10:00")] == [b.at for b in more]
    assert [0.5, 0.5] == [b.after_30_min_pct for b in more[:2]]
    assert np.isnan(blocked("risk.score_floor", result)[-1].after_30_min_pct)
    assert () == result.trips


def test_a_hit_behind_a_closed_gate_is_kept_with_that_gate() -> None:
    """Too few bars at first, then the half hour after the open: once in ten minutes each."""
    result, _ = traded(still(1))
    found = [(f"{b.at:%H:%M}", b.rule.removeprefix("gate.")) for b in result.blocked]
    assert [("09:01", "min_bars"), ("09:11", "min_bars"), ("09:20", "no_trade_window")] == found[:3]


REFUSED: list[tuple[str, dict[str, Any]]] = [
    ("risk.score_floor", {"candidates": candidates([CODE], hybrid_score=np.array([np.nan]))}),
    ("risk.halted", {"statuses": (StockStatus.HALTED,)}),
    ("risk.tag_known", {"tags": ()}),
    ("risk.tag_known", {"tags": (None,)}),
    ("risk.avoided", {"context": context(avoid_sectors=frozenset({"반도체/IT"}))}),
    ("risk.throttle", {"context": context(throttle=ThrottleLevel.DANGER)}),
    ("risk.max_held", {"context": context(max_positions=0)}),
    ("risk.kind", {"kinds": (SecurityKind.ETF,)}),
    ("risk.factor", {"tags": (RiskTag.DISTRIBUTION_RISK,)}),
    ("risk.tradable", {"tiers": (TradeTier.BLOCKED,)}),
    ("gate.macro_risk", {"context": context(risk_off_level=2)}),
    ("gate.vix_crisis", {"context": context(vix_crisis=True)}),
    ("gate.tier", {"candidates": candidates([CODE], is_blocked=np.array([True]))}),
    ("gate.tradable", {"candidates": candidates([CODE], is_tradable=np.array([False]))}),
    ("gate.top_change", {"candidates": candidates([CODE], base_price=np.array([np.nan]))}),
]


@pytest.mark.parametrize(("rule", "changes"), REFUSED)
def test_the_rooms_of_a_live_session_decide(rule: str, changes: dict[str, Any]) -> None:
    """Whatever stamp or gate refuse live they refuse here, and nothing is bought."""
    result, account = traded(still(3), **changes)
    assert blocked(rule, result)
    assert MONEY == account.cash


def test_without_a_macro_context_the_careful_one_holds() -> None:
    """A session without an insight buys at 0.8 of the size, as a live one does."""
    result, _ = traded(still(2), context=None)
    assert [("09:30:01", "bought", "DIP_BUY", 10_010, 475)] == told(result)


SIZES = [
    ({}, 594),
    ({"tiers": (TradeTier.TIER2,)}, 297),
    ({"tiers": (TradeTier.RECON,)}, 178),
    ({"tags": (RiskTag.CAUTION,)}, 415),
    ({"scored_at": (at("08:00", DAY.replace(month=6, day=27)),)}, 297),  # two trading days old
]


@pytest.mark.parametrize(("changes", "qty"), SIZES)
def test_the_stamp_sizes(changes: dict[str, Any], qty: int) -> None:
    """Tier, tag and the age of a score make a size what it would be live."""
    result, _ = traded(still(2), **changes)
    assert qty == result.decisions[-1].qty


def test_a_signal_rests_ten_minutes() -> None:
    """A stock that could be bought at every bar gives a signal every ten minutes."""
    low = candidates([CODE], hybrid_score=np.array([39.0]))
    result, _ = traded(still(41), candidates=low)
    given = [f"{d.at:%H:%M:%S}" for d in result.decisions if d.step is Step.SIGNAL]
    assert ["09:30:00", "09:40:00", "09:50:00", "10:00:00", "10:10:00"] == given


@pytest.mark.parametrize(
    ("chart", "gate"),
    [
        ([*still(1), *still(1, 9_700), *still(30)], "stop_loss_cooldown"),
        ([*still(1), (10_000, 10_200, 10_000, 10_200), *still(30)], "sell_cooldown"),
    ],
)
def test_what_was_sold_rests(chart: list[Bar], gate: str) -> None:
    """After a stop-loss and after any other sale, the same stock is not bought again that day."""
    result, _ = traded(chart)
    assert ["bought", "sold"] == [step for _, step, *_ in told(result)]
    assert blocked(f"gate.{gate}", result)


def test_a_held_stock_is_not_bought_again() -> None:
    """The next signal, ten minutes later, is refused because the stock is held."""
    result, _ = traded(still(15))
    (held,) = blocked("risk.held", result)
    assert at("09:40") == held.at


PUBLISHED = (("signal", "MOMENTUM", 10_160), ("ordered", "MOMENTUM", 10_190))

CONFIRMED: dict[str, tuple[Chart, list[tuple[str, str, int]]]] = {
    "held by the next close, bought at the open after it": (
        still(4, 10_160),
        [
            ("signal", "MOMENTUM", 10160),
            ("ordered", "MOMENTUM", 10190),
            ("bought", "MOMENTUM", 10180),
        ],
    ),
    "paid at its limit where the open asks for more": (
        [*still(2, 10_160), (10_190, 10_190, 10_170, 10_190)],
        [
            ("signal", "MOMENTUM", 10160),
            ("ordered", "MOMENTUM", 10190),
            ("bought", "MOMENTUM", 10190),
        ],
    ),
    "lapsed where the price has run away": (
        [*still(2, 10_160), *still(2, 10_190)],
        [
            ("signal", "MOMENTUM", 10160),
            ("ordered", "MOMENTUM", 10190),
            ("lapsed", "risk.entry_price", 10190),
        ],
    ),
    "dropped by a lower close": (
        [*still(1, 10_160), *still(1, 10_150)],
        [("signal", "MOMENTUM", 10_160), ("dropped", "strategy.held_price", 10_150)],
    ),
    "dropped by a minute without a trade": (
        [*still(1, 10_160), None, *still(1, 10_160)],
        [("signal", "MOMENTUM", 10_160), ("dropped", "strategy.next_minute", 10_160)],
    ),
    "never confirmed": (still(1, 10_160), [("signal", "MOMENTUM", 10_160)]),
}


@pytest.mark.parametrize("case", CONFIRMED)
def test_a_momentum_signal_waits_for_its_bar(case: str) -> None:
    """A rise of 1.6 % is published by the next minute's close and pays 0.3 % more at most."""
    chart, outcome = CONFIRMED[case]
    alone = replace(
        POLICIES, signals=SignalPolicy(rsi_max=100.0), strategies=only(Strategy.MOMENTUM)
    )
    result, _ = traded(chart, alone)
    assert outcome == [(d.step.value, d.rule, d.price) for d in result.decisions]


def test_a_golden_cross_is_bought_at_the_next_open() -> None:
    """Five bars cross above twenty on twice the volume; the next minute's open is paid."""
    chart = [(p, p, p, p) for p in [10_000 - 10 * (n % 2) for n in range(40)]]
    chart += [(10_020,) * 4, (10_060,) * 4, (10_070, 10_080, 10_060, 10_080)]
    stocks = candidates([CODE], list_days=np.array([np.nan]))
    session = past({CODE: [*quiet(), *chart]}, candidates=stocks, regime=Regime.NEUTRAL)
    volume = session.bars.volume.copy()
    volume[-3] = 250.0
    crossing = replace(session, bars=replace(session.bars, volume=volume))
    alone = replace(POLICIES, strategies=only(Strategy.GOLDEN_CROSS))
    result, _ = walked(crossing, policies=alone)
    assert [("10:11:01", "bought", "GOLDEN_CROSS", 10_080)] == [d[:4] for d in told(result)]


def only(strategy: Strategy) -> StrategyPolicy:
    """Return every strategy switched off but one."""
    off: dict[str, Any] = {s.value.lower(): s is strategy for s in Strategy}
    return StrategyPolicy(**off)


def test_a_sale_meanwhile_drops_what_waits() -> None:
    """A second signal waits while the stock's stop sells; its bar holds the price in vain."""
    quick = SignalPolicy(rsi_max=100.0, cooldown_seconds=60)
    alone = replace(POLICIES, signals=quick, strategies=only(Strategy.MOMENTUM))
    result, _ = traded([*still(3, 10_160), (10_160, 10_170, 9_800, 10_170)], alone)
    assert [
        ("09:33:00", "refused", "risk.held"),
        ("09:33:20", "sold", "ATR_STOP"),
        ("09:34:00", "dropped", "strategy.gates_again"),
    ] == [d[:3] for d in told(result)][-3:]


def test_an_order_leaves_its_fee_in_the_cash() -> None:
    """With all of the cash to spend, ten shares at the limit would leave the fee unpaid."""
    reckless = AutoPolicy(
        max_position_pct=100.0,
        cash_keep_pct=0.0,
        guard=False,
        risk_per_trade_pct=10.0,
        max_heat_pct=100.0,
        smart_skip_pct=0.0,
        sector_value_pct=100.0,
        stock_value_pct=100.0,
        sector_value_bull_pct=100.0,
        stock_value_bull_pct=100.0,
    )
    session = past({CODE: [*quiet(), *still(2)]})
    for cash, qty in ((101_000, 9), (101_014, 10)):
        result, account = walked(session, open_account(cash), replace(POLICIES, risk=reckless))
        assert qty == result.decisions[-1].qty
        assert account.cash >= 0


def test_a_context_of_the_day_before_is_not_known() -> None:
    """One older than a day counts as a middling risk, so its level of three blocks nothing."""
    old = context(at=at("08:50", DAY.replace(month=6, day=30)), risk_off_level=3)
    new = replace(old, at=at("09:30", DAY.replace(month=6, day=30)))
    assert blocked("gate.macro_risk", traded(still(2), context=new)[0])
    result, _ = traded(still(2), context=old)
    assert not blocked("gate.macro_risk", result)
