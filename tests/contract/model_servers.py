"""Model servers on loopback that speak the providers' protocols over real sockets, as told."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

ANSWER = '{"answer": "삼성전자, 좋다"}'
TOKENS_IN, TOKENS_OUT = 40, 7


class Speech(StrEnum):
    """The protocols."""

    CHAT = "chat"
    MESSAGES = "messages"
    OLLAMA = "ollama"


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What the server does with one request.

    `finish` is in OpenAI's words; `cut` breaks off after so many bytes of the body; `error` comes
    in place of the last words, under status 200; `silent` never answers; `endless` never stops;
    `piece` bytes leave at once; `raw` is a body of one's own, without length if `unbounded`;
    `echo` says the last question again.
    """

    status: int = 200
    text: str = ANSWER
    thoughts: str = ""
    finish: str = "stop"
    counts: bool = True
    done: bool = True
    headers: Mapping[str, str] = field(default_factory=dict)
    error: Any = None
    raw: bytes | None = None
    cut: int | None = None
    silent: bool = False
    endless: bool = False
    unbounded: bool = False
    echo: bool = False
    piece: int = 1 << 20
    model: str = "really-called-1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request as it arrived; header names are in lower case."""

    path: str
    headers: Mapping[str, str]
    body: Mapping[str, Any]


