"""Folds the ledger's events into orders.

The result depends on what the evidence says and not on the order in which rows, notices and
replies came in. One Docket is fed event by event; `orders` is the same fold over all of them.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

from jennie_cli.engine.execution.dossier import CAME_TO_LIGHT, Call, Dossier
from jennie_cli.engine.execution.failures import ImpossibleStep
from jennie_cli.engine.execution.numbers import NumberKey
from jennie_cli.engine.execution.records import Records
from jennie_cli.engine.execution.steps import Step
from jennie_cli.engine.model import Order
from jennie_cli.engine.store import (
    Act,
    CashSet,
    DayEnded,
    Evidence,
    Flagged,
    Foreign,
    Intended,
    LedgerEvent,
    Lost,
    NeverSent,
    NoticeSeen,
    RowSeen,
    Sending,
    Taken,
    TurnedDown,
)


class Docket:
    """The orders of one account as the events so far tell them."""

    def __init__(self, *, strict: bool = False) -> None:
        """Know nothing yet. With `strict`, what cannot be raises ImpossibleStep when it is told."""
        self.records = Records()
        self.days_ended: set[date] = set()
        self.baseline = False
        self.strays: list[LedgerEvent] = []
        self._strict = strict
        self._dossiers: dict[str, Dossier] = {}
        self._orders: dict[str, Order] = {}
        self._stale: dict[str, None] = {}
        self._undecided: defaultdict[date, dict[str, Call]] = defaultdict(dict)
        self._live: dict[str, Dossier] = {}
        self._odd: dict[str, Dossier] = {}

    def take(self, event: LedgerEvent) -> None:
        """Take in one event."""
        self.records.turn += 1
        match event:
            case Intended():
                self._intended(event)
            case Sending() | Taken() | TurnedDown() | Lost() | NeverSent():
                self._of_call(event)
            case NoticeSeen():
                self._told(self.records.see_notice(event.notice))
            case RowSeen():
                self._told(self.records.see_row(event.row))
            case Foreign():
                self.records.foreign.add(NumberKey(event.day, event.broker_id))
            case Flagged():
                self._flagged(event)
            case DayEnded():
                self._day_ended(event.day)
            case CashSet():
                self.baseline = True
            case _:
                # what is held is the portfolio's to fold
                pass

    def __contains__(self, order_id: str) -> bool:
        return order_id in self._dossiers

    def order(self, order_id: str) -> Order:
        """Return one order; KeyError if there is none."""
        return self._dossiers[order_id].order(self.records.numbers)

    def orders(self) -> Mapping[str, Order]:
        """Return every order by id, oldest first."""
        for order_id in self._stale:
            self._orders[order_id] = self.order(order_id)
        self._stale.clear()
        return dict(self._orders)

    def dossier(self, order_id: str) -> Dossier:
        """Return all that is known of an order; KeyError if there is none."""
        return self._dossiers[order_id]

    def live(self) -> tuple[Dossier, ...]:
        """Return the orders that are not final, oldest first."""
        return tuple(self._live.values())

    def odd(self) -> tuple[Dossier, ...]:
        """Return the orders of which something was told that cannot be."""
        return tuple(self._odd.values())

    def undecided(self, day: date) -> tuple[Call, ...]:
        """Return the calls of a day without a known outcome or given up, as written down."""
        return tuple(self._undecided[day].values())

    def days(self) -> tuple[date, ...]:
        """Return the days that still have something to tell, oldest first."""
        waiting = {d.intended.at.date() for d in self.live() if not d.day_ended}
        return tuple(sorted(waiting | (self.records.loose_days() - self.days_ended)))

    def _intended(self, event: Intended) -> None:
        order_id = event.intent.order_id
        if order_id in self._dossiers:
            self._stray(event)
            return
        dossier = Dossier(intended=event)
        self._dossiers[order_id] = dossier
        self._live[order_id] = dossier
        self._stale[order_id] = None
        if event.dry_run:
            self._learn(dossier, Step.DRY)

    def _of_call(self, event: Sending | Taken | TurnedDown | Lost | NeverSent) -> None:
        dossier = self._dossiers.get(event.order_id)
        if dossier is None:
            self._stray(event)
            return
        if isinstance(event, Sending):
            call = Call(sending=event, turn=self.records.turn)
            dossier.calls[event.call_id] = call
            self._undecided[event.at.date()][event.call_id] = call
            self._learn(dossier, Step.SENT if event.act is Act.PLACE else None)
            return
        told = dossier.calls.get(event.call_id)
        if told is not None:
            if told.given_up and isinstance(event, Taken | Lost):
                _reopen(dossier, told, event)
            if isinstance(event, Taken):
                self._claim(told, event)
            else:
                told.lost = told.lost or isinstance(event, Lost)
                told.closed = told.closed or not isinstance(event, Lost)
                told.given_up = isinstance(event, NeverSent)
            if told.closed and not told.given_up:
                self._undecided[told.sending.at.date()].pop(event.call_id, None)
        self._learn(dossier, _step(event))

    def _claim(self, call: Call, event: Taken) -> None:
        if call.key is not None and event.how is not Evidence.REPLY:
            call.closed = True
            return
        if call.key is not None:
            self.records.disown(call.key, event.order_id)
        key = NumberKey(event.day, event.broker_id)
        self.records.number(key).call_qty = call.sending.qty
        if event.act is Act.MODIFY:
            parent = self.records.number(NumberKey(event.day, call.sending.target))
            parent.children.add(event.broker_id)
        if event.broker_id:
            self.records.own(key, event.order_id)
        call.key, call.branch, call.closed = key, event.branch or call.branch, True
        call.given_up = False

    def _flagged(self, event: Flagged) -> None:
        dossier = self._dossiers.get(event.order_id)
        if dossier is not None and event.text not in dossier.notes:
            dossier.notes.append(event.text)
            self._stale[event.order_id] = None

    def _day_ended(self, day: date) -> None:
        self.days_ended.add(day)
        for dossier in self.live():
            if dossier.intended.at.date() == day:
                dossier.day_ended = True
                self._learn(dossier, None)

    def _told(self, keys: Iterable[NumberKey]) -> None:
        for key in keys:
            owner = self.records.owner(key)
            if owner is not None:
                self._learn(self._dossiers[owner], None)

    def _learn(self, dossier: Dossier, step: Step | None) -> None:
        order_id, odd = dossier.order_id, len(dossier.oddities)
        dossier.learn(step, self.records.numbers)
        self._stale[order_id] = None
        if len(dossier.oddities) > odd:
            self._odd[order_id] = dossier
            if self._strict:
                raise ImpossibleStep(f"{order_id}: {dossier.oddities[-1]}")
        if dossier.state.final:
            self._live.pop(order_id, None)
        else:
            self._live[order_id] = dossier

    def _stray(self, event: LedgerEvent) -> None:
        self.strays.append(event)
        if self._strict:
            raise ImpossibleStep("Something is told of an order that was never written down.")


def orders(events: Iterable[LedgerEvent]) -> Mapping[str, Order]:
    """Return every order by id as the events tell it."""
    docket = Docket()
    for event in events:
        docket.take(event)
    return docket.orders()


def _reopen(dossier: Dossier, call: Call, event: Taken | Lost) -> None:
    """Believe who made the call over the records, which did not hold it in time."""
    if CAME_TO_LIGHT not in dossier.notes:
        dossier.notes.append(CAME_TO_LIGHT)
    call.closed = call.given_up = False
    if isinstance(event, Lost):
        call.left_by = event.at


_PLACED = {Taken: Step.TAKEN, Lost: Step.LOST, NeverSent: Step.NEVER_SENT}


def _step(event: Taken | TurnedDown | Lost | NeverSent) -> Step | None:
    if event.act is Act.PLACE:
        if isinstance(event, TurnedDown):
            return Step.TURNED_DOWN if event.broker_code else Step.UNREACHED
        return _PLACED[type(event)]
    if event.act is Act.MODIFY and isinstance(event, Taken):
        return Step.CHANGE_TAKEN
    return None
