"""How the calls of one process fare when the board they share cannot be used."""

import asyncio
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from jennie_cli.adapters.kis.bucket import Bucket
from jennie_cli.adapters.kis.folder import KeyFolder
from jennie_cli.adapters.kis.slots import BOARD, Slots
from jennie_cli.engine.broker import BrokerBusy
from jennie_cli.engine.clock import ManualClock
from jennie_cli.engine.errors import StorageFull
from jennie_cli.kis_wire import CallKind

SPACING = 0.1


@pytest.fixture
def folder(tmp_path: Path) -> KeyFolder:
    return KeyFolder(tmp_path, app_key="key", host="host")


@contextmanager
def held_up(folder: KeyFolder) -> Iterator[None]:
    """Hold the board as a process does that was stopped while it was there."""
    handle = os.open(folder.path / BOARD, os.O_RDWR)
    fcntl.flock(handle, fcntl.LOCK_EX)
    yield
    os.close(handle)


def test_sells_go_on_at_their_own_spacing_while_the_board_is_held(
    folder: KeyFolder, clock: ManualClock
) -> None:
    """The first waits a quarter second, the next ones a slot each; a quote is turned away."""

    async def scene() -> tuple[list[float], float]:
        bucket = Bucket(Slots(folder, spacing_s=SPACING), clock)
        start = clock.monotonic()
        with held_up(folder):
            sells = [bucket.slot(CallKind.ORDER_SELL, patience_s=9.0) for _ in range(3)]
            granted = await asyncio.gather(*sells)
            with pytest.raises(BrokerBusy, match="holds the board"):
                await bucket.slot(CallKind.DATA, patience_s=9.0)
            with pytest.raises(BrokerBusy, match="holds the board"):
                await bucket.slot(CallKind.ACCOUNT, patience_s=9.0)
        quote = await bucket.slot(CallKind.DATA, patience_s=9.0)
        await bucket.close()
        return [at - start for at in granted], quote

    granted, _ = asyncio.run(scene())
    assert 0.25 <= granted[0] <= 0.3
    assert all(later - earlier >= SPACING - 1e-9 for earlier, later in pairwise(granted))
    assert granted[-1] < 0.6


def test_a_full_disk_does_not_stop_a_sell(
    folder: KeyFolder, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither for its slot nor when it says that it leaves late or was one too many."""

    def full(*_: Any, **__: Any) -> None:
        raise StorageFull("The disk is full.")

    async def scene() -> float:
        slots = Slots(folder, spacing_s=SPACING)
        bucket = Bucket(slots, clock)
        for name in ("ask", "leave", "left_late", "slow_down", "announce"):
            monkeypatch.setattr(slots, name, full)
        granted = await bucket.slot(CallKind.ORDER_SELL, patience_s=9.0)
        clock.advance(1.0)
        await bucket.sending(granted)
        await bucket.slow_down()
        await bucket.close()
        return granted

    asked = clock.monotonic()
    assert asked == asyncio.run(scene())


def test_a_damaged_turn_leaves_nobody_waiting(
    folder: KeyFolder, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever ends the one who hands out slots, those who wait are told."""

    def broken(*_: Any, **__: Any) -> float:
        raise ZeroDivisionError

    async def scene() -> list[Any]:
        slots = Slots(folder, spacing_s=SPACING)
        monkeypatch.setattr(slots, "ask", broken)
        bucket = Bucket(slots, clock)
        calls = (bucket.slot(CallKind.ORDER_SELL, patience_s=9.0) for _ in range(2))
        found = await asyncio.wait_for(asyncio.gather(*calls, return_exceptions=True), 2)
        await bucket.close()
        return found

    assert [BrokerBusy, BrokerBusy] == [type(error) for error in asyncio.run(scene())]


def test_a_closed_bucket_grants_nothing(folder: KeyFolder, clock: ManualClock) -> None:
    """Who asks afterwards is told at once, and closing again is harmless."""

    async def scene() -> None:
        bucket = Bucket(Slots(folder, spacing_s=SPACING), clock)
        await bucket.close()
        with pytest.raises(BrokerBusy, match="being closed"):
            await bucket.slot(CallKind.ORDER_SELL, patience_s=9.0)
        await bucket.close()

    asyncio.run(scene())
