"""What the sockets are told after time or an order moved the exchange."""

from collections.abc import Iterable

from jennie_cli.kis_wire.codes import Operation
from jennie_cli.simulator.brokerage import OrderNotice
from jennie_cli.simulator.exchange import (
    BreakerChanged,
    BreakerStage,
    HaltChanged,
    Phase,
    PhaseChanged,
    Traded,
    ViChanged,
)
from jennie_cli.simulator.playing import DayOpened, PlayEvent
from jennie_cli.simulator.server.asked import Hall, column, hashed
from jennie_cli.simulator.server.faults import Fault
from jennie_cli.simulator.server.hub import Hub
from jennie_cli.simulator.server.notices import notice_record
from jennie_cli.simulator.server.quotes import stock_day
from jennie_cli.simulator.server.streaming import (
    Record,
    Standing,
    StockDay,
    book_record,
    expected_record,
    operation_record,
    trade_records,
)

_TRADES, _BOOK, _EXPECTED, _OPERATION = "H0STCNT0", "H0STASP0", "H0STANC0", "H0STMKO0"
_LOOK_AGAIN = 10
_OLD_FIELDS = {_TRADES: 46, _BOOK: 59}
_UNHEARD_OF = ("", "0")
_PHASES = {
    Phase.OPENING: Operation.OPENING_AUCTION,
    Phase.CONTINUOUS: Operation.OPEN,
    Phase.CLOSING: Operation.CLOSING_AUCTION,
    Phase.AFTER: Operation.CLOSE,
}
_BREAKS = {
    BreakerStage.HALT: Operation.BREAKER_START,
    BreakerStage.AUCTION: Operation.BREAKER_AUCTION,
    BreakerStage.OVER: Operation.BREAKER_END,
}


