"""Drives the home's own exchange from a command: time stands while a call is in flight."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import httpx

from jennie_cli.engine.clock import KST
from jennie_cli.engine.venue import Calendar, SessionPhase
from jennie_cli.simulator.driving import SimClock

_FIRST_TRADES = timedelta(seconds=2)
_TAKES = frozenset({SessionPhase.REGULAR, SessionPhase.CLOSING_AUCTION})
_ENDS = timedelta(seconds=1)


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


def waker(clock: SimClock, calendar: Calendar) -> Callable[[bool], Awaitable[None]]:
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
