"""What a call that did not end well is counted as: never less than what was sent and said."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from tests.unit.adapters.cloud_llm.membership import failure, member, outcome
from tests.unit.engine.llm.desk_bench import QUESTION, bench, flat

from jennie_cli.adapters.cloud_llm import CloudProvider
from jennie_cli.engine.llm import FailureKind, Member, ModelFailed, Reply
from jennie_cli.testing import question

SOON = question(deadline_s=0.4)
LONG = question(deadline_s=60.0)
SENT = 36 * 2 // 3
"""What the question of `testing` is estimated at: 36 characters."""


def event(document: dict[str, Any]) -> bytes:
    """Return one server-sent event."""
    return b"data: " + json.dumps(document).encode() + b"\n\n"


def chunk(**delta: Any) -> bytes:
    """Return a chunk of OpenAI's stream."""
    return event({"choices": [{"delta": delta}]})


FINISH = event({"choices": [{"delta": {"content": "ok"}, "finish_reason": "stop"}]})
USAGE = event({"choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": 3}})
STARTED = event(
    {
        "type": "message_start",
        "message": {"model": "c", "usage": {"input_tokens": 20_000, "output_tokens": 1}},
    }
)
TEXT = event({"type": "content_block_delta", "delta": {"type": "text_delta", "text": "좋" * 30}})
THOUGHT = event(
    {"type": "content_block_delta", "delta": {"type": "thinking_delta", "thinking": "음" * 60}}
)
STOPPED = event(
    {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 30}}
) + event({"type": "message_stop"})


@asynccontextmanager
async def speaking(
    name: str, *said: bytes, hangs: bool = True, mime: str = "text/event-stream"
) -> AsyncIterator[CloudProvider]:
    """Open a member towards a server that says this, then hangs or breaks off."""
    over = asyncio.Event()

    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        await reader.read(65_536)
        head = f"HTTP/1.1 200 OK\r\ncontent-type: {mime}\r\ntransfer-encoding: chunked\r\n\r\n"
        writer.write(head.encode() if said else b"")
        for piece in said:
            writer.write(b"%x\r\n%b\r\n" % (len(piece), piece))
        if hangs:
            await over.wait()
        writer.close()

    listening = await asyncio.start_server(speak, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    asker = member(name, f"http://127.0.0.1:{port}/v1")
    try:
        yield asker
    finally:
        over.set()
        await asker.close()
        listening.close()
        await listening.wait_closed()


def used(name: str, *said: bytes, hangs: bool = True) -> tuple[FailureKind, int, int]:
    """Return how a call fails that hears this, and the tokens it is counted as."""

    async def ask() -> ModelFailed:
        async with speaking(name, *said, hangs=hangs) as asker:
            return await failure(asker, SOON)

    failed = asyncio.run(ask())
    return failed.kind, failed.tokens_in, failed.tokens_out


@pytest.mark.parametrize(
    ("name", "said", "counted"),
    [
        ("claude", (STARTED,), (20_000, 0)),
        ("claude", (STARTED, TEXT), (20_000, 20)),
        ("claude", (STARTED, THOUGHT, TEXT), (20_000, 60)),
        ("deepseek", (chunk(reasoning_content="a" * 30),), (SENT, 20)),
        ("openrouter", (chunk(reasoning="a" * 30), chunk(content="b" * 3)), (SENT, 22)),
        ("deepseek", (b": waiting\n\n",), (SENT, 0)),
        ("deepseek", (), (SENT, 0)),
        ("ollama_cloud", (b'{"message":{"thinking":"aaa"},"done":false}\n',), (SENT, 2)),
    ],
)
@pytest.mark.parametrize("hangs", [True, False])
def test_a_stream_that_does_not_end_is_paid(
    name: str, said: tuple[bytes, ...], counted: tuple[int, int], hangs: bool
) -> None:
    """What was sent counts, and the larger of what was reported and what was heard or thought."""
    kind, *tokens = used(name, *said, hangs=hangs)
    assert (FailureKind.TIMEOUT if hangs else FailureKind.CONNECT) is kind
    assert counted == tuple(tokens)


def test_a_refusal_in_place_of_words_is_not_paid() -> None:
    """Nothing was answered and nothing reported."""
    error = event({"error": {"message": "busy", "code": 429}})
    assert (FailureKind.RATE_LIMITED, 0, 0) == used("openrouter", error)


def test_the_desk_books_what_a_hanging_stream_used() -> None:
    """The provider's own word comes before the desk gives up."""

    async def ask() -> tuple[int, int]:
        async with speaking("claude", STARTED, TEXT) as asker:
            desk = bench(Member(name="claude", provider=asker), prices=flat("1"))
            with pytest.raises(ModelFailed):
                await desk.desk.ask(replace(QUESTION, timeout_s=0.4))
        [booked] = desk.book.used
        assert 1 == len(desk.log.exchanges)
        return booked.tokens_in, booked.tokens_out

    assert (20_000, 20) == asyncio.run(ask())


@pytest.mark.parametrize(
    ("name", "said", "counted"),
    [
        ("deepseek", (FINISH, USAGE), (9, 3)),
        ("deepseek", (FINISH,), (SENT, 2)),
        ("claude", (STARTED, TEXT, STOPPED), (20_000, 30)),
        (
            "ollama_cloud",
            (b'{"message":{"content":"ok"},"done":true,"prompt_eval_count":9,"eval_count":3}\n',),
            (9, 3),
        ),
    ],
)
def test_an_answer_that_is_whole_is_not_waited_out(
    name: str, said: tuple[bytes, ...], counted: tuple[int, int]
) -> None:
    """A connection that stays open after the last word costs a moment, not the minute allowed."""

    async def ask() -> Reply | ModelFailed:
        async with speaking(name, *said) as asker, asyncio.timeout(20.0):
            return await outcome(asker, LONG)

    reply = asyncio.run(ask())
    assert isinstance(reply, Reply)
    assert counted == (reply.tokens_in, reply.tokens_out)
