"""The council commands: what they print, the document they give, and how they fail."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.unit.conftest import Jennie
from tests.unit.engine.council.sages import DOWN, PRICES, FakeModels, agreeing, judge
from tests.unit.wiring.council_home import council_home, seat

ANSWER: dict[str, Any] = {
    "verdict": {"decision": "approve", "confidence": 70, "scope": "모의 실행까지"},
    "key_findings": ["표본이 적다"],
    "recommendations": {"immediate_actions": ["모의 실행"]},
}
VETO = {**ANSWER, "verdict": {"decision": "veto", "confidence": 90}}
PLAN = {"title": "재기", "steps": ["재기", "모의 실행"], "dissent": ["민지: 이르다"]}


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home with a briefing, and sages who agree."""
    with council_home() as root:
        monkeypatch.setenv("JENNIE_HOME", str(root))
        seat(monkeypatch, FakeModels(agreeing()))
        yield root


def test_a_run_is_shown_and_shown_again(jennie: Jennie) -> None:
    """The page tells ruling, lists, reasons, models and cost; `show` tells the same."""
    ran = jennie("council", "run")
    assert (0, "") == (ran.code, ran.err)
    for words in (
        "2026-03-04 카운슬",
        "중립~강세 61점 · 국면 RANGE_UP · 크기 110% · 손절 95%",
        "정치 위험 보통 · 관세 협상",
        "합의 매우 일치",
        "선호  강세장 눌림목, 모멘텀, 반도체/IT",
        "업종  강세: 반도체/IT",
        "이유  눌림목만 산다.",
        "비용  $0.0000 · 0원 · 토큰 3,000 → 600",
    ):
        assert words in ran.out, words
    assert (
        ran.out
        == jennie("council", "show").out
        == (jennie("council", "show", "--date", "2026-03-04").out)
    )


def test_the_document_of_a_run(jennie: Jennie) -> None:
    """Fields bear the names of the record; what was said word for word comes with -v."""
    doc = jennie("--json", "council", "run").document
    insight = doc.pop("insight")
    assert {
        "status": "done",
        "reason": None,
        "warnings": [],
        "profile": "sim",
        "market": "imported",
        "insight_date": "2026-03-04",
        "kept": True,
    } == doc
    assert (110, 95, "bullish", ["VCP_BREAKOUT"], 0.0, False) == (
        insight["position_size_pct"],
        insight["stop_loss_adjust_pct"],
        insight["sector_signals"]["반도체/IT"],
        insight["strategies_to_avoid"],
        insight["council_cost_usd"],
        insight["degraded"],
    )
    assert "raw_council_output" not in insight
    shown = jennie("--json", "-v", "council", "show").document
    assert (True, judge()) == (
        shown["today"],
        shown["insight"]["raw_council_output"]["chief_judge"],
    )
    assert shown["insight"]["raw_message"].startswith("밤사이")
    assert '"final_sentiment_score": 61' in jennie("-v", "council", "show").out


def test_a_dry_run_says_so(jennie: Jennie) -> None:
    """Nothing is kept, so there is nothing to show."""
    ran = jennie("council", "run", "--dry-run")
    assert (0, "시험 실행: 아무것도 저장하지 않았습니다.\n") == (ran.code, ran.err)
    shown = jennie("council", "show")
    assert 4 == shown.code
    assert "jennie council run" in shown.err
    missing = jennie("--json", "council", "show", "--date", "2026-03-03")
    assert "jennie council run --date 2026-03-03" == missing.document["error"]["hint"]


def test_a_day_off_is_skipped_without_failing(jennie: Jennie) -> None:
    """A weekend, a holiday by its name, and a day without anything to read."""
    for day, words in (
        ("2026-02-28", "(주말)"),
        ("2026-03-02", "2026-03-02"),
        ("2026-03-03", "브리핑"),
    ):
        ran = jennie("council", "run", "--date", day)
        assert 0 == ran.code
        assert words in ran.out
    doc = jennie("--json", "council", "run", "--date", "2026-02-28").document
    assert ("skipped", "closed", False, None) == (
        doc["status"],
        doc["reason"],
        doc["kept"],
        doc["insight"],
    )


def test_a_day_to_come_is_refused(jennie: Jennie) -> None:
    """Nobody is asked about it, and both days are named."""
    ran = jennie("council", "run", "--date", "2026-03-05")
    assert 4 == ran.code
    assert "2026-03-05 is after today, 2026-03-04" in ran.err
    assert "jennie council run" in ran.err


