"""A command drives the home's exchange only as far as its orders need it."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from jennie_cli.adapters.system import SystemClock
from jennie_cli.engine.broker import BrokerUnavailable
from jennie_cli.engine.clock import KST, ManualClock
from jennie_cli.engine.execution import ExecutionPolicy
from jennie_cli.engine.feed import MarketEvent, Tick
from jennie_cli.engine.model import OrderState
from jennie_cli.engine.venue import default_calendar
from jennie_cli.wiring.lockstep import Whole, unraveller, waker

MONDAY = datetime(2025, 6, 30, tzinfo=KST)
POLICY = ExecutionPolicy()


class World(ManualClock):
    """A standing exchange that can be moved."""

    async def move(self, to: datetime) -> None:
        """Go on to a moment."""
        self.advance(max(0.0, (to - self.now()).total_seconds()))


class Lives:
    """Orders whose lost call is explained after some looks, or never."""

    def __init__(self, looks: int, *, deaf: bool = False) -> None:
        """`looks` it takes; `deaf` = the records cannot be read."""
        self.looks = looks
        self.deaf = deaf

    async def resolve(self) -> None:
        """Look once."""
        if self.deaf:
            raise BrokerUnavailable("away")
        self.looks -= 1

    def book(self) -> dict[str, Any]:
        """Return one order."""
        state = OrderState.SENT if self.looks > 0 else OrderState.NOT_SENT
        return {"one": SimpleNamespace(state=state, note="")}


def unravelled(lives: Lives) -> timedelta:
    """Return how much exchange time a lost call was given."""
    world = World(MONDAY)
    unravel = unraveller(cast("Any", world), ManualClock(MONDAY), POLICY)
    asyncio.run(unravel(cast("Any", lives)))
    return world.now() - MONDAY


def test_the_exchange_runs_until_a_lost_call_is_explained() -> None:
    """Three looks are three steps of five seconds."""
    assert timedelta(seconds=15) == unravelled(Lives(3))


@pytest.mark.parametrize("deaf", [False, True])
def test_the_exchange_does_not_run_for_ever(deaf: bool) -> None:
    """It stops once a call must have been found or declared never sent."""
    longest = POLICY.call_seconds + POLICY.lost_seconds + 5
    assert timedelta(seconds=longest) == unravelled(Lives(1_000, deaf=deaf))


@pytest.mark.parametrize(
    ("stands", "urgent", "ends"),
    [
        ("08:00", False, "06-30 09:00:02"),
        ("08:45", True, "06-30 09:00:02"),
        ("08:45", False, "06-30 08:45:00"),
        ("11:00", True, "06-30 11:00:00"),
        ("15:25", True, "06-30 15:25:00"),
        ("15:30", False, "07-01 09:00:02"),
    ],
)
def test_an_order_wakes_a_closed_exchange(stands: str, urgent: bool, ends: str) -> None:
    """It opens for every order; in the opening auction only one that cannot rest moves it on."""
    hour, minute = map(int, stands.split(":"))
    world = World(MONDAY.replace(hour=hour, minute=minute))
    asyncio.run(waker(cast("Any", world), default_calendar())(urgent))
    assert ends == f"{world.now():%m-%d %H:%M:%S}"


class Frames:
    """A feed that tells one stock after the other, with a turn of the loop between two."""

    def __init__(self) -> None:
        """Nothing is wanted yet."""
        self.wanted: tuple[Sequence[str], Sequence[str]] = ((), ())

    def watch(self, codes: Sequence[str], *, held: Sequence[str] = ()) -> None:
        """Keep what is wanted."""
        self.wanted = (codes, held)

    async def ticks(self) -> AsyncIterator[Tick | MarketEvent]:
        """Tell one trade of each stock, a frame each."""
        for code in self.wanted[0]:
            await SystemClock().sleep(0)
            yield Tick(code=code, at=MONDAY, price=100, qty=1, day_volume=1, day_high=100)


def test_a_step_of_an_exchange_that_is_driven_is_passed_on_as_one() -> None:
    """No tick of it is passed on before all of it is here."""
    here = asyncio.Event()
    passed: list[str] = []

    async def going() -> int:
        clock = SimpleNamespace(whole=here.wait)
        ticks = Whole(Frames(), cast("Any", clock))
        ticks.watch(("000001", "000002", "000003"), held=("000001",))

        async def reading() -> None:
            async for item in ticks.ticks():
                passed.append(item.code)  # noqa: PERF401  # each at its own moment

        read = asyncio.ensure_future(reading())
        for _ in range(20):
            await SystemClock().sleep(0)
        before = len(passed)
        here.set()
        await read
        return before

    assert 0 == asyncio.run(going())
    assert ["000001", "000002", "000003"] == passed
