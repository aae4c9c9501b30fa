"""What the exchange shows of a stock: the board, the book and a stretch of its prints."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum

from jennie_cli.simulator.tapes import Ints


class Phase(StrEnum):
    """What a stock, or the market, is doing. AUCTION follows a break or a halt.

    SINGLE_PRICE: one of the auctions every 30 minutes. BREAK: the market-wide break.
    """

    BEFORE = "before"
    OPENING = "opening"
    CONTINUOUS = "continuous"
    VI = "vi"
    SINGLE_PRICE = "single_price"
    HALTED = "halted"
    BREAK = "break"
    AUCTION = "auction"
    CLOSING = "closing"
    AFTER = "after"

    @property
    def auction(self) -> bool:
        """Whether orders are gathered for one price."""
        return self in _AUCTIONS


_AUCTIONS = frozenset({Phase.OPENING, Phase.VI, Phase.SINGLE_PRICE, Phase.AUCTION, Phase.CLOSING})


class ViKind(StrEnum):
    """Which volatility interruption; the values are KIS's codes."""

    STATIC = "1"
    DYNAMIC = "2"
    BOTH = "3"


@dataclass(frozen=True, slots=True, kw_only=True)
class Vi:
    """Why a volatility interruption began, won: the price that would have traded, and the
    references it was too far from (`dynamic_reference` 0 before the day's first trade).

    `number` counts the interruptions of the stock's day from 1.
    """

    kind: ViKind
    price: int
    static_reference: int
    dynamic_reference: int
    number: int
    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """One stock now; prices won, quantities shares, `value` won. 0 stands for "not yet" or "none".

    Before the first trade `last` is the base price. `upper_limit` and `lower_limit` are 0 without
    limits. `bid`/`ask` are the best levels. `expected_*` are 0 outside a call auction.
    `static_reference` is the price of the last call auction (the base price before the first).
    """

    code: str
    at_ms: int
    phase: Phase
    base_price: int
    last: int
    last_qty: int
    last_aggressor: int
    last_at_ms: int
    open: int
    open_at_ms: int
    high: int
    high_at_ms: int
    low: int
    low_at_ms: int
    upper_limit: int
    lower_limit: int
    volume: int
    value: int
    trades: int
    buy_trades: int
    sell_trades: int
    buy_volume: int
    sell_volume: int
    ask: int
    ask_qty: int
    bid: int
    bid_qty: int
    expected_price: int
    expected_qty: int
    static_reference: int
    vi: Vi | None
    halted: bool

    @property
    def vwap(self) -> float:
        """Average price of the day weighted by shares, won; the last price before a trade."""
        return self.value / self.volume if self.volume else float(self.last)


@dataclass(frozen=True, slots=True, kw_only=True)
class Depth:
    """The order book: up to ten (price won, shares) a side, best first, never crossed.

    In a call auction it stands around the expected price.
    """

    code: str
    at_ms: int
    asks: tuple[tuple[int, int], ...]
    bids: tuple[tuple[int, int], ...]

    @property
    def total_ask(self) -> int:
        """Shares offered over all levels shown."""
        return sum(qty for _, qty in self.asks)

    @property
    def total_bid(self) -> int:
        """Shares wanted over all levels shown."""
        return sum(qty for _, qty in self.bids)


class StretchRow(IntEnum):
    """The rows of a stretch's table: a trade, then the day's sums and the book after it.

    Prices are won, quantities shares, VALUE won; ASK and BID are 0 where the side is empty.
    """

    AT_MS = 0
    PRICE = 1
    QTY = 2
    AGGRESSOR = 3
    VOLUME = 4
    VALUE = 5
    HIGH = 6
    LOW = 7
    BUY_TRADES = 8
    SELL_TRADES = 9
    BUY_VOLUME = 10
    SELL_VOLUME = 11
    ASK = 12
    ASK_QTY = 13
    BID = 14
    BID_QTY = 15


class _Row:
    """A row of a stretch's table, read as an attribute."""

    def __init__(self, row: StretchRow) -> None:
        self._row = row

    def __get__(self, stretch: "Stretch", owner: type) -> Ints:
        row: Ints = stretch.table[self._row]
        return row


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Consecutive trades of one stock, those of members' orders among them.

    `table` is (16, n), its rows named by StretchRow and read as attributes, (n,) each; `open` is
    the day's first price. `ask` and `bid` are the others' best, without members' resting orders.
    """

    code: str
    open: int
    table: Ints

    at_ms = _Row(StretchRow.AT_MS)
    price = _Row(StretchRow.PRICE)
    qty = _Row(StretchRow.QTY)
    aggressor = _Row(StretchRow.AGGRESSOR)
    volume = _Row(StretchRow.VOLUME)
    value = _Row(StretchRow.VALUE)
    high = _Row(StretchRow.HIGH)
    low = _Row(StretchRow.LOW)
    buy_trades = _Row(StretchRow.BUY_TRADES)
    sell_trades = _Row(StretchRow.SELL_TRADES)
    buy_volume = _Row(StretchRow.BUY_VOLUME)
    sell_volume = _Row(StretchRow.SELL_VOLUME)
    ask = _Row(StretchRow.ASK)
    ask_qty = _Row(StretchRow.ASK_QTY)
    bid = _Row(StretchRow.BID)
    bid_qty = _Row(StretchRow.BID_QTY)

    def __len__(self) -> int:
        return int(self.table.shape[1])

    def trades(self) -> list[list[int]]:
        """Return the 16 figures of each trade in the order of StretchRow."""
        rows: list[list[int]] = self.table.T.tolist()
        return rows
