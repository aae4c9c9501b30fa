"""Calls of this process queue here for the slots of their key, the most urgent first."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import TypeVar

from jennie_cli.adapters.kis.slots import BoardHeld, Slots
from jennie_cli.engine.broker import BrokerBusy
from jennie_cli.engine.clock import Clock
from jennie_cli.engine.errors import JennieError
from jennie_cli.kis_wire import CallKind

T = TypeVar("T")

_log = logging.getLogger(__name__)
_LATE_S = 0.05
_HELD_S = 0.25
_LOOK_S = 0.002


@dataclass(order=True, slots=True)
class _Call:
    rank: int
    number: int
    since: float = field(compare=False)
    deadline: float = field(compare=False)
    granted: asyncio.Future[float] = field(compare=False)


class Bucket:
    """One rate limit for all routes and all processes of a key.

    While the shared board cannot be used, orders go on at this process's own spacing and
    everything else is turned away.
    """

    def __init__(self, slots: Slots, clock: Clock) -> None:
        """`clock` must tell the same monotonic time in every process of the machine."""
        self._slots = slots
        self._clock = clock
        self._queue: list[_Call] = []
        self._asked = 0
        self._last = -slots.spacing_s
        self._alone = False
        self._closed = False
        self._pump: asyncio.Task[None] | None = None

    async def slot(self, rank: int, *, patience_s: float) -> float:
        """Wait for a slot and return when it was granted; the smaller `rank` goes first.

        Raises BrokerBusy after `patience_s` and once closed, and for what is no order also what
        the file system did to the shared board.
        """
        if self._closed:
            raise _closing()
        now = self._clock.monotonic()
        self._asked += 1
        granted: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        call = _Call(
            rank=rank,
            number=self._asked,
            since=now,
            deadline=now + patience_s,
            granted=granted,
        )
        urgent = not self._queue or call < self._queue[0]
        heappush(self._queue, call)
        try:
            if self._pump is None or self._pump.done():
                self._pump = asyncio.create_task(self._serve(), name="kis-rate")
            elif urgent:
                await self._try(lambda: self._announce(call))
            return await granted
        finally:
            granted.cancel()

    async def sending(self, granted_at: float) -> None:
        """Say that a granted call leaves now; a late one keeps its distance to the next."""
        if self._clock.monotonic() - granted_at > _LATE_S:
            await self._try(lambda: self._slots.left_late(self._clock.monotonic()))

    async def slow_down(self) -> None:
        """The host turned a call away for its rate: go slower for a while, all processes."""
        await self._try(lambda: self._slots.slow_down(self._clock.monotonic()))

    def rate(self) -> float:
        """Return the calls a second that are let through now. Raises BoardHeld."""
        return self._slots.rate(self._clock.monotonic())

    async def close(self) -> None:
        """Turn away who still waits and leave the board."""
        self._closed = True
        if self._pump is not None:
            self._pump.cancel()
            await asyncio.gather(self._pump, return_exceptions=True)
        self._turn_away(_closing())
        await self._leave()
        self._slots.close()

    async def _serve(self) -> None:
        try:
            while self._next() is not None:
                await self._serve_queue()
                await self._leave()
        finally:
            self._turn_away(_closing())

    async def _serve_queue(self) -> None:
        while (call := self._next()) is not None:
            wait = await self._wait_of(call)
            if wait is None:
                continue
            if wait > 0:
                await self._clock.sleep(wait)
            else:
                self._grant()

    async def _wait_of(self, call: _Call) -> float | None:
        """Return how long until the most urgent call may go; None: it was turned away."""
        try:
            return await self._ask(call)
        except JennieError as error:
            return self._without_board(error)

    async def _ask(self, call: _Call) -> float:
        now = self._clock.monotonic
        wait = await self._patiently(
            lambda: self._slots.ask(rank=call.rank, since=call.since, now=now())
        )
        self._alone = False
        return wait

    def _without_board(self, error: JennieError) -> float | None:
        """Let an order go on at our own spacing, and turn away what can wait."""
        if not self._alone:
            _log.error("orders go without the shared rate limit: %s", error.message)
        self._alone = True
        call = self._next()
        if call is None or call.rank > CallKind.ORDER_BUY:
            if call is not None:
                call.granted.set_exception(error)
            return None
        return max(0.0, self._last + self._slots.spacing_s - self._clock.monotonic())

    def _grant(self) -> None:
        """Give the slot to whoever is the most urgent by now."""
        call = self._next()
        if call is not None:
            heappop(self._queue)
            self._last = self._clock.monotonic()
            call.granted.set_result(self._last)

    def _announce(self, call: _Call) -> None:
        if not call.granted.done():
            now = self._clock.monotonic()
            self._slots.announce(rank=call.rank, since=call.since, now=now)

    async def _leave(self) -> None:
        await self._try(lambda: self._slots.leave(self._clock.monotonic()))

    async def _try(self, do: Callable[[], object]) -> None:
        """Tell the others if that can be done; a call never fails for it."""
        try:
            await self._patiently(do)
        except JennieError as error:
            _log.warning("the shared rate limit was not told: %s", error.message)

    async def _patiently(self, do: Callable[[], T]) -> T:
        """Do something at the board, waiting a moment for another process to be done with it."""
        until = self._clock.monotonic() + (0.0 if self._alone else _HELD_S)
        while True:
            try:
                return do()
            except BoardHeld:
                if self._clock.monotonic() >= until:
                    raise
            await self._clock.sleep(_LOOK_S)

    def _next(self) -> _Call | None:
        """Return the most urgent call; those that waited too long or were given up leave."""
        now = self._clock.monotonic()
        for call in self._queue:
            if now >= call.deadline and not call.granted.done():
                call.granted.set_exception(_too_long(now - call.since))
        while self._queue and self._queue[0].granted.done():
            heappop(self._queue)
        return self._queue[0] if self._queue else None

    def _turn_away(self, error: JennieError) -> None:
        while self._queue:
            call = heappop(self._queue)
            if not call.granted.done():
                call.granted.set_exception(error)


def _closing() -> BrokerBusy:
    return BrokerBusy("The connection to KIS is being closed.", hint="Nothing was sent.")


def _too_long(waited_s: float) -> BrokerBusy:
    return BrokerBusy(
        f"The call found no place under the rate limit of KIS within {waited_s:.1f} s.",
        hint="Nothing was sent. Ask for less at once, or retry.",
    )
