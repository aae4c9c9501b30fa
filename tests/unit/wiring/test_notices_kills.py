"""A herald that is killed while it sends tells nothing twice, and loses only what was in flight."""

import asyncio
import sys
from collections import Counter
from pathlib import Path

from tests.unit.wiring import heralding
from tests.unit.wiring.short_home import house_at, short_home

from jennie_cli.engine.notify import Kind, Notice
from jennie_cli.wiring.bus import open_bus_of
from jennie_cli.wiring.house import House
from jennie_cli.wiring.notices import open_notices

KILLS = 6
NOTICES = 120


async def _killed_again_and_again(house: House, home: Path, told: Path) -> None:
    async with open_bus_of(house) as bus:
        async with open_notices(house, bus) as notices:
            for number in range(NOTICES):
                now = house.wall_clock.now()
                notices.tell(Notice(kind=Kind.FILL, key=f"k{number}", at=now, title=f"n{number}"))
        argv = [sys.executable, heralding.__file__, str(home), str(told)]
        for _ in range(KILLS):
            before = _lines(told)
            child = await asyncio.create_subprocess_exec(*argv)
            while _lines(told) < before + 15 and child.returncode is None:
                await house.wall_clock.sleep(0.01)
            child.kill()
            await child.wait()
        last = await asyncio.create_subprocess_exec(*argv)
        assert 0 == await last.wait()


def test_killed_in_the_midst_it_tells_nothing_twice() -> None:
    """Two chats, kill -9 time and again: each notice at most once, and one a kill may be lost."""
    with short_home() as home:
        told = home / "told"
        told.touch()
        house = house_at(home)
        asyncio.run(_killed_again_and_again(house, home, told))
        counts = Counter(told.read_text(encoding="utf-8").splitlines())
        assert {1} == set(counts.values())
        assert 2 * NOTICES - KILLS <= len(counts) <= 2 * NOTICES


def _lines(told: Path) -> int:
    return len(told.read_text(encoding="utf-8").splitlines())
