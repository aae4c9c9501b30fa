"""A command drives the home's exchange only as far as its orders need it."""

import asyncio
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from jennie_cli.engine.broker import BrokerUnavailable
from jennie_cli.engine.clock import KST, ManualClock
from jennie_cli.engine.execution import ExecutionPolicy
from jennie_cli.engine.model import OrderState
from jennie_cli.engine.venue import default_calendar
from jennie_cli.wiring.lockstep import unraveller, waker

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
