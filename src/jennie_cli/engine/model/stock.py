"""A listed stock as the master knows it."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Market(StrEnum):
    """The two boards of the Korea Exchange that jennie trades."""

    KOSPI = "KOSPI"
    KOSDAQ = "KOSDAQ"


class SecurityKind(StrEnum):
    """What a code stands for; only common stock may be found by the scout."""

    COMMON = "COMMON"
    PREFERRED = "PREFERRED"
    SPAC = "SPAC"
    REIT = "REIT"
    ETF = "ETF"
    ETN = "ETN"


class StockStatus(StrEnum):
    """Exchange designations that end a stock's eligibility."""

    NORMAL = "NORMAL"
    HALTED = "HALTED"
    ADMINISTRATIVE = "ADMINISTRATIVE"
    LIQUIDATION = "LIQUIDATION"
    WARNING = "WARNING"
    RISK = "RISK"
    OVERHEATED = "OVERHEATED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """One row of the stock master, as known at some moment.

    `sector_fine` is the industry label of the source; `sector_group` one of the 14 groups;
    `sector_source` says how the group was found (naver, industry_fine, override, generated, none).
    """

    code: str
    name: str
    market: Market
    kind: SecurityKind = SecurityKind.COMMON
    status: StockStatus = StockStatus.NORMAL
    sector_fine: str = "기타"
    sector_group: str = "기타"
    sector_source: str = "none"
    shares: int | None = None
    listed_on: date | None = None
    delisted_on: date | None = None