class ModelServer:
    """One server: says its turns in order, the last of them again and again."""

    def __init__(self, speech: Speech, turns: Sequence[Turn] = (Turn(),)) -> None:
        """`turns` may be changed while it runs."""
        self.speech = speech
        self.turns = list(turns)
        self.asked: list[Asked] = []
        self.port = 0
        self._arrived = asyncio.Event()
        self._left = asyncio.Event()
        self._resumed = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        """The address that goes into settings."""
        return f"http://127.0.0.1:{self.port}/v1"

    def stall(self) -> None:
        """Let requests wait until `resume`."""
        self._arrived.clear()
        self._resumed.clear()
        self.turns.insert(0, Turn(silent=True))

    def resume(self) -> None:
        """Answer again, those that waited as well."""
        self.turns = [turn for turn in self.turns if not turn.silent]
        self._resumed.set()

    async def wait_asked(self) -> None:
        """Wait until a request has come."""
        await self._arrived.wait()

    async def wait_left(self) -> None:
        """Wait until a client has gone before it was answered, or at rest."""
        await self._left.wait()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection."""
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            while await self._one(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            self._left.set()
        finally:
            self._tasks.discard(task)
            writer.close()

    async def stop(self) -> None:
        """End every connection."""
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        asked = await _request(reader)
        self.asked.append(asked)
        self._arrived.set()
        if self.turns[0].silent:
            await self._silence(reader)
        turn = self.turns.pop(0) if len(self.turns) > 1 else self.turns[0]
        mime, body = self._answer(turn, asked)
        chunked = turn.raw is None and mime != "application/json"
        writer.write(_head(turn, mime, len(body), chunked=chunked))
        body = body[: turn.cut]
        for place in range(0, len(body), turn.piece):
            piece = body[place : place + turn.piece]
            writer.write(b"%x\r\n%b\r\n" % (len(piece), piece) if chunked else piece)
            await writer.drain()
        while turn.endless:
            writer.write(b"x" * 65_536)
            await writer.drain()
        whole = turn.cut is None and not turn.unbounded
        if chunked and whole:
            writer.write(b"0\r\n\r\n")
        return whole

    async def _silence(self, reader: asyncio.StreamReader) -> None:
        """Wait to be resumed, and no longer than the client does."""
        gone = asyncio.create_task(reader.read(1))
        resumed = asyncio.create_task(self._resumed.wait())
        try:
            await asyncio.wait((gone, resumed), return_when=asyncio.FIRST_COMPLETED)
            if gone.done():
                raise ConnectionResetError
        finally:
            gone.cancel()
            resumed.cancel()
            await asyncio.gather(gone, resumed, return_exceptions=True)

    def _answer(self, turn: Turn, asked: Asked) -> tuple[str, bytes]:
        if turn.raw is not None:
            return turn.headers.get("content-type", "application/json"), turn.raw
        if turn.status != 200:
            return "application/json", json.dumps(_refusal(turn)).encode()
        text = asked.body["messages"][-1]["content"] if turn.echo else turn.text
        spoken = Spoken(self.speech, turn, fitted(text, asked.body))
        if not asked.body.get("stream"):
            return "application/json", json.dumps(spoken.whole(), ensure_ascii=False).encode()
        if self.speech is Speech.OLLAMA:
            return "application/x-ndjson", b"".join(map(_line, spoken.parts()))
        done = b"data: [DONE]\n\n" if self.speech is Speech.CHAT and turn.done else b""
        return "text/event-stream", b": hello\n\n" + b"".join(map(_event, spoken.parts())) + done


@dataclass(frozen=True, slots=True)
class Spoken:
    """One answer in a protocol."""

    speech: Speech
    turn: Turn
    text: str

    def whole(self) -> dict[str, Any]:
        """Return the answer as one document."""
        if self.turn.error is not None:
            return {"error": self.turn.error}
        if self.speech is Speech.OLLAMA:
            return self._ollama(self.text, done=True)
        return self._chat() if self.speech is Speech.CHAT else self._messages()

    def parts(self) -> Iterator[dict[str, Any]]:
        """Yield the records of a stream, two characters of the text each."""
        pieces = [self.text[i : i + 2] for i in range(0, len(self.text), 2)]
        yield from {
            Speech.CHAT: self._chat_parts,
            Speech.MESSAGES: self._messages_parts,
            Speech.OLLAMA: self._ollama_parts,
        }[self.speech](pieces)

    def _chat(self) -> dict[str, Any]:
        message = {"role": "assistant", "content": self.text}
        if self.turn.thoughts:
            message["reasoning_content"] = self.turn.thoughts
        choice = {"index": 0, "message": message, "finish_reason": self.turn.finish}
        return self._chat_frame([choice], "usage" if self.turn.counts else "")

    def _chat_frame(self, choices: list[Any], usage: str = "") -> dict[str, Any]:
        counts = {"prompt_tokens": TOKENS_IN, "completion_tokens": TOKENS_OUT}
        return {
            "id": "x",
            "model": self.turn.model,
            "choices": choices,
            **({usage: counts} if usage else {}),
        }

    def _chat_parts(self, pieces: list[str]) -> Iterator[dict[str, Any]]:
        if self.turn.thoughts:
            yield self._chat_frame([{"delta": {"reasoning_content": self.turn.thoughts}}])
        for piece in pieces:
            yield self._chat_frame([{"delta": {"content": piece}, "finish_reason": None}])
        if self.turn.error is not None:
            yield {"error": self.turn.error, **self._chat_frame([{"delta": {"content": ""}}])}
            return
        if self.turn.done:
            yield self._chat_frame([{"delta": {}, "finish_reason": self.turn.finish}])
        if self.turn.counts:
            yield self._chat_frame([], "usage")

    def _messages(self) -> dict[str, Any]:
        thoughts = {"type": "thinking", "thinking": self.turn.thoughts, "signature": "s"}
        return {
            "type": "message",
            "model": self.turn.model,
            "content": [
                *([thoughts] if self.turn.thoughts else []),
                {"type": "text", "text": self.text},
            ],
            "stop_reason": _ANTHROPIC.get(self.turn.finish, "end_turn"),
            **({"usage": _usage("input_tokens", "output_tokens")} if self.turn.counts else {}),
        }

    def _messages_parts(self, pieces: list[str]) -> Iterator[dict[str, Any]]:
        counts = self.turn.counts
        begun: dict[str, Any] = {"model": self.turn.model, "content": []}
        if counts:
            begun["usage"] = {"input_tokens": TOKENS_IN, "output_tokens": 1}
        yield {"type": "message_start", "message": begun}
        yield {"type": "ping"}
        if self.turn.thoughts:
            delta = {"type": "thinking_delta", "thinking": self.turn.thoughts}
            yield {"type": "content_block_delta", "index": 0, "delta": delta}
        for piece in pieces:
            delta = {"type": "text_delta", "text": piece}
            yield {"type": "content_block_delta", "index": 1, "delta": delta}
        if self.turn.error is not None:
            yield {"type": "error", "error": self.turn.error}
            return
        reason = _ANTHROPIC.get(self.turn.finish, "end_turn")
        usage = {"usage": {"output_tokens": TOKENS_OUT}} if counts else {}
        yield {"type": "message_delta", "delta": {"stop_reason": reason}, **usage}
        if self.turn.done:
            yield {"type": "message_stop"}

    def _ollama(self, text: str, *, done: bool) -> dict[str, Any]:
        message = {"role": "assistant", "content": text}
        if self.turn.thoughts:
            message["thinking"] = self.turn.thoughts
        counts = _usage("prompt_eval_count", "eval_count") if done and self.turn.counts else {}
        ending = {"done_reason": self.turn.finish} if done else {}
        return {"model": self.turn.model, "message": message, "done": done, **ending, **counts}

    def _ollama_parts(self, pieces: list[str]) -> Iterator[dict[str, Any]]:
        for piece in pieces:
            yield self._ollama(piece, done=False)
        if self.turn.error is not None:
            yield {"error": self.turn.error}
        elif self.turn.done:
            yield self._ollama("", done=True)


_ANTHROPIC = {"length": "max_tokens", "content_filter": "refusal"}


def fitted(text: str, body: Mapping[str, Any]) -> str:
    """Return words for a request: those of the exam where its schema came along in any way."""
    everything = json.dumps(body, ensure_ascii=False).replace("\\", "")
    asked = all(word in everything for word in ('"grade"', '"score"', '"required"'))
    return '{"grade": "A", "score": 71}' if asked else text


@asynccontextmanager
async def serving(speech: Speech, *turns: Turn) -> AsyncIterator[ModelServer]:
    """Run a server on a free port of loopback."""
    server = ModelServer(speech, turns or (Turn(),))
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()
        await server.stop()
        await listening.wait_closed()


async def _request(reader: asyncio.StreamReader) -> Asked:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    fields = (line.partition(":") for line in head[1:] if line)
    headers = {name.lower(): value.strip() for name, _, value in fields}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Asked(path=head[0].split()[1], headers=headers, body=json.loads(body))


def _head(turn: Turn, mime: str, size: int, *, chunked: bool) -> bytes:
    lines = [f"HTTP/1.1 {turn.status} Told", *(f"{n}: {v}" for n, v in turn.headers.items())]
    if "content-type" not in turn.headers:
        lines.append(f"content-type: {mime}")
    if turn.endless or turn.unbounded:
        lines.append("connection: close")
    else:
        lines.append("transfer-encoding: chunked" if chunked else f"content-length: {size}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def _refusal(turn: Turn) -> dict[str, Any]:
    told = {"message": turn.text, "type": "told", "code": None}
    return {"error": told if turn.error is None else turn.error}


def _usage(asked: str, answered: str) -> dict[str, int]:
    return {asked: TOKENS_IN, answered: TOKENS_OUT}


def _event(document: Mapping[str, Any]) -> bytes:
    name = f"event: {document['type']}\r\n" if "type" in document else ""
    return f"{name}data: {json.dumps(document, ensure_ascii=False)}\n\n".encode()


def _line(document: Mapping[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode() + b"\n"
