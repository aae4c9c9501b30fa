"""Automatic buys after their stamp: sent, given a few seconds, taken back, and what filled told.

The ledger is the only memory. `look` finds in it what this process began, or one before it that
was killed, so a restart is no special case. Every entry is followed by a task of its own: none
waits for another, and the session waits for none.
"""

import asyncio
from collections.abc import Coroutine
from datetime import datetime, time, timedelta
from math import ceil

from jennie_cli.engine.clock import KST, Clock
from jennie_cli.engine.errors import JennieError, OutcomeUnknown, Refused
from jennie_cli.engine.model import Order, OrderState
from jennie_cli.engine.risk import BY_SIGNAL, ApprovedOrder
from jennie_cli.engine.trading.entries_ends import (
    EntryAlarm,
    EntryAlarmKind,
    EntryEnds,
    EntryOpen,
)
from jennie_cli.engine.trading.policy import TradingPolicy
from jennie_cli.engine.trading.ports import OrderLives

_RESTING = frozenset({OrderState.WORKING, OrderState.PARTIAL})
_OPEN = _RESTING | {OrderState.CANCELLING}
_ROUNDS = 3
"""How often a rest is taken back anew after a cancel that came to nothing later on."""


class Entries:
    """The automatic buys of one session day. Call `look` after recovery and then every second."""

    def __init__(
        self, *, lives: OrderLives, ends: EntryEnds, clock: Clock, policy: TradingPolicy
    ) -> None:
        """Nothing is sent or followed before a method is called."""
        self._lives = lives
        self._ends = ends
        self._clock = clock
        self._policy = policy
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._sending: dict[str, str] = {}
        self._told: dict[str, tuple[int, int]] = {}
        self._alarmed: set[tuple[str, EntryAlarmKind]] = set()
        self._defects: list[BaseException] = []

    def begin(self, approved: ApprovedOrder) -> None:
        """Send a stamped buy and follow it to its end, both in the background.

        A code whose last entry has not ended takes no other: `not_sent` hears EntryOpen.
        """
        intent = approved.intent
        if intent.code in self.locked():
            self._ends.not_sent(intent, EntryOpen(intent.code))
            return
        self._sending[intent.order_id] = intent.code
        self._run(intent.order_id, self._enter(approved))

    def look(self) -> None:
        """Take up what is open and followed by nobody, and tell what ended since the last look.

        A defect that ended a task is raised here.
        """
        if self._defects:
            raise self._defects.pop(0)
        for order in self._orders():
            self._tell(order)
            if not order.state.final and order.order_id not in self._tasks:
                self._run(order.order_id, self._follow(order))

    def locked(self) -> frozenset[str]:
        """Return the codes with an entry that has not ended, whoever began it."""
        unended = (o.code for o in self._orders() if not o.state.final)
        return frozenset({*self._sending.values(), *unended})

    async def close(self) -> None:
        """Follow nothing any more. What is open stays so until the next process looks; to leave
        nothing behind, begin nothing and wait until nothing is `locked` first.
        """
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def _enter(self, approved: ApprovedOrder) -> None:
        intent = approved.intent
        try:
            order = await self._lives.send(approved)
        except JennieError as why:
            kept = self._lives.book().get(intent.order_id)
            if kept is None:
                self._ends.not_sent(intent, why)
            else:
                self._alarm(EntryAlarmKind.TROUBLE, kept, why.message)
            return
        finally:
            self._sending.pop(intent.order_id, None)
        await self._follow(order)

    async def _follow(self, order: Order) -> None:
        """Wait for an entry, take back its rest when its time is up, and tell how it ended.

        What fails on the way is told, and the next look takes the entry up again.
        """
        rounds = _ROUNDS
        try:
            order = await self._lives.settle(order.order_id, self._seconds_left(order))
            while not order.state.final:
                # a cancel that a dead process left in the air is made once more
                if rounds and order.state in (_OPEN if rounds == _ROUNDS else _RESTING):
                    rounds = await self._take_back(order, rounds)
                order = await self._lives.settle(order.order_id, self._policy.status_seconds)
                self._worry(order, rounds)
        except JennieError as failure:
            self._alarm(EntryAlarmKind.TROUBLE, order, failure.message)
            return
        self._tell(order)

    async def _take_back(self, order: Order, rounds: int) -> int:
        """Cancel the open rest; return the rounds left, 0 once every try failed on an order that
        is known to be open: it is left to a person.
        """
        try:
            after = await self._lives.cancel(order.order_id)
        except (Refused, OutcomeUnknown):
            # it moved meanwhile: its status tells
            return rounds - 1
        return 0 if after.state in _RESTING else rounds - 1

    def _worry(self, order: Order, rounds: int) -> None:
        """Raise an alarm for an order that should have ended and cannot be taken back now."""
        if order.state.final or (rounds and order.state in _RESTING):
            return
        known = order.state in _RESTING
        self._alarm(EntryAlarmKind.STILL_OPEN if known else EntryAlarmKind.UNKNOWN, order)

    def _seconds_left(self, order: Order) -> int:
        """Return the whole seconds that an entry may still wait; a clock set back adds none."""
        most = self._policy.entry_seconds
        age = self._clock.now() - order.created_at
        return min(most, max(0, ceil(most - age / timedelta(seconds=1))))

    def _tell(self, order: Order) -> None:
        if not order.state.final:
            return
        figures = (order.filled_qty, order.filled_amount)
        if self._told.get(order.order_id) == figures:
            return
        if order.filled_qty:
            self._ends.bought(order)
        else:
            self._ends.missed(order)
        self._told[order.order_id] = figures

    def _alarm(self, kind: EntryAlarmKind, order: Order, said: str = "") -> None:
        if (order.order_id, kind) not in self._alarmed:
            self._ends.alarm(EntryAlarm(kind=kind, order=order, said=said))
            self._alarmed.add((order.order_id, kind))

    def _orders(self) -> list[Order]:
        """Return the entries of today, oldest first."""
        day = datetime.combine(self._clock.now().astimezone(KST), time(), KST)
        book = self._lives.book().values()
        return [o for o in book if o.reason == BY_SIGNAL and o.created_at >= day]

    def _run(self, order_id: str, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work, name=f"entry {order_id}")
        self._tasks[order_id] = task
        task.add_done_callback(lambda done: self._ended(order_id, done))

    def _ended(self, order_id: str, task: asyncio.Task[None]) -> None:
        del self._tasks[order_id]
        failure = None if task.cancelled() else task.exception()
        if failure is not None:
            self._defects.append(failure)
