"""One call to the broker: written down before, made once, its outcome written down after."""

from asyncio import CancelledError
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any

from jennie_cli.engine.broker import Acknowledged, BrokerRefused, BrokerUnavailable
from jennie_cli.engine.clock import Clock
from jennie_cli.engine.errors import OutcomeUnknown
from jennie_cli.engine.execution.journal import Journal
from jennie_cli.engine.store import Evidence, Lost, Sending, Taken, TurnedDown

Outcome = Taken | TurnedDown | Lost


class Caller:
    """Makes calls whose Sending is already in the ledger. Nothing here is ever tried twice."""

    def __init__(self, journal: Journal, clock: Clock, *, call_seconds: int) -> None:
        """`flying` are the calls of this process that have not been answered.

        After `call_seconds` others take a call for lost; it is not begun any more.
        """
        self.flying: set[str] = set()
        self._journal = journal
        self._clock = clock
        self._call_seconds = call_seconds

    async def make(self, sending: Sending, call: Coroutine[Any, Any, Acknowledged]) -> Outcome:
        """Make the call and write down what came of it.

        A call cut off from outside is Lost as well; one whose process dies has no outcome in the
        ledger and is found by the next reader.
        """
        self.flying.add(sending.call_id)
        try:
            outcome = await self._outcome(sending, call)
        finally:
            self.flying.discard(sending.call_id)
        self._journal.write(outcome)
        return outcome

    async def _outcome(self, sending: Sending, call: Coroutine[Any, Any, Acknowledged]) -> Outcome:
        if self._clock.now() - sending.at >= timedelta(seconds=self._call_seconds):
            call.close()
            return self._turned_down(
                sending, "", "Writing it down took too long; nothing was sent."
            )
        try:
            answer = await call
        except BrokerRefused as refusal:
            return self._turned_down(sending, refusal.broker_code, refusal.message)
        except BrokerUnavailable as failure:
            return self._turned_down(sending, "", failure.message)
        except OutcomeUnknown as failure:
            return self._lost(sending, failure.message)
        except CancelledError:
            self._journal.write(self._lost(sending, "The call was cut off before its answer."))
            raise
        return Taken(
            at=self._clock.now(),
            order_id=sending.order_id,
            call_id=sending.call_id,
            act=sending.act,
            broker_id=answer.broker_id,
            branch=answer.branch,
            day=answer.at.date(),
            how=Evidence.REPLY,
        )

    def _turned_down(self, sending: Sending, broker_code: str, text: str) -> TurnedDown:
        return TurnedDown(
            at=self._clock.now(),
            order_id=sending.order_id,
            call_id=sending.call_id,
            act=sending.act,
            broker_code=broker_code,
            text=text,
        )

    def _lost(self, sending: Sending, text: str) -> Lost:
        return Lost(
            at=self._clock.now(),
            order_id=sending.order_id,
            call_id=sending.call_id,
            act=sending.act,
            text=text,
        )
