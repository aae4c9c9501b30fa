"""The clock that drives an exchange: one timeline for all sleepers, and no time during a call."""

import asyncio
import json
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from jennie_cli.adapters.system import SystemClock
from jennie_cli.engine.clock import KST, ManualClock
from jennie_cli.engine.errors import InputError, OutsideError
from jennie_cli.simulator.driving import Pace, SimClock, SimControl, WorldTime

START = datetime(2025, 6, 30, 9, 0, tzinfo=KST)


class World(httpx.AsyncBaseTransport):
    """A control endpoint that keeps every moment it was moved to."""

    def __init__(self, *, fails: bool = False) -> None:
        self.now = START
        self.steps: list[float] = []
        self.fails = fails
        self.sent: dict[str, int] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer one request."""
        await SystemClock().sleep(0)
        if self.fails:
            raise httpx.ConnectError("gone")
        asked: dict[str, Any] = json.loads(request.content or b"{}")
        if "to" in asked:
            self.now = max(self.now, datetime.fromisoformat(asked["to"]))
            self.steps.append((self.now - START).total_seconds())
            self.sent = {key: frames + 1 for key, frames in self.sent.items()}
        told = {"now": self.now.isoformat(), "pace": "standing", "speed": 0.0, "sent": self.sent}
        return httpx.Response(200, json=told)


def _clock(world: World, pace: Pace = Pace.STANDING, speed: float = 0.0) -> SimClock:
    told = WorldTime(now=START, pace=pace, speed=speed)
    return SimClock("http://sim", told=told, wall=SystemClock(), transport=world)


def test_sleepers_share_one_timeline_and_steps_last_a_second_at_most() -> None:
    """Each wakes at its own moment, in order; nobody's second is passed twice."""
    world, woken = World(), []

    async def sleeper(clock: SimClock, seconds: float) -> None:
        await clock.sleep(seconds)
        woken.append((seconds, clock.monotonic()))

    async def going() -> None:
        clock = _clock(world)
        await asyncio.gather(*(sleeper(clock, s) for s in (2.5, 0.4, 1.0)))
        await clock.close()

    asyncio.run(going())
    assert [(0.4, 0.4), (1.0, 1.0), (2.5, 2.5)] == woken
    assert [0.4, 1.0, 2.0, 2.5] == world.steps


def test_time_stands_while_a_call_is_in_flight() -> None:
    """It goes on once the call is answered."""
    world, seen = World(), []

    async def call(clock: SimClock) -> None:
        with clock.calling():
            for _ in range(50):
                await SystemClock().sleep(0)
            seen.append(clock.monotonic())

    async def going() -> None:
        clock = _clock(world)
        await asyncio.gather(clock.sleep(1.0), call(clock))
        seen.append(clock.monotonic())
        await clock.close()

    asyncio.run(going())
    assert [0.0, 1.0] == seen


def test_what_a_sleeper_does_on_waking_comes_before_the_next_step() -> None:
    """A call made at once after a sleep happens at the moment of waking."""
    world, seen = World(), []

    async def trader(clock: SimClock) -> None:
        await clock.sleep(0.5)
        with clock.calling():
            await SystemClock().sleep(0)
            seen.append(world.now)

    async def going() -> None:
        clock = _clock(world)
        await asyncio.gather(trader(clock), clock.sleep(3.0))
        await clock.close()

    asyncio.run(going())
    assert [START + timedelta(seconds=0.5)] == seen


def test_an_exchange_that_is_gone_wakes_every_sleeper_with_an_error() -> None:
    """Nobody waits for ever."""

    async def going() -> list[Any]:
        clock = _clock(World(fails=True))
        found = await asyncio.gather(clock.sleep(1.0), clock.sleep(2.0), return_exceptions=True)
        await clock.close()
        return [*found]

    assert [OutsideError, OutsideError] == [type(e) for e in asyncio.run(going())]


def test_a_cancelled_sleeper_holds_nobody_back() -> None:
    """The others wake as if it had never been."""
    world = World()

    async def going() -> float:
        clock = _clock(world)
        early = asyncio.ensure_future(clock.sleep(0.2))
        await SystemClock().sleep(0)
        early.cancel()
        await clock.sleep(0.7)
        await clock.close()
        return clock.monotonic()

    assert 0.7 == asyncio.run(going())


