"""The fact check: figures and dates of a reason against what was shown."""

import pytest

from jennie_cli.engine.analyst import unsupported

SHOWN = """종목: 가온칩스텍 (123450)
정량 점수: 71.25점
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


NEWS = """PBR: 1.30배 RSI14: 62 ROE: -3.0% EPS: 1,200원
가장 약한 항목:
- ROE 3점: 0.00점 (만점 8점)
- [2025-06-27] 5억달러 공급계약, 1Q 영업익 6.6조 2Q25 적자, 3분기 두 배 성장, 목표 5000
- [2025-06-26] 자사주 50만주 소각, 1만대 판매, 1조 2천5백억 수주, 점유율 0.6% 상승, 3만5천원 돌파
- [2025-06-25] 6,000억원 계약, 직원 3천명, 환율 2천5백원, 3억 5천만 달러 증자 +12.3% 3백20만원"""


@pytest.mark.parametrize(
    "reason",
    [
        "27일 보도된 계약, 25년 6월 27일",
        "1분기 영업이익 6조 6,000억원, 2025년 1분기, 2025년 2분기, 25년 3분기",
        "5억 달러, 50만 주 소각, 1만대, 3천 명",
        "수주 1조 2,500억원, 1조2천5백억원, 1조 2천 5백억, 주가 35,000원, 환율 2,500원, 320만원",
        "RSI14가 62점, RSI는 62, PBR이 1.3, PBR(주가순자산비율) 1.3배, ROE는 -3%, EPS는 1,200",
        "두배 성장과 12% 증가, 3억 5천만달러",
        "ROE 3점 항목이 0점입니다.",
        "이 배경과 만일 원화가 구조조정에 일조하면 이천 배터리 공장의 추억",
        "목표가 5000 근처, HBM3와 MA20에 닿음",
    ],
)
def test_true_figures_are_not_refused(reason: str) -> None:
    """Other ways to write the same amount, quarter, day or ratio are the same."""
    assert () == unsupported(reason, NEWS)


@pytest.mark.parametrize(
    ("reason", "wrong"),
    [
        ("RSI가 91로 과열", ("RSI가 91",)),
        ("RSI14가 91이라 과열", ("RSI14가 91",)),
        ("PER이 3에 불과", ("PER이 3",)),
        ("PER 1.3배로 싸다", ("PER 1.3배",)),
        ("ROE는 35 수준", ("ROE는 35",)),
        ("PER 14배", ("PER 14배",)),
        ("5억원 계약", ("5억원",)),
        ("50만원 소각", ("50만원",)),
        ("1만원 판매", ("1만원",)),
        ("1조원 계약, 점유율 1%", ("1조원", "1%")),
        ("영업이익 8조원", ("8조원",)),
        ("62% 증가, 5000% 상승", ("62%", "5000%")),
        ("27일 연속 상승", ("27일",)),
        ("2024년 1분기 실적", ("2024년 1분기",)),
        ("4월 24년 1월", ("24년 1월", "4월")),
        ("오천억원, 삼십 퍼센트, 세 배", ("오천억", "삼십 퍼센트", "세 배")),
        ("수백억 규모, 지분 절반 넘게, 십 배", ("수백억", "절반 넘", "십 배")),
    ],
)
def test_a_figure_needs_its_own_unit_and_label(reason: str, wrong: tuple[str, ...]) -> None:
    """Neither a figure of another unit or ratio nor a half as large one vouches for it."""
    assert wrong == unsupported(reason, NEWS)


def test_a_code_vouches_for_itself_alone() -> None:
    """A stock may be called by its code, and no amount rests on its digits."""
    assert () == unsupported("가온칩스텍(123450)의 계약, 123450은 무난", SHOWN)
    assert ("123450원", "123,450원") == unsupported("123450원, 123,450원", SHOWN)


def test_nothing_is_supported_by_nothing() -> None:
    """Against an empty prompt every figure fails, and a reason without any passes."""
    assert ("12%",) == unsupported("12% 상승", "")
    assert () == unsupported("특별한 소식이 없습니다.", "")
