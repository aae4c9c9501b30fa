"""The codes of KIS and what they are called here."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from jennie_cli.engine.model import Market, OrderType, Side, StockStatus


class OrderDivision(StrEnum):
    """ORD_DVSN: how an order names its price and how long it stays."""

    LIMIT = "00"
    MARKET = "01"
    CONDITIONAL_LIMIT = "02"
    BEST_LIMIT = "03"
    PRIORITY_LIMIT = "04"
    PRE_OPEN = "05"
    POST_CLOSE = "06"
    OFF_HOURS = "07"
    LIMIT_IOC = "11"
    LIMIT_FOK = "12"
    MARKET_IOC = "13"
    MARKET_FOK = "14"
    BEST_IOC = "15"
    BEST_FOK = "16"
    MIDPOINT = "21"
    STOP_LIMIT = "22"
    MIDPOINT_IOC = "23"
    MIDPOINT_FOK = "24"
    PRE_MARKET_LIMIT = "27"
    PRE_MARKET_BEST = "28"
    PRE_MARKET_PRIORITY = "29"
    AFTER_LIMIT = "41"
    AFTER_LIMIT_IOC = "42"
    AFTER_LIMIT_FOK = "43"
    AFTER_BEST = "44"
    AFTER_BEST_IOC = "45"
    AFTER_BEST_FOK = "46"
    AFTER_PRIORITY = "47"

    @property
    def priced(self) -> bool:
        """Whether ORD_UNPR holds a price; otherwise it is "0"."""
        return self in _PRICED


_PRICED = frozenset(
    {
        OrderDivision.LIMIT,
        OrderDivision.CONDITIONAL_LIMIT,
        OrderDivision.PRE_OPEN,
        OrderDivision.OFF_HOURS,
        OrderDivision.LIMIT_IOC,
        OrderDivision.LIMIT_FOK,
        OrderDivision.STOP_LIMIT,
        OrderDivision.PRE_MARKET_LIMIT,
        OrderDivision.AFTER_LIMIT,
        OrderDivision.AFTER_LIMIT_IOC,
        OrderDivision.AFTER_LIMIT_FOK,
    }
)

DIVISIONS: Mapping[OrderType, OrderDivision] = MappingProxyType(
    {OrderType.LIMIT: OrderDivision.LIMIT, OrderType.MARKET: OrderDivision.MARKET}
)


def order_type(code: str) -> OrderType:
    """Return what an ORD_DVSN is to us: with a price a limit, without one a market order.

    ValueError for a code that is not in the table.
    """
    return OrderType.LIMIT if OrderDivision(code).priced else OrderType.MARKET


class ChangeDivision(StrEnum):
    """RVSE_CNCL_DVSN_CD and, as one digit, RCTF_CLS of a notice."""

    MODIFY = "01"
    CANCEL = "02"


class ExchangeId(StrEnum):
    """EXCG_ID_DVSN_CD; ALL only in a query."""

    KRX = "KRX"
    NXT = "NXT"
    SOR = "SOR"
    ALL = "ALL"


class MarketDivision(StrEnum):
    """FID_COND_MRKT_DIV_CODE."""

    KRX = "J"
    NXT = "NX"
    UNIFIED = "UN"
    INDEX = "U"
    TALLY = "V"


class Sign(StrEnum):
    """PRDY_VRSS_SIGN: where a price stands against the base price."""

    UPPER_LIMIT = "1"
    UP = "2"
    FLAT = "3"
    LOWER_LIMIT = "4"
    DOWN = "5"


def sign_of(price: int, *, base: int, upper: int, lower: int) -> Sign:
    """Return the sign code of a price in won; a limit of 0 is none."""
    if price == upper and upper:
        return Sign.UPPER_LIMIT
    if price == lower and lower:
        return Sign.LOWER_LIMIT
    return Sign.UP if price > base else Sign.DOWN if price < base else Sign.FLAT


_DIRECTIONS: Mapping[str, int] = MappingProxyType(
    {Sign.UPPER_LIMIT: 1, Sign.UP: 1, Sign.LOWER_LIMIT: -1, Sign.DOWN: -1}
)


def change_of(sign: str, told: int) -> int:
    """Return a change in won with its sign; KIS writes falls with a minus or without one.

    Raises ValueError for a change that its sign code does not bear out.
    """
    if not told:
        return 0
    direction = _DIRECTIONS.get(sign, 0)
    if not direction or (told < 0 < direction):
        raise ValueError(f"sign {sign!r} of change {told}")
    return direction * abs(told)


SIDES: Mapping[Side, str] = MappingProxyType({Side.SELL: "01", Side.BUY: "02"})
"""SLL_BUY_DVSN_CD and SELN_BYOV_CLS."""

_SIDE_OF = {code: side for side, code in SIDES.items()}


def side_of(code: str) -> Side:
    """Return the side of a code; ValueError for anything else."""
    try:
        return _SIDE_OF[code.strip().zfill(2)]
    except KeyError:
        raise ValueError(f"{code!r} is no side") from None


INDEX_CODES: Mapping[str, str] = MappingProxyType(
    {"KOSPI": "0001", "KOSDAQ": "1001", "KOSPI200": "2001", "KOSDAQ150": "3003"}
)
"""Names of indices and their codes under the market division U."""

MARKET_INDEX: Mapping[Market, str] = MappingProxyType(
    {market: INDEX_CODES[market.value] for market in Market}
)

STATUS_CODES: Mapping[StockStatus, str] = MappingProxyType(
    {
        StockStatus.NORMAL: "55",
        StockStatus.ADMINISTRATIVE: "51",
        StockStatus.RISK: "52",
        StockStatus.WARNING: "53",
        StockStatus.HALTED: "58",
        StockStatus.OVERHEATED: "59",
        StockStatus.LIQUIDATION: "00",
    }
)
"""What iscd_stat_cls_code shows; liquidation has no code of its own and is told by sltr_yn."""

ALERT_CODES: Mapping[StockStatus, str] = MappingProxyType(
    {StockStatus.WARNING: "02", StockStatus.RISK: "03"}
)
"""What mrkt_warn_cls_code shows; without an alert it is 00."""

_STATUS_OF = {
    code: status for status, code in STATUS_CODES.items() if status is not StockStatus.LIQUIDATION
}
_ALERT_OF = {code: status for status, code in ALERT_CODES.items()}


def status_of(
    code: str,
    *,
    halted: str = "N",
    liquidation: str = "N",
    alert: str = "00",
    overheated: str = "N",
    managed: str = "N",
) -> StockStatus:
    """Return the designation that binds most: the status code and the single marks together.

    The marks are temp_stop_yn, sltr_yn, mrkt_warn_cls_code, short_over_yn and mang_issu_yn.
    """
    named = _STATUS_OF.get(code.strip(), StockStatus.NORMAL)
    found = {named, _ALERT_OF.get(alert.strip(), StockStatus.NORMAL)}
    marks = (
        (halted, StockStatus.HALTED),
        (liquidation, StockStatus.LIQUIDATION),
        (managed, StockStatus.ADMINISTRATIVE),
        (overheated, StockStatus.OVERHEATED),
    )
    found |= {status for mark, status in marks if mark.strip() == "Y"}
    return next(status for status in _BINDING if status in found)


_BINDING = (
    StockStatus.HALTED,
    StockStatus.LIQUIDATION,
    StockStatus.ADMINISTRATIVE,
    StockStatus.RISK,
    StockStatus.WARNING,
    StockStatus.OVERHEATED,
    StockStatus.NORMAL,
)
"""Strongest first."""


def vi_active(code: str) -> bool:
    """Whether a vi_cls_code tells of a running volatility interruption."""
    return code.strip() not in {"", "N", "0", "(null)"}


class Phase(StrEnum):
    """NEW_MKOP_CLS_CODE of a trade: first digit the part of the day, second the kind."""

    BEFORE_OPEN = "10"
    NORMAL = "20"
    CLOSE_PRICE = "31"
    SINGLE_PRICE = "40"


class HourClass(StrEnum):
    """HOUR_CLS_CODE."""

    SESSION = "0"
    AFTER_CLOSE = "A"
    BEFORE_OPEN = "B"
    VI = "C"
    SINGLE_PRICE = "D"


class Expecting(StrEnum):
    """ANTC_MKOP_CLS_CODE: whose expected price is told. Once that auction is over the price stays
    as it was until the next one begins, seconds after its time.
    """

    OPENING_OVER = "112"
    CLOSING = "121"
    CLOSING_OVER = "129"
    RUNNING = "311"


class MarketClass(StrEnum):
    """MARKET_CLS_CODE, the last field of trades and books since 2026-09-14."""

    PRE = "1"
    REGULAR = "2"
    AFTER = "3"
    CLOSE_PRICE = "5"


class Operation(StrEnum):
    """MKOP_CLS_CODE of the market-operation channel."""

    OPENING_AUCTION = "110"
    OPEN = "112"
    CLOSING_AUCTION = "121"
    CLOSE = "129"
    MARKET_HALT = "164"
    BREAKER_START = "174"
    BREAKER_END = "175"
    BREAKER_HALT = "182"
    BREAKER_AUCTION = "184"
    BREAKER_RESUME = "185"
    SELL_SIDECAR_ON = "387"
    SELL_SIDECAR_OFF = "388"
    BUY_SIDECAR_ON = "397"
    BUY_SIDECAR_OFF = "398"


BREAKER_OPERATIONS = frozenset(
    {
        Operation.BREAKER_START,
        Operation.BREAKER_END,
        Operation.BREAKER_HALT,
        Operation.BREAKER_AUCTION,
        Operation.BREAKER_RESUME,
    }
)
"""The stages of a market-wide circuit breaker."""

BREAKER_ENDS = frozenset({Operation.BREAKER_END, Operation.BREAKER_RESUME})
"""Those after which the market trades again."""
