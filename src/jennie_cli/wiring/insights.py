"""Where what the council wrote is kept in a home, and how sessions and the scout read it."""

# ruff: noqa: PLC0415  # each builder imports its adapter inside the function

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from jennie_cli.engine.bus import Keys
from jennie_cli.engine.errors import JennieError
from jennie_cli.engine.macro import (
    InsightDesk,
    MacroPolicy,
    RiskInputs,
    StoredInsights,
    avoided_sectors,
    favoured_sectors,
    read_insight,
    risk_inputs,
    risk_off_level,
)
from jennie_cli.engine.macro.collecting import snapshot_at
from jennie_cli.engine.model import MacroSnapshot
from jennie_cli.wiring.bus import open_bus_of
from jennie_cli.wiring.macro import macro_store_of

if TYPE_CHECKING:
    from jennie_cli.adapters.sql import SqlInsights
    from jennie_cli.wiring.house import House

LOG = logging.getLogger(__name__)


def insights_of(house: "House") -> "SqlInsights":
    """Return the council's records of the home's profile and market."""
    from jennie_cli.adapters.sql import SqlInsights

    house.admit()
    return SqlInsights(house.records, profile=house.profile.value, market=house.market)


def desk_on(house: "House", keys: Keys) -> InsightDesk:
    """Return where records are written and found, over an open bus."""
    world = (house.profile.value, house.market)
    return InsightDesk(keys=keys, store=insights_of(house), world=world)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What council and snapshot tell a scout run: the level of risk-off 0..3 and sector groups to
    avoid and to favour; None where nobody told.
    """

    risk_off_level: int | None = None
    avoid: frozenset[str] | None = None
    favour: frozenset[str] | None = None


def sight_of(house: "House", at: datetime) -> Sight:
    """Return what stood at a moment. What cannot be read is logged and told as unknown."""
    policy = house.settings.slice(MacroPolicy)
    source = StoredInsights(store=insights_of(house))
    told = read_insight(source, now=at, calendar=house.calendar)
    if told.failure is not None:
        LOG.warning("the council's insight cannot be used: %s", told.failure.message)
    inputs = risk_inputs(told, _snapshot(house, at), now=at, policy=policy)
    return Sight(
        risk_off_level=None if inputs == RiskInputs() else risk_off_level(inputs, policy),
        avoid=avoided_sectors(told) if told.insight else None,
        favour=favoured_sectors(told) if told.insight else None,
    )


def _snapshot(house: "House", at: datetime) -> MacroSnapshot | None:
    try:
        return snapshot_at(macro_store_of(house), at)
    except JennieError as failure:
        LOG.warning("the macro snapshot cannot be used: %s", failure.message)
        return None


@asynccontextmanager
async def open_desk(house: "House") -> AsyncIterator[InsightDesk]:
    """Open the bus for the desk; a bus that is down only leaves it untold."""
    async with open_bus_of(house, needed=False) as bus:
        yield desk_on(house, bus.keys)


async def session_insights(house: "House", keys: Keys, *, now: datetime) -> StoredInsights:
    """Return what a session reads: the store, and today's copy on the bus while it is not there."""
    desk = desk_on(house, keys)
    return StoredInsights(store=desk.store, copied=await desk.copied(now))