class Tape:
    """Turns what happened into frames, and holds back the notices that a fault delays."""

    def __init__(self, hall: Hall, hub: Hub) -> None:
        """Nothing has been told yet."""
        self._hall = hall
        self._hub = hub
        self._told_ms = hall.now_ms
        self._told: dict[str, int] = {}
        self._books: dict[str, Record] = {}
        self._standing: dict[str, Standing] = {}
        self._expected: dict[str, Record] = {}
        self._held: list[tuple[int, OrderNotice]] = []

    def tell(self, events: Iterable[PlayEvent]) -> None:
        """Send what happened since the last time: notices first, then the market."""
        happened = [*events]
        for event in happened:
            self._note(event)
        self._notify([e for e in happened if isinstance(e, OrderNotice)])
        self._operate(happened)
        now = self._hall.now_ms
        if self._hub.sessions:
            self._trades(happened)
            self._stand()
        else:
            self._told = {}
        self._told_ms = now

    def _note(self, event: PlayEvent) -> None:
        """Forget what an event has made wrong."""
        match event:
            case DayOpened():
                self._told_ms, self._told = -1, {}
                self._books, self._expected, self._standing = {}, {}, {}
            case ViChanged() | HaltChanged():
                self._standing.pop(event.code, None)
            case PhaseChanged() | BreakerChanged():
                self._standing.clear()

    def _notify(self, notices: list[OrderNotice]) -> None:
        faults, now = self._hall.faults, self._hall.now_ms
        due = [n for at, n in self._held if at <= now]
        self._held = [(at, n) for at, n in self._held if at > now]
        for notice in notices:
            if faults.strike(Fault.LOST_NOTICE):
                continue
            late = faults.strike(Fault.LATE_NOTICE)
            if late is not None and late.ms:
                self._held.append((now + late.ms, notice))
                continue
            due.append(notice)
            if faults.strike(Fault.DOUBLE_NOTICE):
                due.append(notice)
        if len(due) > 1 and faults.strike(Fault.SHUFFLED_NOTICE):
            due.reverse()
        for notice in due:
            self._send(notice)

    def _send(self, notice: OrderNotice) -> None:
        narrow = self._hall.paper or self._hall.faults.standing(Fault.OLD_FRAMES) is not None
        for key in self._hub.keys:
            if self._hall.play.speaks(hashed(key), notice.account):
                self._hub.notify(
                    key, lambda hts_id: notice_record(notice, hts_id=hts_id, narrow=narrow)
                )

    def _operate(self, events: list[PlayEvent]) -> None:
        for code in self._hub.watched(_OPERATION):
            signs = [s for s in (_operation(e, code) for e in events) if s is not None]
            board = self._hall.board(code) if signs else None
            if board is None:
                continue
            facts = self._facts(code)
            rows = [operation_record(board, facts, operation=sign) for sign in signs]
            self._publish(_OPERATION, code, rows)

    def _trades(self, events: list[PlayEvent]) -> None:
        """Send the trades that were not sent yet, told by their number: an order trades at a moment
        that may have been told of already.
        """
        exchange, told = self._hall.play.exchange, {}
        for code in sorted(self._hub.watched(_TRADES)):
            known = self._told.get(code)
            first = self._first(code, events) if known is None else known
            stretch = exchange.prints_so_far(code, first=first)
            if len(stretch):
                self._publish(_TRADES, code, trade_records(stretch, self._standing_of(code)))
            told[code] = first + len(stretch)
        self._told = told

    def _first(self, code: str, events: list[PlayEvent]) -> int:
        """Return the number of the first trade for one who has just begun to listen."""
        since = self._told_ms
        trades = [e for e in (*events, *self._hall.outbox) if isinstance(e, Traded)]
        fresh = sum(e.code == code and e.at_ms <= since for e in trades)
        return len(self._hall.play.exchange.prints_between(code, -1, since)) - fresh

    def _standing_of(self, code: str) -> Standing:
        """Return how a stock stands, looked at anew now and then: a look costs as much as thirty
        trades.
        """
        known = self._standing.get(code)
        if known is None or known.used >= _LOOK_AGAIN:
            board, depth = self._hall.play.exchange.board_and_book(code)
            first = known is None
            known = self._standing[code] = Standing.of(board, depth, self._facts(code))
            if first:
                # else all stocks would be looked at in the same beat, and all would wait for it
                known.used = len(self._standing) % _LOOK_AGAIN
        return known

    def _stand(self) -> None:
        """Send the book, and the expected price, of each stock where it changed."""
        for code in self._hub.watched(_BOOK):
            if self._hall.book.place(code) is not None:
                row = book_record(*self._hall.play.exchange.board_and_book(code))
                self._changed(_BOOK, self._books, row)
        for code in self._hub.watched(_EXPECTED):
            board = self._hall.board(code)
            if board is not None and board.expected_price:
                depth = self._hall.depth(code)
                row = expected_record(board, depth, self._facts(code))
                self._changed(_EXPECTED, self._expected, row)

    def _changed(self, tr_id: str, known: dict[str, Record], row: Record) -> None:
        code, standing = row[0], row[2:]
        if known.get(code) != standing:
            known[code] = standing
            self._publish(tr_id, code, [row])

    def _publish(self, tr_id: str, code: str, rows: list[Record]) -> None:
        width = _OLD_FIELDS.get(tr_id)
        if width and self._hall.faults.standing(Fault.OLD_FRAMES):
            rows = [row[:width] for row in rows]
        if rows and self._hall.faults.strike(Fault.LONG_FRAMES):
            rows = [(*row, *_UNHEARD_OF) for row in rows]
        self._hub.publish(tr_id, code, rows)

    def _facts(self, code: str) -> StockDay:
        return stock_day(self._hall.book, column(self._hall.book, code))


def _operation(event: PlayEvent, code: str) -> str | None:
    """Return the operation code of an event for a stock, "" for none, None if it is not told."""
    match event:
        case PhaseChanged():
            return _PHASES.get(event.phase)
        case BreakerChanged():
            return _BREAKS[event.stage]
        case ViChanged() | HaltChanged() if event.code == code:
            return ""
        case _:
            return None
