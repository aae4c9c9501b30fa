"""The bundled server: one a folder, private, and never lost without a word."""

import asyncio
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from tests.unit.adapters.redis.serving import Place

from jennie_cli.adapters.redis import bundled_program
from jennie_cli.adapters.redis.folder import holding
from jennie_cli.engine.bus import BusDown, Key, NoBusServer
from jennie_cli.engine.errors import HomeNotWritable

KEY = Key(name="a", ttl_s=None)
OTHER = Key(name="b", ttl_s=None)

_ATTACH = """
import asyncio, sys
from pathlib import Path
from jennie_cli.adapters.redis import EmbeddedServer
from jennie_cli.adapters.system import SystemClock
folder, runtime = map(Path, sys.argv[1:])
server = EmbeddedServer(folder, runtime=runtime, clock=SystemClock())
asyncio.run(server.attach())
print(server.pid)
"""


def test_whoever_comes_first_starts_it_and_the_others_attach(place: Place) -> None:
    """Eight at once in this process, two processes at once: one server, which outlives them."""

    async def case() -> None:
        servers = [place.server() for _ in range(8)]
        await asyncio.gather(*(server.attach() for server in servers))
        assert 1 == len({server.pid for server in servers})

    command = [sys.executable, "-c", _ATTACH, str(place.folder), str(place.runtime)]
    children = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    told = {child.communicate(timeout=60)[0].strip() for child in children}
    assert {str(place.pid)} == told
    asyncio.run(case())
    assert {str(place.pid)} == told


def test_only_the_owner_can_reach_it(place: Place) -> None:
    """A private folder and socket, no port, and files nobody else reads."""

    async def case() -> None:
        await place.server().attach()
        assert "tcp_port:0" in str(await place.ask("INFO server")).replace("': ", ":")

    asyncio.run(case())
    assert 0o700 == stat.S_IMODE(place.folder.stat().st_mode)
    for path in (place.server().socket, place.folder / "redis.log", *place.folder.glob("a*/*")):
        assert 0 == path.stat().st_mode & 0o077, path


def test_it_ends_with_its_last_client(place: Place) -> None:
    """Not before; then what was kept is there for the next one."""

    async def case() -> None:
        async with place.bus():
            async with place.bus() as second:
                await second.keys.put(KEY, "kept")
            assert place.server().pid is not None
        assert None is place.server().pid
        assert not place.server().socket.exists()
        async with place.bus() as third:
            assert "kept" == await third.keys.get(KEY)

    asyncio.run(case())


def test_it_ends_when_told(place: Place) -> None:
    """Whoever is connected; there is nothing to end afterwards."""

    async def case() -> None:
        assert not await place.server().stop()
        async with place.bus():
            assert await place.server().stop()
            assert not await place.server().stop()
            assert not await place.server().leave("nobody")

    asyncio.run(case())


def test_a_killed_server_is_followed_by_another(place: Place) -> None:
    """The socket and process id it left behind mislead nobody, and its data are there."""

    async def case() -> None:
        async with place.bus() as bus:
            await bus.keys.put(KEY, "kept")
            killed = await place.kill()
            assert place.server().socket.exists()
            async with place.bus() as after:
                assert "kept" == await after.keys.get(KEY)
                assert killed != place.pid

    asyncio.run(case())


def test_a_torn_end_of_its_file_is_survived(place: Place) -> None:
    """The last write is gone, all before it are there."""

    async def case() -> None:
        async with place.bus() as bus:
            await bus.keys.put(KEY, "kept")
            await bus.keys.put(OTHER, "torn")
            await place.kill()
            data = written(place)
            os.truncate(data, data.stat().st_size - 5)
            async with place.bus() as after:
                assert ("kept", None) == (await after.keys.get(KEY), await after.keys.get(OTHER))

    asyncio.run(case())


