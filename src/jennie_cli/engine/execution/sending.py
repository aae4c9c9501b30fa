"""Sends what risk stamped: the intent is on disk before the call, and the call is made once."""

from datetime import datetime

from jennie_cli.engine.broker import Acknowledged, Orders, OrderTicket
from jennie_cli.engine.clock import Clock
from jennie_cli.engine.errors import OutcomeUnknown
from jennie_cli.engine.execution.calling import Caller
from jennie_cli.engine.execution.docket import Docket
from jennie_cli.engine.execution.dossier import Dossier, Leg
from jennie_cli.engine.execution.failures import CodeLocked, NothingOpen
from jennie_cli.engine.execution.journal import Journal
from jennie_cli.engine.execution.watching import Watch
from jennie_cli.engine.model import Order, OrderIntent, OrderState, Side
from jennie_cli.engine.risk import ApprovedChange, ApprovedOrder
from jennie_cli.engine.store import Act, Flagged, Intended, Sending, Taken

_MANUAL = "MANUAL"
_AGAIN_SECONDS = 1


class Sender:
    """Places, modifies and cancels."""

    def __init__(
        self,
        *,
        orders: Orders,
        journal: Journal,
        caller: Caller,
        watch: Watch,
        clock: Clock,
        cancel_tries: int,
    ) -> None:
        """Nothing is sent before a method is called."""
        self._orders = orders
        self._journal = journal
        self._caller = caller
        self._watch = watch
        self._clock = clock
        self._cancel_tries = cancel_tries

    async def place(self, approved: ApprovedOrder) -> Order:
        """Place an order. One that is in the ledger already is returned and never sent again.

        Raises CodeLocked for an automatic order while another of its code has an open outcome.
        """
        intent = approved.intent
        with self._journal.exclusive():
            docket = self._journal.sync()
            if intent.order_id in docket:
                return docket.order(intent.order_id)
            now = self._clock.now()
            self._refuse_locked(docket, intent, now)
            intended = Intended(
                at=now, intent=intent, checks=approved.checks, dry_run=approved.dry_run
            )
            if approved.dry_run:
                self._journal.write(intended)
                return docket.order(intent.order_id)
            sending = Sending(
                at=now,
                order_id=intent.order_id,
                call_id=f"{intent.order_id}/1",
                act=Act.PLACE,
                qty=intent.qty,
                price=intent.price,
            )
            self._journal.write(intended, sending)
        await self._caller.make(sending, self._orders.place(_ticket(intent)))
        return self._watch.find(intent.order_id)

    async def modify(self, change: ApprovedChange) -> Order:
        """Give the open rest of an order a new price. Raises NothingOpen or OutcomeUnknown."""
        with self._journal.exclusive():
            dossier, leg = self._open_leg(change.order_id)
            if dossier.state is OrderState.CANCELLING or dossier.open_calls(Act.MODIFY):
                raise NothingOpen(f"Order {change.order_id} is being changed already.")
            qty = min(change.qty, leg.rest)
            sending = self._sending(dossier, leg, Act.MODIFY, qty, change.price)
            self._journal.write(sending)
        row, ticket = self._row(dossier, leg), _ticket(dossier.intended.intent, leg)
        await self._caller.make(
            sending, self._orders.modify(row, ticket, price=change.price, qty=qty)
        )
        return self._watch.find(change.order_id)

    async def cancel(self, order_id: str, qty: int | None = None) -> Order:
        """Take back `qty` shares, by default all of the open rest, and look what came of it.

        A cancel of all is safe to repeat and is tried a few times while the order stays open; one
        of a part is made once. Raises NothingOpen or OutcomeUnknown.
        """
        self._open_leg(order_id)
        tries = self._cancel_tries if qty is None else 1
        for attempt in range(tries):
            if attempt:
                await self._clock.sleep(_AGAIN_SECONDS)
            if await self._cancel_once(order_id, qty):
                return self._watch.find(order_id)
        if qty is None:
            text = f"{tries} cancels did not take; the order may still trade."
            self._journal.write(Flagged(at=self._clock.now(), order_id=order_id, text=text))
        return self._watch.find(order_id)

    async def _cancel_once(self, order_id: str, qty: int | None) -> bool:
        """Make one cancel and look; answer whether no more is to be done."""
        with self._journal.exclusive():
            if self._watch.find(order_id).state.final:
                return True
            dossier, leg = self._open_leg(order_id)
            asked = leg.rest if qty is None else min(qty, leg.rest)
            sending = self._sending(dossier, leg, Act.CANCEL, asked, None)
            self._journal.write(sending)
        row, ticket = self._row(dossier, leg), _ticket(dossier.intended.intent, leg)
        outcome = await self._caller.make(sending, self._orders.cancel(row, ticket, qty=asked))
        await self._watch.try_refresh()
        return isinstance(outcome, Taken) or self._watch.find(order_id).state.final

    def _open_leg(self, order_id: str) -> tuple[Dossier, Leg]:
        """Return an order and its newest number with an open rest."""
        order = self._watch.find(order_id)
        if order.state is OrderState.UNKNOWN:
            raise OutcomeUnknown(
                f"Order {order_id} is UNKNOWN; what could be changed is not known.",
                hint="It is resolved from the broker's records; try again after that.",
            )
        dossier = self._journal.docket.dossier(order_id)
        legs = [g for g in dossier.legs(self._journal.docket.records.numbers) if g.rest]
        if order.state.final or not legs:
            raise NothingOpen(
                f"Order {order_id} is {order.state} and has nothing open.",
                hint="See `jennie trade orders`.",
            )
        return dossier, legs[-1]

    def _refuse_locked(self, docket: Docket, intent: OrderIntent, now: datetime) -> None:
        if intent.reason == _MANUAL:
            return
        for dossier in docket.live():
            other = dossier.intended.intent
            same_day = dossier.intended.at.date() == now.date()
            undecided = dossier.open_calls(Act.PLACE) or dossier.open_calls(Act.MODIFY)
            # what is held may be sold while the fate of a buy is not known, not the reverse
            harmless = intent.side is Side.SELL and other.side is Side.BUY
            if other.code == intent.code and same_day and undecided and not harmless:
                raise CodeLocked(intent.code, other.order_id)

    def _sending(
        self, dossier: Dossier, leg: Leg, act: Act, qty: int, price: int | None
    ) -> Sending:
        order_id = dossier.order_id
        return Sending(
            at=self._clock.now(),
            order_id=order_id,
            call_id=f"{order_id}/{len(dossier.calls) + 1}",
            act=act,
            qty=qty,
            price=price,
            target=leg.key.broker_id,
        )

    def _row(self, dossier: Dossier, leg: Leg) -> Acknowledged:
        call = next(c for c in dossier.chain() if c.key == leg.key)
        row = self._journal.docket.records.numbers[leg.key].row
        return Acknowledged(
            broker_id=leg.key.broker_id,
            branch=call.branch or ("" if row is None else row.branch),
            at=call.sending.at,
        )


def _ticket(intent: OrderIntent, leg: Leg | None = None) -> OrderTicket:
    return OrderTicket(
        code=intent.code,
        side=intent.side,
        type=intent.type,
        qty=intent.qty if leg is None else leg.rest,
        price=intent.price if leg is None else leg.price,
        venue=intent.venue,
    )
