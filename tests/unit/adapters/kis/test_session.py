"""What one call does when KIS answers, refuses, breaks or stays silent."""

import asyncio
import json
import logging
import ssl
from typing import Any

import httpx
import pytest
from tests.unit.adapters.kis.desk import (
    ACCOUNT,
    BALANCE,
    BUY,
    CHANGE,
    GOOD,
    KEY,
    QUOTE,
    SECRET,
    SELL,
    TOKEN,
    Desk,
    Say,
    said,
)

from jennie_cli.adapters.kis import Access, Patience
from jennie_cli.adapters.kis.line import LARGEST, Line, Silence
from jennie_cli.adapters.system import SystemClock
from jennie_cli.engine.broker import BrokerBusy, BrokerUnavailable
from jennie_cli.engine.clock import ManualClock
from jennie_cli.engine.errors import OutcomeUnknown, SettingsError
from jennie_cli.kis_wire import TRS, Tr


def test_a_read_carries_key_token_and_query(ask: Any) -> None:
    """Headers as the fact sheet lists them; the reply comes back with its head in lower case."""
    desk = Desk(httpx.Response(200, headers={"Tr_Cont": "M"}, json={"rt_cd": "0", "output": {}}))
    reply = ask(desk, BALANCE, query={"CANO": "87654321"}, next_page=True)
    (sent,) = desk.calls
    head = sent.headers
    assert reply.more
    assert f"Bearer {TOKEN}" == head["authorization"]
    assert (KEY, SECRET, "P") == (head["appkey"], head["appsecret"], head["custtype"])
    assert ("TTTC8434R", "N") == (head["tr_id"], head["tr_cont"])
    assert "87654321" == sent.url.params["CANO"]


def test_an_order_carries_its_body_as_texts(ask: Any) -> None:
    """POST, JSON, the paper id on the paper host."""
    desk = Desk()
    body = {"CANO": "87654321", "ORD_QTY": "1"}
    reply = ask(desk, SELL, body=body, session={"paper": True})
    (sent,) = desk.calls
    assert "0" == reply.body["rt_cd"]
    assert body == json.loads(sent.content)
    assert "VTTC0011U" == sent.headers["tr_id"]
    assert "application/json; charset=utf-8" == sent.headers["content-type"]


def test_what_the_paper_host_lacks_is_not_asked(ask: Any) -> None:
    """The error names the call; nothing is sent, not even for a token."""
    desk = Desk()
    error = ask(desk, TRS["open_orders"], session={"paper": True})
    assert "KIS paper trading does not offer open_orders." == str(error)
    assert (0, []) == (desk.tokens, desk.calls)


@pytest.mark.parametrize("tr", [SELL, BUY, CHANGE, QUOTE])
@pytest.mark.parametrize("code", ["EGW00121", "EGW00122", "EGW00123"])
def test_a_refused_token_is_replaced_and_the_call_made_once_more(
    make_session: Any, clock: ManualClock, tr: Tr, code: str
) -> None:
    """Safe for orders too: who is not let in has not ordered."""
    desk = Desk()

    async def scene() -> Any:
        async with make_session(desk) as session:
            await session.call(QUOTE)
            clock.advance(3600)
            desk.says, desk.calls = [said(code)], []
            return await session.call(tr)

    assert "0" == asyncio.run(scene()).body["rt_cd"]
    bearers = [sent.headers["authorization"] for sent in desk.calls]
    assert ["Bearer planted-token-1", "Bearer planted-token-2"] == bearers


def test_a_token_refused_twice_is_told(make_session: Any, clock: ManualClock) -> None:
    """The second refusal comes back as it is, and no third call is made."""
    desk = Desk()

    async def scene() -> Any:
        async with make_session(desk) as session:
            await session.call(QUOTE)
            clock.advance(3600)
            desk.says, desk.calls = [said("EGW00123"), said("EGW00123")], []
            return await session.call(SELL)

    assert "EGW00123" == asyncio.run(scene()).body["msg_cd"]
    assert 2 == len(desk.calls)


@pytest.mark.parametrize("tr", [SELL, BUY, CHANGE, QUOTE])
def test_a_call_too_many_is_made_again_more_slowly(ask: Any, tr: Tr) -> None:
    """EGW00201 proves that nothing was taken, so orders go again too."""
    desk = Desk(said("EGW00201"), said("EGW00201", status=200))
    assert "0" == ask(desk, tr).body["rt_cd"]
    assert 3 == len(desk.calls)


