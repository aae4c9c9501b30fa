"""A server in this process on a free port: its exchange stands until a client's clock drives it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
import uvicorn

from jennie_cli.adapters.system import SystemClock
from jennie_cli.engine.clock import KST
from jennie_cli.engine.venue import default_calendar
from jennie_cli.simulator.brokerage import Brokerage
from jennie_cli.simulator.driving import SimClock, WorldTime
from jennie_cli.simulator.playing import Play, RecordedDays
from jennie_cli.simulator.playing.recorded import MinuteBars
from jennie_cli.simulator.server import Server, bind
from jennie_cli.wiring.lockstep import Counted

DAY = date(2025, 6, 30)
CODE = "005930"
PRICE = 70_000
KEY, SECRET = "k" * 36, "s" * 180
_NO_LIMIT = 100_000
_LOOK_S = 0.002
_PATIENCE_S = 20.0


class FollowingClock(SystemClock):
    """Tells the exchange's time and waits on the machine's, so that who uses it drives nothing."""

    def __init__(self, world: SimClock) -> None:
        """`world` is driven by somebody else."""
        self._world = world

    def now(self) -> datetime:
        """Return the exchange's present."""
        return self._world.now()


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A running server and the clock that drives it; calls go through `transport`."""

    server: Server
    url: str
    ws_url: str
    clock: SimClock
    following: FollowingClock
    transport: Counted


@asynccontextmanager
async def serving_here(
    *, paper: bool = False, at: str = "09:10", bars: MinuteBars | None = None
) -> AsyncIterator[Served]:
    """Serve one stock that trades around PRICE every minute until half past ten, or as `bars` say;
    no rate limit.
    """
    wall = SystemClock()
    start = datetime.combine(DAY, datetime.strptime(at, "%H:%M").time(), KST)  # noqa: DTZ007  # a time of day
    server = Server(_play(start, bars or _bars()), wall=wall, paper=paper, limit=_NO_LIMIT)
    listener = bind(0)
    config = uvicorn.Config(
        server.app(),
        log_config=None,
        access_log=False,
        ws="websockets-sansio",
        ws_ping_interval=None,
        timeout_graceful_shutdown=1,
    )
    runner = uvicorn.Server(config)
    serving = asyncio.create_task(runner.serve(sockets=[listener]))
    await eventually(lambda: runner.started)
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    clock = SimClock(url, told=WorldTime.read(_told(server)), wall=wall)
    try:
        yield Served(
            server=server,
            url=url,
            ws_url=url.replace("http", "ws", 1),
            clock=clock,
            following=FollowingClock(clock),
            transport=Counted(clock),
        )
    finally:
        await clock.close()
        server.hub.end()
        runner.should_exit = True
        await serving


async def eventually(so: Callable[[], bool]) -> None:
    """Return once `so` holds; AssertionError when it does not for a long time."""
    wall = SystemClock()
    until = wall.monotonic() + _PATIENCE_S
    while not so():
        assert wall.monotonic() < until, "waited in vain"
        await wall.sleep(_LOOK_S)


def _told(server: Server) -> dict[str, Any]:
    time = server.motion.time
    return {"now": time.now.isoformat(), "pace": time.pace.value, "speed": time.speed}


def _play(start: datetime, bars: MinuteBars) -> Play:
    def read(_day: date) -> dict[str, MinuteBars]:
        return {CODE: bars}

    market = RecordedDays((DAY,), read, seed=1, calendar=default_calendar(), name="one stock")
    return Play(market, start=start, brokerage=Brokerage())


def _bars() -> MinuteBars:
    times = np.array([*range(900, 960), *range(1000, 1030)], dtype=np.int64)
    low = PRICE + 100 * (np.arange(len(times)) % 5)
    return {
        "time": times,
        "open": low + 100,
        "high": low + 300,
        "low": low,
        "close": low + 200,
        "volume": np.full(len(times), 5_000),
    }
