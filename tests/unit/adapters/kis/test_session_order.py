"""What keeps an order here: time, a full disk, a key that is not good, a session that is closed."""

import asyncio
import os
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.unit.adapters.kis.desk import (
    BUY,
    CHANGE,
    GOOD,
    QUOTE,
    SELL,
    TOKEN,
    Desk,
    said,
)

from jennie_cli.adapters.kis import Pace
from jennie_cli.adapters.kis.line import Line
from jennie_cli.engine.broker import BrokerBusy, BrokerUnavailable
from jennie_cli.engine.clock import ManualClock
from jennie_cli.engine.errors import JennieError, SettingsError, StorageFull
from jennie_cli.kis_wire import Tr


def test_an_order_that_kis_keeps_turning_away_is_not_sent_late(
    make_session: Any, clock: ManualClock
) -> None:
    """A slow gateway says five times that it was too many; the last would leave after 36 s."""
    start, left = clock.now(), []

    def gateway(request: httpx.Request) -> httpx.Response:
        if request.url.path.startswith("/oauth2"):
            return httpx.Response(200, json={"access_token": TOKEN, "expires_in": 86_400})
        left.append((clock.now() - start).total_seconds())
        clock.advance(9.0)
        return said("EGW00201")

    async def scene() -> None:
        async with make_session(gateway, pace=Pace(per_second=1.0, limit=1.0)) as session:
            with pytest.raises(BrokerBusy, match="too long for its turn") as caught:
                await session.call(SELL)
            assert caught.value.hint.startswith("Nothing was sent.")

    asyncio.run(scene())
    assert 1 == len(left)
    assert left[0] < 4.5


@pytest.mark.parametrize("tr", [SELL, BUY, CHANGE])
def test_an_order_does_not_leave_after_the_machine_has_slept(
    make_session: Any, clock: ManualClock, tr: Tr
) -> None:
    """The machine's clock stood for two minutes while the order waited for its token."""
    steady, sent = ManualClock(clock.now()), []

    def gateway(request: httpx.Request) -> httpx.Response:
        if request.url.path.startswith("/oauth2"):
            clock.advance(120)
            return httpx.Response(200, json={"access_token": TOKEN, "expires_in": 86_400})
        sent.append(request)
        return GOOD

    async def scene() -> None:
        async with make_session(gateway, steady=steady) as session:
            with pytest.raises(BrokerBusy, match="was not placed"):
                await session.call(tr)
            await session.call(QUOTE)

    asyncio.run(scene())
    assert [QUOTE.real] == [request.headers["tr_id"] for request in sent]


def test_the_last_look_at_the_clock_is_when_the_bytes_go_out(
    make_session: Any, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A connection that took the whole time to open carries no order any more."""
    wrote = []

    class Slow(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            trace = request.extensions["trace"]
            await trace("connection.connect_tcp.started", {})
            clock.advance(14.5)
            await trace("http11.send_request_headers.started", {})
            wrote.append(request)
            return GOOD

    async def scene() -> None:
        async with make_session(Desk()) as session:
            await session.tokens.token()
            line = Line("https://kis.test", transport=Slow())
            monkeypatch.setattr(session, "_line", line)
            with pytest.raises(BrokerBusy, match="was not placed"):
                await session.call(SELL)
            await line.close()

    asyncio.run(scene())
    assert [] == wrote


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (StorageFull("The disk is full."), "The disk is full. Nothing was sent."),
        (SettingsError("KIS does not accept the app key."), "KIS does not accept the app key. No"),
    ],
)
def test_what_keeps_an_order_from_its_token_is_named_as_the_port_does(
    ask: Any, monkeypatch: pytest.MonkeyPatch, error: JennieError, message: str
) -> None:
    """Nothing was sent, whatever is wrong with disk or key; a reading call is told as it is."""

    async def fails(*_: Any, **__: Any) -> str:
        raise error

    monkeypatch.setattr("jennie_cli.adapters.kis.tokens.Tokens.token", fails)
    found = ask(Desk(), SELL)
    assert BrokerUnavailable is type(found)
    assert found.message.startswith(message)
    with pytest.raises(type(error)):
        ask(Desk(), QUOTE)


def test_a_session_that_is_closed_while_an_answer_comes_writes_nowhere(
    make_session: Any, tmp_path: Path
) -> None:
    """A call too many is told to a board that is closed by then; its number is another file's."""
    ledger = tmp_path / "ledger.jsonl"
    ledger.write_bytes(b"evidence\n" * 1000)
    inside, answer = asyncio.Event(), asyncio.Event()

    async def gateway(request: httpx.Request) -> httpx.Response:
        if request.url.path.startswith("/oauth2"):
            return httpx.Response(200, json={"access_token": TOKEN, "expires_in": 86_400})
        inside.set()
        await answer.wait()
        return said("EGW00201")

    async def scene() -> None:
        session = make_session(gateway)
        call = asyncio.create_task(session.call(QUOTE))
        await inside.wait()
        await session.bucket.close()
        handle = os.open(ledger, os.O_RDWR)
        answer.set()
        with pytest.raises(BrokerBusy, match="being closed"):
            await call
        with pytest.raises(BrokerBusy, match="being closed"):
            await session.call(SELL)
        os.close(handle)
        await session.close()

    asyncio.run(scene())
    assert b"evidence\n" * 1000 == ledger.read_bytes()


@pytest.mark.parametrize("url", ["http://kis.test", "http://10.0.0.7:8899", "ftp://kis.test", ""])
def test_no_key_leaves_this_machine_in_clear_text(make_session: Any, url: str) -> None:
    """The session of such an address is never opened."""
    with pytest.raises(SettingsError, match="in clear text"):
        make_session(Desk(), url=url)


@pytest.mark.parametrize("url", ["http://127.0.0.1:8899", "http://localhost:1", "http://[::1]:1"])
def test_an_exchange_on_this_machine_needs_no_https(make_session: Any, url: str) -> None:
    """The key does not leave it."""
    assert url == make_session(Desk(), url=url).access.rest_url
