"""The fact check: figures and dates of a reason against what was shown."""

import pytest

from jennie_cli.engine.analyst import unsupported

SHOWN = """정량 점수: 71.25
거래일: 2025-06-30
- 모멘텀: 14.10점 (만점 20점)
6개월 초과 +51%p PER: 12.34배 ROE: 8.50% 시가총액: 12,345억원
- [2025-06-29] 가온, 27억 규모 공급계약 체결, 3분기 실적 +5.5%, 외국인 5일 연속 순매수
20일 고점 대비: -1.20%"""


@pytest.mark.parametrize(
    "reason",
    [
        "정량 71.25점에서 조금 올려 76점으로 봅니다.",
        "정량 71.3점, 곧 71점대라 그대로",
        "약 5점을 더합니다.",
        "PER 12.3배, ROE 8.5%로 무난합니다.",
        "PER 12로 낮습니다.",
        "6월 29일 27억원 계약은 실체입니다.",
        "2025년 6월의 소식, 2025.06.29 보도",
        "6월과 2025년에 3분기 실적",
        "시가총액 1조 2,345억원",
        "시가총액 1.2조원",
        "외국인 5일 연속 순매수",
        "고점에서 1.2% 하락",
        "세 가지 이유와 2가지 위험, 2차전지와 5G",
        "５１%p를 앞섰습니다.",
        "만점은 20점",
    ],
)
def test_what_was_shown_is_supported(reason: str) -> None:
    """Figures that round or cut to a shown one, dates as far as told, own scores, plain counts."""
    assert () == unsupported(reason, SHOWN, own_points=(76.0, 4.75))


@pytest.mark.parametrize(
    ("reason", "wrong"),
    [
        ("6월 28일 계약", ("6월 28일",)),
        ("2024년 실적", ("2024년",)),
        ("7월 발표", ("7월",)),
        ("4분기 실적", ("4분기",)),
        ("시가총액 1조 2,300억원", ("1조 2,300억원",)),
        ("매출 3천만원", ("3천만원",)),
        ("5,000원 배당", ("5,000원",)),
        ("7일 연속", ("7일",)),
        ("1.2% 뒤에 +1.2% 상승", ("+1.2%",)),
        ("PER 15", ("PER 15",)),
        ("PER 12.34%", ("PER 12.34%",)),
        ("목표 85.5", ("85.5",)),
        ("코드 005930", ("005930",)),
        ("72점이 아니라 七十二점", ("72점", "七十二점")),
        ("10% 오르고 10% 내림", ("10%",)),
        ("매출 2조원, 이익 +2억원", ("2조원", "+2억원")),
    ],
)
def test_what_was_not_shown_is_named(reason: str, wrong: tuple[str, ...]) -> None:
    """Each invented figure or date is told once, as it was written."""
    assert wrong == unsupported(reason, SHOWN, own_points=(76.0, 4.75))


def test_nothing_is_supported_by_nothing() -> None:
    """Against an empty prompt every figure fails, and a reason without any passes."""
    assert ("12%",) == unsupported("12% 상승", "")
    assert () == unsupported("특별한 소식이 없습니다.", "")
