"""A server of one's own, by URL, whose password is never told."""

import asyncio
import socket
from pathlib import Path

import numpy as np
import pytest
from tests.unit.adapters.redis.serving import POLICY, Place

from jennie_cli.adapters.redis import RedisBus, make_bus, read_url
from jennie_cli.engine.bus import BusDown, Key
from jennie_cli.engine.errors import SettingsError

_PASSWORD = "p@ss/wörd#1"  # noqa: S105  # nobody's
_QUOTED = "p%40ss%2Fw%C3%B6rd%231"
_KEY = Key(name="a", ttl_s=None)


async def opened(url: str, place: Place) -> RedisBus:
    """Open a bus by URL."""
    bus = make_bus(
        url=url,
        folder=place.folder,
        runtime=place.runtime,
        steady=place.clock,
        rng=np.random.default_rng(1),
        policy=POLICY,
    )
    await bus.open()
    return bus


def test_a_server_of_ones_own_is_used(place: Place) -> None:
    """With its password; it is neither started nor ended by us."""

    async def case() -> None:
        await place.server().attach()
        await place.ask("CONFIG", "SET", "requirepass", _PASSWORD)
        bus = await opened(f"unix://:{_QUOTED}@{place.server().socket}", place)
        await bus.keys.put(_KEY, "x")
        assert "x" == await bus.keys.get(_KEY)
        assert _PASSWORD not in repr(bus)
        await bus.close()
        assert place.server().pid is not None

    asyncio.run(case())


@pytest.mark.parametrize("login", ["", ":wröng-secret@", "jennie:wr%C3%B6ng-secret@"])
def test_a_wrong_password_is_told_without_it(place: Place, login: str) -> None:
    """The bus is down by name; neither form of the login is in the text."""

    async def case() -> str:
        await place.server().attach()
        await place.ask("CONFIG", "SET", "requirepass", _PASSWORD)
        with pytest.raises(BusDown) as told:
            await opened(f"unix://{login}{place.server().socket}", place)
        return f"{told.value!r} {told.value.hint}"

    told = asyncio.run(case())
    assert str(place.server().socket) in told
    assert "secret" not in told


def test_a_server_that_is_not_there_is_told_by_its_place(place: Place) -> None:
    """Host and port, without the login, and soon."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(BusDown, match=rf"127\.0\.0\.1:{port} is down") as told:
        asyncio.run(opened(f"redis://jennie:{_QUOTED}@127.0.0.1:{port}/0", place))
    for form in (_PASSWORD, _QUOTED, "jennie:"):
        assert form not in str(told.value)
    assert not place.folder.exists()


@pytest.mark.parametrize(
    "url",
    [
        f"http://:{_QUOTED}@localhost",
        "redis://:s3cret#x@host:12/0",
        "redis://user:s3cret/x@host",
        "redis://host:s3cret",
        "localhost:6379",
        "redis://host?socket_timeout=s3cret",
    ],
)
def test_a_url_that_cannot_be_read_is_told_without_it(url: str) -> None:
    """A password may be anywhere in a wrong one, so that nothing of it is repeated."""
    with pytest.raises(SettingsError, match="cannot be read") as told:
        read_url(url)
    said = f"{told.value!r} {told.value.__cause__}"
    for form in ("s3cret", _QUOTED, "localhost"):
        assert form not in said
    assert "redis://" in told.value.hint


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("redis://:pw-secret@bus.example:7000/2", "bus.example:7000"),
        ("rediss://bus.example", "bus.example:6379"),
        ("unix:///run/redis.sock", "/run/redis.sock"),
    ],
)
def test_a_place_is_read_from_a_url(url: str, place: str) -> None:
    """What people may read of it; the rest is in no repr."""
    address = read_url(url)
    assert place == address.place
    assert "secret" not in repr(address)


def test_both_forms_of_a_login_are_hidden(tmp_path: Path) -> None:
    """As it is and as a URL writes it."""
    address = read_url(f"unix://:{_QUOTED}@{tmp_path}")
    assert "*** or *** said no" == address.hide(f"{_PASSWORD} or {_QUOTED} said no")