def test_a_class_that_its_score_is_not_is_noted(
    jennie: Jennie, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page and the document say who stated it; the score's own class is ruled."""
    told = agreeing(chief_judge=judge(95, final_sentiment="bearish"))
    seat(monkeypatch, FakeModels(told))
    jennie("council", "run")
    assert "점수를 따랐습니다" in jennie("council", "show").out
    shown = jennie("--json", "council", "show").document["insight"]
    assert ({"chief_judge": "bearish"}, "bullish") == (shown["overruled"], shown["sentiment"])


def test_a_degraded_run_names_who_was_silent(
    jennie: Jennie, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Names that do not exist are told as well."""
    told = agreeing(risk_analyst=DOWN, chief_judge=judge(strategies_to_favor=["HODL"]))
    seat(monkeypatch, FakeModels(told))
    page = jennie("council", "run").out
    for words in (
        "불완전: 리스크 분석가 민지 응답 없음",
        "정치 위험 모름",
        "합의 모름",
        "없는 이름이라 뺀 것 1개: HODL",
    ):
        assert words in page
    assert "Incomplete: no answer from risk analyst Minji" in (
        jennie("--lang", "en", "council", "show").out
    )


def test_no_strategist_no_run(jennie: Jennie, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit 6 with who was asked, and what stood before is shown as before."""
    before = jennie("council", "run").out
    seat(monkeypatch, FakeModels(agreeing(strategist=DOWN)))
    failed = jennie("--json", "council", "run")
    assert (6, "no_answer") == (failed.code, failed.document["error"]["code"])
    assert before == jennie("council", "show").out


def test_a_dear_run_is_said_aloud(jennie: Jennie, monkeypatch: pytest.MonkeyPatch) -> None:
    """More than council.warn_usd, in dollars of the tokens' price."""
    monkeypatch.setitem(PRICES, "reasoning", (100_000_000, 100_000_000))
    ran = jennie("council", "run")
    assert "이번 회의 비용이 $0.3600로 기준 $0.30을 넘었습니다." in ran.err
    assert "비용  $0.3600 · 522원" in ran.out


def test_an_old_insight_is_not_taken_for_todays(jennie: Jennie) -> None:
    """It is shown with its day."""
    assert 0 == jennie("council", "run").code
    later = jennie("--clock", "2026-03-05T08:00:00+09:00", "council", "show")
    assert "2026-03-04 카운슬" in later.out
    assert "오늘 것이 아님" in later.out


def test_a_question_is_answered_and_its_report_kept(
    jennie: Jennie, home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Verdicts, plan, dissent and cost on the page; all of it in the report."""
    script = {"sage_answer": [ANSWER, VETO, ANSWER], "sage_plan": PLAN}
    models = FakeModels(script)
    seat(monkeypatch, models)
    file = tmp_path / "policy.py"
    file.write_text("hard_stop_pct = 12\n", encoding="utf-8")
    asked = jennie("council", "ask", "넓혀도 되나?", "--file", str(file))
    assert 0 == asked.code
    for words in (
        "리스크 분석가 민지: veto 90/100",
        "1. 재기",
        "다른 의견\n  · 리스크 분석가 민지: veto\n  · 민지: 이르다",
        "thinking-1",
    ):
        assert words in asked.out
    (report,) = (home / "reports").glob("council_report_*.md")
    assert str(report) in asked.out
    assert "policy.py" in report.read_text("utf-8")
    assert "| hard_stop_pct = 12" in models.words("sage_answer")


def test_the_document_of_a_question(jennie: Jennie, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a plan the answers stand, and who was silent is named."""
    script = {"sage_answer": [ANSWER, VETO, ANSWER], "sage_plan": DOWN}
    seat(monkeypatch, FakeModels(script))
    doc = jennie("--json", "council", "ask", "넓혀도 되나?").document
    assert (None, {"risk_analyst": "veto"}, ["plan"], None) == (
        doc["plan"],
        doc["dissent"]["verdicts"],
        list(doc["failures"]),
        doc["file"],
    )
    assert json.loads(json.dumps(ANSWER)) == doc["answers"]["strategist"]
    assert {"role", "model", "tokens_in", "tokens_out", "cost_usd", "cost_krw"} == {*doc["cost"][0]}
    page = jennie("council", "ask", "넓혀도 되나?").out
    assert "계획을 쓴 사람이 없습니다." in page
    assert "· 계획: " in page


def test_a_file_that_is_no_text_is_refused(jennie: Jennie, tmp_path: Path) -> None:
    """Exit 4 before anybody is asked."""
    file = tmp_path / "binary.bin"
    file.write_bytes(b"\xff\xfe\x00")
    assert 4 == jennie("council", "ask", "?", "-f", str(file)).code
    assert [4, 4] == [jennie("council", "ask", query).code for query in (" ", "가" * 8_001)]
