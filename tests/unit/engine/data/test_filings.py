"""A filing's name tells what it is about, and whether it mends an earlier one."""

import json
from collections import Counter
from pathlib import Path

import pytest

from jennie_cli.engine.data import HOT_FILINGS, FilingCategory, FilingName, read_filing


@pytest.mark.parametrize(
    ("name", "category"),
    [
        ("연결재무제표기준영업(잠정)실적(공정공시)", "실적"),
        ("매출액또는손익구조30%(대규모법인은15%)이상변경", "실적"),
        ("단일판매ㆍ공급계약체결", "수주"),
        ("단일판매ㆍ공급계약해지", "계약해지"),
        ("주요사항보고서(유상증자결정)", "유상증자"),
        ("주요사항보고서(무상증자결정)", "무상증자"),
        ("주요사항보고서(감자결정)", "감자"),
        ("주요사항보고서(전환사채권발행결정)", "사채"),
        ("주요사항보고서(자기주식취득신탁계약체결결정)", "자기주식"),
        ("현금ㆍ현물배당결정              (중간배당)", "배당"),
        ("최대주주변경을수반하는주식양수도계약체결", "최대주주변경"),
        ("소송등의제기ㆍ신청(경영권분쟁소송)", "소송"),
        ("감사보고서제출", "감사의견"),
        ("주권매매거래정지", "거래정지"),
        ("횡령ㆍ배임혐의발생", "횡령·배임"),
        ("영업정지(종속회사의주요경영사항)", "생산·영업중단"),
        ("주요사항보고서(회사합병결정)", "합병·분할"),
        ("신규시설투자등(자율공시)", "투자"),
        ("투자판단관련주요경영사항", "주요경영사항"),
        ("주식등의대량보유상황보고서(약식)", "지분"),
        ("풍문또는보도에대한해명(미확정)", "해명·조회공시"),
        ("반기보고서 (2026.06)", "정기보고"),
        ("기업설명회(IR)개최(안내공시)", "안내"),
        ("기타경영사항(자율공시)", "기타"),
        ("", "기타"),
    ],
)
def test_a_category_is_read_from_the_name(name: str, category: str) -> None:
    """The exact goes before the general."""
    assert FilingCategory(category) == read_filing(name).category


@pytest.mark.parametrize(
    ("name", "bare", "corrects"),
    [
        ("[기재정정]주식소각결정", "주식소각결정", True),
        ("[첨부추가] [발행조건확정]  증권신고서", "증권신고서", False),
        ("[연장결정]공개매수신고서", "공개매수신고서", True),
        ("주식 소각", "주식 소각", False),
        ("[끝", "[끝", False),
    ],
)
def test_marks_are_taken_off_and_said(name: str, bare: str, corrects: bool) -> None:
    """A correction is one in whichever mark it stands."""
    read = read_filing(name)
    assert (bare, corrects) == (read.name, read.corrects)


def test_what_moves_a_price_is_hot_and_routine_is_not() -> None:
    """A stake's report comes daily; an order does not."""
    assert FilingCategory.ORDER in HOT_FILINGS
    assert FilingCategory.STAKE not in HOT_FILINGS
    assert FilingName(name="x", category=FilingCategory.OTHER, corrects=False) == read_filing("x")


@pytest.mark.data
def test_most_recorded_filings_have_a_category(market_data: Path) -> None:
    """Of 306 names from the register at most one in twenty is called other."""
    text = (market_data / "dart_disclosures.jsonl").read_text(encoding="utf-8")
    names = [json.loads(line)["report_name"] for line in text.splitlines()]
    counted = Counter(read_filing(name).category for name in names)
    assert 306 == counted.total()
    assert counted[FilingCategory.OTHER] <= 306 // 20
