"""The verdict of one analysed stock: blend, tag, veto, tier and whether it may be bought."""

from dataclasses import dataclass

from jennie_cli.engine.analyst.blend import Blend, blend
from jennie_cli.engine.analyst.inputs import RiskInputs
from jennie_cli.engine.analyst.policy import AnalystPolicy
from jennie_cli.engine.analyst.tags import risk_tag
from jennie_cli.engine.model import (
    FactCheck,
    Grade,
    LlmStatus,
    Opinion,
    Regime,
    RiskTag,
    TradeTier,
)
from jennie_cli.engine.rules import Check, Rule, Tally
from jennie_cli.engine.rules import catalogue as rule

_GRADES = ((80.0, Grade.S), (70.0, Grade.A), (60.0, Grade.B), (50.0, Grade.C))


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What became of one analysed stock. A vetoed stock is not approved and never tradable."""

    blend: Blend
    grade: Grade
    risk_tag: RiskTag
    veto_applied: bool
    approved: bool
    trade_tier: TradeTier
    checks: tuple[Check, ...]

    @property
    def is_tradable(self) -> bool:
        """Tell whether the stock may be bought at all."""
        return self.trade_tier is not TradeTier.BLOCKED


def judge(
    inputs: RiskInputs,
    *,
    quant_score: float,
    covered: Check,
    regime: Regime,
    opinion: Opinion | None,
    policy: AnalystPolicy,
    tally: Tally,
    bonus_points: float | None = None,
) -> Verdict:
    """Judge one stock; `opinion` is a model's word, None without one.

    `covered` is the answer of score.coverage, which is asked of the whole market at once;
    `bonus_points` is a competitor's misfortune, None where nobody tells of any.
    """
    facts = _fact_check(opinion, tally)
    heard = opinion if all(c.passed for c in facts) else None
    mixed = blend(
        quant_score,
        None if heard is None else float(heard.raw_score),
        policy=policy,
        tally=tally,
        bonus_points=bonus_points,
        status=LlmStatus.OK if heard is None else heard.status,
    )
    tag, tag_checks = risk_tag(inputs, regime=regime, policy=policy, tally=tally)
    vetoed = tag is RiskTag.DISTRIBUTION_RISK
    veto = tally.ask(rule.VETO, value=tag.value, limit=None, fired=vetoed)
    approved = _approved(mixed.hybrid_score, policy.approve_min_score, tally)
    tier, tier_checks = _tier(mixed.hybrid_score, inputs, policy, tally)
    blocked = vetoed or not covered.passed
    return Verdict(
        blend=mixed,
        grade=grade_of(mixed.hybrid_score),
        risk_tag=tag,
        veto_applied=vetoed,
        approved=approved.passed and not vetoed,
        trade_tier=TradeTier.BLOCKED if blocked else tier,
        checks=(*facts, *mixed.checks, *tag_checks, veto, covered, approved, *tier_checks),
    )


def _approved(hybrid: float, least: float, tally: Tally) -> Check:
    return tally.ask(rule.APPROVE, value=hybrid, limit=least, fired=hybrid < least)


def _fact_check(opinion: Opinion | None, tally: Tally) -> tuple[Check, ...]:
    if opinion is None or opinion.fact_check is FactCheck.OFF:
        return ()
    wrong = opinion.fact_check is FactCheck.FAILED
    told = " · ".join(opinion.unsupported) or None
    return (tally.ask(rule.FACT_CHECK, value=told, limit=None, fired=wrong),)


def grade_of(hybrid_score: float) -> Grade:
    """Return the school grade of a hybrid score; whatever a model wrote is overruled."""
    return next((g for low, g in _GRADES if hybrid_score >= low), Grade.D)


def _tier(
    hybrid: float, inputs: RiskInputs, policy: AnalystPolicy, tally: Tally
) -> tuple[TradeTier, tuple[Check, ...]]:
    full = _reached(tally, rule.TIER1, hybrid, policy.tier1_min_score)
    signals = (
        _signal(tally, rule.GOLDEN_CROSS, fired=inputs.golden_cross),
        _reached(tally, rule.VOLUME_RATIO, inputs.volume_ratio, policy.recon_volume_ratio_min),
        _signal(tally, rule.MA20_RISING, fired=inputs.ma20_rising),
        _reached(tally, rule.MOMENTUM, inputs.momentum_points, policy.recon_momentum_min_points),
    )
    small = hybrid >= policy.recon_min_score and any(s.passed for s in signals) and not full.passed
    recon = tally.ask(
        rule.RECON, value=hybrid, limit=policy.recon_min_score, fired=small, passed=small
    )
    tier = TradeTier.TIER1 if full.passed else TradeTier.RECON if small else TradeTier.BLOCKED
    return tier, (full, *signals, recon)


def _reached(tally: Tally, asked: Rule, value: float | None, limit: float) -> Check:
    good = value is not None and value >= limit
    return tally.ask(asked, value=value, limit=limit, fired=good, passed=good)


def _signal(tally: Tally, asked: Rule, *, fired: bool | None) -> Check:
    good = bool(fired)
    return tally.ask(asked, value=None, limit=None, fired=good, passed=good)
