"""Categories by keywords."""

import pytest

from jennie_cli.engine.news import categories, classify


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("가온칩스텍, 100억 규모 공급계약 체결", "수주"),
        ("가온칩스텍 3분기 실적부진", "실적악화"),
        ("가온칩스텍 어닝쇼크", "실적악화"),
        ("가온칩스텍 호실적", "실적호재"),
        ("가온칩스텍 랜섬웨어에 고객 정보유출", "보안사고"),
        ("미국 기준금리 동결, 환율 하락", "시황"),
        ("가온칩스텍 신임 대표이사 선임", "인사"),
        ("가온칩스텍 m&a 추진", "M&A"),
        ("가온칩스텍, 기업설명회 개최", "General"),
        ("", "General"),
    ],
)
def test_a_text_has_the_category_of_its_keywords(text: str, name: str) -> None:
    """Negative and long keywords first; what is worth nothing can win where it stands alone."""
    assert name == classify(text).name


def test_the_most_keywords_times_their_worth_win() -> None:
    """Three of ten points beat one of fifteen; of equals the negative one wins."""
    assert "배당" == classify("배당 확대와 자사주 소각, 실적").name
    assert "서비스장애" == classify("접속장애 투자").name


def test_the_table_is_that_of_the_specification() -> None:
    """Sixteen categories; eight of them profit competitors."""
    table = categories()
    assert (16, 8) == (len(table), sum(c.benefit_points > 0 for c in table.values()))
    found = table["보안사고"]
    assert (-15, 10, 20, "HIGH") == (
        found.base_points,
        found.benefit_points,
        found.days,
        found.confidence,
    )
