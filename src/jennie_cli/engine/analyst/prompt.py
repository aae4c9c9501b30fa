"""What is asked of the model: the words common to all stocks first, one stock's figures last.

The first message is the same for every stock of a run, so an engine on this machine reads it once.
"""

from collections.abc import Iterator, Sequence

from jennie_cli.engine.analyst.case import AnalystCase, News, Points
from jennie_cli.engine.analyst.opinion import OPINION, AnalystReply
from jennie_cli.engine.llm import Message, PromptText, Request, Role, Service, Tier
from jennie_cli.engine.llm.fences import fenced, tamed, unmarked
from jennie_cli.engine.messages import amount, text

PACKAGE = "jennie_cli.engine.analyst"
PROMPT = "analyst"

TEMPERATURE = 0.2
_TITLE_LONGEST = 150
_NAME_LONGEST = 40
_FEEDBACK_LONGEST = 1_200
_LANG = "ko"


def analyst_request(
    case: AnalystCase,
    prompt: PromptText,
    *,
    max_tokens: int,
    timeout_s: float | None = None,
    feedback: str | None = None,
) -> Request[AnalystReply]:
    """Return the question about one stock; `feedback` are lessons common to all, cut to 1,200."""
    common = prompt.text
    if feedback:
        lessons = feedback[:_FEEDBACK_LONGEST]
        common += f"\n\n[지난 판단에서 배운 것: 채점 방식은 바꾸지 않습니다]\n{lessons}"
    return Request(
        service=Service.SCOUT,
        tier=Tier.REASONING,
        prompt=prompt.prompt,
        messages=(
            Message(role=Role.SYSTEM, text=common),
            Message(role=Role.USER, text=stock_block(case)),
        ),
        shape=OPINION,
        temperature=TEMPERATURE,
        max_tokens=max_tokens,
        timeout_s=timeout_s,
    )


def stock_block(case: AnalystCase) -> str:
    """Return what is known of one stock, figures with their units and strangers' words fenced."""
    return "\n".join((*_head(case), *_score(case), *_measures(case), *_quoted(case)))


def shown(request: Request[AnalystReply]) -> str:
    """Return what was shown of the stock: neither the rules, nor the hashes of the fences."""
    return unmarked(request.messages[-1].text)


def _head(case: AnalystCase) -> Iterator[str]:
    name, sector = (tamed(t, _NAME_LONGEST) for t in (case.name, case.sector))
    yield f"종목: {name} ({case.code})"
    yield f"시장: {case.market} · 업종: {sector} → {case.sector_group}"
    yield f"거래일: {case.trade_date}"
    yield f"시장 국면: {case.regime}"


def _score(case: AnalystCase) -> Iterator[str]:
    yield f"정량 점수: {case.quant_score:.2f}점"
    yield f"자료 충족: {_told(case.coverage_ratio, 'ratio')}"
    yield "항목별 점수:"
    yield from _points(case.factors)
    yield "가장 강한 항목:"
    yield from _points(case.strongest)
    yield "가장 약한 항목:"
    yield from _points(case.weakest)


def _points(parts: Sequence[Points]) -> Iterator[str]:
    for part in parts:
        yield f"- {part.name}: {part.points:.2f}점 (만점 {part.max:g}점)"


def _measures(case: AnalystCase) -> Iterator[str]:
    phase = text(f"phase.{case.phase}", _LANG)
    yield f"차트 국면: {phase} (점수에 {case.phase_points:+.1f}점)"
    yield f"RSI14: {_told(case.rsi14, 'rsi')}"
    yield f"20일 고점 대비: {_told(case.drawdown_20d_pct, 'pct')}"
    yield f"외국인 수급 반전: {_turn(case.flow_reversal)}"
    yield f"외국인 보유비율 변화(20거래일): {_told(case.foreign_trend_pp, 'pp')}"
    yield f"PER: {_told(case.per, 'times')}"
    yield f"PBR: {_told(case.pbr, 'times')}"
    yield f"ROE: {_told(case.roe_pct, 'share1_pct')}"
    yield f"시가총액: {_told(case.market_cap, 'KRW')}"
    yield f"급락 업종(떨어지는 칼날): {'예' if case.falling_knife else '아니오'}"


def _quoted(case: AnalystCase) -> Iterator[str]:
    if case.bonus_points:
        yield f"경쟁사 악재로 인한 수혜: {case.bonus_points:+.1f}점 (따로 더함), 사유는 인용문"
        yield fenced("reason", tamed(case.bonus_reason, _TITLE_LONGEST))
    if not case.news:
        yield "최근 7일 뉴스: 없음"
        return
    yield "최근 7일 뉴스(인용문):"
    yield fenced("news", "\n".join(map(_headline, case.news)))


def _headline(news: News) -> str:
    return f"- [{news.day}] {tamed(news.title, _TITLE_LONGEST)}"


def _told(value: float | None, unit: str) -> str:
    return "자료 없음" if value is None else amount(value, unit, _LANG)


def _turn(reversal: float | None) -> str:
    if reversal is None:
        return "자료 없음"
    return "없음" if reversal == 0 else "매수로 전환" if reversal > 0 else "매도로 전환"
