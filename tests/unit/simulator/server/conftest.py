"""A server over two stocks whose prices are known, asked without a network."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import httpx
import numpy as np
import pytest

from jennie_cli.engine.clock import KST, ManualClock
from jennie_cli.engine.venue import default_calendar
from jennie_cli.kis_wire import TRS, Method
from jennie_cli.simulator.brokerage import Brokerage
from jennie_cli.simulator.playing import Play, RecordedDays
from jennie_cli.simulator.server import Server

DAYS = (date(2025, 6, 30), date(2025, 7, 1))
CODES = ("000660", "005930")
OPEN = datetime(2025, 6, 30, 9, 0, tzinfo=KST)
PRICE = 70_000
_LEAPS_AT = 910
KEY, SECRET = "k" * 36, "s" * 180
ACCOUNT = {"CANO": "12345678", "ACNT_PRDT_CD": "01"}
NO_VALUES: Mapping[str, str] = {}


def _bars(day: date) -> dict[str, dict[str, Any]]:
    """Return two stocks that trade every minute until 10:30, up by a tick a day."""
    times = np.array([*range(900, 960), *range(1000, 1030)], dtype=np.int64)
    low = PRICE + 100 * DAYS.index(day) + 100 * (np.arange(len(times)) % 5)
    bars = {
        "time": times,
        "open": low + 100,
        "high": low + 300,
        "low": low,
        "close": low + 200,
        "volume": np.full(len(times), 5_000),
    }
    return dict.fromkeys(CODES, bars)


def make_play(start: datetime = OPEN, *, leap: int = 0) -> Play:
    """Return a play of the two stocks; the second one leaps by so many won at 09:10."""

    def bars(day: date) -> dict[str, dict[str, Any]]:
        known = _bars(day)
        moved = dict(known[CODES[1]])
        for name in ("open", "high", "low", "close"):
            moved[name] = moved[name] + leap * (moved["time"] >= _LEAPS_AT)
        return known | {CODES[1]: moved}

    market = RecordedDays(DAYS, bars, seed=1, calendar=default_calendar(), name="two stocks")
    return Play(market, start=start, brokerage=Brokerage())


@dataclass(slots=True, kw_only=True)
class Bench:
    """A server and one customer who has a token."""

    server: Server
    wall: ManualClock
    token: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    def call(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Make one call without any header of ours."""

        async def asked() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.server.app())
            async with httpx.AsyncClient(transport=transport, base_url="http://sim") as http:
                return await http.request(method, path, **options)

        return asyncio.run(asked())

    def ask(
        self,
        name: str,
        values: Mapping[str, str] = NO_VALUES,
        *,
        turn: bool = False,
        head: Mapping[str, str] = NO_VALUES,
    ) -> httpx.Response:
        """Call a TR by its own name, with every key it documents and a fresh second."""
        tr = TRS[name]
        self.wall.advance(1.1)
        tr_id = tr.id(paper=self.server.hall.paper) or tr.real
        headers = self.headers | {"tr_id": tr_id, "tr_cont": "N" if turn else ""} | dict(head)
        keys = dict.fromkeys(tr.query or tr.body, "")
        fields = keys | {k: v for k, v in ACCOUNT.items() if k in keys} | dict(values)
        if tr.method is Method.GET:
            return self.call("GET", tr.path, params=fields, headers=headers)
        return self.call("POST", tr.path, json=fields, headers=headers)

    def quote(self, name: str, code: str = CODES[0], **values: str) -> dict[str, Any]:
        """Return the body of a quote of one stock."""
        asked = {"FID_COND_MRKT_DIV_CODE": "J", "FID_INPUT_ISCD": code} | values
        body: dict[str, Any] = self.ask(name, asked).json()
        return body

    def order(
        self,
        side: str = "buy",
        *,
        qty: int = 1,
        price: int = 0,
        more: Mapping[str, str] = NO_VALUES,
    ) -> Any:
        """Send an order, at market without a price; return the answer."""
        body = {
            "PDNO": CODES[0],
            "ORD_DVSN": "00" if price else "01",
            "ORD_QTY": str(qty),
            "ORD_UNPR": str(price),
        }
        return self.ask(f"order_{side}", body | dict(more))

    def change(self, number: str, *, cancel: bool, price: int = 0, qty: int = 0) -> Any:
        """Modify or cancel an order, all that is left of it without a quantity."""
        body = {
            "ORGN_ODNO": number,
            "ORD_DVSN": "00",
            "RVSE_CNCL_DVSN_CD": "02" if cancel else "01",
            "ORD_QTY": str(qty),
            "ORD_UNPR": str(price),
            "QTY_ALL_ORD_YN": "N" if qty else "Y",
        }
        return self.ask("order_change", body)

    def pass_time(self, seconds: float) -> None:
        """Let exchange time go by."""
        assert 200 == self.call("POST", "/_sim/clock", json={"seconds": seconds}).status_code


MakeBench = Callable[..., Bench]


@pytest.fixture
def make_bench() -> MakeBench:
    """Return a function that opens a server, at the open of the first day if not told otherwise."""

    def make(
        *,
        paper: bool = False,
        start: datetime = OPEN,
        faults: tuple[str, ...] = (),
        leap: int = 0,
    ) -> Bench:
        wall = ManualClock(OPEN)
        server = Server(make_play(start, leap=leap), wall=wall, paper=paper)
        bench = Bench(server=server, wall=wall)
        body = {"grant_type": "client_credentials", "appkey": KEY, "appsecret": SECRET}
        bench.token = bench.call("POST", "/oauth2/tokenP", json=body).json()["access_token"]
        bench.headers = {
            "authorization": f"Bearer {bench.token}",
            "appkey": KEY,
            "appsecret": SECRET,
            "custtype": "P",
        }
        server.faults.add(faults)
        return bench

    return make


@pytest.fixture
def bench(make_bench: MakeBench) -> Bench:
    """Return a real-mode server ten minutes into its first day."""
    made = make_bench()
    made.pass_time(600)
    return made