def test_a_host_that_only_ever_turns_away_is_given_up(ask: Any) -> None:
    """After five calls the refusal comes back."""
    desk = Desk(*(said("EGW00201") for _ in range(9)))
    assert "EGW00201" == ask(desk, SELL).body["msg_cd"]
    assert 5 == len(desk.calls)


@pytest.mark.parametrize(
    "say",
    [
        httpx.ReadTimeout(""),
        httpx.ReadError(""),
        httpx.WriteError(""),
        httpx.RemoteProtocolError(""),
        ssl.SSLError(1, "DECRYPTION_FAILED_OR_BAD_RECORD_MAC"),
        ConnectionResetError(),
        RuntimeError("the transport is gone"),
        httpx.Response(500),
        httpx.Response(502, text="<html>Bad Gateway</html>"),
        httpx.Response(200, text=""),
        httpx.Response(200, text="null"),
        httpx.Response(200, json=["a", "list"]),
        httpx.Response(200, json={"output": {}}),
        httpx.Response(200, json={"rt_cd": None}),
        httpx.Response(200, json={"rt_cd": {"0": "0"}}),
        httpx.Response(302, headers={"location": "http://evil.test/"}),
        httpx.Response(200, content=b"{" + b" " * (LARGEST + 1)),
        httpx.Response(200, content=b"\xff\xfe\x00"),
        httpx.Response(200, headers={"content-encoding": "gzip"}, stream=httpx.ByteStream(b"no")),
    ],
)
@pytest.mark.parametrize("tr", [SELL, BUY, CHANGE])
def test_an_order_without_a_readable_answer_is_unknown_and_left_alone(
    ask: Any, tr: Tr, say: Say
) -> None:
    """One call, no second; only the broker's records tell."""
    desk = Desk(say)
    error = ask(desk, tr)
    assert isinstance(error, OutcomeUnknown)
    assert 1 == len(desk.calls)


@pytest.mark.parametrize(
    "error", [httpx.ConnectError(""), httpx.ConnectTimeout(""), httpx.PoolTimeout("")]
)
def test_an_order_that_found_no_connection_was_not_sent(ask: Any, error: Exception) -> None:
    """It is refused as unavailable, not as unknown, and not repeated."""
    desk = Desk(error)
    found = ask(desk, BUY)
    assert isinstance(found, BrokerUnavailable)
    assert "Nothing was sent." in found.message
    assert 1 == len(desk.calls)


@pytest.mark.parametrize("code", ["EGW00301", "EGW00302", "EGW00001", "APBK0952", "NEVERSEEN"])
def test_an_envelope_for_an_order_comes_back_as_it_is(ask: Any, code: str) -> None:
    """What it means is not for the session to say; nothing is sent again."""
    desk = Desk(said(code))
    assert code == ask(desk, SELL).body["msg_cd"]
    assert 1 == len(desk.calls)


@pytest.mark.parametrize(
    "say", [httpx.ReadTimeout(""), httpx.ConnectError(""), said("EGW00001"), httpx.Response(503)]
)
def test_a_read_is_tried_three_times_with_growing_pauses(
    ask: Any, clock: ManualClock, say: Say
) -> None:
    """Two failures are mended; the pauses come from the clock that was handed in."""
    before = clock.monotonic()
    desk = Desk(say, say)
    assert "0" == ask(desk, QUOTE).body["rt_cd"]
    assert 3 == len(desk.calls)
    assert 0.3 <= clock.monotonic() - before <= 1.2


def test_a_read_that_keeps_failing_is_unavailable(ask: Any) -> None:
    """Never an empty answer."""
    desk = Desk(*(httpx.Response(500) for _ in range(9)))
    found = ask(desk, BALANCE)
    assert "KIS could not be asked for balance: HTTP 500 without a JSON object." == str(found)
    assert 3 == len(desk.calls)


def test_an_error_in_the_shape_of_the_token_office_is_an_envelope(ask: Any) -> None:
    """`error_code` stands for `msg_cd` wherever it turns up."""
    say = httpx.Response(403, json={"error_code": "EGW00206", "error_description": "no right"})
    reply = ask(Desk(say))
    assert ("1", "EGW00206", "no right") == tuple(
        reply.body[k] for k in ("rt_cd", "msg_cd", "msg1")
    )


