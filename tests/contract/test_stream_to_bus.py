"""Ticks from the exchange's socket to the bus: all of them, once; a gap is marked."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tests.contract.in_process import CODE, KEY, SECRET, Served, eventually, serving_here

from jennie_cli.adapters.kis import (
    REAL_PACE,
    Access,
    KisQuotes,
    KisSession,
    KisStream,
    Rhythm,
    publish_ticks,
)
from jennie_cli.adapters.system import SystemClock
from jennie_cli.engine.bus import MemoryBus
from jennie_cli.engine.venue import default_calendar
from jennie_cli.settings import Masker
from jennie_cli.simulator.exchange import StretchRow

_NO_POLLS = Rhythm(poll_held_s=3_600.0, poll_others_s=3_600.0)
_BEFORE_OPEN = "08:59"

Trade = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A stream of one stock on its way to a bus."""

    served: Served
    stream: KisStream
    bus: MemoryBus

    def told(self) -> list[Trade]:
        """Return (price, shares) of what the bus carries."""
        fields = [message.fields for message in self.bus.read("kis:prices")]
        return [(int(f["price"]), int(f["vol"])) for f in fields]

    def gaps(self) -> list[int]:
        """Return the places of the ticks after a gap."""
        messages = self.bus.read("kis:prices")
        return [at for at, message in enumerate(messages) if "after_gap" in message.fields]

    def sent(self) -> list[Trade]:
        """Return (price, shares) of what has traded."""
        table = self.served.server.play.exchange.prints_so_far(CODE).table
        rows = zip(table[StretchRow.PRICE].tolist(), table[StretchRow.QTY].tolist(), strict=True)
        return list(rows)

    async def up(self) -> None:
        """Wait until the stock is streamed."""
        await eventually(lambda: self.stream.status.streamed == (CODE,))


@asynccontextmanager
async def line(runtime: Path) -> AsyncIterator[Line]:
    """Open a server before the opening and a stream of its stock."""
    async with serving_here(at=_BEFORE_OPEN) as served:
        wall, calendar = SystemClock(), default_calendar()
        access = Access(
            app_key=KEY,
            app_secret=SECRET,
            rest_url=served.url,
            socket_url=served.ws_url,
            paper=False,
        )
        session = KisSession(
            access,
            runtime=runtime,
            clock=served.following,
            steady=wall,
            veil=Masker(),
            rng=np.random.default_rng(1),
            pace=REAL_PACE,
        )
        stream = KisStream(
            session,
            quotes=KisQuotes(session, clock=served.following, calendar=calendar),
            clock=served.following,
            steady=wall,
            calendar=calendar,
            rng=np.random.default_rng(2),
            rhythm=_NO_POLLS,
        )
        stream.watch([CODE])
        bus = MemoryBus()
        moving = asyncio.create_task(publish_ticks(stream, bus))
        try:
            yield Line(served=served, stream=stream, bus=bus)
        finally:
            await stream.close()
            await session.close()
            await moving


def test_every_tick_of_the_exchange_reaches_the_bus_once(tmp_path: Path) -> None:
    """In order, from the opening auction on."""

    async def case() -> None:
        async with line(tmp_path) as one:
            await one.up()
            await one.served.clock.sleep(120)
            await eventually(lambda: len(one.told()) >= len(one.sent()))
            assert len(one.sent()) > 20
            assert one.sent() == one.told()
            assert [] == one.gaps()

    asyncio.run(case())


def test_after_a_dropped_socket_only_what_was_sent_meanwhile_is_missing(tmp_path: Path) -> None:
    """The tick that follows the hole says so."""

    async def case() -> None:
        async with line(tmp_path) as one:
            await one.up()
            await one.served.clock.sleep(60)
            one.served.server.faults.add(["drop-socket:n=1"])
            await one.served.clock.sleep(60)
            await eventually(lambda: one.stream.status.connections > 1)
            await one.up()
            await one.served.clock.sleep(60)
            await eventually(lambda: one.told()[-1:] == one.sent()[-1:] and one.gaps() != [])
            (gap,) = one.gaps()
            after = one.told()[gap:]
            assert one.sent()[:gap] == one.told()[:gap]
            assert one.sent()[-len(after) :] == after
            assert len(one.told()) < len(one.sent())

    asyncio.run(case())
