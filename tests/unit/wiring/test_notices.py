"""Notices of a home go over a real bus to its chats, once, and its mute is honoured."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.unit.wiring.short_home import house_at, short_home

from jennie_cli.engine.notify import Kind, MemoryChat, Notice
from jennie_cli.engine.store import Mute
from jennie_cli.wiring.bus import bus_of, open_bus_of
from jennie_cli.wiring.house import House
from jennie_cli.wiring.notices import herald_of, open_notices
from jennie_cli.wiring.standing import standing_of


@pytest.fixture
def home() -> Iterator[Path]:
    """Return a home without a server."""
    with short_home() as root:
        yield root


def told(house: House, key: str, *, loud: bool = False) -> Notice:
    """Return a notice of now that is titled by its key."""
    return Notice(kind=Kind.ALARM, key=key, at=house.wall_clock.now(), title=key, loud=loud)


async def heard(house: House, chat: MemoryChat) -> list[tuple[int, str]]:
    """Let a new herald tell two chats all there is, and return all that they got."""
    async with open_bus_of(house) as bus:
        herald = herald_of(house, bus, chat, (1, -100))
        await herald.consumer(bus.streams, name="herald", deliveries=3).drain()
    return chat.sent


def test_a_notice_reaches_each_chat_once(home: Path) -> None:
    """Also one that was told just before the end, and whoever listens later."""

    async def case() -> list[tuple[int, str]]:
        house, chat = house_at(home), MemoryChat()
        async with open_bus_of(house) as bus:
            async with open_notices(house, bus) as notices:
                notices.tell(told(house, "a<b"))
            assert (0, 0) == (notices.waiting, notices.dropped)
        await heard(house, chat)
        return await heard(house, chat)

    assert [(1, "<b>a&lt;b</b>"), (-100, "<b>a&lt;b</b>")] == asyncio.run(case())


def test_a_mute_of_the_store_is_honoured(home: Path) -> None:
    """Alarms are told all the same."""

    async def case() -> list[tuple[int, str]]:
        house, chat = house_at(home), MemoryChat()
        house.admit()
        now = house.wall_clock.now()
        standing_of(house).put(Mute(who="test", at=now, until=now + timedelta(hours=1)))
        async with open_bus_of(house) as bus, open_notices(house, bus) as notices:
            notices.tell(told(house, "quiet"))
            notices.tell(told(house, "loud", loud=True))
        return await heard(house, chat)

    assert [(1, "<b>loud</b>"), (-100, "<b>loud</b>")] == asyncio.run(case())


def test_without_a_bus_who_tells_notices_nothing(home: Path) -> None:
    """What waits is counted, and nothing is raised."""

    async def case() -> int:
        house = house_at(home)
        async with open_notices(house, bus_of(house)) as notices:
            notices.tell(told(house, "a"))
        return notices.waiting

    assert 1 == asyncio.run(case())
