"""Each way to fail has its kind, whole and streamed, in every protocol."""

import asyncio
import socket
from dataclasses import replace
from typing import Any

import httpx
import pytest
from tests.contract.model_servers import ANSWER, TOKENS_IN, TOKENS_OUT, Speech, Turn, serving
from tests.unit.adapters.cloud_llm.membership import (
    EACH_SPEECH,
    KEY,
    failure,
    member,
    opened,
    outcome,
)

from jennie_cli.engine.llm import FailureKind, ModelFailed, Reply
from jennie_cli.testing import question

STATUSES = {
    302: FailureKind.GONE,
    400: FailureKind.REFUSED_REQUEST,
    401: FailureKind.UNAUTHORISED,
    402: FailureKind.PAYMENT,
    403: FailureKind.FORBIDDEN,
    404: FailureKind.GONE,
    408: FailureKind.TIMEOUT,
    410: FailureKind.GONE,
    422: FailureKind.REFUSED_REQUEST,
    429: FailureKind.RATE_LIMITED,
    500: FailureKind.SERVER,
    503: FailureKind.SERVER,
    529: FailureKind.SERVER,
}
SHAPED = question(shaped=True, deadline_s=20.0)


def failed(name: str, turn: Turn, *, stream: bool, **options: Any) -> ModelFailed:
    """Return how a call fails that meets this turn."""

    async def ask() -> ModelFailed:
        async with opened(name, turn, stream=stream, **options) as (asker, _):
            return await failure(asker)

    return asyncio.run(ask())


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize(("name", "stream"), EACH_SPEECH)
def test_a_status_says_who_may_be_asked_next(name: str, stream: bool, status: int) -> None:
    """Only what our request caused is ours; the text names provider, status and words."""
    found = failed(name, Turn(status=status, text="정말 아니오"), stream=stream)
    assert STATUSES[status] is found.kind
    assert found.message == f"{name}: HTTP {status} 정말 아니오"
    assert found.ours is (status in {400, 422})
    assert (0, 0, None) == (found.tokens_in, found.tokens_out, found.retry_after_s)


@pytest.mark.parametrize(
    ("turn", "kind"),
    [
        (Turn(text=""), FailureKind.EMPTY),
        (Turn(text=" \n"), FailureKind.EMPTY),
        (Turn(text="", finish="length"), FailureKind.EMPTY),
        (Turn(raw=b'{"choices": ['), FailureKind.NOT_JSON),
        (Turn(raw=b"[1]"), FailureKind.NOT_JSON),
        (Turn(raw=b""), FailureKind.NOT_JSON),
        (Turn(raw=b"{}"), FailureKind.EMPTY),
        (Turn(raw=b'{"choices": [3], "content": {}, "message": []}'), FailureKind.EMPTY),
        (Turn(raw=b"{}", headers={"content-encoding": "gzip"}), FailureKind.SERVER),
        (Turn(error={"message": "overloaded", "type": "overloaded_error"}), FailureKind.SERVER),
        (
            Turn(error={"message": "slow down", "type": "rate_limit_error"}),
            FailureKind.RATE_LIMITED,
        ),
        (Turn(error={"message": "no credits", "code": 402}), FailureKind.PAYMENT),
        (Turn(error="model runner has unexpectedly stopped"), FailureKind.SERVER),
    ],
)
@pytest.mark.parametrize(("name", "stream"), EACH_SPEECH)
def test_a_good_status_may_bring_no_answer(
    name: str, stream: bool, turn: Turn, kind: FailureKind
) -> None:
    """Empty, broken, no object, compressed, or an error in place of words."""
    assert kind is failed(name, turn, stream=stream).kind


@pytest.mark.parametrize(("name", "stream"), EACH_SPEECH)
def test_words_cut_short_are_no_json(name: str, stream: bool) -> None:
    """They were paid for; without a schema they are an answer all the same."""

    async def ask() -> None:
        turn = Turn(text='{"grade": "', finish="length")
        async with opened(name, turn, stream=stream) as (asker, _):
            cut = replace(SHAPED, schema={"type": "object"})
            found = await failure(asker, cut)
            assert FailureKind.NOT_JSON is found.kind
            assert (TOKENS_IN, TOKENS_OUT) == (found.tokens_in, found.tokens_out)
            assert isinstance(await outcome(asker), Reply)

    asyncio.run(ask())


@pytest.mark.parametrize(("name", "stream"), [e for e in EACH_SPEECH if e[0] != "ollama_cloud"])
def test_a_filter_forbids(name: str, stream: bool) -> None:
    """What a provider withholds, another may say."""
    assert FailureKind.FORBIDDEN is failed(name, Turn(finish="content_filter"), stream=stream).kind