def test_a_file_that_cannot_be_read_is_told(place: Place) -> None:
    """With the server's own words and what to do; moving the folder away does it."""

    async def case() -> None:
        async with place.bus() as bus:
            await bus.keys.put(KEY, "kept")
            await place.kill()
            data = written(place)
            data.write_bytes(b"rubbish\r\n" + data.read_bytes())
            with pytest.raises(BusDown, match="append only file") as told:
                await place.server().attach()
            assert f"move {place.folder} away" in told.value.hint
            place.folder.rename(place.folder.with_name("away"))
            async with place.bus() as after:
                assert None is await after.keys.get(KEY)

    asyncio.run(case())


def test_a_server_that_hangs_is_told_and_never_doubled(place: Place) -> None:
    """Two servers would ruin one file: its lock says that it lives."""

    async def case() -> None:
        await place.server().attach()
        pid = place.pid
        os.kill(pid, signal.SIGSTOP)
        with pytest.raises(BusDown, match=rf"pid {pid}\) runs and does not answer"):
            await place.server(patience_s=0.1).attach()
        with pytest.raises(BusDown, match=rf"pid {pid}\) does not answer"):
            await place.server(patience_s=0.1).stop()
        os.kill(pid, signal.SIGCONT)
        await place.server().attach()
        assert pid == place.pid

    asyncio.run(case())


def test_a_deep_home_has_its_socket_elsewhere(place: Place) -> None:
    """Below the runtime folder, private, under a name of its own; the data stay at home."""
    deep = Place(folder=place.folder / ("아주깊은곳" * 8), runtime=place.runtime)
    other = Place(folder=place.folder / ("다른깊은곳" * 8), runtime=place.runtime)

    async def case() -> None:
        async with deep.bus() as bus, other.bus() as second:
            await bus.keys.put(KEY, "mine")
            assert None is await second.keys.get(KEY)

    asyncio.run(case())
    socket = deep.server().socket
    assert place.runtime == socket.parent.parent
    assert 0o700 == stat.S_IMODE(socket.parent.stat().st_mode)
    assert (deep.folder / "appendonlydir").is_dir()


def test_a_home_that_is_nowhere_short_is_told(place: Place) -> None:
    """Neither path fits a socket."""
    far = Place(folder=place.folder / ("x" * 100), runtime=place.runtime / ("y" * 100))
    with pytest.raises(HomeNotWritable, match="too deep"):
        far.server()


def test_a_folder_laid_by_somebody_else_is_not_used(place: Place) -> None:
    """A link in its place is refused."""
    place.runtime.mkdir()
    place.folder.symlink_to(place.runtime)
    with pytest.raises(HomeNotWritable, match="somebody else"):
        asyncio.run(place.server().attach())


def test_a_folder_that_cannot_be_made_is_told(place: Place) -> None:
    """A file is in its place."""
    place.folder.write_text("")
    with pytest.raises(HomeNotWritable, match="cannot be used"):
        asyncio.run(place.server().attach())


def test_who_cannot_come_to_the_door_is_told(place: Place) -> None:
    """Another process that starts the server holds it for too long."""

    async def case() -> None:
        place.folder.mkdir()
        door = place.folder / "door.lock"
        async with holding(door, clock=place.clock, wait_s=0):
            with pytest.raises(BusDown, match=r"holds .*door\.lock"):
                await place.server(patience_s=0.02).attach()

    asyncio.run(case())


def test_a_machine_without_a_program_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """By name, with both ways out."""
    assert bundled_program().is_file()
    monkeypatch.setattr("platform.machine", lambda: "riscv64")
    with pytest.raises(NoBusServer, match="no server for linux on riscv64") as told:
        bundled_program()
    assert "JENNIE_REDIS_URL" in told.value.hint


def test_a_program_that_does_not_start_is_told(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With what it said."""
    monkeypatch.setattr("jennie_cli.adapters.redis.server._OPTIONS", {"no-such-option": "1"})
    with pytest.raises(BusDown, match="did not start"):
        asyncio.run(place.server().attach())


def written(place: Place) -> Path:
    """Return the file that the server appends to."""
    (data,) = place.folder.glob("appendonlydir/*.incr.aof")
    return data
