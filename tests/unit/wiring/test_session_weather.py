"""What a session of a home reads the macro side from."""

import asyncio
from collections.abc import Awaitable
from contextlib import ExitStack
from dataclasses import replace

import pytest
from tests.unit.adapters.macro.pages import NOW
from tests.unit.engine.trading.session.opening_ledger import morning
from tests.unit.wiring.macro_home import World
from tests.unit.wiring.short_home import house_at, short_home

from jennie_cli.engine.bus import MemoryBus
from jennie_cli.engine.macro.collecting import snapshot_at
from jennie_cli.engine.model import Regime
from jennie_cli.wiring.macro import macro_store_of
from jennie_cli.wiring.session_weather import macro_room_of


async def _done(asked: Awaitable[object]) -> None:
    await asked


def test_a_real_market_is_asked_for_kospi_and_throttled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the index page is asked; what it tells is what the session's store then holds."""
    with short_home() as root, ExitStack() as hosts:
        world = World(root, hosts, monkeypatch)
        house, known = world.house(keys=False), replace(morning(), regime=Regime.BULL)
        room = macro_room_of(house, MemoryBus().keys, known)
        assert room.throttle is not None
        assert room.refresh is not None
        assert Regime.BULL is room.regime
        assert snapshot_at(room.snapshots, NOW) is None
        asyncio.run(_done(room.refresh()))
        seen = snapshot_at(macro_store_of(house), NOW)
        assert seen is not None
        assert 1.23 == seen.kospi_change_pct
        assert world.told["naver_index"].asked
        assert not world.told["yahoo"].asked


def test_a_market_of_our_own_throttles_nothing() -> None:
    """It tells its index after the close; a regime that was guessed is left to the council."""
    guessed = replace(morning(), regime_known=False)
    with short_home() as root:
        room = macro_room_of(house_at(root), MemoryBus().keys, guessed)
        assert (None, None, None) == (room.throttle, room.refresh, room.regime)
