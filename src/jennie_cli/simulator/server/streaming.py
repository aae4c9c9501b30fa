"""Records of the market channels: trades, book, expected price, operation of the market."""

from dataclasses import dataclass
from datetime import date

from jennie_cli.kis_wire import LAYOUTS
from jennie_cli.kis_wire.codes import Expecting, HourClass, MarketClass
from jennie_cli.kis_wire.codes import Phase as SessionCode
from jennie_cli.kis_wire.text import NULL
from jennie_cli.simulator.exchange import Board, Depth, Phase, Stretch
from jennie_cli.simulator.server.figures import against, change_pct, clock_text, pct, sign

Record = tuple[str, ...]

_LEVELS = 10
_EXPECTED_FIELDS = 45
_AUCTION_TAKER = "3"


@dataclass(frozen=True, slots=True, kw_only=True)
class StockDay:
    """What a stock's records need of the day beside the board: yesterday's volume and the shares
    in issue (0 = unknown), and its status code.
    """

    day: date
    past_volume: int
    shares: int
    status: str


@dataclass(slots=True, kw_only=True)
class Standing:
    """What the trades of a stock share: its board and the totals of its book when last looked at,
    and when its extremes were reached (price, ms). `used` counts the stretches told with it.
    """

    board: Board
    facts: StockDay
    total_ask: str
    total_bid: str
    high: tuple[int, int]
    low: tuple[int, int]
    used: int = 0

    @classmethod
    def of(cls, board: Board, depth: Depth, facts: StockDay) -> "Standing":
        """Return how a stock stands now."""
        return cls(
            board=board,
            facts=facts,
            total_ask=str(depth.total_ask),
            total_bid=str(depth.total_bid),
            high=(board.high, board.high_at_ms),
            low=(board.low, board.low_at_ms),
        )


def trade_records(stretch: Stretch, standing: Standing) -> list[Record]:
    """Return one H0STCNT0 record a trade, 47 fields."""
    at = stretch.at_ms.tolist()
    high_at, standing.high = _since(stretch.high.tolist(), at, standing.high)
    low_at, standing.low = _since(stretch.low.tolist(), at, standing.low)
    standing.used += 1
    day = f"{standing.facts.day:%Y%m%d}"
    return [
        _trade([stretch.open, *row], high_at[place], low_at[place], day, standing)
        for place, row in enumerate(stretch.trades())
    ]


def _since(
    levels: list[int], at: list[int], known: tuple[int, int]
) -> tuple[list[int], tuple[int, int]]:
    """Return when each trade's extreme was reached, and the last of them with its price."""
    found: list[int] = []
    for level, moment in zip(levels, at, strict=True):
        if level != known[0]:
            known = (level, moment)
        found.append(min(known[1], moment))
    return found, known


def _trade(row: list[int], high_at: int, low_at: int, day: str, standing: Standing) -> Record:
    opened, at, price, qty, taker, volume, value, high, low = row[:9]
    buys, sells, bought, sold, ask, ask_qty, bid, bid_qty = row[9:]
    board, facts = standing.board, standing.facts
    return (
        board.code,
        clock_text(at),
        str(price),
        sign(board, price),
        str(price - board.base_price),
        change_pct(price, board.base_price),
        f"{value / volume:.2f}",
        str(opened),
        str(high),
        str(low),
        str(ask),
        str(bid),
        str(qty),
        str(volume),
        str(value),
        str(sells),
        str(buys),
        str(buys - sells),
        pct(bought, sold),
        str(sold),
        str(bought),
        str(taker) if taker else _AUCTION_TAKER,
        f"{bought / volume:.2f}",
        pct(volume, facts.past_volume),
        clock_text(board.open_at_ms),
        against(price, opened),
        str(price - opened),
        clock_text(high_at),
        against(price, high),
        str(price - high),
        clock_text(low_at),
        against(price, low),
        str(price - low),
        day,
        SessionCode.NORMAL,
        "N",
        str(ask_qty),
        str(bid_qty),
        standing.total_ask,
        standing.total_bid,
        pct(volume, facts.shares),
        "0",
        "0.00",
        HourClass.SESSION,
        "",
        str(board.static_reference),
        MarketClass.REGULAR,
    )


def hour_class(board: Board) -> HourClass:
    """Return HOUR_CLS_CODE of what a stock is doing."""
    match board.phase:
        case Phase.BEFORE | Phase.OPENING:
            return HourClass.BEFORE_OPEN
        case Phase.VI | Phase.AUCTION:
            return HourClass.VI
        case Phase.SINGLE_PRICE:
            return HourClass.SINGLE_PRICE
        case Phase.CLOSING | Phase.AFTER:
            return HourClass.AFTER_CLOSE
        case _:
            return HourClass.SESSION


