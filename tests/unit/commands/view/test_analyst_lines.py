"""What a person is told of the model: the column, the lines below the list, the explanation."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len
from tests.unit.commands.view.samples import sample_run
from tests.unit.commands.view.test_watchlist import PAGES, drawn
from tests.unit.engine.analyst.opinions import opinion

from jennie_cli.commands.view import explanation_page, watchlist_page
from jennie_cli.commands.view.analyst import cost
from jennie_cli.engine.model import FactCheck, LlmStatus, Opinion
from jennie_cli.engine.scout import explain
from jennie_cli.engine.store import ScoredStock, ScoutRun

GOLDEN = Path(__file__).parent / "golden"
REASON = "공급계약은 실체가 있으나 이미 크게 올라 그대로 둡니다."


def judged(
    llm: dict[str, Any] | None = None, *, status: LlmStatus = LlmStatus.SIMULATED, **given: Any
) -> ScoutRun:
    """Return the sample run as a model judged it; the third stock was not answered for."""
    word = opinion(78, reason=REASON, fact_check=FactCheck.PASSED, **given)
    use = {
        "provider": "sages",
        "model": "sages-1",
        "asked": True,
        "simulated": status is LlmStatus.SIMULATED,
        "calls": 70,
        "cached": 0,
        "fallbacks": 1,
        "failures": {"timeout": 1},
        "cost_usd": 0.0,
    }
    run = sample_run()
    stocks = tuple(_lost(s) if s.rank == 3 else _said(s, word, status) for s in run.stocks)
    return replace(run, stocks=stocks, llm=use | (llm or {}))


def _said(stock: ScoredStock, word: Opinion, status: LlmStatus) -> ScoredStock:
    return replace(
        stock,
        opinion=word,
        llm_raw_score=78.0,
        llm_score=(stock.quant_score or 0.0) + 3.0,
        llm_status=status,
        quant_ratio=0.6,
    )


def _lost(stock: ScoredStock) -> ScoredStock:
    return replace(stock, llm_failure="timeout")


@pytest.mark.parametrize(("lang", "width"), PAGES)
def test_the_page_of_a_judged_run_is_the_golden_one(lang: str, width: int) -> None:
    """There is a column of the model's scores, a mark where it failed, and its lines."""
    expected = (GOLDEN / f"judged_{lang}_{width}.txt").read_text(encoding="utf-8")
    page = drawn(watchlist_page(judged(), lang), width)
    assert expected == page
    assert "FB = FALLBACK" in page
    assert max(map(cell_len, page.splitlines())) <= width


@pytest.mark.parametrize(
    ("lang", "width", "least"),
    [("ko", 80, 2), ("en", 80, 2), ("ko", 100, 2), ("ko", 200, 3), ("en", 200, 3)],
)
def test_a_judged_row_tells_strength_and_weakness(lang: str, width: int, least: int) -> None:
    """Two phrases on a small screen, all three on a wide one."""
    lines = drawn(watchlist_page(judged(), lang), width).splitlines()
    rows = [line for line in lines if "TIER1" in line or "RECON 0.3" in line]
    told = [line.count("▲") + line.count("▼") for line in rows if "(" not in line]
    assert len(told) == sum(count >= least for count in told) >= 6


