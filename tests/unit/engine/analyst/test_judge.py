"""Verdicts: guardrail, blend, tags, tiers, veto and tradability."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.engine.analyst.opinions import opinion

from jennie_cli.engine.analyst import AnalystPolicy, RiskInputs, Verdict, blend, judge
from jennie_cli.engine.model import FactCheck, Grade, LlmStatus, Regime, RiskTag, TradeTier
from jennie_cli.engine.rules import Check, Tally

POLICY = AnalystPolicy()
SELLING_AT_THE_TOP = RiskInputs(rsi14=74.0, drawdown_20d_pct=-1.2, flow_reversal=-1.0)
scores = st.floats(0, 100)


def verdict(
    inputs: RiskInputs,
    quant: float,
    *,
    coverage_ratio: float = 1.0,
    regime: Regime = Regime.NEUTRAL,
    raw_score: int | None = None,
) -> Verdict:
    """Judge one stock, without a model unless told otherwise."""
    return judge(
        inputs,
        quant_score=quant,
        covered=Check(
            rule="score.coverage",
            value=coverage_ratio,
            limit=0.6,
            unit="ratio",
            passed=coverage_ratio >= 0.6,
        ),
        regime=regime,
        opinion=None if raw_score is None else opinion(raw_score),
        policy=POLICY,
        tally=Tally(),
    )


@pytest.mark.parametrize(("raw", "llm"), [(95.0, 75.0), (30.0, 45.0), (62.0, 62.0)])
def test_the_guardrail_keeps_a_model_within_fifteen_points(raw: float, llm: float) -> None:
    """A raw score is cut to quant 60 plus or minus 15."""
    assert llm == blend(60.0, raw, policy=POLICY, tally=Tally()).llm_score


@pytest.mark.parametrize("most", [15.0, 12.34, 0.1, 0.0])
@pytest.mark.parametrize("raw", [0.0, 100.0])
def test_the_guardrail_holds_to_the_last_digit(raw: float, most: float) -> None:
    """No score of two decimals is moved further than allowed, and each stays of two decimals."""
    policy = AnalystPolicy(llm_clamp_points=most)
    quant = np.arange(0, 10_001) / 100
    llm = np.array([blend(q, raw, policy=policy, tally=Tally()).llm_score for q in quant.tolist()])
    assert np.all(np.abs(llm - quant) <= most)
    assert np.array_equal(llm, np.round(llm, 2))
    reach = np.minimum(most, np.abs(raw - quant))
    assert np.all(np.abs(llm - quant) > reach - 0.011)


def test_without_a_model_the_llm_score_is_the_quant_score() -> None:
    """No opinion leaves the quant score unchanged and says FALLBACK."""
    mixed = blend(60.0, None, policy=POLICY, tally=Tally())
    assert (60.0, LlmStatus.FALLBACK, 60.0) == (
        mixed.llm_score,
        mixed.llm_status,
        mixed.hybrid_score,
    )


@pytest.mark.parametrize(
    ("quant", "raw", "hybrid"), [(70.0, 80.0, 74.0), (45.0, 35.0, 39.5), (20.0, 60.0, 28.25)]
)
def test_the_blend_weighs_quant_and_model(quant: float, raw: float, hybrid: float) -> None:
    """60/40 by default; a model's score below 40 weighs 55 percent."""
    assert hybrid == blend(quant, raw, policy=POLICY, tally=Tally()).hybrid_score


def test_a_gap_of_thirty_changes_the_weights_where_the_guardrail_allows_it() -> None:
    """With a guardrail of 40 a quant 30 points lower weighs three quarters."""
    loose = AnalystPolicy(llm_clamp_points=40.0)
    assert 60.0 == blend(50.0, 90.0, policy=loose, tally=Tally()).hybrid_score
    assert 72.0 == blend(90.0, 60.0, policy=loose, tally=Tally()).hybrid_score


