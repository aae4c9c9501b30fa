"""How much of a model's word enters the score: the guardrail and the blend of quant and model."""

import math
from dataclasses import dataclass

from jennie_cli.engine.analyst.policy import AnalystPolicy
from jennie_cli.engine.model import LlmStatus
from jennie_cli.engine.rules import Check, Tally
from jennie_cli.engine.rules import catalogue as rule

_GAP = 30.0
_LOW = 40.0
_CENT = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Blend:
    """The model's score after the guardrail, its origin, and the hybrid score; all 0..100.

    `quant_ratio` is the share of the quant score in the hybrid.
    """

    llm_score: float
    llm_status: LlmStatus
    hybrid_score: float
    quant_ratio: float = 1.0
    checks: tuple[Check, ...] = ()


def blend(
    quant_score: float,
    raw_score: float | None,
    *,
    policy: AnalystPolicy,
    tally: Tally,
    bonus_points: float | None = None,
    status: LlmStatus = LlmStatus.OK,
) -> Blend:
    """Clamp the raw score to the quant score's neighbourhood and mix the two.

    `status` says where the raw score came from. Without one there is no opinion: the model's score
    is the quant score (FALLBACK).
    The competitor bonus is capped and applied inside the guardrail.
    """
    if raw_score is None:
        return Blend(llm_score=quant_score, llm_status=LlmStatus.FALLBACK, hybrid_score=quant_score)
    checks: list[Check] = []
    if bonus_points is not None:
        most = policy.competitor_bonus_max_points
        bonus = min(bonus_points, most)
        checks.append(tally.ask(rule.COMPETITOR, value=bonus, limit=most, fired=bonus > 0))
        raw_score = round(raw_score + bonus, 2)
    llm = _guarded(quant_score, raw_score, policy)
    checks.append(
        tally.ask(
            rule.GUARDRAIL, value=raw_score, limit=policy.llm_clamp_points, fired=llm != raw_score
        )
    )
    share, why = _quant_share(quant_score, llm, policy, tally)
    hybrid = round(share * quant_score + (1 - share) * llm, 2)
    return Blend(
        llm_score=llm,
        llm_status=status,
        hybrid_score=hybrid,
        quant_ratio=share,
        checks=(*checks, *why),
    )


def _guarded(quant: float, raw: float, policy: AnalystPolicy) -> float:
    most = policy.llm_clamp_points
    if abs(raw - quant) <= most:
        return min(max(raw, 0.0), 100.0)
    way = math.copysign(1.0, raw - quant)
    edge = round(quant + way * most, 2)
    if abs(edge - quant) > most:  # by the dust of binary fractions: the bound comes first
        edge = round(edge - way * _CENT, 2)
    return min(max(edge if way * (edge - quant) > 0 else quant, 0.0), 100.0)


def _quant_share(
    quant: float, llm: float, policy: AnalystPolicy, tally: Tally
) -> tuple[float, tuple[Check, ...]]:
    apart = abs(quant - llm)
    wide = tally.ask(rule.BLEND_GAP, value=apart, limit=_GAP, fired=apart >= _GAP)
    if not wide.passed:
        return (0.75 if quant < llm else 0.40), (wide,)
    low = tally.ask(rule.BLEND_LOW, value=llm, limit=_LOW, fired=llm < _LOW)
    return (policy.quant_weight_ratio if low.passed else 0.45), (wide, low)