def expectation(board: Board) -> tuple[Expecting, int, int]:
    """Return ANTC_MKOP_CLS_CODE, the expected price in won and its shares.

    Between auctions the price of the last one stands, with the day's shares; before the first, 0.
    """
    match board.phase:
        case Phase.CLOSING:
            return Expecting.CLOSING, board.expected_price, board.expected_qty
        case phase if phase.auction or phase is Phase.BEFORE:
            return Expecting.RUNNING, board.expected_price, board.expected_qty
        case Phase.AFTER:
            return Expecting.OPENING_OVER, board.last, board.volume
        case _:
            return Expecting.OPENING_OVER, board.open, board.volume


def book_record(board: Board, depth: Depth) -> Record:
    """Return the H0STASP0 record of now, 63 fields; levels that are empty are 0."""
    asks, bids = _levels(depth.asks), _levels(depth.bids)
    expected = board.expected_price
    middle = (board.ask + board.bid) // 2 if board.ask and board.bid else 0
    return (
        board.code,
        clock_text(board.at_ms),
        hour_class(board),
        *(str(price) for price, _ in asks),
        *(str(price) for price, _ in bids),
        *(str(qty) for _, qty in asks),
        *(str(qty) for _, qty in bids),
        str(depth.total_ask),
        str(depth.total_bid),
        "0",
        "0",
        str(expected),
        str(board.expected_qty),
        str(board.expected_qty),
        str(expected - board.base_price) if expected else "0",
        sign(board, expected) if expected else "3",
        change_pct(expected, board.base_price) if expected else "0.00",
        str(board.volume),
        "0",
        "0",
        "0",
        "0",
        "",
        str(middle),
        "0",
        "0",
        MarketClass.REGULAR,
    )


def _levels(side: tuple[tuple[int, int], ...]) -> list[tuple[int, int]]:
    return [*side[:_LEVELS], *[(0, 0)] * (_LEVELS - len(side[:_LEVELS]))]


def expected_record(board: Board, depth: Depth, facts: StockDay) -> Record:
    """Return the H0STANC0 record of a running auction: 45 fields laid out like a trade's, and a
    blank one.
    """
    expected = board.expected_price
    known = {
        "MKSC_SHRN_ISCD": board.code,
        "STCK_CNTG_HOUR": clock_text(board.at_ms),
        "STCK_PRPR": str(expected),
        "PRDY_VRSS_SIGN": sign(board, expected),
        "PRDY_VRSS": str(expected - board.base_price),
        "PRDY_CTRT": change_pct(expected, board.base_price),
        "WGHN_AVRG_STCK_PRC": f"{board.vwap:.2f}",
        "STCK_OPRC": str(board.open),
        "STCK_HGPR": str(board.high),
        "STCK_LWPR": str(board.low),
        "ASKP1": str(board.ask),
        "BIDP1": str(board.bid),
        "CNTG_VOL": str(board.expected_qty),
        "ACML_VOL": str(board.volume),
        "ACML_TR_PBMN": str(board.value),
        "BSOP_DATE": f"{facts.day:%Y%m%d}",
        "NEW_MKOP_CLS_CODE": session_code(board),
        "TRHT_YN": "Y" if board.halted else "N",
        "ASKP_RSQN1": str(board.ask_qty),
        "BIDP_RSQN1": str(board.bid_qty),
        "TOTAL_ASKP_RSQN": str(depth.total_ask),
        "TOTAL_BIDP_RSQN": str(depth.total_bid),
        "VOL_TNRT": pct(board.volume, facts.shares),
        "HOUR_CLS_CODE": hour_class(board),
    }
    names = LAYOUTS["H0STCNT0"].forms[-1][:_EXPECTED_FIELDS]
    return (*(known.get(name, "0") for name in names), "")


def session_code(board: Board) -> SessionCode:
    """Return NEW_MKOP_CLS_CODE of what a stock is doing."""
    match board.phase:
        case Phase.BEFORE | Phase.OPENING:
            return SessionCode.BEFORE_OPEN
        case Phase.AFTER:
            return SessionCode.CLOSE_PRICE
        case Phase.CONTINUOUS:
            return SessionCode.NORMAL
        case _:
            return SessionCode.SINGLE_PRICE


def operation_record(board: Board, facts: StockDay, *, operation: str) -> Record:
    """Return an H0STMKO0 record, 11 fields; `operation` is MKOP_CLS_CODE, blank for none."""
    return (
        board.code,
        "Y" if board.halted else "N",
        NULL,
        operation,
        "",
        "",
        "",
        facts.status,
        "Y" if board.vi is not None else "N",
        "N",
        "1",
    )
