"""How the exchange's clock moves by itself."""

import asyncio
from datetime import timedelta

import pytest
from tests.unit.simulator.server.conftest import OPEN, make_play

from jennie_cli.adapters.system import SystemClock
from jennie_cli.engine.clock import ManualClock
from jennie_cli.engine.errors import InputError
from jennie_cli.simulator.driving import Pace
from jennie_cli.simulator.server import Server


class Beats(ManualClock):
    """A machine's clock that lets others go on and ends the test after some real seconds."""

    def __init__(self, seconds: float) -> None:
        super().__init__(OPEN)
        self._left = seconds
        self._pause = SystemClock()

    async def sleep(self, seconds: float) -> None:
        """Pass the time at once, until there is none left."""
        await self._pause.sleep(0)
        await super().sleep(seconds)
        if self.monotonic() >= self._left:
            raise TimeoutError


def _run(wall: Beats, speed: float | str) -> Server:
    server = Server(make_play(), wall=wall, speed=speed)

    async def going() -> None:
        with pytest.raises(TimeoutError):
            await server.motion.keep_going()

    asyncio.run(going())
    return server


@pytest.mark.parametrize("speed", [0, 1, 30, 600])
def test_the_clock_runs_at_its_speed(speed: float) -> None:
    """After ten real seconds it is that many times ten seconds later."""
    server = _run(Beats(10.0), speed)
    passed = (server.play.now - OPEN).total_seconds()
    assert abs(10 * speed - passed) <= 0.041 * max(1, speed)
    assert Pace.SPEED if speed else Pace.STANDING is server.motion.pace


def test_as_fast_as_it_can_it_reaches_the_end_of_the_tape_and_stands() -> None:
    """Nothing is left to happen after the last recorded day."""
    wall = Beats(1.0)
    server = Server(make_play(), wall=wall, speed="max")

    async def going() -> None:
        task = asyncio.ensure_future(server.motion.keep_going())
        while server.motion.pace is Pace.MAX:
            await SystemClock().sleep(0)
        task.cancel()

    asyncio.run(going())
    assert server.play.now >= OPEN.replace(day=1, month=7, hour=15, minute=30)


def test_a_speed_that_is_none_is_refused() -> None:
    """The message says what there is."""
    with pytest.raises(InputError, match="speed"):
        Server(make_play(), wall=SystemClock(), speed="warp")


def test_moving_by_hand_goes_on_from_there() -> None:
    """A running clock is not set back to where it would have been."""
    wall = ManualClock(OPEN)
    server = Server(make_play(), wall=wall, speed=1)
    later = OPEN + timedelta(hours=1, microseconds=1_500)
    asyncio.run(server.motion.advance(later))
    assert (later.replace(microsecond=1_000), 1.0) == (server.play.now, server.motion.speed)
