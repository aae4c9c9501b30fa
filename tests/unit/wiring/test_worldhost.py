"""Whose word is taken for where the world of a home is run."""

import asyncio
import json
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from jennie_cli.settings import Masker, Options, Profile
from jennie_cli.simulator.world import World, _changing
from jennie_cli.wiring import House, attach_world, open_house, running_world, worldhost
from jennie_cli.wiring.worldhost import _APART_S, WorldAddress, _KeptClock

_HOLD = """
import sys
from pathlib import Path
from jennie_cli.adapters.system import hold_lock
with hold_lock(Path(sys.argv[1]), doing="holding"):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """Return a sim home."""
    home = open_house(Options(home=tmp_path / "home", profile=Profile.SIM), Masker())
    home.create()
    yield home
    home.close()


@pytest.fixture
def holder(house: House) -> Iterator["subprocess.Popen[str]"]:
    """Return a process that holds the lock of the world's owner."""
    argv = [sys.executable, "-c", _HOLD, str(house.folder.lock("world-owner"))]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert "held\n" == child.stdout.readline()
        yield child
        child.communicate()


def announce(house: House, pid: int, url: str = "http://127.0.0.1:45678") -> WorldAddress:
    """Let an address stand in the home."""
    path = house.folder.exchange / "server.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"url": url, "pid": pid}), encoding="ascii")
    return WorldAddress(url=url, pid=pid)


def test_the_address_of_a_killed_owner_is_not_believed_while_somebody_looks(
    house: House, holder: "subprocess.Popen[str]"
) -> None:
    """Only the process that holds the lock tells where it listens."""
    announce(house, 999_999)
    assert running_world(house) is None
    assert announce(house, holder.pid) == running_world(house)


def test_a_leftover_address_without_an_owner_is_none(house: House) -> None:
    """Nobody holds the lock."""
    announce(house, 999_999)
    assert running_world(house) is None


def test_a_world_that_answers_no_more_is_replaced(
    house: House, holder: "subprocess.Popen[str]", monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between its last word and its end the owner's address may still stand."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    announce(house, holder.pid, url)
    fresh = WorldAddress(url="http://127.0.0.1:1", pid=1)
    monkeypatch.setattr(worldhost, "_started", lambda _: fresh)
    assert fresh == attach_world(house)


def test_a_world_that_leaves_takes_its_address_away_first(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While calls are still answered nobody new finds it."""
    address = house.folder.exchange / "server.json"
    stood: list[bool] = []

    def serve(
        _server: Any, listener: socket.socket, *, ready: Callable[[str], None], **more: Any
    ) -> None:
        with listener:
            ready("http://127.0.0.1:1")
            stood.append(address.exists())
            more["leaving"]()
            stood.append(address.exists())

    monkeypatch.setattr("jennie_cli.simulator.server.serve", serve)
    worldhost.host_world(house)
    assert [True, False] == stood


def test_the_clock_of_a_busy_world_is_kept_now_and_then_and_at_last(house: House) -> None:
    """The first step at once, those after it together, the last one too: also after a failure."""
    start = house.world.now
    steps = [start + timedelta(seconds=n) for n in range(1, 6)]

    async def moving() -> list[datetime]:
        kept, told = _KeptClock(house), []
        for now in steps[:3]:
            kept.keep(now)
            told.append(World.load(house.world.path).now)
        with _changing(house.world.path):
            await house.wall_clock.sleep(1.5 * _APART_S)
            told.append(World.load(house.world.path).now)
        await house.wall_clock.sleep(1.5 * _APART_S)
        told.append(World.load(house.world.path).now)
        kept.keep(steps[3])
        kept.keep(steps[4])
        kept.flush()
        told.append(World.load(house.world.path).now)
        return told

    first, _, third, *_, last = steps
    assert [first, first, first, first, third, last] == asyncio.run(moving())
