"""Drives the home's own exchange from a command: time stands while a call is in flight."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

import httpx

from jennie_cli.engine.broker import BrokerUnavailable
from jennie_cli.engine.clock import KST, Clock
from jennie_cli.engine.execution import Execution, ExecutionPolicy
from jennie_cli.engine.feed import MarketEvent, Tick, Ticks
from jennie_cli.engine.model import OrderState
from jennie_cli.engine.venue import Calendar, SessionPhase
from jennie_cli.simulator.driving import SimClock, SimControl

_FIRST_TRADES = timedelta(seconds=2)
_TAKES = frozenset({SessionPhase.REGULAR, SessionPhase.CLOSING_AUCTION})
_FATE_OPEN = frozenset({OrderState.SENT, OrderState.UNKNOWN})
_STEP_S = 5
_BREATH_S = 0.1


class Counted(httpx.AsyncBaseTransport):
    """Sends requests and tells the exchange's clock how many are on their way."""

    def __init__(self, clock: SimClock) -> None:
        """`clock` belongs to the exchange that is called."""
        self._clock = clock
        self._inner = httpx.AsyncHTTPTransport(trust_env=False, retries=0)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request and read its answer."""
        with self._clock.calling():
            answer = await self._inner.handle_async_request(request)
            await answer.aread()
        return answer

    async def aclose(self) -> None:
        """Close the connections."""
        await self._inner.aclose()


class Whole:
    """The ticks of an exchange that we drive, passed on once all of a step is here.

    So a session judges a step at once and at its end, wherever the frames of it were cut.
    """

    def __init__(self, ticks: Ticks, clock: SimClock) -> None:
        """`clock` drives the exchange that `ticks` come from."""
        self._ticks, self._clock = ticks, clock

    def watch(self, codes: Sequence[str], *, held: Sequence[str] = ()) -> None:
        """Say what is wanted from now on."""
        self._ticks.watch(codes, held=held)

    async def ticks(self) -> AsyncIterator[Tick | MarketEvent]:
        """Yield what comes."""
        async for item in self._ticks.ticks():
            await self._clock.whole()
            yield item


def waker(clock: SimClock, calendar: Calendar) -> Callable[[bool], Coroutine[Any, Any, None]]:
    """Return what moves a closed exchange to its next open.

    An order that can rest is left in the opening auction; an urgent one waits for the open.
    """

    async def wake(urgent: bool) -> None:
        now = clock.now().astimezone(KST)
        session = calendar.session(now.date())
        phase = session.phase(now) if session else SessionPhase.AFTER
        resting = phase is SessionPhase.OPENING_AUCTION and not urgent
        if phase in _TAKES or resting:
            return
        if session is None or now >= session.close:
            session = calendar.session(calendar.next_day(now.date()))
        if session is not None:
            await clock.move(session.open + _FIRST_TRADES)

    return wake


def reacher(clock: SimClock) -> Callable[[datetime], Coroutine[Any, Any, None]]:
    """Return what takes a standing exchange to a moment, if it is still to come."""

    async def reach(at: datetime) -> None:
        await clock.move(at)

    return reach


@asynccontextmanager
async def pacing(control: SimControl, clock: SimClock, speed: float | None) -> AsyncIterator[None]:
    """Let the exchange run by itself at a speed; None leaves it to whoever drives it."""
    if speed is None:
        yield
        return
    await asyncio.to_thread(control.run, speed)
    await clock.refresh()
    try:
        yield
    finally:
        await asyncio.to_thread(control.run, 0)


def unraveller(
    clock: SimClock, wall: Clock, policy: ExecutionPolicy
) -> Callable[[Execution], Coroutine[Any, Any, None]]:
    """Return what lets the exchange run until lost calls are explained or known never sent.

    The world stands while nobody drives it, so a dead process's order would stay open for ever.
    Between steps other processes get a breath of real time to finish calls of their own.
    """
    longest = policy.call_seconds + policy.lost_seconds + _STEP_S

    async def unravel(execution: Execution) -> None:
        ends = clock.now() + timedelta(seconds=longest)
        while clock.now() < ends and _open(execution):
            await wall.sleep(_BREATH_S)
            await clock.sleep(_STEP_S)
            try:
                await execution.resolve()
            except BrokerUnavailable:
                continue

    return unravel


def _open(execution: Execution) -> bool:
    return any(order.state in _FATE_OPEN and not order.note for order in execution.book().values())
