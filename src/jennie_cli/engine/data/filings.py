"""What a filing is about, read from its name; the register's list does not tell it otherwise."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class FilingCategory(StrEnum):
    """Sorts of filings, as a trader calls them."""

    EARNINGS = "실적"
    ORDER = "수주"
    ORDER_LOST = "계약해지"
    PAID_INCREASE = "유상증자"
    BONUS_ISSUE = "무상증자"
    REDUCTION = "감자"
    BONDS = "사채"
    TREASURY = "자기주식"
    DIVIDEND = "배당"
    MAJOR_HOLDER = "최대주주변경"
    LAWSUIT = "소송"
    AUDIT = "감사의견"
    HALT = "거래정지"
    EMBEZZLEMENT = "횡령·배임"
    STOPPED = "생산·영업중단"
    MERGER = "합병·분할"
    INVESTMENT = "투자"
    MATTER = "주요경영사항"
    STAKE = "지분"
    RUMOUR = "해명·조회공시"
    PERIODIC = "정기보고"
    MEETING = "안내"
    OTHER = "기타"


HOT_FILINGS = frozenset(
    {
        FilingCategory.EARNINGS,
        FilingCategory.ORDER,
        FilingCategory.ORDER_LOST,
        FilingCategory.PAID_INCREASE,
        FilingCategory.BONUS_ISSUE,
        FilingCategory.REDUCTION,
        FilingCategory.BONDS,
        FilingCategory.TREASURY,
        FilingCategory.DIVIDEND,
        FilingCategory.MAJOR_HOLDER,
        FilingCategory.LAWSUIT,
        FilingCategory.AUDIT,
        FilingCategory.HALT,
        FilingCategory.EMBEZZLEMENT,
        FilingCategory.STOPPED,
        FilingCategory.MERGER,
        FilingCategory.INVESTMENT,
        FilingCategory.MATTER,
    }
)
"""Categories that move a price on the day: these are news."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FilingName:
    """A filing's name without its marks; `corrects` says that it mends an earlier one."""

    name: str
    category: FilingCategory
    corrects: bool


_WORDS: Sequence[tuple[FilingCategory, tuple[str, ...]]] = (
    # the exact before the general: a contract called off is no order
    (FilingCategory.EMBEZZLEMENT, ("횡령", "배임")),
    (
        FilingCategory.AUDIT,
        ("감사의견", "감사보고서", "의견거절", "한정의견", "내부회계관리제도"),
    ),
    (FilingCategory.LAWSUIT, ("소송", "가처분", "판결", "파산", "회생절차")),
    (
        FilingCategory.HALT,
        ("거래정지", "매매거래", "상장폐지", "상장적격성", "관리종목", "정리매매", "불성실공시"),
    ),
    (FilingCategory.ORDER_LOST, ("공급계약해지", "계약해지")),
    (FilingCategory.ORDER, ("단일판매", "공급계약", "수주")),
    (
        FilingCategory.EARNINGS,
        ("잠정)실적", "영업실적", "잠정실적", "매출액또는손익구조", "결산실적", "실적전망"),
    ),
    (FilingCategory.RUMOUR, ("풍문또는보도", "조회공시")),
    (FilingCategory.PAID_INCREASE, ("유상증자", "유무상증자")),
    (FilingCategory.BONUS_ISSUE, ("무상증자",)),
    (FilingCategory.REDUCTION, ("감자", "주식병합")),
    (FilingCategory.BONDS, ("전환사채", "신주인수권부사채", "교환사채", "사채권", "청구권행사")),
    (FilingCategory.TREASURY, ("자기주식", "자사주", "주식소각")),
    (FilingCategory.DIVIDEND, ("배당",)),
    (FilingCategory.MAJOR_HOLDER, ("최대주주변경", "경영권변경", "최대주주등소유주식변동")),
    (FilingCategory.MERGER, ("합병", "분할", "주식교환", "주식이전", "영업양수", "영업양도")),
    (FilingCategory.STOPPED, ("생산중단", "영업정지", "생산재개", "재해발생", "화재")),
    (
        FilingCategory.INVESTMENT,
        ("신규시설투자", "시설투자", "타법인주식", "유형자산", "시설외투자", "특허권", "임상"),
    ),
    (FilingCategory.MATTER, ("투자판단관련",)),
    (
        FilingCategory.STAKE,
        ("대량보유", "소유상황보고", "공개매수", "의결권", "주식등의", "지분"),
    ),
    (FilingCategory.PERIODIC, ("사업보고서", "반기보고서", "분기보고서")),
    (
        FilingCategory.MEETING,
        ("기업설명회", "주주총회", "주주명부", "기업가치제고", "장래사업", "사외이사"),
    ),
)
_MARKS = re.compile(r"^\s*(?:\[([^\]]{1,20})\]\s*)")
_CORRECTS = ("정정", "변경등록", "연장결정")
_SPACES = re.compile(r"\s+")


def read_filing(report_name: str) -> FilingName:
    """Return what a filing's name says: its marks (`[기재정정]`) apart, and its category.

    Spaces and the dots between words (ㆍ, ·) do not count; a name nobody knows is OTHER.
    """
    name, corrects = _SPACES.sub(" ", report_name).strip(), False
    while mark := _MARKS.match(name):
        corrects = corrects or any(word in mark[1] for word in _CORRECTS)
        name = name[mark.end() :].strip()
    plain = re.sub(r"[\sㆍ·‧•]", "", name)
    found = (category for category, words in _WORDS if any(word in plain for word in words))
    return FilingName(name=name, category=next(found, FilingCategory.OTHER), corrects=corrects)