@pytest.mark.parametrize(("name", "stream"), EACH_SPEECH)
def test_an_answer_that_breaks_off_is_none(name: str, stream: bool) -> None:
    """Wherever the connection ends; what was sent is counted as paid for."""

    async def ask() -> None:
        turns = [Turn(cut=cut) for cut in (0, 1, 60, 100)]
        async with opened(name, *turns, Turn(), stream=stream) as (asker, _):
            for _turn in turns:
                found = await failure(asker)
                assert FailureKind.CONNECT is found.kind
                assert 0 < found.tokens_in
            assert isinstance(await outcome(asker), Reply)

    asyncio.run(ask())


@pytest.mark.parametrize("name", ["deepseek", "claude", "ollama_cloud"])
def test_a_stream_without_its_end_broke_off(name: str) -> None:
    """A connection closed in good order is no sign that all was said."""
    found = failed(name, Turn(done=False), stream=True)
    assert FailureKind.CONNECT is found.kind
    assert 0 < found.tokens_out


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("deepseek", b'data: {"choices":[{"delta":{"content":"o"}}]}\n\ndata: {"choi'),
        ("claude", b'data: {"type":"content_block_delta","delta":{"type":"text_del'),
        ("ollama_cloud", b'{"message":{"content":"o"},"done":false}\n{"mess'),
    ],
)
def test_half_a_record_at_the_end_broke_off(name: str, raw: bytes) -> None:
    """A body without a length ends when the connection does."""
    turn = Turn(raw=raw, headers={"content-type": "text/event-stream"}, unbounded=True)
    assert FailureKind.CONNECT is failed(name, turn, stream=True).kind


