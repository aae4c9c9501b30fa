"""The analyst's answer, read strictly."""

from typing import Any

import pytest
from tests.unit.engine.analyst.opinions import CALM

from jennie_cli.engine.analyst import OPINION, AnalystReply
from jennie_cli.engine.llm import WrongShape


def read(score: Any, grade: Any = "B", reason: Any = CALM) -> AnalystReply:
    """Read one answer."""
    return OPINION.read({"score": score, "grade": grade, "reason": reason})


@pytest.mark.parametrize("score", [72, "72", " 72 ", 72.0, "72.0"])
def test_a_whole_number_may_be_written_as_text(score: Any) -> None:
    """A numeric text and a zero fraction are the number."""
    assert 72 == read(score).score


@pytest.mark.parametrize(
    "score",
    [
        9999,
        "-5",
        -5,
        101,
        10**40,
        float("nan"),
        float("inf"),
        72.5,
        "NaN",
        "칠십이",
        "七十二",
        "７２",
        "72점",
        True,
        None,
        [72],
        "",
    ],
)
def test_a_wrong_score_is_no_opinion(score: Any) -> None:
    """Nothing outside 0..100 is clamped, and no other digits are understood."""
    with pytest.raises(WrongShape, match="score"):
        read(score)


@pytest.mark.parametrize("grade", ["E", "", "SS", None, 3])
def test_a_grade_outside_the_scale_is_refused(grade: Any) -> None:
    """S, A, B, C, D and F are all there is, in either case."""
    assert "F" == read(30, grade=" f ").grade
    with pytest.raises(WrongShape, match="grade"):
        read(72, grade=grade)


@pytest.mark.parametrize("reason", ["짧다", "  \n\x00 ", "가" * 501, None, 7])
def test_a_reason_has_ten_to_five_hundred_letters(reason: Any) -> None:
    """It is measured after blanks and controls are gone, and too long a one is not cut."""
    with pytest.raises(WrongShape, match="reason"):
        read(72, reason=reason)


@pytest.mark.parametrize(
    "reason",
    [
        "The contract is real but priced in.",
        "o_(8SMcTOܶOܶOܶOܶ$իLE",
        "공급계약 contract is real, hold it",
        "1234567890 %%%",
    ],
)
def test_a_reason_is_written_in_korean(reason: str) -> None:
    """Words of another language and noise are refused, a Korean sentence with names is read."""
    assert read(72, reason="SK하이닉스 HBM 공급 계약은 실체입니다.").score
    with pytest.raises(WrongShape, match="Korean"):
        read(72, reason=reason)


def test_a_reason_loses_what_is_no_text() -> None:
    """Line ends, controls and formatting letters do not reach the record."""
    assert (
        "좋은 소식이 여럿 있습니다"
        == read(72, reason="좋은\n소식이 \x1b여럿\u202e 있습니다").reason
    )


@pytest.mark.parametrize("plain", [None, [], "72", 72, {}, {"score": 72}])
def test_every_complaint_is_told(plain: Any) -> None:
    """What is no object of three members is refused with a complaint for each fault."""
    with pytest.raises(WrongShape) as refused:
        OPINION.read(plain)
    assert len(refused.value.complaints) == (3 - len(plain) if isinstance(plain, dict) else 1)


def test_the_schema_that_is_sent_says_what_the_reader_accepts() -> None:
    """The schema written by hand and the model that reads agree on every bound."""
    asked, accepted = OPINION.schema["properties"], AnalystReply.model_json_schema()["properties"]
    for name, form in asked.items():
        assert form == {k: v for k, v in accepted[name].items() if k != "title"}
    assert OPINION.schema["required"] == AnalystReply.model_json_schema()["required"]
