"""A process that tells a home's notices into a file, to be killed: home, file."""

import asyncio
import sys
from pathlib import Path

from jennie_cli.settings import Masker, Options, Profile
from jennie_cli.wiring import House
from jennie_cli.wiring.bus import open_bus_of
from jennie_cli.wiring.notices import herald_of

SENDING_S = 0.01


class FileChat:
    """Chats that are lines of a file; each message takes its time."""

    def __init__(self, house: House, path: Path) -> None:
        """Append to the file."""
        self._clock, self._path = house.wall_clock, path

    async def ready(self) -> None:
        """Be ready."""

    async def send(self, chat: int, html: str) -> None:
        """Write one line."""
        await self._clock.sleep(SENDING_S)
        with self._path.open("a", encoding="utf-8") as file:
            file.write(f"{chat} {html}\n")


async def herald(home: Path, path: Path) -> None:
    """Tell all there is, then end."""
    house = House(Options(home=home, profile=Profile.SIM, given={}), Masker())
    async with open_bus_of(house) as bus:
        teller = herald_of(house, bus, FileChat(house, path), (1, 2))
        await teller.consumer(bus.streams, name="herald", deliveries=3).drain()


if __name__ == "__main__":
    asyncio.run(herald(Path(sys.argv[1]), Path(sys.argv[2])))
