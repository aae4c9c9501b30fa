"""Sessions with one key against a host made of a function, on a clock that tests move."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from tests.unit.adapters.kis.desk import KEY, QUOTE, SECRET, Desk
from tests.unit.adapters.kis.streaming import (
    ACCOUNT,
    MONDAY,
    Host,
    Office,
    Prices,
    Scene,
    Scenes,
    SetClock,
)
from websockets.asyncio.server import serve

from jennie_cli.adapters.kis import Access, KisSession, KisStream, Pace, Patience, Rhythm
from jennie_cli.engine.broker import BrokerUnavailable
from jennie_cli.engine.clock import KST, Clock, ManualClock
from jennie_cli.engine.errors import OutcomeUnknown
from jennie_cli.engine.venue import default_calendar
from jennie_cli.kis_wire import Tr
from jennie_cli.settings import Masker

Handler = Callable[[httpx.Request], httpx.Response | Awaitable[httpx.Response]]
MakeSession = Callable[..., KisSession]

START = datetime(2026, 11, 23, 9, 0, tzinfo=KST)


class PoliteClock(ManualClock):
    """A clock that tests move, and that lets others run while one sleeps."""

    async def sleep(self, seconds: float) -> None:
        """Move on by `seconds` without waiting."""
        self.advance(seconds)
        await asyncio.sleep(0)  # noqa: TID251  # gives way, waits for nothing


@pytest.fixture
def clock() -> ManualClock:
    """Return a clock that stands at the open of a Monday."""
    return PoliteClock(START)


@pytest.fixture
def masker() -> Masker:
    """Return what hides secrets."""
    return Masker()


@pytest.fixture
def make_session(tmp_path: Path, clock: ManualClock, masker: Masker) -> MakeSession:
    """Return a function that opens a session of the planted key; all share one folder."""

    def make(host: Handler | None = None, **more: Any) -> KisSession:
        steady: Clock = more.pop("steady", clock)
        access = Access(
            app_key=KEY,
            app_secret=SECRET,
            rest_url=more.pop("url", "https://kis.test"),
            socket_url=more.pop("socket_url", "ws://kis.test"),
            paper=more.pop("paper", False),
        )
        return KisSession(
            access,
            runtime=tmp_path / "run",
            clock=more.pop("clock", clock),
            steady=steady,
            veil=masker,
            rng=np.random.default_rng(7),
            pace=more.pop("pace", Pace(per_second=15.0, limit=18.0)),
            patience=more.pop("patience", Patience()),
            transport=httpx.MockTransport(host) if host else None,  # type: ignore[arg-type]
        )

    return make


@pytest.fixture
def scene(make_session: MakeSession) -> Scenes:
    """Return a context manager that opens a scene."""

    @asynccontextmanager
    async def opened(
        start: datetime = MONDAY, *, paper: bool = False, hts_id: str = "", **rhythm: float
    ) -> AsyncIterator[Scene]:
        host, prices, office, clock = Host(), Prices(), Office(), SetClock(start)
        async with serve(host.take, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            session = make_session(
                office, socket_url=f"ws://127.0.0.1:{port}", clock=clock, steady=clock, paper=paper
            )
            stream = KisStream(
                session,
                quotes=prices,
                clock=clock,
                steady=clock,
                calendar=default_calendar(),
                rng=np.random.default_rng(3),
                account=ACCOUNT,
                hts_id=hts_id,
                rhythm=Rhythm(**({"poll_held_s": 60.0, "poll_others_s": 60.0} | rhythm)),
            )
            yield Scene(stream, host, prices, office, clock)
            await stream.close()
            await session.close()

    return opened


@pytest.fixture
def ask(make_session: Any) -> Callable[..., Any]:
    """Return a function that makes one call against a desk and returns reply or error."""

    def one(desk: Desk, tr: Tr = QUOTE, **more: Any) -> Any:
        async def scene() -> Any:
            async with make_session(desk, **more.pop("session", {})) as session:
                try:
                    return await session.call(tr, **more)
                except (BrokerUnavailable, OutcomeUnknown) as error:
                    return error

        return asyncio.run(scene())

    return one
