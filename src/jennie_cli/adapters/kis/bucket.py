"""Calls of this process queue here for the slots of their key, the most urgent first."""

import asyncio
from dataclasses import dataclass, field
from heapq import heappop, heappush

from jennie_cli.adapters.kis.slots import Slots
from jennie_cli.engine.broker import BrokerBusy
from jennie_cli.engine.clock import Clock
from jennie_cli.engine.errors import JennieError

_LATE_S = 0.05


@dataclass(order=True, slots=True)
class _Call:
    rank: int
    number: int
    since: float = field(compare=False)
    deadline: float = field(compare=False)
    granted: asyncio.Future[float] = field(compare=False)


class Bucket:
    """One rate limit for all routes and all processes of a key."""

    def __init__(self, slots: Slots, clock: Clock) -> None:
        """`clock` must tell the same monotonic time in every process of the machine."""
        self._slots = slots
        self._clock = clock
        self._queue: list[_Call] = []
        self._asked = 0
        self._pump: asyncio.Task[None] | None = None

    async def slot(self, rank: int, *, patience_s: float) -> float:
        """Wait for a slot and return when it was granted; the smaller `rank` goes first.

        Raises BrokerBusy after `patience_s`, and what the file system did to the shared board.
        """
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
        if self._pump is None or self._pump.done():
            self._pump = asyncio.create_task(self._serve(), name="kis-rate")
        elif urgent:
            self._slots.announce(rank=rank, since=now, now=now)
        return await granted

    def sending(self, granted_at: float) -> None:
        """Say that a granted call leaves now; a late one keeps its distance to the next."""
        now = self._clock.monotonic()
        if now - granted_at > _LATE_S:
            self._slots.left_late(now)

    def slow_down(self) -> None:
        """The host turned a call away for its rate: go slower for a while, all processes."""
        self._slots.slow_down(self._clock.monotonic())

    def rate(self) -> float:
        """Return the calls a second that are let through now."""
        return self._slots.rate(self._clock.monotonic())

    async def close(self) -> None:
        """Turn away who still waits and leave the board."""
        if self._pump is not None:
            self._pump.cancel()
            await asyncio.gather(self._pump, return_exceptions=True)
        self._turn_away(BrokerBusy("The connection to KIS is being closed."))
        self._slots.leave(self._clock.monotonic())
        self._slots.close()

    async def _serve(self) -> None:
        try:
            while (call := self._next()) is not None:
                now = self._clock.monotonic()
                wait = self._slots.ask(rank=call.rank, since=call.since, now=now)
                if wait:
                    await self._clock.sleep(wait)
                else:
                    heappop(self._queue)
                    call.granted.set_result(now)
            self._slots.leave(self._clock.monotonic())
        except JennieError as error:
            self._turn_away(error)

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


def _too_long(waited_s: float) -> BrokerBusy:
    return BrokerBusy(
        f"The call found no place under the rate limit of KIS within {waited_s:.1f} s.",
        hint="Nothing was sent. Ask for less at once, or retry.",
    )
