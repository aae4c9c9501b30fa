"""The client's end of the control endpoint: a clock that drives the exchange or follows it.

All sleepers of a process share one timeline. While the exchange stands, the first of them drives:
time goes on to the earliest wake-up, at most a second a step, and only when no call is in flight
and what the exchange has sent over the socket is read, so that nothing happens between a question
and its answer, or between a trade and its hearing. While the exchange runs by itself, a
sleep is that much real time divided by its speed.
"""

import asyncio
import heapq
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import count
from typing import Any

import httpx

from jennie_cli.engine.clock import KST, Clock
from jennie_cli.engine.errors import JennieError, OutsideError
from jennie_cli.simulator.stepping import PATIENCE_S, Steps, judged, silent

STEP_S = 1.0
"""The longest step of a driven exchange, seconds of its time."""

SETTLE_ROUNDS = 5
"""How often others may go on before a driver believes that nobody is about to call."""

POLL_S = 0.01
"""Real seconds between two looks at an exchange that runs as fast as it can."""

PASSING_ROUNDS = 3
"""How often others may go on until what was heard of a step has reached who judges it."""

HEARING_S = 0.5
"""Real seconds for which a standing exchange waits for frames that are on their way."""


class Pace(StrEnum):
    """How the exchange's clock moves by itself."""

    STANDING = "standing"
    SPEED = "speed"
    MAX = "max"
    WALL = "wall"


@dataclass(frozen=True, slots=True, kw_only=True)
class WorldTime:
    """What the control endpoint tells: the exchange's present, its pace, its speed (0 standing)."""

    now: datetime
    pace: Pace
    speed: float
    sent: Mapping[str, int] = field(default_factory=dict)
    """Data frames by the name of the app key whose socket they went to."""

    @classmethod
    def read(cls, told: dict[str, Any]) -> "WorldTime":
        """Read the answer of /_sim/clock. Raises OutsideError when it is none."""
        try:
            now = datetime.fromisoformat(told["now"]).astimezone(KST)
            sent = {str(key): int(frames) for key, frames in told.get("sent", {}).items()}
            return cls(now=now, pace=Pace(told["pace"]), speed=float(told["speed"]), sent=sent)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise OutsideError(
                f"The exchange's control endpoint answered something else ({error}).",
                hint="Check that the port belongs to jennie sim serve.",
            ) from None


class SimControl:
    """Asks and moves a running exchange, for one-off commands that do not run a loop."""

    def __init__(self, url: str, *, transport: httpx.BaseTransport | None = None) -> None:
        """`url` is the exchange's base URL, such as http://127.0.0.1:8899."""
        self._http = httpx.Client(
            base_url=url, timeout=PATIENCE_S, trust_env=False, transport=transport
        )

    def time(self) -> WorldTime:
        """Return where the clock is."""
        return WorldTime.read(self._ask("GET", "/_sim/clock"))

    def advance(self, *, to: datetime) -> WorldTime:
        """Move a standing clock forward. Raises InputError for an earlier moment."""
        return self._move({"to": to.isoformat()})

    def pass_time(self, seconds: float) -> WorldTime:
        """Let that many seconds of exchange time go by."""
        return self._move({"seconds": seconds})

    def next_morning(self) -> WorldTime:
        """Move on to half an hour before the next opening."""
        return self._move({"next": True})

    def run(self, speed: float | Pace) -> WorldTime:
        """Let the clock run at a speed, as fast as it can (Pace.MAX) or not at all (0)."""
        return self._move({"speed": speed})

    def status(self) -> dict[str, Any]:
        """Return what the exchange says of itself."""
        return self._ask("GET", "/_sim/status")

    def faults(self, *, add: tuple[str, ...] = (), clear: bool = False) -> dict[str, Any]:
        """Switch faults on, after switching all others off with `clear`."""
        return self._ask("POST", "/_sim/faults", {"add": [*add], "clear": clear})

    def close(self) -> None:
        """Hang up."""
        self._http.close()

    def _move(self, body: dict[str, Any]) -> WorldTime:
        return WorldTime.read(self._ask("POST", "/_sim/clock", body))

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        try:
            return _read(self._http.request(method, path, json=body))
        except httpx.HTTPError as error:
            raise silent(error) from None


