"""A KIS stream on loopback, and the scenes in which tests meet it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from typing import Any

import httpx
from websockets.asyncio.server import ServerConnection

from jennie_cli.adapters.kis import AccountNumber, KisStream
from jennie_cli.adapters.system import SystemClock
from jennie_cli.engine.broker import BrokerUnavailable
from jennie_cli.engine.clock import KST
from jennie_cli.engine.feed import Quote
from jennie_cli.kis_wire import Ack, PingPong, StreamKey, Subscription, frame_text, parse_client

MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=KST)
KEY = StreamKey(key="k" * 32, iv="i" * 16)
ACCOUNT = AccountNumber(number="87654321", product="01")
A, B, C = "005930", "000660", "035720"


class SetClock(SystemClock):
    """A clock that runs, from a moment that a test sets."""

    def __init__(self, start: datetime) -> None:
        """Run from `start`."""
        self.start = start
        self._began = self.monotonic()

    def now(self) -> datetime:
        """Return the moment."""
        return self.start + timedelta(seconds=self.monotonic() - self._began)


def trade(
    code: str = A, *, price: int = 71_000, qty: int = 5, total: int = 100, **more: str
) -> str:
    """Return a record of 47 fields."""
    fields = ["0"] * 47
    fields[0], fields[1], fields[2] = code, more.get("hour", "100000"), str(price)
    fields[8], fields[12], fields[13] = "72000", str(qty), str(total)
    fields[33], fields[46] = more.get("day", "20261123"), more.get("market", "2")
    return "^".join(fields)


def trades(*records: str) -> str:
    """Return a frame of trades."""
    return frame_text("H0STCNT0", "^".join(records), count=len(records))


def notice(number: str = "0000001234", *, kind: str = "fill", account: str = "8765432101") -> str:
    """Return the plain text of a 26-field notice."""
    fields = ["hts", account, number, "", "02", "0", "00", "0", A, "0000000003", "000071000"]
    fields += ["100001", "0", "2" if kind == "fill" else "1", "2" if kind == "fill" else "1"]
    fields += ["00950", "000000010", "name", "0", "1", "N", "", "10", "", "name", "000071000"]
    return "^".join(fields)


class Host:
    """A KIS stream on loopback: acknowledges, remembers, and says what a test wants."""

    def __init__(self) -> None:
        """Nobody has come yet."""
        self.sockets: list[ServerConnection] = []
        self.heard: list[tuple[str, str, bool]] = []
        self.approvals: list[str] = []
        self.pongs: list[str] = []
        self.at: list[float] = []
        self.most = 41
        self.refuse: list[Ack] = []

    async def take(self, socket: ServerConnection) -> None:
        """Serve one socket."""
        self.sockets.append(socket)
        if self.refuse:
            await socket.recv()
            await socket.send(self.refuse.pop(0).text())
            await socket.close()
            return
        live: set[tuple[str, str]] = set()
        async for text in socket:
            said = parse_client(str(text))
            if isinstance(said, PingPong):
                self.pongs.append(str(text))
            else:
                await socket.send(self._ack(said, live).text())

    def _ack(self, said: Subscription, live: set[tuple[str, str]]) -> Ack:
        wish = (said.tr_id, said.tr_key)
        self.heard.append((*wish, said.register))
        self.approvals.append(said.approval_key)
        self.at.append(asyncio.get_running_loop().time())
        full = said.register and len(live) >= self.most
        code = "OPSP0008" if full else "OPSP0000" if said.register else "OPSP0001"
        if said.register and not full:
            live.add(wish)
        else:
            live.discard(wish)
        return Ack(
            tr_id=wish[0],
            tr_key=wish[1],
            rt_cd="1" if full else "0",
            msg_cd=code,
            msg1="",
            key=KEY if code == "OPSP0000" else None,
        )

    async def say(self, text: str) -> None:
        """Send a text over the newest socket."""
        await self.sockets[-1].send(text)

    @property
    def registered(self) -> list[tuple[str, str]]:
        """Return what was registered, in order."""
        return [(tr, key) for tr, key, register in self.heard if register]


class Prices:
    """Answers polls with the day volume that a test sets."""

    def __init__(self) -> None:
        """Nothing traded yet."""
        self.volumes: dict[str, int] = {}
        self.asked: list[tuple[str, ...]] = []
        self.broken = False

    async def quotes(self, codes: Sequence[str]) -> tuple[Quote, ...]:
        """Return quotes."""
        self.asked.append(tuple(codes))
        if self.broken:
            raise BrokerUnavailable("no quotes")
        return tuple(
            Quote(
                code=code,
                price=70_000,
                base_price=70_000,
                open=70_000,
                high=70_500,
                low=69_000,
                upper_limit=91_000,
                lower_limit=49_000,
                volume=self.volumes.get(code, 0),
                value=0,
            )
            for code in codes
        )


class Office:
    """Issues approval keys A1, A2, ..."""

    def __init__(self) -> None:
        """Nothing issued yet."""
        self.issued = 0

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        """Issue the next key."""
        del request
        self.issued += 1
        return httpx.Response(200, json={"approval_key": f"approval-{self.issued}"})


class Scene:
    """A stream, its host, its polls and its clock."""

    def __init__(
        self, stream: KisStream, host: Host, prices: Prices, office: Office, clock: SetClock
    ) -> None:
        """Hold the parts."""
        self.stream, self.host, self.prices, self.office = stream, host, prices, office
        self.clock = clock

    async def until(self, true: Callable[[], bool]) -> None:
        """Wait for something to become true, three seconds at most."""
        async with asyncio.timeout(3):
            while not true():
                await SystemClock().sleep(0.01)

    async def live(self, *codes: str) -> None:
        """Wait until these codes are streamed."""
        await self.until(lambda: set(codes) <= set(self.stream.status.streamed))


Scenes = Callable[..., AbstractAsyncContextManager[Scene]]


async def take(ticks: AsyncIterator[Any], count: int) -> list[Any]:
    """Return the next items, three seconds at most."""
    async with asyncio.timeout(3):
        return [await anext(ticks) for _ in range(count)]
