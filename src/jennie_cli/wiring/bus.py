"""The bus of a home: a server of one's own by URL, else the bundled one, one for each profile."""

# ruff: noqa: PLC0415  # each builder imports its adapter inside the function

import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import gettempdir
from typing import TYPE_CHECKING

import numpy as np

from jennie_cli.engine.bus import BusDown, BusPolicy, NoBusServer
from jennie_cli.engine.errors import HomeNotWritable, StorageFull
from jennie_cli.settings import RedisOptions

if TYPE_CHECKING:
    from jennie_cli.adapters.redis import RedisBus
    from jennie_cli.wiring.house import House

LOG = logging.getLogger(__name__)

_DEEPEST = 60
"""Bytes of a folder below which a socket can have a name of its own."""


@asynccontextmanager
async def open_bus_of(house: "House", *, needed: bool = True) -> "AsyncIterator[RedisBus]":
    """Open the bus of the home's profile, started if nobody did.

    With `needed` a bus that cannot be had raises BusDown, NoBusServer, HomeNotWritable or
    StorageFull. Without, it is given unopened: each call raises BusDown until the server answers,
    and tries it again by itself after the pauses of `bus.reconnect_step_s`. A wrong URL raises
    SettingsError either way.
    """
    bus = bus_of(house)
    try:
        await bus.open()
    except (BusDown, NoBusServer, HomeNotWritable, StorageFull) as error:
        if needed:
            raise
        LOG.warning("no bus: %s", error.message)
    try:
        yield bus
    finally:
        await bus.close()


def bus_of(house: "House") -> "RedisBus":
    """Return the bus of the home's profile, which asked nobody yet. See open_bus_of."""
    from jennie_cli.adapters.redis import make_bus
    from jennie_cli.wiring.sites import origin

    house.create()
    url = house.settings.slice(RedisOptions).url
    return make_bus(
        url=url or None,
        folder=house.folder.bus(house.profile),
        runtime=_runtime(house),
        steady=house.wall_clock,
        rng=np.random.default_rng(int.from_bytes(origin().encode())),
        policy=house.settings.slice(BusPolicy),
    )


def bus_runs(house: "House") -> bool:
    """Say whether there is a bus to listen to: a server of one's own, or the bundled one up."""
    if house.settings.slice(RedisOptions).url:
        return True
    folder = house.folder.bus(house.profile)
    if not folder.exists():
        return False
    from jennie_cli.adapters.redis import EmbeddedServer

    server = EmbeddedServer(folder, runtime=_runtime(house), clock=house.wall_clock)
    return server.pid is not None


def _runtime(house: "House") -> Path:
    """Return a folder with a short path for sockets of homes that lie too deep."""
    for place in (house.environ.get("XDG_RUNTIME_DIR"), gettempdir()):
        if place and len(os.fsencode(place)) <= _DEEPEST:
            return Path(place)
    return Path(os.sep, "tmp")