def test_a_running_exchange_is_followed_at_its_speed() -> None:
    """Between two answers the clock goes on by itself."""
    wall = ManualClock(START)
    told = WorldTime(now=START, pace=Pace.SPEED, speed=60.0)
    clock = SimClock("http://sim", told=told, wall=wall, transport=World())
    wall.advance(2)
    assert (START + timedelta(minutes=2), 120.0) == (clock.now(), clock.monotonic())


def test_moving_at_once_wakes_whom_it_passes() -> None:
    """A jump of ten seconds is one request."""
    world = World()

    async def going() -> float:
        clock = _clock(world)
        await clock.move(START + timedelta(seconds=10))
        await clock.move(START + timedelta(seconds=5))
        await clock.close()
        return clock.monotonic()

    assert 10.0 == asyncio.run(going())
    assert [10.0, 10.0] == world.steps


@pytest.mark.parametrize("told", [{}, {"now": "soon"}, {"now": START.isoformat(), "pace": "x"}])
def test_an_answer_that_is_no_time_is_named(told: dict[str, Any]) -> None:
    """Something else listens on that port."""
    with pytest.raises(OutsideError, match="control endpoint"):
        WorldTime.read(told)


def _control(answer: httpx.Response) -> SimControl:
    return SimControl("http://sim", transport=httpx.MockTransport(lambda _: answer))


def test_a_refusal_of_the_control_is_an_input_error_with_its_words() -> None:
    """The hint comes along."""
    told = {"message": "Time does not step back.", "hint": "Begin a new world."}
    with pytest.raises(InputError, match="step back") as refused:
        _control(httpx.Response(400, json=told)).advance(to=START)
    assert "Begin a new world." == refused.value.hint


def test_a_failure_of_the_control_is_an_outside_error() -> None:
    """So is an answer that is no JSON."""
    for answer in (httpx.Response(500, json={"message": "broken"}), httpx.Response(200, text="hi")):
        with pytest.raises(OutsideError):
            _control(answer).time()


def test_time_waits_for_frames_that_are_on_their_way() -> None:
    """It goes on once the reader has taken what the exchange says it has sent."""
    world, read = World(), [0]
    world.sent = {"key": 0}

    async def reader() -> None:
        while read[0] < 3:
            await SystemClock().sleep(0.002)
            # nothing is sent while what was sent lies unread
            assert world.sent["key"] <= read[0] + 1
            read[0] = world.sent["key"]

    async def going() -> None:
        clock = _clock(world)
        clock.listen("key", lambda: read[0], asyncio.Event())
        await asyncio.gather(clock.sleep(3.0), reader())
        await clock.close()

    asyncio.run(going())
    assert [1.0, 2.0, 3.0] == world.steps


def test_frames_that_never_come_hold_time_back_for_a_moment_only() -> None:
    """A socket that dropped what it was sent does not stop the world."""
    world = World()
    world.sent = {"key": 5}

    async def going() -> None:
        clock = _clock(world)
        clock.listen("key", lambda: 0, asyncio.Event())
        await clock.sleep(1.5)
        await clock.close()

    asyncio.run(going())
    assert [1.0, 1.5] == world.steps


def test_a_step_is_whole_once_its_frames_are_read_and_before_anybody_wakes() -> None:
    """Who waits for the whole of a step goes on with all its frames, then the sleepers do."""
    world, read, happened = World(), [0], list[tuple[str, int]]()
    world.sent = {"key": 0}

    async def judge(clock: SimClock) -> None:
        heard = 0
        while heard < 2:
            await SystemClock().sleep(0)
            await clock.whole()
            if read[0] > heard:
                heard = read[0]
                happened.append(("heard", heard))

    async def reader() -> None:
        while read[0] < 2:
            await SystemClock().sleep(0.002)
            read[0] = world.sent["key"]

    async def sleeper(clock: SimClock) -> None:
        for _ in range(2):
            await clock.sleep(1.0)
            happened.append(("woken", read[0]))

    async def going() -> None:
        clock = _clock(world)
        clock.listen("key", lambda: read[0], asyncio.Event())
        await asyncio.gather(judge(clock), reader(), sleeper(clock))
        await clock.close()

    asyncio.run(going())
    assert [("heard", 1), ("woken", 1), ("heard", 2), ("woken", 2)] == happened


def test_nobody_waits_for_the_whole_of_a_step_of_an_exchange_that_is_gone() -> None:
    """What was heard before is passed on."""

    async def going() -> None:
        clock = _clock(World(fails=True))
        with pytest.raises(OutsideError):
            await clock.sleep(1.0)
        await clock.whole()
        await clock.close()

    asyncio.run(going())
