"""One order and its calls, and what the evidence about its broker numbers adds up to."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from jennie_cli.engine.execution.failures import ImpossibleStep
from jennie_cli.engine.execution.numbers import NOWHERE, Number, NumberKey
from jennie_cli.engine.execution.steps import Step, advance
from jennie_cli.engine.model import Order, OrderState
from jennie_cli.engine.store import Act, Intended, Sending

CAME_TO_LIGHT = "The order came to light after it was given up."


@dataclass(slots=True)
class Call:
    """One call to the broker. `key` is the number it got; `closed` once its outcome is known.

    `turn` is the place in the ledger at which it was written down.

    `left_by` is when it had surely left, if its process told so only after it was given up.
    """

    sending: Sending
    turn: int
    lost: bool = False
    closed: bool = False
    given_up: bool = False
    left_by: datetime | None = None
    key: NumberKey | None = None
    branch: str = ""

    @property
    def at(self) -> datetime:
        """The latest moment that the call may have left, as far as it is told."""
        return self.left_by or self.sending.at

    @property
    def open(self) -> bool:
        """Whether the outcome is not known."""
        return not self.closed


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """One broker number of an order: how its shares are spread now.

    `moved` went on to a later number of the order, `dropped` was left behind by that move, `gone`
    was taken back (also by a change made elsewhere), `vanished` ended without a word.
    """

    key: NumberKey
    price: int | None
    asked: int
    filled: int
    amount: int
    gone: int
    rejected: int
    moved: int
    dropped: int
    vanished: int
    rest: int


@dataclass(slots=True)
class Dossier:
    """An order's intent, its calls by id, its chain of numbers, and where it stands."""

    intended: Intended
    state: OrderState = OrderState.NEW
    calls: dict[str, Call] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    oddities: list[str] = field(default_factory=list)
    day_ended: bool = False

    @property
    def order_id(self) -> str:
        """The id of the order."""
        return self.intended.intent.order_id

    def chain(self) -> tuple[Call, ...]:
        """Return the calls that gave the order a number of its own, oldest first."""
        return tuple(
            c
            for c in self.calls.values()
            if c.key is not None and c.sending.act is not Act.CANCEL and c.key.broker_id
        )

    def open_calls(self, act: Act) -> tuple[Call, ...]:
        """Return the calls of a kind whose outcome is not known."""
        return tuple(c for c in self.calls.values() if c.open and c.sending.act is act)

    def legs(self, numbers: Mapping[NumberKey, Number]) -> tuple[Leg, ...]:
        """Return how the shares of each number are spread; a modify turned away has none."""
        chain = self.chain()
        own = {c.key for c in chain}
        legs = tuple((c, _leg(c, numbers, own)) for c in chain)
        return tuple(
            leg
            for c, leg in legs
            if c.sending.act is Act.PLACE or not leg.rejected or leg.rejected < leg.asked
        )

    def order(self, numbers: Mapping[NumberKey, Number]) -> Order:
        """Return the order as it stands."""
        intent = self.intended.intent
        legs = self.legs(numbers)
        return Order(
            order_id=intent.order_id,
            code=intent.code,
            side=intent.side,
            type=intent.type,
            qty=intent.qty if len(legs) < 2 else sum(g.asked - g.moved - g.dropped for g in legs),
            price=legs[-1].price if legs else intent.price,
            venue=intent.venue,
            state=self.state,
            created_at=self.intended.at,
            broker_ids=tuple(c.key.broker_id for c in self.chain() if c.key is not None),
            filled_qty=sum(leg.filled for leg in legs),
            filled_amount=sum(leg.amount for leg in legs),
            cancelled_qty=sum(leg.gone for leg in legs),
            reason=intent.reason,
            strategy=intent.strategy,
            note=" ".join(dict.fromkeys((*self.notes, *self.oddities))),
        )

    def learn(self, first: Step | None, numbers: Mapping[NumberKey, Number]) -> None:
        """Walk through `first` and then through all that the evidence adds up to.

        A step that cannot be is kept in `oddities` and changes nothing.
        """
        for step in (*(() if first is None else (first,)), *self._summary(numbers)):
            try:
                self.state = advance(self.state, step)
            except ImpossibleStep as failure:
                if failure.message not in self.oddities:
                    self.oddities.append(failure.message)

    def _summary(self, numbers: Mapping[NumberKey, Number]) -> Iterator[Step]:
        legs = self.legs(numbers)
        if not legs:
            return
        changing = self.open_calls(Act.MODIFY)
        yield Step.CHANGE_LOST if any(c.lost for c in changing) else Step.CHANGE_FOUND
        yield Step.CANCEL_ASKED if self._cancelling(legs, numbers) else Step.CANCEL_DONE
        filled = any(leg.filled for leg in legs)
        if not any(leg.rest for leg in legs):
            yield from _outcome(legs, filled=filled, changing=bool(changing))
            return
        if filled:
            yield Step.PART_FILLED
        if self.day_ended:
            yield Step.ENDED

    def _cancelling(self, legs: tuple[Leg, ...], numbers: Mapping[NumberKey, Number]) -> bool:
        if self.open_calls(Act.CANCEL):
            return True
        taken = sum(
            c.sending.qty
            for c in self.calls.values()
            if c.sending.act is Act.CANCEL and c.key is not None and not numbers[c.key].refused
        )
        return taken > sum(leg.gone for leg in legs)


def _outcome(legs: tuple[Leg, ...], *, filled: bool, changing: bool) -> Iterator[Step]:
    if not any(leg.gone or leg.rejected or leg.vanished for leg in legs):
        yield Step.ALL_FILLED
    elif changing:
        # the rest may have gone to a number that is not known to be ours yet
        if filled:
            yield Step.PART_FILLED
    elif any(leg.gone for leg in legs):
        yield Step.CANCELLED
    elif any(leg.rejected for leg in legs):
        yield Step.CANCELLED if filled else Step.REJECTED
    else:
        yield Step.ENDED


def _leg(call: Call, numbers: Mapping[NumberKey, Number], own: set[NumberKey | None]) -> Leg:
    key = call.key or NOWHERE
    number = numbers[key]
    children = {NumberKey(key.day, c) for c in number.children}
    moved = sum(_moved(numbers[c]) for c in children & own)
    gone = number.cancelled_qty + sum(_moved(numbers[c]) for c in children - own)
    asked, filled, rejected = number.asked_qty, number.filled_qty, number.rejected_qty
    left = max(0, asked - filled - gone - rejected - moved)
    rest = left if number.row is None else min(left, number.row.remaining_qty)
    dropped = left - rest if moved else 0
    return Leg(
        key=key,
        price=call.sending.price,
        asked=asked,
        filled=filled,
        amount=number.filled_amount,
        gone=gone,
        rejected=rejected,
        moved=moved,
        dropped=dropped,
        vanished=left - rest - dropped,
        rest=rest,
    )


def _moved(child: Number) -> int:
    return child.asked_qty - child.rejected_qty
