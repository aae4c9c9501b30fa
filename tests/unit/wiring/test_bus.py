"""The bus of a home on a real server: started, shared, lost, missing, or somebody's own."""

import asyncio
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.unit.wiring.short_home import house_at, server_of, short_home

from jennie_cli.adapters.redis import server
from jennie_cli.adapters.system import SystemClock
from jennie_cli.engine.bus import BusDown, Key, NoBusServer
from jennie_cli.engine.errors import SettingsError
from jennie_cli.settings import Profile
from jennie_cli.wiring.bus import bus_of, open_bus_of

KEY = Key(name="a", ttl_s=None)
SOON = {"bus.reconnect_step_s": "0.05"}


@pytest.fixture
def home() -> Iterator[Path]:
    """Return a home without a server."""
    with short_home() as root:
        yield root


def test_whoever_comes_first_starts_the_server_and_the_last_one_ends_it(home: Path) -> None:
    """What was kept is there for the next one; two at a time share one server."""

    async def case() -> str | None:
        async with open_bus_of(house_at(home)) as first:
            await first.keys.put(KEY, "x")
            pid = server_of(home).pid
            async with open_bus_of(house_at(home)) as second:
                assert ("x", pid) == (await second.keys.get(KEY), server_of(home).pid)
            assert server_of(home).pid == pid
        assert None is server_of(home).pid
        async with open_bus_of(house_at(home)) as third:
            return await third.keys.get(KEY)

    assert "x" == asyncio.run(case())


def test_each_profile_of_a_home_has_a_server_of_its_own(home: Path) -> None:
    """A cooldown of the invented market holds back no real order."""

    async def case() -> str | None:
        async with open_bus_of(house_at(home)) as sim:
            await sim.keys.put(KEY, "x")
            async with open_bus_of(house_at(home, Profile.PAPER)) as paper:
                return await paper.keys.get(KEY)

    assert None is asyncio.run(case())


def test_a_server_of_ones_own_is_taken_by_url(home: Path) -> None:
    """None is started for the home, and the one there is stays."""

    async def case() -> str | None:
        own = server_of(home, Profile.PAPER)
        await own.attach()
        house = house_at(home, given={"redis.url": f"unix://{own.socket}"})
        async with open_bus_of(house) as bus:
            await bus.keys.put(KEY, "x")
            assert None is server_of(home).pid
        assert own.pid is not None
        async with open_bus_of(house_at(home, Profile.PAPER)) as found:
            return await found.keys.get(KEY)

    assert "x" == asyncio.run(case())


def test_a_killed_server_comes_back_by_itself(home: Path) -> None:
    """Calls in between fail by name; what was acknowledged is there again."""

    async def case() -> str | None:
        house = house_at(home, given=SOON)
        async with open_bus_of(house) as bus:
            await bus.keys.put(KEY, "x")
            os.kill(server_of(home).pid or 0, signal.SIGKILL)
            with pytest.raises(BusDown):
                await bus.keys.get(KEY)
            await house.wall_clock.sleep(0.06)
            return await bus.keys.get(KEY)

    assert "x" == asyncio.run(case())


def test_a_bus_that_is_not_needed_may_be_missing_at_first(home: Path) -> None:
    """Each call fails by name until there is a server; then it is the bus."""

    async def case() -> str | None:
        missing = home / "late.sock"
        house = house_at(home, given={"redis.url": f"unix://{missing}", **SOON})
        async with open_bus_of(house, needed=False) as bus:
            for _ in range(2):
                with pytest.raises(BusDown):
                    await bus.keys.put(KEY, "x")
            own = server_of(home)
            await own.attach()
            missing.symlink_to(own.socket)
            await house.wall_clock.sleep(0.11)
            await bus.keys.put(KEY, "x")
            return await bus.keys.get(KEY)

    assert "x" == asyncio.run(case())


def test_a_machine_without_a_server_program_goes_on_without_a_bus(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who can do without hears it at each call; who cannot, at once and by name."""

    def none() -> Path:
        raise NoBusServer("none for this machine", hint="bring one")

    monkeypatch.setattr(server, "bundled_program", none)

    async def case() -> None:
        house = house_at(home, given=SOON)
        async with open_bus_of(house, needed=False) as bus:
            with pytest.raises(BusDown):
                await bus.keys.get(KEY)
            await house.wall_clock.sleep(0.06)
            with pytest.raises(BusDown, match="none for this machine"):
                await bus.keys.get(KEY)
        with pytest.raises(NoBusServer):
            async with open_bus_of(house):
                raise AssertionError("it was opened")

    asyncio.run(case())


def test_a_bus_that_is_needed_fails_by_name(home: Path) -> None:
    """Nothing is yielded, and nothing is left open."""

    async def case() -> None:
        async with open_bus_of(house_at(home, given={"redis.url": f"unix://{home}/none.sock"})):
            raise AssertionError("it was opened")

    with pytest.raises(BusDown, match=r"none\.sock"):
        asyncio.run(case())


@pytest.mark.parametrize("needed", [True, False])
def test_a_wrong_url_is_never_passed_over(home: Path, needed: bool) -> None:
    """A person mends it; its password is not repeated."""

    async def case() -> None:
        house = house_at(home, given={"redis.url": "http://:hidden-word@host"})
        async with open_bus_of(house, needed=needed):
            raise AssertionError("it was opened")

    with pytest.raises(SettingsError) as told:
        asyncio.run(case())
    assert "hidden-word" not in f"{told.value.message} {told.value.hint}"


def test_the_environment_names_the_server(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """JENNIE_REDIS_URL, as the documentation says."""
    monkeypatch.setenv("JENNIE_REDIS_URL", "redis://:hidden-word@example.org:6380/2")
    bus = bus_of(house_at(home))
    assert ("example.org:6380", False) == (bus.place, "hidden-word" in repr(bus))
    asyncio.run(bus.close())


def test_a_home_that_lies_deep_has_its_socket_elsewhere(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though the folder for temporary files lies as deep as the home does."""
    deep = home / ("d" * 40) / ("e" * 40)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(deep))
    monkeypatch.setattr("tempfile.tempdir", str(deep))

    async def case() -> str | None:
        async with open_bus_of(house_at(deep)) as bus:
            await bus.keys.put(KEY, "x")
            return await bus.keys.get(KEY)

    assert "x" == asyncio.run(case())
    folder = deep / "bus" / Profile.SIM
    elsewhere = server.EmbeddedServer(folder, runtime=Path(os.sep, "tmp"), clock=SystemClock())
    elsewhere.socket.parent.rmdir()