@pytest.mark.parametrize(("name", "stream"), EACH_SPEECH)
def test_uncounted_tokens_are_estimated_and_told_once(
    name: str, stream: bool, caplog: pytest.LogCaptureFixture
) -> None:
    """One and a half characters a token; the log says so with the first answer."""

    async def ask() -> None:
        async with opened(name, Turn(counts=False), stream=stream) as (asker, _):
            for _time in range(2):
                reply = await outcome(asker)
                assert isinstance(reply, Reply)
                assert (-(-36 * 2 // 3), -(-len(ANSWER) * 2 // 3)) == (
                    reply.tokens_in,
                    reply.tokens_out,
                )

    asyncio.run(ask())
    assert 1 == sum("estimated" in record.message for record in caplog.records)


@pytest.mark.parametrize(("name", "stream"), EACH_SPEECH)
def test_an_endless_answer_is_left(name: str, stream: bool) -> None:
    """After four million bytes."""
    raw = b": " if stream else b'{"'
    mime = "text/event-stream" if stream else "application/json"
    turn = Turn(raw=raw, headers={"content-type": mime}, endless=True)
    assert FailureKind.SERVER is failed(name, turn, stream=stream).kind


def test_an_endless_refusal_is_left() -> None:
    """Its status is enough to go on."""
    turn = Turn(status=503, raw=b"no ", endless=True)
    found = failed("deepseek", turn, stream=False)
    assert FailureKind.SERVER is found.kind
    assert 330 > len(found.message)


def test_nobody_at_the_address_is_a_failed_connection() -> None:
    """The text names the provider and the hint its setting."""

    async def ask() -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            asker = member("server", f"http://127.0.0.1:{taken.getsockname()[1]}/v1")
            found = await failure(asker)
            await asker.close()
        assert FailureKind.CONNECT is found.kind
        assert "server.url" in found.hint

    asyncio.run(ask())


def test_a_redirect_is_not_followed() -> None:
    """A key does not travel on."""

    async def ask() -> None:
        async with serving(Speech.CHAT) as elsewhere:
            turn = Turn(status=307, headers={"location": elsewhere.url + "/chat/completions"})
            async with opened("deepseek", turn) as (asker, _):
                assert FailureKind.GONE is (await failure(asker)).kind
            assert [] == elsewhere.asked

    asyncio.run(ask())


def test_without_a_key_nothing_is_sent() -> None:
    """The hint says how to store one."""

    async def ask() -> None:
        async with serving(Speech.CHAT) as server:
            asker = member("openrouter", server.url, key=None)
            found = await failure(asker)
            await asker.close()
            assert FailureKind.NO_SECRET is found.kind
            assert "jennie secrets set openrouter_api_key" == found.hint
            assert [] == server.asked

    asyncio.run(ask())


def test_a_server_that_does_not_stream_is_understood() -> None:
    """Asked for a stream, it answers in one piece; a chunk may bring words that fail."""

    async def ask() -> None:
        whole = b'{"choices":[{"message":{"content":"ok"},"finish_reason":"stop"}]}'
        refusal = b'{"choices":[{"message":{"content":null,"refusal":"no"}}]}'
        failing = b'{"choices":[{"message":{"content":"x"},"finish_reason":"error"}]}'
        turns = [Turn(raw=raw) for raw in (whole, refusal, failing)]
        async with opened("server", *turns, stream=True, key=KEY) as (asker, _):
            reply = await outcome(asker)
            assert isinstance(reply, Reply)
            assert ("ok", asker.model) == (reply.text, reply.model)
            assert FailureKind.FORBIDDEN is (await failure(asker)).kind
            assert FailureKind.SERVER is (await failure(asker)).kind

    asyncio.run(ask())


def test_what_happens_after_the_last_word_spoils_nothing() -> None:
    """A stream that said why it ends has ended, though its connection breaks or stays open."""

    async def ask() -> None:
        chunk = b'data: {"choices":[{"delta":{"content":"ok"},"finish_reason":"stop"}]}\n\n'
        head = {"content-type": "text/event-stream"}
        turn = Turn(raw=chunk + b": " + b"x" * 99, headers=head, cut=len(chunk))
        async with opened("deepseek", turn) as (asker, _):
            reply = await outcome(asker)
            assert isinstance(reply, Reply)

    asyncio.run(ask())


def test_an_address_that_is_not_encrypted_after_all_is_not_spoken_to() -> None:
    """The key does not leave before the host has shown who it is."""
    heard = bytearray()

    async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        heard.extend(await reader.read(4096))
        writer.close()

    async def ask() -> None:
        listening = await asyncio.start_server(plain, "127.0.0.1", 0)
        port = listening.sockets[0].getsockname()[1]
        asker = member("deepseek", f"https://127.0.0.1:{port}/v1")
        assert FailureKind.CONNECT is (await failure(asker)).kind
        await asker.close()
        listening.close()
        await listening.wait_closed()

    asyncio.run(ask())
    assert heard
    assert KEY.encode() not in heard


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (OSError("no route"), FailureKind.CONNECT),
        (httpx.ConnectTimeout("too long"), FailureKind.TIMEOUT),
        (httpx.PoolTimeout("no place"), FailureKind.TIMEOUT),
    ],
)
def test_what_sockets_raise_has_its_kind(
    error: Exception, kind: FailureKind, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the HTTP library lets pass as well."""

    async def ask() -> None:
        async with opened("deepseek") as (asker, _):
            assert isinstance(await outcome(asker), Reply)
            assert asker._line is not None

            def broken(*_: object, **__: object) -> None:
                raise error

            monkeypatch.setattr(asker._line._client, "stream", broken)
            assert kind is (await failure(asker)).kind

    asyncio.run(ask())


def test_thinking_told_in_the_total_alone_is_counted() -> None:
    """Gemini's endpoint counts it nowhere else, and bills it."""

    async def ask() -> None:
        usage = b'"usage":{"prompt_tokens":5,"completion_tokens":2,"total_tokens":90}'
        odd = b'"usage":{"prompt_tokens":true,"completion_tokens":-2,"total_tokens":"x"}'
        words = b'{"choices":[{"message":{"content":"ok"}}],'
        turns = [Turn(raw=words + counts + b"}") for counts in (usage, odd)]
        async with opened("gemini", *turns, stream=False) as (asker, _):
            thought, uncounted = await outcome(asker), await outcome(asker)
            assert isinstance(thought, Reply)
            assert isinstance(uncounted, Reply)
            assert (5, 85) == (thought.tokens_in, thought.tokens_out)
            assert (24, 2) == (uncounted.tokens_in, uncounted.tokens_out)

    asyncio.run(ask())


@pytest.mark.parametrize("way", ["cancelled", "too late"])
@pytest.mark.parametrize(("name", "stream"), EACH_SPEECH)
def test_a_call_that_is_given_up_closes_its_connection(name: str, stream: bool, way: str) -> None:
    """The server hears of it at once, though the provider stays open."""

    async def ask() -> None:
        async with opened(name, Turn(silent=True), stream=stream) as (asker, server):
            deadline_s = 0.2 if way == "too late" else 60.0
            work = asyncio.create_task(outcome(asker, question(deadline_s=deadline_s)))
            await server.wait_asked()
            if way == "cancelled":
                work.cancel()
            await server.wait_left()
            ended = (await asyncio.gather(work, return_exceptions=True))[0]
            expected = asyncio.CancelledError if way == "cancelled" else ModelFailed
            assert isinstance(ended, expected)

    asyncio.run(ask())
