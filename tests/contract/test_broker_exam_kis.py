"""The broker exam of our KIS client on the simulated exchange, over REST and its socket."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
import pytest
from tests.contract.in_process import (
    CODE,
    DAY,
    KEY,
    PRICE,
    SECRET,
    Served,
    eventually,
    serving_here,
)

from jennie_cli.adapters.kis import (
    Access,
    AccountNumber,
    KisAccount,
    KisOrders,
    KisQuotes,
    KisSession,
    KisStream,
    Pace,
)
from jennie_cli.adapters.system import SystemClock
from jennie_cli.engine.broker import Capabilities
from jennie_cli.engine.model import Venue
from jennie_cli.engine.venue import default_calendar
from jennie_cli.settings import Masker
from jennie_cli.testing import BrokerDesk, BrokerExam

_ACCOUNT = AccountNumber(number="12345678", product="01")
_AT_ONCE = Pace(per_second=10_000.0, limit=20_000.0)
_NEAR = 5_000


class TestKis(BrokerExam):
    """The client of a real key."""

    paper = False
    capabilities = Capabilities(
        name="kis",
        open_orders=True,
        order_rows=True,
        sellable=True,
        notices=True,
        venues=tuple(Venue),
    )

    @pytest.fixture(autouse=True)
    def _folder(self, tmp_path: Path) -> None:
        self.runtime = tmp_path / "key"

    @asynccontextmanager
    async def open(self) -> AsyncIterator[BrokerDesk]:
        """Open a server with a fresh account, and a desk on it whose stream is up."""
        async with serving_here(paper=self.paper) as served, self._session(served) as session:
            stream = self._stream(served, session)
            try:
                yield await self._desk(served, session, stream)
            finally:
                await stream.close()

    async def _desk(self, served: Served, session: KisSession, stream: KisStream) -> BrokerDesk:
        orders = KisOrders(session, _ACCOUNT, served.clock)
        assert self.capabilities == orders.capabilities

        async def wait(seconds: int) -> None:
            """Let exchange time pass, then let every notice that was sent arrive."""
            await eventually(lambda: stream.status.connected)
            await served.clock.sleep(seconds)
            await eventually(lambda: len(desk.heard) >= served.server.hub.frames)

        desk = BrokerDesk(
            orders=orders,
            account=KisAccount(session, _ACCOUNT),
            notices=stream,
            wait=wait,
            day=DAY,
            code=CODE,
            rest_buy=PRICE - _NEAR,
            cross_buy=PRICE + _NEAR,
            rest_sell=PRICE + _NEAR,
            cross_sell=PRICE - _NEAR,
        )
        return desk

    def _session(self, served: Served) -> KisSession:
        access = Access(
            app_key=KEY,
            app_secret=SECRET,
            rest_url=served.url,
            socket_url=served.ws_url,
            paper=self.paper,
        )
        return KisSession(
            access,
            runtime=self.runtime,
            clock=served.clock,
            steady=SystemClock(),
            veil=Masker(),
            rng=np.random.default_rng(1),
            pace=_AT_ONCE,
            transport=served.transport,
        )

    def _stream(self, served: Served, session: KisSession) -> KisStream:
        calendar = default_calendar()
        return KisStream(
            session,
            quotes=KisQuotes(session, clock=served.following, calendar=calendar),
            clock=served.following,
            steady=SystemClock(),
            calendar=calendar,
            rng=np.random.default_rng(2),
            account=_ACCOUNT,
            hts_id="trader",
        )


class TestKisPaper(TestKis):
    """The client of a paper key: no list of open orders, no sellable shares, one exchange."""

    paper = True
    capabilities = Capabilities(
        name="kis-paper", open_orders=False, order_rows=True, sellable=False, notices=True
    )