def test_an_error_of_a_gateway_that_is_not_on_record_is_no_answer(ask: Any) -> None:
    """A proxy's `error_code` says nothing of the order: its outcome is unknown."""
    say = httpx.Response(504, json={"error_code": "GATEWAY_TIMEOUT", "error_description": "x"})
    desk = Desk(say)
    assert isinstance(ask(desk, SELL), OutcomeUnknown)
    assert 1 == len(desk.calls)


def test_the_brokers_words_are_one_clean_line_without_secrets(ask: Any) -> None:
    """Escapes, control and direction characters go; a repeated secret is hidden."""
    text = f"\x1b[2J\x1b]0;title\x07거부\u202e\r\n  {SECRET}\x00 {TOKEN} " + "x" * 5000
    reply = ask(Desk(said("APBK0952", status=200, rt_cd="7", text=text)), SELL)
    words = reply.body["msg1"]
    assert words.startswith("거부 *** *** xxx")
    assert 200 >= len(words)


def test_five_failures_in_a_row_stop_all_but_sells_and_cancels(
    make_session: Any, clock: ManualClock
) -> None:
    """Buys and reads wait a minute, then one trial opens the way again."""
    desk = Desk(*(httpx.Response(500) for _ in range(5)))

    async def scene() -> None:
        async with make_session(desk) as session:
            for _ in range(5):
                with pytest.raises(OutcomeUnknown):
                    await session.call(BUY)
            assert session.breaker_open
            for tr in (BUY, QUOTE, BALANCE):
                with pytest.raises(BrokerUnavailable, match="asked again in"):
                    await session.call(tr)
            assert 5 == len(desk.calls)
            desk.says = [httpx.Response(500), httpx.Response(500)]
            for tr in (SELL, CHANGE):
                with pytest.raises(OutcomeUnknown):
                    await session.call(tr)
            clock.advance(61)
            desk.says = [httpx.Response(500)]
            with pytest.raises(OutcomeUnknown):
                await session.call(BUY)
            with pytest.raises(BrokerUnavailable, match="asked again in"):
                await session.call(BUY)
            clock.advance(61)
            await session.call(BUY)
            await session.call(QUOTE)
            assert not session.breaker_open

    asyncio.run(scene())


def test_a_sell_that_is_answered_closes_the_breaker(make_session: Any) -> None:
    """What passes tells that the host is back; refusals count as answers."""
    desk = Desk(*(httpx.Response(500) for _ in range(5)), said("APBK0952", rt_cd="7"))

    async def scene() -> None:
        async with make_session(desk) as session:
            for _ in range(5):
                with pytest.raises(OutcomeUnknown):
                    await session.call(BUY)
            await session.call(SELL)
            await session.call(BUY)

    asyncio.run(scene())


def test_market_data_gives_up_its_place_after_two_seconds(make_session: Any) -> None:
    """At 15 a second about 30 of 100 quotes are served; the others are told that nothing left."""
    desk = Desk()

    async def scene() -> list[Any]:
        async with make_session(
            desk, steady=SystemClock(), patience=Patience(data_wait_s=0.3)
        ) as s:
            calls = (s.call(QUOTE) for _ in range(20))
            return await asyncio.gather(*calls, return_exceptions=True)

    found = asyncio.run(scene())
    busy = [x for x in found if isinstance(x, BrokerBusy)]
    assert 20 == len(busy) + len(desk.calls)
    assert 3 <= len(desk.calls) <= 6
    assert "Nothing was sent." in busy[0].hint


def test_a_sell_overtakes_two_hundred_queued_quotes(make_session: Any) -> None:
    """At most one quote leaves after the sell was asked for."""
    desk = Desk()

    async def scene() -> int:
        async with make_session(desk, steady=SystemClock()) as session:
            await session.tokens.token()
            quotes = [asyncio.create_task(session.call(QUOTE)) for _ in range(200)]
            await SystemClock().sleep(0.3)
            before = len(desk.calls)
            await session.call(SELL)
            for quote in quotes:
                quote.cancel()
            await asyncio.gather(*quotes, return_exceptions=True)
            return before

    before = asyncio.run(scene())
    ids = [sent.headers["tr_id"] for sent in desk.calls]
    assert ids.index(SELL.real) - before <= 1


