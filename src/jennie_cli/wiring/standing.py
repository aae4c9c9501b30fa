"""Where what a person asks the session to do is taken: the store of the home and its bus."""

# ruff: noqa: PLC0415  # each builder imports its adapter inside the function

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from jennie_cli.engine.clock import Clock
from jennie_cli.engine.trading.standing import StandingDesk
from jennie_cli.wiring.bus import open_bus_of

if TYPE_CHECKING:
    from jennie_cli.adapters.sql import SqlStanding
    from jennie_cli.wiring.house import House


@asynccontextmanager
async def open_standing(
    house: "House", *, clock: Clock | None = None
) -> AsyncIterator[StandingDesk]:
    """Open the desk; a bus that is down only leaves it untold.

    `clock` is the exchange's, that of the home without one.
    """
    house.admit()
    async with open_bus_of(house, needed=False) as bus:
        yield StandingDesk(
            standing=standing_of(house),
            keys=bus.keys,
            clock=clock or house.clock,
            wall=house.wall_clock,
        )


def standing_of(house: "House") -> "SqlStanding":
    """Return what the account of the home's profile was asked for."""
    from jennie_cli.adapters.sql import SqlStanding

    return SqlStanding(house.records, profile=house.profile)