@pytest.mark.parametrize(
    ("llm", "said"),
    [
        ({}, "AI 분석 SIMULATED, 비용 0 (내장"),
        ({"calls": 0, "cached": 70}, "AI 분석 SIMULATED, 비용 0, 재사용 70 (내장"),
        (
            {"simulated": False, "cached": 4, "cost_usd": 0.0123},
            "AI 분석 sages-1(sages): 호출 70, 재사용 4, 대체 1, 비용 $0.0123 · 실패 timeout 1",
        ),
        (
            {"provider": None, "fallbacks": 70, "failures": {"timeout": 69, "wrong_shape": 1}},
            "AI 분석 실패: 70종목 모두 LLM 점수 = 퀀트 점수 · 실패 timeout 69 · wrong_shape 1",
        ),
        ({"fact_check_failed": 2}, "AI 사실 확인 실패 2종목"),
        ({"stop": "budget", "said": "하루 1 USD"}, "AI 예산이 다해 나머지는 묻지 않음: 하루 1 USD"),
        ({"stop": "deadline"}, "AI 분석 시간이 다해"),
        ({"stop": "no_model", "said": "서버 없음"}, "AI 분석이 도중에 멈춤: 서버 없음"),
        (
            {"provider": None, "failures": {}, "stop": "deadline"},
            "AI 분석 실패: 1종목 모두 LLM 점수 = 퀀트 점수",
        ),
    ],
)
def test_the_lines_below_say_who_judged_and_what_went_wrong(llm: dict[str, Any], said: str) -> None:
    """Each outcome has its words."""
    assert said in drawn(watchlist_page(judged(llm), "ko"), 120)


@pytest.mark.parametrize(
    ("said", "line"),
    [
        (None, "AI 분석 없음(모델 미설치): LLM 점수 = 퀀트 점수."),
        ("openai에 키가 없습니다.", "AI 분석 없음: openai에 키가 없습니다."),
    ],
)
def test_without_a_model_there_is_a_line_and_no_column(said: str | None, line: str) -> None:
    """Who named a provider that cannot be had is told why."""
    use = {**sample_run().llm, "failures": {}, "stop": "no_model", "said": said}
    page = drawn(watchlist_page(replace(sample_run(), llm=use), "ko"), 100)
    assert line in page
    assert "AI 판정" not in page
    assert "FALLBACK" not in page


def explained(run: ScoutRun, lang: str = "ko", rank: int = 1) -> str:
    """Return the page of one stock."""
    name = next(s.name for s in run.stocks if s.rank == rank)
    doc = explain(run, name, lang)
    return drawn(explanation_page(doc, market="generated", lang=lang, every_gate=False), 120)


def test_an_explanation_tells_the_way_from_raw_score_to_hybrid() -> None:
    """Status, raw score, clamp, share, reason, model, prompt, cost and fact check."""
    run = judged(status=LlmStatus.OK, tokens_in=900, tokens_out=80, usd_micro=312)
    first = next(s for s in run.stocks if s.rank == 1)
    page = explained(replace(run, stocks=(replace(first, bonus_points=4.5), *run.stocks[1:])))
    for said in (
        "OK · 원점수 78 · 경쟁사 수혜 +4.5 → 가드레일 뒤 84.20 → 합계 81.20 (퀀트 60% + AI 40%)",
        REASON,
        "사실 확인: 이유의 숫자와 날짜가 모두 보여 준 자료에 있음",
        "모델 scripted-1(scripted) · 프롬프트 analyst.3 abababababab · 토큰 980 · 비용 $0.000312",
    ):
        assert said in page


def test_an_explanation_says_why_an_opinion_does_not_count() -> None:
    """An invented figure is named, in both languages, and a failure is told by its kind."""
    run = judged(status=LlmStatus.FALLBACK)
    first = next(s for s in run.stocks if s.rank == 1)
    word = opinion(78, reason=REASON, fact_check=FactCheck.FAILED, unsupported=("27%", "6월 1일"))
    wrong = replace(run, stocks=(replace(first, opinion=word), *run.stocks[1:]))
    assert "사실 확인 실패: 보여 준 자료에 없음 — 27% · 6월 1일" in explained(wrong)
    assert "원점수 78은 쓰지 않음" in explained(wrong)
    assert "Fact check failed: not in what it was shown — 27%" in explained(wrong, "en")
    assert "AI 분석 실패(timeout): LLM 점수 = 퀀트 점수" in explained(run, rank=3)
    assert "AI 분석" not in explained(sample_run())


@pytest.mark.parametrize(
    ("usd", "said"), [(0.0, "0"), (0.000312, "$0.000312"), (1.23456, "$1.2346")]
)
def test_a_cost_is_told_as_finely_as_it_needs(usd: float, said: str) -> None:
    """Nothing is nothing, and the millionth is seen where it matters."""
    assert said == cost(usd)
