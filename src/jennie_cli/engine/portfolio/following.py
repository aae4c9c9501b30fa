"""Positions and cash of a ledger that grows: a new event costs the fold of its stock alone."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from types import MappingProxyType

from jennie_cli.engine.clock import KST
from jennie_cli.engine.model import Position
from jennie_cli.engine.portfolio.costs import Costs
from jennie_cli.engine.portfolio.folding import fold
from jennie_cli.engine.store import (
    CashSet,
    CostSeen,
    Foreign,
    LedgerEvent,
    NoticeSeen,
    PositionSet,
    RowSeen,
    Taken,
)

_Number = tuple[date, str]


class Follower:
    """Tells what `fold` tells of the same events, as they come.

    Stocks meet in the cash alone, and that is a sum: the last cash taken over, and what the fills
    of each stock have moved since.
    """

    def __init__(self, costs: Costs, events: Iterable[LedgerEvent] = ()) -> None:
        """Begin with what is known."""
        self._costs = costs
        self._of_code: defaultdict[str, list[LedgerEvent]] = defaultdict(list)
        self._codes: dict[_Number, str] = {}
        self._claims: defaultdict[_Number, list[LedgerEvent]] = defaultdict(list)
        self._cash_set: list[CashSet] = []
        self._moved: dict[str, int] = {}
        self._held: dict[str, Position] = {}
        self.add(events)

    @property
    def positions(self) -> Mapping[str, Position]:
        """What is held by code, in the order of codes."""
        return MappingProxyType({code: self._held[code] for code in sorted(self._held)})

    @property
    def cash(self) -> int | None:
        """Won with every trade counted as settled, None until they were taken over."""
        if not self._cash_set:
            return None
        return self._last_cash.amount + sum(self._moved.values())

    def add(self, events: Iterable[LedgerEvent]) -> None:
        """Take in events, in the order in which they were written down."""
        touched: set[str] = set()
        for event in events:
            if isinstance(event, CashSet):
                self._cash_set.append(event)
                touched |= self._of_code.keys()
            elif (code := self._filed(event)) is not None:
                touched.add(code)
        for code in touched:
            self._refold(code)

    @property
    def _last_cash(self) -> CashSet:
        return max(self._cash_set, key=lambda cash: (cash.at, cash.amount, cash.text))

    def _filed(self, event: LedgerEvent) -> str | None:
        """Put an event to those of its stock; return the stock if it is known."""
        match event:
            case NoticeSeen():
                number = event.notice.at.astimezone(KST).date(), event.notice.broker_id
                return self._proven(number, event.notice.code, event)
            case RowSeen():
                return self._proven((event.row.day, event.row.broker_id), event.row.code, event)
            case Taken() | Foreign():
                return self._claimed((event.day, event.broker_id), event)
            case PositionSet() | CostSeen():
                self._of_code[event.code].append(event)
                return event.code
            case _:
                return None

    def _proven(self, number: _Number, code: str, event: LedgerEvent) -> str:
        self._codes[number] = code
        self._of_code[code] += [*self._claims.pop(number, ()), event]
        return code

    def _claimed(self, number: _Number, event: LedgerEvent) -> str | None:
        """A claim tells of no stock; it waits for the first evidence of its number."""
        code = self._codes.get(number)
        if code is None:
            self._claims[number].append(event)
        else:
            self._of_code[code].append(event)
        return code

    def _refold(self, code: str) -> None:
        told = fold([*self._cash_set, *self._of_code[code]], self._costs)
        position = told.positions.get(code)
        if position is None:
            self._held.pop(code, None)
        else:
            self._held[code] = position
        if told.cash is not None:
            self._moved[code] = told.cash - self._last_cash.amount
