"""A real home with store and bus, whose market is three stocks and whose broker is made by hand."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from typing import Any

from tests.unit.engine.trading.little_room import STOCKS, LittleRoom

from jennie_cli.engine.store import Dataset, MemoryFacts
from jennie_cli.settings import Masker, Options
from jennie_cli.testing import batch, moment
from jennie_cli.wiring import House


class AskingHouse(House):
    """A house at ten in the morning; `opened` counts how often the broker was needed."""

    def __init__(self, home: Path) -> None:
        """Open on a calm morning, nothing asked."""
        super().__init__(Options(home=home), Masker())
        self.room = LittleRoom()
        self.opened = 0
        rows = [(s.code, s.name, s.market.value, s.kind.value, "NORMAL") for s in STOCKS.values()]
        names = ("code", "name", "market", "kind", "status")
        facts = MemoryFacts()
        known = moment(date(2025, 1, 2))
        facts.write([batch(Dataset.STOCK_MASTER, rows, *names, known_at=lambda _: known)])
        self.__dict__.update(facts=facts, clock=self.room.clock)

    def ready(self) -> None:
        """The market is there."""

    def trading(self) -> Any:
        """Lend the room."""
        return self._lent()

    @asynccontextmanager
    async def _lent(self) -> AsyncIterator[LittleRoom]:
        self.opened += 1
        yield self.room