class SimClock:
    """The exchange's time as a Clock. Use it from one event loop; `close` it there."""

    def __init__(
        self,
        url: str,
        *,
        told: WorldTime,
        wall: Clock,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """`told` is the exchange's present as SimControl.time gives it, `wall` the machine's."""
        self._wall = wall
        self._http = httpx.AsyncClient(
            base_url=url, timeout=PATIENCE_S, trust_env=False, transport=transport
        )
        self._start = told.now
        self._told = told
        self._heard = wall.monotonic()
        self._in_flight = 0
        self._quiet = asyncio.Event()
        self._quiet.set()
        self._sleepers: list[tuple[datetime, int, asyncio.Future[None]]] = []
        self._numbers = count()
        self._driver: asyncio.Task[None] | None = None
        self._steps = None if transport is not None else Steps(url)
        self._key = ""
        self._read: Callable[[], int] | None = None
        self._heard_more = asyncio.Event()
        self._whole = asyncio.Event()
        self._whole.set()

    def listen(self, key: str, read: Callable[[], int], more: asyncio.Event) -> None:
        """Let time wait for the socket of an app key, by its name; `read` tells how many data
        frames its reader has taken since it opened, and sets `more` at each.
        """
        self._key, self._read, self._heard_more = key, read, more

    async def whole(self) -> None:
        """Wait until all is here that the exchange has sent in a step which is on its way.

        A step is one moment to those who live by this clock, however many frames it came in.
        """
        await self._whole.wait()

    def now(self) -> datetime:
        """Return the exchange's present: as last told, or carried on at its speed."""
        passed = (self._wall.monotonic() - self._heard) * self._told.speed
        return self._told.now + timedelta(seconds=passed)

    def monotonic(self) -> float:
        """Return exchange seconds since this clock was made."""
        return (self.now() - self._start).total_seconds()

    @contextmanager
    def calling(self) -> Iterator[None]:
        """Hold the exchange's time still while a call is in flight; put it around each call."""
        self._in_flight += 1
        self._quiet.clear()
        try:
            yield
        finally:
            self._in_flight -= 1
            if not self._in_flight:
                self._quiet.set()

    async def sleep(self, seconds: float) -> None:
        """Wait that many exchange seconds, driving the exchange if nobody else does.

        Raises OutsideError when the exchange is gone.
        """
        if seconds <= 0:
            await self._wall.sleep(0)
            return
        wake: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        until = self.now() + timedelta(seconds=seconds)
        heapq.heappush(self._sleepers, (until, next(self._numbers), wake))
        if self._driver is None or self._driver.done():
            self._driver = asyncio.ensure_future(self._drive())
        await wake

    async def refresh(self) -> WorldTime:
        """Ask the exchange for the time, as after another process moved it."""
        self._hear(await self._ask("GET"))
        return self._told

    async def move(self, to: datetime) -> WorldTime:
        """Take the exchange to a moment at once, if it is still to come; sleepers wake on time."""
        await self._go(to)
        self._wake()
        return self._told

    async def _go(self, to: datetime) -> None:
        body = {"to": to.isoformat(), "lenient": True}
        if self._steps is None:
            self._hear(await self._ask("POST", body))
        else:
            self._hear(WorldTime.read(await self._steps.move(body)))

    async def _step(self, to: datetime) -> None:
        """Go on to a moment; what the exchange told on the way is judged before anybody wakes."""
        self._whole.clear()
        try:
            await self._go(to)
            await self._caught_up()
        finally:
            self._whole.set()
        for _ in range(PASSING_ROUNDS):
            await self._wall.sleep(0)

    async def close(self) -> None:
        """Stop driving and hang up; those who still sleep are woken by cancellation."""
        if self._driver is not None:
            self._driver.cancel()
        while self._sleepers:
            heapq.heappop(self._sleepers)[2].cancel()
        await self._http.aclose()
        if self._steps is not None:
            await self._steps.close()

    async def _drive(self) -> None:
        try:
            while self._awake_next() is not None:
                await self._settle()
                earliest = self._awake_next()
                if earliest is None:
                    return
                await self._toward(earliest)
                self._wake()
        except JennieError as error:
            self._fail(error)

    def _awake_next(self) -> datetime | None:
        """Return the earliest wake-up of those who still wait."""
        while self._sleepers and self._sleepers[0][2].done():
            heapq.heappop(self._sleepers)
        return self._sleepers[0][0] if self._sleepers else None

    async def _settle(self) -> None:
        """Let everybody who can go on do so, and every call in flight be answered."""
        rounds = 0
        while rounds < SETTLE_ROUNDS:
            await self._wall.sleep(0)
            rounds += 1
            if self._in_flight:
                await self._quiet.wait()
                rounds = 0
            elif not rounds % SETTLE_ROUNDS and await self._caught_up():
                rounds = 0

    async def _caught_up(self) -> bool:
        """Wait for frames that are on their way; return whether any came."""
        expected = self._told.sent.get(self._key, 0)
        if self._read is None or self._told.pace is not Pace.STANDING:
            return False
        until, before = self._wall.monotonic() + HEARING_S, self._read()
        while self._read() < expected and (left := until - self._wall.monotonic()) > 0:
            self._heard_more.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._heard_more.wait(), left)
        return self._read() > before

    async def _toward(self, earliest: datetime) -> None:
        told = self._told
        if told.pace is Pace.STANDING:
            await self._step(min(earliest, told.now + timedelta(seconds=STEP_S)))
            return
        if told.pace is Pace.MAX:
            await self._wall.sleep(POLL_S)
        else:
            left = (earliest - self.now()).total_seconds()
            await self._wall.sleep(min(max(0.0, left) / told.speed, STEP_S))
        await self.refresh()

    def _hear(self, told: WorldTime) -> None:
        self._told = told
        self._heard = self._wall.monotonic()

    def _wake(self) -> None:
        now = self.now()
        while self._sleepers and (self._sleepers[0][0] <= now or self._sleepers[0][2].done()):
            wake = heapq.heappop(self._sleepers)[2]
            if not wake.done():
                wake.set_result(None)

    def _fail(self, error: JennieError) -> None:
        while self._sleepers:
            wake = heapq.heappop(self._sleepers)[2]
            if not wake.done():
                wake.set_exception(error)

    async def _ask(self, method: str, body: dict[str, Any] | None = None) -> WorldTime:
        try:
            return WorldTime.read(_read(await self._http.request(method, "/_sim/clock", json=body)))
        except httpx.HTTPError as error:
            raise silent(error) from None


def _read(answer: httpx.Response) -> dict[str, Any]:
    try:
        told = answer.json()
    except ValueError:
        told = None
    return judged(told, answer.status_code)
