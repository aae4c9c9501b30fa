"""The bus on the bundled server sits the exam."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from tests.unit.adapters.redis.serving import IDLE_S, Place

from jennie_cli.testing import BusDesk, BusExam


class TestRedisBus(BusExam):
    """The exam, each case on a server of its own."""

    @pytest.fixture(autouse=True)
    def _at(self, place: Place) -> None:
        """Take a place for the server."""
        self._place = place

    @asynccontextmanager
    async def open(self) -> AsyncIterator[BusDesk]:
        """Open a desk on a new server."""

        async def kill() -> None:
            await self._place.kill()

        async with self._place.bus() as bus:
            yield BusDesk(
                streams=bus.streams,
                keys=bus.keys,
                locks=bus.locks,
                wait=self._place.clock.sleep,
                idle_s=IDLE_S,
                kill=kill,
            )
