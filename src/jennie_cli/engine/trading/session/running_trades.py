"""What the ledger says is new, told to the session once, whoever made the trade."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import groupby

from jennie_cli.engine.clock import KST
from jennie_cli.engine.errors import JennieError
from jennie_cli.engine.exits import Trade, trades_of
from jennie_cli.engine.model import Position, Side
from jennie_cli.engine.portfolio import Follower, costs_the_same
from jennie_cli.engine.store import (
    CashSet,
    Foreign,
    Intended,
    LedgerEvent,
    NoticeSeen,
    PositionSet,
    RowSeen,
    Taken,
)
from jennie_cli.engine.trading.session.day import TradingDay
from jennie_cli.engine.trading.session.running_ports import SessionRoom
from jennie_cli.engine.trading.session.running_tasks import Troubles

_TELLING = NoticeSeen | RowSeen | Taken | Foreign | PositionSet | CashSet
"""Events that can change what is held or the cash."""


class TradeNews:
    """Follows the ledger; `account` is what it tells of cash and shares."""

    def __init__(
        self,
        day: TradingDay,
        room: SessionRoom,
        troubles: Troubles,
        opened_with: Sequence[LedgerEvent],
    ) -> None:
        """`opened_with` are the events that the session knows already."""
        self.account = Follower(room.costs, opened_with)
        self._day, self._lives = day, room.execution
        self._troubles = troubles
        self._files = Files(opened_with)
        self._seen, self._weighed = len(opened_with), False
        self._paid_in = 0

    def tell(self) -> bool:
        """Tell the session every trade since the last look, the cash, and what was paid in.

        What somebody takes over from the broker while the session runs, cash and shares, is neither
        profit nor loss of the day.
        A ledger that cannot be read is told as a trouble, and the answer is False.
        """
        try:
            self._tell()
        except JennieError as error:
            self._troubles.failed("ledger", error)
            return False
        self._troubles.worked("ledger")
        return True

    def sellable(self, code: str) -> int | None:
        """Return the shares of a code that no open sale of ours has taken, None if unknown."""
        if not self._weighed:
            return None
        held = self.account.positions.get(code)
        try:
            book = self._lives.book().values()
        except JennieError as error:
            self._troubles.failed("ledger", error)
            return None
        asked = sum(o.open_qty for o in book if o.code == code and o.side is Side.SELL)
        return max(0, (held.qty if held else 0) - asked)

    def _tell(self) -> None:
        events = self._lives.events()
        fresh = events[self._seen :]
        if self._weighed and not any(isinstance(event, _TELLING) for event in fresh):
            self._files.add(fresh)
            self._seen = len(events)
            return
        for taken_over, run in groupby(fresh, key=lambda e: isinstance(e, CashSet | PositionSet)):
            cash, held = self.account.cash, dict(self.account.positions)
            self.account.add(run)
            if taken_over and cash is not None:
                self._paid_in += (self.account.cash or 0) - cash + self._brought(held)
        for trade in self._files.news(fresh):
            self._day.traded(trade)
        self._day.weigh(self.account.cash, self._paid_in)
        self._seen, self._weighed = len(events), True

    def _brought(self, before: Mapping[str, Position]) -> int:
        """Return won of the shares that came by taking over, less those that went.

        Those of a stock that was held count at its price now, others at their cost.
        """
        now, won = self.account.positions, 0
        for code in before.keys() | now.keys():
            nothing = Position(code=code, qty=0, cost=0)
            was, is_ = before.get(code, nothing), now.get(code, nothing)
            divided = was.qty and is_.qty and costs_the_same(was, is_)
            if was.qty == is_.qty or divided:
                continue
            quote = self._day.quote(code)
            won += is_.cost - was.cost if quote is None else (is_.qty - was.qty) * quote.price
        return won


class Files:
    """The evidence of each broker number, so that news of one does not mean reading them all."""

    def __init__(self, events: Sequence[LedgerEvent]) -> None:
        """Begin with what is known."""
        self._evidence: defaultdict[tuple[date, str], list[LedgerEvent]] = defaultdict(list)
        self._intended: dict[str, Intended] = {}
        self.add(events)

    def add(self, events: Sequence[LedgerEvent]) -> None:
        """File events."""
        for event in events:
            number = _number(event)
            if isinstance(event, Intended):
                self._intended.setdefault(event.intent.order_id, event)
            elif number is not None:
                self._evidence[number].append(event)

    def news(self, fresh: Sequence[LedgerEvent]) -> tuple[Trade, ...]:
        """File what came and return the trades that it makes known."""
        touched = {number for event in fresh if (number := _number(event)) is not None}
        before = self._trades(touched)
        self.add(fresh)
        taken_over = trades_of([event for event in fresh if isinstance(event, PositionSet)])
        came = (*news(before, self._trades(touched)), *taken_over)
        return tuple(sorted(came, key=lambda trade: trade.at))

    def _trades(self, numbers: Iterable[tuple[date, str]]) -> tuple[Trade, ...]:
        evidence = [event for number in numbers for event in self._evidence.get(number, ())]
        ours = {event.order_id for event in evidence if isinstance(event, Taken)}
        return trades_of([*(self._intended[o] for o in ours if o in self._intended), *evidence])


def _number(event: LedgerEvent) -> tuple[date, str] | None:
    """Return the broker number that an event tells of, with its day."""
    match event:
        case NoticeSeen():
            return event.notice.at.astimezone(KST).date(), event.notice.broker_id
        case RowSeen():
            return event.row.day, event.row.broker_id
        case Taken() | Foreign():
            return event.day, event.broker_id
        case _:
            return None


def news(before: Sequence[Trade], now: Sequence[Trade]) -> Iterator[Trade]:
    """Yield what came between two readings of the ledger, oldest first.

    Evidence that comes late cuts what was known as a sum into its executions, so a trade can be
    replaced by others: of these only the shares and won on top are new, and they are told as one.
    """
    gone = Counter(before)
    gone.subtract(now)
    came = [trade for trade, times in gone.items() for _ in range(-times)]
    replaced = {(t.code, t.side) for t, times in gone.items() if times > 0}
    for trade in sorted(came, key=lambda trade: trade.at):
        if (trade.code, trade.side) not in replaced:
            yield trade
    for code, side in sorted(replaced):
        cut = [t for t, n in gone.items() if n > 0 and (t.code, t.side) == (code, side)]
        new = [t for t in came if (t.code, t.side) == (code, side)]
        qty = sum(t.qty for t in new) - sum(gone[t] * t.qty for t in cut)
        amount = sum(t.amount for t in new) - sum(gone[t] * t.amount for t in cut)
        if qty > 0:
            yield replace(max(new, key=lambda t: t.at), qty=qty, amount=max(0, amount))
