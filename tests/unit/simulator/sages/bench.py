"""Prompts, schemas and a way to ask, shared by the tests of the sages."""

import asyncio
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import httpx

from jennie_cli.engine.briefing.commenting import COMMENTS
from jennie_cli.engine.clock import KST, ManualClock
from jennie_cli.engine.model import Strategy
from jennie_cli.engine.news import JUDGEMENT
from jennie_cli.engine.sectors import GROUPS
from jennie_cli.simulator.sages import MODEL, SageDesk, sage_app

Schema = dict[str, Any]

SENTIMENTS = ["bullish", "neutral_to_bullish", "neutral", "neutral_to_bearish", "bearish"]
_SCORE: Schema = {"type": "integer", "minimum": 0, "maximum": 100}
_SENTIMENT: Schema = {"type": "string", "enum": SENTIMENTS}
_HINT: Schema = {"type": "string", "minLength": 1, "maxLength": 50}
_SIZE: Schema = {"type": "integer", "minimum": 50, "maximum": 130}
_STOP: Schema = {"type": "integer", "minimum": 80, "maximum": 150}
_TEXT: Schema = {"type": "string", "minLength": 1, "maxLength": 2_000}


def _list(items: Schema, least: int, most: int) -> Schema:
    return {"type": "array", "items": items, "minItems": least, "maxItems": most}


def _object(**properties: Schema) -> Schema:
    required = list(properties)
    closed = {"properties": properties, "required": required, "additionalProperties": False}
    return {"type": "object", **closed}


def _set(names: Iterable[str]) -> Schema:
    return {"type": "array", "items": {"enum": list(names)}, "uniqueItems": True}


SHAPES: Mapping[str, Schema] = {
    "news_sentiment": dict(JUDGEMENT.schema),
    "briefing_comments": dict(COMMENTS.schema),
    "analyst_opinion": _object(
        score=_SCORE,
        grade={"type": "string", "enum": ["S", "A", "B", "C", "D", "F"]},
        reason={"type": "string", "minLength": 20, "maxLength": 500},
    ),
    "strategist": _object(
        overall_sentiment=_SENTIMENT,
        sentiment_score=_SCORE,
        regime_hint=_HINT,
        sector_signals={
            "type": "object",
            "propertyNames": {"enum": list(GROUPS)},
            "additionalProperties": {"enum": ["bullish", "neutral", "bearish"]},
            "minProperties": 1,
        },
        risk_factors=_list(_TEXT, 3, 10),
        opportunity_factors=_list(_TEXT, 3, 5),
        investor_flow_analysis=_TEXT,
    ),
    "risk_analyst": _object(
        risk_assessment=_object(
            agree_with_sentiment={"type": "boolean"},
            adjusted_sentiment_score=_SCORE,
            adjustment_reason=_TEXT,
        ),
        political_risk_level={"enum": ["low", "medium", "high", "critical"]},
        political_risk_summary=_TEXT,
        additional_risk_factors=_list(_TEXT, 0, 10),
        position_size_pct=_SIZE,
        stop_loss_adjust_pct=_STOP,
        risk_reasoning=_TEXT,
    ),
    "chief_judge": _object(
        final_sentiment=_SENTIMENT,
        final_sentiment_score=_SCORE,
        final_regime_hint=_HINT,
        strategies_to_favor=_set(s.value for s in Strategy),
        strategies_to_avoid=_set(s.value for s in Strategy),
        sectors_to_favor=_set(GROUPS),
        sectors_to_avoid=_set(GROUPS),
        final_position_size_pct=_SIZE,
        final_stop_loss_adjust_pct=_STOP,
        trading_reasoning=_TEXT,
        council_consensus={"enum": ["strong_agree", "agree", "partial_disagree", "disagree"]},
    ),
    "sage_answer": _object(
        verdict=_object(
            decision={"enum": ["approve", "approve_with_changes", "veto"]},
            confidence=_SCORE,
            scope=_TEXT,
        ),
        key_findings=_list(_TEXT, 1, 5),
        evidence=_object(references=_list(_TEXT, 0, 9), missing_data=_list(_TEXT, 0, 9)),
        risks=_object(risks=_list(_TEXT, 0, 9), veto_if=_list(_TEXT, 0, 9)),
        recommendations=_object(
            immediate_actions=_list(_TEXT, 1, 3),
            experiments=_list(_TEXT, 0, 9),
            if_code_change_needed=_TEXT,
        ),
        questions=_list(_TEXT, 0, 3),
    ),
    "sage_plan": _object(title=_TEXT, steps=_list(_TEXT, 1, 7), dissent=_list(_TEXT, 0, 7)),
    "free_text": _object(answer=_TEXT),
}
"""What jennie asks for by name, as the specification has it."""

STOCK = """종목: 반도체 연습 (005930)
시장: KOSPI · 업종: 반도체와반도체장비 → 반도체/IT
정량 점수: 71.25
항목별 점수:
- 모멘텀: 15.20점 (만점 20점)
- 품질: 12.00점 (만점 20점)
- 수급: 3.10점 (만점 20점)
차트 국면: 상승 (점수에 +1.0점)
RSI14: 63.2
최근 7일 뉴스(인용문):
<<<DATA 0a1b2c
{news}
DATA 0a1b2c>>>
"""

MACRO = """KOSPI 변화율: -1.23%
매크로 스냅샷
<<<DATA snapshot 51
| KOSPI 외국인 순매수: -4,210.00 억원 (kis, 2026-11-23 15:40)
| KOSDAQ 등락: +0.40 %
| VIX (배경): 28.40 (fred)
| VIX 구간: elevated
DATA snapshot 51>>>

업종 모멘텀 (하루)
<<<DATA sectors 62
| 상위 5: 기타금융 +3.20%, 증권 +2.90%
| 그룹 평균: 반도체/IT -2.31%, 금융 +1.80%, 통신/인터넷 +0.10%
DATA sectors 62>>>

정치·지정학 헤드라인
<<<DATA headlines 77
| 2026-11-23 06:10 미국, 반도체 수출 규제 강화 예고
| 2026-11-23 06:20 코스피 급락 우려, VIX: 12.00
DATA headlines 77>>>
"""


def stock(*news: str) -> str:
    """Return the case of a stock with some headlines, without a fence when there are none."""
    return STOCK.format(news="\n".join(news)) if news else STOCK.partition("최근")[0]


def question(
    text: str, schema: Schema | None = None, name: str = "answer", **more: Any
) -> dict[str, Any]:
    """Return the body of a request."""
    body = {"model": MODEL, "messages": [{"role": "user", "content": text}], **more}
    if schema is not None:
        told = {"name": name, "schema": schema, "strict": True}
        body["response_format"] = {"type": "json_schema", "json_schema": told}
    return body


def asked_of(desk: SageDesk, body: Any, *, path: str = "/v1/chat/completions") -> httpx.Response:
    """Return what the application answers."""

    async def call() -> httpx.Response:
        transport = httpx.ASGITransport(app=sage_app(desk))
        async with httpx.AsyncClient(transport=transport, base_url="http://sage") as client:
            content = {"content": body} if isinstance(body, bytes) else {"json": body}
            return await client.post(path, **content)

    return asyncio.run(call())


def desk(*faults: str, seed: int = 7) -> SageDesk:
    """Return a desk whose clock stands still."""
    clock = ManualClock(datetime(2026, 11, 23, 8, 30, tzinfo=KST))
    return SageDesk(seed, clock=clock, faults=faults)


def words_of(answer: httpx.Response) -> str:
    """Return the text of an answer in one piece."""
    return str(answer.json()["choices"][0]["message"]["content"])
