"""Puts one notice on the bus of a home, as a session would."""

import asyncio
from pathlib import Path

from tests.unit.wiring.short_home import house_at

from jennie_cli.engine.notify import Kind, Notice
from jennie_cli.wiring.bus import open_bus_of
from jennie_cli.wiring.notices import open_notices


def tell(home: Path, title: str, *, loud: bool) -> None:
    """Tell something of now."""

    async def case() -> None:
        house = house_at(home)
        async with open_bus_of(house) as bus, open_notices(house, bus) as notices:
            now = house.wall_clock.now()
            notices.tell(Notice(kind=Kind.ALARM, key=title, at=now, title=title, loud=loud))

    asyncio.run(case())
