"""Models that say what a test told them to, and a morning for them to read."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from jennie_cli.engine.clock import KST
from jennie_cli.engine.council import (
    Council,
    CouncilPolicy,
    Evidence,
    Figure,
    PoliticalHeadline,
    Post,
    Sage,
    SectorMove,
)
from jennie_cli.engine.errors import JennieError
from jennie_cli.engine.llm import (
    Answer,
    FailureKind,
    ModelFailed,
    PackagedPrompts,
    Request,
    WrongShape,
)
from jennie_cli.engine.model import PoliticalRisk
from jennie_cli.engine.sectors import GROUPS

T = TypeVar("T")

DAY = date(2026, 3, 4)
AT = datetime(2026, 3, 4, 7, 30, tzinfo=KST)
DOWN = ModelFailed("It does not answer.", kind=FailureKind.TIMEOUT)
SEATS = {Sage.JENNIE: "gemini", Sage.MINJI: "claude", Sage.JUNHO: "openai"}
PRICES = {"gemini": (300_000, 2_500_000), "claude": (3_000_000, 15_000_000)}
"""Millionths of a dollar for a million tokens in and out; any other provider costs nothing."""

Told = Mapping[str, Any] | str | JennieError


def strategist(score: int = 62, **given: Any) -> dict[str, Any]:
    """Return a strategist's reply."""
    return {
        "overall_sentiment": "neutral_to_bullish",
        "sentiment_score": score,
        "regime_hint": "RANGE_UP",
        "sector_signals": dict.fromkeys(GROUPS, "neutral") | {"반도체/IT": "bullish"},
        "risk_factors": ["환율", "미국 고용"],
        "opportunity_factors": ["외국인 순매수"],
        "investor_flow_analysis": "외국인이 사흘째 산다.",
        **given,
    }


def analyst(score: int = 60, **given: Any) -> dict[str, Any]:
    """Return a risk analyst's reply."""
    return {
        "risk_assessment": {
            "agree_with_sentiment": True,
            "adjusted_sentiment_score": score,
            "adjustment_reason": "비슷하다.",
        },
        "political_risk_level": "medium",
        "political_risk_summary": "관세 협상",
        "additional_risk_factors": ["환율", "유가"],
        "position_size_pct": 100,
        "stop_loss_adjust_pct": 105,
        "risk_reasoning": "평소대로.",
        **given,
    }


def judge(score: int = 61, **given: Any) -> dict[str, Any]:
    """Return a chief judge's reply."""
    return {
        "final_sentiment": "neutral_to_bullish",
        "final_sentiment_score": score,
        "final_regime_hint": "RANGE_UP",
        "strategies_to_favor": ["BULL_PULLBACK", "MOMENTUM"],
        "strategies_to_avoid": ["VCP_BREAKOUT"],
        "sectors_to_favor": ["반도체/IT"],
        "sectors_to_avoid": ["건설/부동산"],
        "final_position_size_pct": 110,
        "final_stop_loss_adjust_pct": 95,
        "trading_reasoning": "눌림목만 산다.",
        "council_consensus": "agree",
        **given,
    }


@dataclass
class FakeModels:
    """Answers by the name of the shape, the last told for ever; a failure is raised.

    `down` are providers that fail whatever is asked; every answer takes 1,000 tokens in and 200
    out, at PRICES.
    """

    script: Mapping[str, Any]
    down: frozenset[str] = frozenset()
    asked: list[Request[Any]] = field(default_factory=list)

    async def ask(self, request: Request[T]) -> Answer[T]:
        """Return what was told for the shape, read by the shape."""
        self.asked.append(request)
        if request.provider in self.down:
            raise DOWN
        told = self._told(request.shape.name)
        if isinstance(told, JennieError):
            raise told
        try:
            value = request.shape.read(json.loads(told) if isinstance(told, str) else told)
        except (WrongShape, ValueError) as error:
            raise ModelFailed(str(error), kind=FailureKind.WRONG_SHAPE) from None
        provider = request.provider or request.tier.value
        price_in, price_out = PRICES.get(provider, (0, 0))
        return Answer(
            value=value,
            provider=provider,
            model=f"{provider}-1",
            tokens_in=1_000,
            tokens_out=200,
            usd_micro=(1_000 * price_in + 200 * price_out) // 1_000_000,
            latency_s=0.0,
            attempts=1,
            prompt_sha256=request.prompt.sha256,
            key=request.key,
        )

    def words(self, shape: str) -> str:
        """Return everything that was said to whoever was asked for a shape first."""
        first = next(r for r in self.asked if r.shape.name == shape)
        return "\n".join(message.text for message in first.messages)

    def _told(self, shape: str) -> Told:
        told: Any = self.script[shape]
        if isinstance(told, list):
            told = told.pop(0) if len(told) > 1 else told[0]
        said: Told = told
        return said


def agreeing(**given: Told | Sequence[Told]) -> dict[str, Told | Sequence[Told]]:
    """Return a script in which all three agree, but for what is given by shape."""
    told = {"strategist": strategist(), "risk_analyst": analyst(), "chief_judge": judge()}
    return {**told, **given}


def council(models: FakeModels, **policy: Any) -> Council:
    """Return a council of these models at the seats of the seed."""
    return Council(
        models=models,
        prompts=PackagedPrompts(),
        policy=CouncilPolicy(**policy),
        seats=SEATS,
    )


def morning(**given: Any) -> Evidence:
    """Return a whole morning, but for what is given."""
    taken = AT - timedelta(minutes=30)
    whole: dict[str, Any] = {
        "day": DAY,
        "at": AT,
        "figures": {
            "kospi_change_pct": Figure(value=-1.23, unit="%", source="naver", as_of=taken),
            "kospi_index": Figure(value=6512.34, source="naver", as_of=taken),
            "kospi_foreign_net": Figure(value=3120.0, unit="억원", source="krx", as_of=taken),
            "vix": Figure(value=17.35, source="yahoo", as_of=taken),
            "moon_phase": Figure(value=0.5),
        },
        "taken_at": taken,
        "completeness_pct": 86,
        "missing": ("usd_krw",),
        "vix_regime": "normal",
        "political": PoliticalRisk.HIGH,
        "headlines": (
            PoliticalHeadline(
                at=AT - timedelta(hours=2), source="연합뉴스", title="관세 협상 재개", kind="trade"
            ),
            PoliticalHeadline(at=AT - timedelta(hours=13), source="BBC", title="Old news"),
            PoliticalHeadline(at=AT - timedelta(hours=19), source="BBC", title="Too old"),
        ),
        "briefing": (Post(at=AT - timedelta(minutes=28), text="밤사이 미국장은 " + "가" * 300),),
        "channel": "hedgecat0301",
        "sectors": (
            SectorMove(fine="반도체와반도체장비", group="반도체/IT", day_pct=2.1, week_pct=4.0),
            SectorMove(fine="건설", group="건설/부동산", day_pct=-1.4),
            SectorMove(fine="은행", group="금융"),
        ),
    }
    return Evidence(**{**whole, **given})