def test_a_competitor_bonus_is_capped_and_stays_inside_the_guardrail() -> None:
    """A bonus of 20 counts 10, and never lifts a score beyond quant plus 15."""
    mixed = blend(60.0, 60.0, policy=POLICY, tally=Tally(), bonus_points=20.0)
    assert 70.0 == mixed.llm_score
    top = blend(60.0, 74.0, policy=POLICY, tally=Tally(), bonus_points=20.0)
    assert 75.0 == top.llm_score


@given(quant=scores, raw=scores | st.none())
def test_every_blend_stays_within_0_and_100(quant: float, raw: float | None) -> None:
    """Model score and hybrid score stay on the scale, and within 15 of quant."""
    mixed = blend(quant, raw, policy=POLICY, tally=Tally())
    assert 0 <= mixed.llm_score <= 100
    assert 0 <= mixed.hybrid_score <= 100
    assert abs(mixed.llm_score - quant) <= 15 + 1e-9


def test_selling_at_the_top_is_vetoed_however_high_the_score() -> None:
    """DISTRIBUTION_RISK blocks a stock of 90 points and keeps it off the watchlist."""
    found = verdict(SELLING_AT_THE_TOP, 90.0)
    assert RiskTag.DISTRIBUTION_RISK is found.risk_tag
    assert (True, False, TradeTier.BLOCKED, False) == (
        found.veto_applied,
        found.approved,
        found.trade_tier,
        found.is_tradable,
    )


@pytest.mark.parametrize(
    ("inputs", "regime", "tag"),
    [
        (RiskInputs(rsi14=76.0), Regime.NEUTRAL, RiskTag.CAUTION),
        (RiskInputs(rsi14=76.0), Regime.BULL, RiskTag.NEUTRAL),
        (RiskInputs(rsi14=81.0), Regime.STRONG_BULL, RiskTag.CAUTION),
        (RiskInputs(rsi14=66.0, flow_reversal=-1.0), Regime.BULL, RiskTag.CAUTION),
        (
            RiskInputs(rsi14=74.0, flow_reversal=-1.0, drawdown_20d_pct=-3.0),
            Regime.BULL,
            RiskTag.CAUTION,
        ),
        (
            RiskInputs(rsi14=60.0, flow_reversal=1.0, supply_points=10.0, momentum_points=15.0),
            Regime.NEUTRAL,
            RiskTag.BULLISH,
        ),
        (
            RiskInputs(flow_reversal=1.0, supply_points=10.0, momentum_points=15.0),
            Regime.NEUTRAL,
            RiskTag.BULLISH,
        ),
        (
            RiskInputs(rsi14=60.0, flow_reversal=1.0, supply_points=10.0),
            Regime.NEUTRAL,
            RiskTag.NEUTRAL,
        ),
        (RiskInputs(), Regime.NEUTRAL, RiskTag.NEUTRAL),
    ],
)
def test_tags_are_set_in_order_and_never_from_a_missing_figure(
    inputs: RiskInputs, regime: Regime, tag: RiskTag
) -> None:
    """Each tag fires on its own figures; the caution line moves with the regime."""
    assert tag is verdict(inputs, 65.0, regime=regime).risk_tag


@pytest.mark.parametrize(
    ("quant", "inputs", "tier"),
    [
        (75.0, RiskInputs(), TradeTier.TIER1),
        (74.99, RiskInputs(golden_cross=True), TradeTier.RECON),
        (60.0, RiskInputs(volume_ratio=1.5), TradeTier.RECON),
        (60.0, RiskInputs(ma20_rising=True), TradeTier.RECON),
        (60.0, RiskInputs(momentum_points=16.0), TradeTier.RECON),
        (74.99, RiskInputs(volume_ratio=1.49, momentum_points=15.9), TradeTier.BLOCKED),
        (59.99, RiskInputs(golden_cross=True), TradeTier.BLOCKED),
    ],
)
def test_tiers_need_their_score_and_recon_a_sign(
    quant: float, inputs: RiskInputs, tier: TradeTier
) -> None:
    """75 is TIER1; 60 with any of four trend signs is RECON; everything else is BLOCKED."""
    assert tier is verdict(inputs, quant).trade_tier