def test_no_secret_is_in_any_text(make_session: Any, caplog: pytest.LogCaptureFixture) -> None:
    """Key, secret, token and account number appear in no log, error or repr."""
    caplog.set_level(logging.DEBUG)
    echo = f"{KEY} {SECRET} {TOKEN} {ACCOUNT}"
    says = (httpx.ReadTimeout(echo), httpx.Response(500, text=echo), said("X", text=echo))
    seen = []

    async def scene() -> None:
        for say in says:
            async with make_session(Desk(say)) as session:
                session.veil.learn(ACCOUNT)
                seen.append(repr(session) + repr(session.access) + repr(session.tokens))
                try:
                    reply = await session.call(SELL, body={"CANO": ACCOUNT})
                    seen.append(repr(reply.body))
                except OutcomeUnknown as error:
                    seen.append(repr(error) + error.message + error.hint)
                await session.call(BALANCE, query={"CANO": ACCOUNT})

    asyncio.run(scene())
    texts = "\n".join(seen) + caplog.text
    assert 6 == len(seen)
    assert [] == [s for s in (KEY, SECRET, TOKEN, ACCOUNT) if s in texts]


@pytest.mark.parametrize("bad", ["", "with blank", "new\nline", "열쇠", "x" * 600])
def test_a_key_that_no_header_can_carry_is_refused_unseen(bad: str) -> None:
    """SettingsError without the value."""
    with pytest.raises(SettingsError) as caught:
        Access(app_key=KEY, app_secret=bad, rest_url="", socket_url="", paper=False)
    assert not bad or bad not in caught.value.message


async def _mute(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Take everything and say nothing, until the caller hangs up."""
    while await reader.read(1024):
        pass
    writer.transport.abort()


def test_a_real_host_that_never_answers(make_session: Any) -> None:
    """What was sent and stays unanswered is unknown."""

    async def scene() -> None:
        server = await asyncio.start_server(_mute, "127.0.0.1", 0)
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with server, make_session(url=url, patience=Patience(order_timeout_s=0.3)) as session:
            session.folder.write(
                "token.json", {"token": TOKEN, "until": "2026-11-24T09:00:00+09:00"}
            )
            with pytest.raises(OutcomeUnknown, match="KIS gave no readable answer"):
                await session.call(SELL, body={})
        await SystemClock().sleep(0.05)  # both ends hang up

    asyncio.run(scene())


class _Stuck(httpx.AsyncBaseTransport):
    """A network that gets as far as it is told to, then hangs."""

    def __init__(self, *events: str) -> None:
        self.events = events

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Report the events and never return."""
        for event in self.events:
            await request.extensions["trace"](event, {})
        await asyncio.Event().wait()
        return GOOD


@pytest.mark.parametrize(
    ("events", "sent"),
    [
        ((), True),
        (("connection.connect_tcp.started",), False),
        (("connection.connect_tcp.complete", "connection.start_tls.started"), False),
        (("http11.send_request_headers.started",), True),
        (("http11.send_request_headers.started", "http11.send_request_body.started"), True),
    ],
)
def test_how_far_a_hanging_call_got_decides(events: tuple[str, ...], sent: bool) -> None:
    """Before the first byte left it was surely not sent; without any report it may have been."""

    async def scene() -> Any:
        line = Line("http://kis.test", transport=_Stuck(*events))
        left: list[bool] = []

        async def leaving() -> None:
            left.append(True)

        found = await line.exchange("POST", "/", headers={}, timeout_s=0.05, leaving=leaving)
        await line.close()
        return found, left

    found, left = asyncio.run(scene())
    assert Silence(sent=sent, why="no answer in time") == found
    assert [True] * any("send_request_headers" in event for event in events) == left


def test_a_real_host_that_is_not_there(make_session: Any) -> None:
    """A refused connection sent nothing."""

    async def scene() -> None:
        server = await asyncio.start_server(_mute, "127.0.0.1", 0)
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        server.close()
        await server.wait_closed()
        async with make_session(url=url) as session:
            with pytest.raises(BrokerUnavailable, match="log us in"):
                await session.call(SELL, body={})

    asyncio.run(scene())
