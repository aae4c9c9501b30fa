"""What `doctor` says of a bus on a server of one's own."""

import asyncio
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from tests.unit.wiring.short_home import house_at, server_of, short_home

from jennie_cli.settings import Profile
from jennie_cli.wiring.checkup import examine
from jennie_cli.wiring.findings import Finding, Level
from jennie_cli.wiring.house import House


@pytest.fixture
def home() -> Iterator[Path]:
    """Return a home without a server."""
    with short_home() as root:
        yield root


def bus_of_doctor(house: House) -> Finding:
    """Return the line about the bus."""
    with closing(house):
        (found,) = (finding for finding in examine(house) if finding.name == "bus")
    return found


def test_a_server_of_ones_own_is_asked(home: Path) -> None:
    """While it answers all is well, and its place is told."""
    own = server_of(home, Profile.PAPER)
    asyncio.run(own.attach())
    try:
        found = bus_of_doctor(house_at(home, given={"redis.url": f"unix://{own.socket}"}))
        assert Level.OK is found.level
        assert str(own.socket) in found.detail
    finally:
        asyncio.run(own.stop())


def test_a_server_that_does_not_answer_fails_without_its_password(home: Path) -> None:
    """Nothing is bought while it is down, so that is no warning; the URL may hold a secret."""
    url = "redis://me:hush-hush@127.0.0.1:1/0"
    found = bus_of_doctor(house_at(home, given={"redis.url": url}))
    assert Level.FAIL is found.level
    assert found.todo
    assert "hush" not in f"{found.detail}{found.todo}"