def test_thin_data_blocks_even_a_first_tier_score() -> None:
    """Coverage below 0.6 blocks the stock but may leave it on the watchlist to be watched."""
    thin = verdict(RiskInputs(), 90.0, coverage_ratio=0.59)
    assert (TradeTier.BLOCKED, False, True) == (thin.trade_tier, thin.is_tradable, thin.approved)
    assert TradeTier.TIER1 is verdict(RiskInputs(), 90.0, coverage_ratio=0.6).trade_tier


def test_fifty_points_are_enough_for_the_watchlist() -> None:
    """A hybrid of 50 is approved, 49.99 is not."""
    assert verdict(RiskInputs(), 50.0).approved
    assert not verdict(RiskInputs(), 49.99).approved


@pytest.mark.parametrize(
    ("score", "grade"),
    [(80, Grade.S), (70, Grade.A), (60, Grade.B), (50, Grade.C), (49.9, Grade.D)],
)
def test_the_grade_is_overwritten_from_the_score(score: float, grade: Grade) -> None:
    """S from 80, A from 70, B from 60, C from 50, else D."""
    assert grade is verdict(RiskInputs(), score).grade


@given(
    quant=scores,
    coverage=st.floats(0, 1),
    rsi=st.floats(0, 100) | st.none(),
    drawdown=st.floats(-50, 0) | st.none(),
    turn=st.sampled_from([-1.0, 0.0, 1.0, None]),
)
def test_a_blocked_or_vetoed_stock_is_never_tradable(
    quant: float, coverage: float, rsi: float | None, drawdown: float | None, turn: float | None
) -> None:
    """Whatever the figures, tradable means neither BLOCKED, vetoed nor thin."""
    inputs = RiskInputs(rsi14=rsi, drawdown_20d_pct=drawdown, flow_reversal=turn, golden_cross=True)
    found = verdict(inputs, quant, coverage_ratio=coverage)
    if found.is_tradable:
        assert found.trade_tier in {TradeTier.TIER1, TradeTier.RECON}
        assert not found.veto_applied
        assert coverage >= POLICY.coverage_min_ratio


def test_every_gate_is_on_record() -> None:
    """A verdict keeps each check it made, with value and limit."""
    rules = [c.rule for c in verdict(SELLING_AT_THE_TOP, 65.0, raw_score=70).checks]
    assert {"veto.distribution", "score.coverage", "approve.min", "tier.tier1", "tier.recon"} <= {
        *rules
    }
    assert "model.guardrail" in rules


def told(raw: int, **given: Any) -> Verdict:
    """Judge a stock of 60 points by a model's word."""
    return judge(
        RiskInputs(),
        quant_score=60.0,
        covered=Check(rule="score.coverage", value=1.0, limit=0.6, unit="ratio", passed=True),
        regime=Regime.NEUTRAL,
        opinion=opinion(raw, **given),
        policy=POLICY,
        tally=Tally(),
    )


def test_an_opinion_that_invents_facts_does_not_count() -> None:
    """A failed fact check leaves the quant score and says so among the checks."""
    found = told(80, fact_check=FactCheck.FAILED, unsupported=("27%", "6월 1일"))
    assert (60.0, LlmStatus.FALLBACK) == (found.blend.llm_score, found.blend.llm_status)
    check = next(c for c in found.checks if c.rule == "model.fact_check")
    assert ("27% · 6월 1일", False) == (check.value, check.passed)


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"fact_check": FactCheck.PASSED}, LlmStatus.OK),
        ({"fact_check": FactCheck.OFF, "cached": True}, LlmStatus.CACHED),
        ({"cached": True, "simulated": True}, LlmStatus.SIMULATED),
    ],
)
def test_a_verdict_says_where_the_score_came_from(given: dict[str, Any], status: LlmStatus) -> None:
    """Asked now, reused, or said by the built-in sages, which are never called more."""
    found = told(70, **given)
    assert (70.0, status, 0.6) == (
        found.blend.llm_score,
        found.blend.llm_status,
        found.blend.quant_ratio,
    )
