"""A server on loopback that speaks Telegram's Bot API over real sockets, and fails when told.

It runs in threads of its own, so that commands can be run against it as well.
"""

import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Condition, Thread
from typing import Any

from jennie_cli.adapters.system import SystemClock

TOKEN = "7319462805:AAplantedBotToken_of-a_test-0123456789"  # noqa: S105  # of no real bot
NAME = "jennie_test_bot"
ANONYMOUS = 1_087_968_824
"""Telegram's own user in the place of an admin who hides."""

MOST = 4_096
_FIRST_ID = 900_000_001
_PATIENCE_S = 10.0
_TAGS = frozenset(
    {"a", "b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "code", "pre"}
    | {"span", "tg-spoiler", "tg-emoji", "blockquote"}
)
_MARK = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9-]*)((?:\s[^<>]*)?)>|<")

Fields = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mishap:
    """What one call meets in place of its answer.

    `on` is the method that it waits for, empty for any. With `takes` the call is carried out all
    the same. `raw` is everything that is written before the line is cut; `silent` says nothing
    until the server closes.
    """

    on: str = ""
    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    takes: bool = False
    raw: bytes | None = None
    silent: bool = False


def _refusal(code: int, said: str, **details: int) -> bytes:
    told: dict[str, Any] = {"ok": False, "error_code": code, "description": said}
    return json.dumps({**told, **({"parameters": details} if details else {})}).encode()


def refusing(code: int, said: str, *, on: str = "", **details: int) -> Mishap:
    """Return a refusal as Telegram tells one."""
    return Mishap(on=on, status=code, body=_refusal(code, said, **details))


def limited(seconds: int, *, on: str = "") -> Mishap:
    """Return the answer to who asks too often."""
    return refusing(429, f"Too Many Requests: retry after {seconds}", on=on, retry_after=seconds)


CONFLICT = refusing(
    409,
    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is "
    "running",
    on="getUpdates",
)
BAD_GATEWAY = Mishap(
    status=502,
    body=b"<html><head><title>502 Bad Gateway</title></head></html>",
    headers={"content-type": "text/html"},
)
DROPPED = Mishap(raw=b"")
TAKEN_AND_DROPPED = Mishap(raw=b"", takes=True)


class BotServer:
    """One bot's service: its updates, its chats, and what was sent to them.

    `chats` may be written to; whoever says something becomes one. `mishaps` are met one call
    each, in order.
    """

    def __init__(self, token: str = TOKEN, name: str = NAME, chats: Collection[int] = ()) -> None:
        """No update waits yet."""
        self.token, self.name = token, name
        self.chats = set(chats)
        self.sent: list[tuple[int, str]] = []
        self.asked: list[tuple[str, Fields]] = []
        self.mishaps: list[Mishap] = []
        self.url = ""
        self.polls = 0
        self._next = _FIRST_ID
        self._updates: list[Fields] = []
        self._polling = 0
        self._closed = False
        self._change = Condition()

    def say(self, chat: int, user: int | None, text: str, at: datetime | None = None) -> int:
        """Write to the bot, now or at an aware moment; return the update's number.

        A user of None is an admin who hides.
        """
        who: dict[str, Any] = {"from": {"id": user, "is_bot": False, "first_name": "가온"}}
        kind = "private" if user == chat else "supergroup"
        where = {"id": chat, "type": kind}
        if user is None:
            bot = {"id": ANONYMOUS, "is_bot": True, "username": "GroupAnonymousBot"}
            who = {"from": bot, "sender_chat": where}
        date = int((at or SystemClock().now()).timestamp())
        message = {"message_id": len(self._updates) + 1, **who, "chat": where, "date": date}
        if text.startswith("/"):
            length = len(text.split(maxsplit=1)[0])
            message["entities"] = [{"type": "bot_command", "offset": 0, "length": length}]
        with self._change:
            self.chats.add(chat)
        return self.tell({"message": {**message, "text": text}})

    def tell(self, update: Any) -> int:
        """Put an update of any kind in the queue; one without a number gets the next."""
        with self._change:
            number = self._next
            self._next += 1
            if isinstance(update, dict):
                update = {"update_id": number, **update}
            self._updates.append(update)
            self._change.notify_all()
        return number

    @property
    def waiting(self) -> list[Fields]:
        """The updates that nobody has confirmed."""
        with self._change:
            return list(self._updates)

    def wait(self, until: Callable[["BotServer"], bool]) -> None:
        """Wait until something has come, such as `lambda bot: bot.sent`; AssertionError if not."""
        with self._change:
            assert self._change.wait_for(lambda: until(self), _PATIENCE_S), self.asked

    def close(self) -> None:
        """Answer whoever waits."""
        with self._change:
            self._closed = True
            self._change.notify_all()

    def answer(self, path: str, fields: Fields) -> Mishap:
        """Return what a call is answered, after it was carried out."""
        root, _, method = path.rpartition("/")
        with self._change:
            self.asked.append((method, fields))
            mishap = self._mishap(method)
            self._change.notify_all()
            if mishap is not None and not mishap.takes:
                if mishap.silent:
                    self._change.wait_for(lambda: self._closed)
                return mishap
            done = self._done(root, method, fields)
            self._change.notify_all()
        return done if mishap is None else mishap

    def _mishap(self, method: str) -> Mishap | None:
        found = next((m for m in self.mishaps if m.on in {"", method}), None)
        if found is not None:
            self.mishaps.remove(found)
        return found

    def _done(self, root: str, method: str, fields: Fields) -> Mishap:
        if root != f"/bot{self.token}":
            return refusing(401, "Unauthorized")
        known = {"getMe": self._me, "getUpdates": self._poll, "sendMessage": self._send}
        return known[method](fields) if method in known else refusing(404, "Not Found")

    def _me(self, _: Fields) -> Mishap:
        number = int(self.token.partition(":")[0])
        return _result(
            {"id": number, "is_bot": True, "first_name": "jennie", "username": self.name}
        )

    def _poll(self, fields: Fields) -> Mishap:
        """Forget what is confirmed, then wait for the rest; a later poll ends an earlier one."""
        offset, limit = int(fields.get("offset", 0)), int(fields.get("limit", 100))
        self._updates = [u for u in self._updates if not offset or _number(u) >= offset]
        self.polls += 1
        mine, self._polling = self.polls, self.polls
        self._change.notify_all()
        self._change.wait_for(
            lambda: bool(self._updates) or self._closed or mine != self._polling,
            min(50.0, float(fields.get("timeout", 0))),
        )
        return CONFLICT if mine != self._polling else _result(self._updates[:limit])

    def _send(self, fields: Fields) -> Mishap:
        text, chat = str(fields.get("text", "")), fields.get("chat_id")
        html = fields.get("parse_mode") == "HTML"
        fault = html_fault(text) if html else ""
        shown = _MARK.sub("", text) if html else text
        if chat not in self.chats:
            return refusing(400, "Bad Request: chat not found")
        if fault:
            return refusing(400, f"Bad Request: can't parse entities: {fault}")
        if not shown.strip():
            return refusing(400, "Bad Request: message text is empty")
        if _units(text) > MOST:  # Telegram does not count the markup; what is sent must be safe
            return refusing(400, "Bad Request: message is too long")
        self.sent.append((chat, text))
        return _result({"message_id": len(self.sent), "chat": {"id": chat}, "text": shown})


def html_fault(html: str) -> str:
    """Return what is wrong with the markup of a message, empty for nothing."""
    opened: list[str] = []
    for found in _MARK.finditer(html):
        ends, tag = found[1], (found[2] or "").lower()
        place = len(html[: found.start()].encode())
        if tag not in _TAGS:
            return f'Unsupported start tag "{tag}" at byte offset {place}'
        if not ends:
            opened.append(tag)
        elif not opened or opened.pop() != tag:
            return f"Unmatched end tag at byte offset {place}"
    return f'Can\'t find end tag corresponding to start tag "{opened[-1]}"' if opened else ""


@contextmanager
def bot_serving(
    token: str = TOKEN, *, name: str = NAME, chats: Collection[int] = ()
) -> Iterator[BotServer]:
    """Serve one bot on a free port of loopback until the block ends."""
    bot = BotServer(token, name, chats)

    class Handler(_Handler):
        service = bot

    with _Server(("127.0.0.1", 0), Handler) as server:
        bot.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield bot
        finally:
            bot.close()
            server.shutdown()
            thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: clients may leave before they are answered."""
        del request, client_address


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    service: BotServer

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers.get("content-length", "0")))
        self._write(self.service.answer(self.path, json.loads(raw or b"{}")))

    def do_GET(self) -> None:
        self._write(self.service.answer(self.path, {}))

    def log_message(self, *args: object) -> None:
        del args

    def _write(self, said: Mishap) -> None:
        if said.raw is not None or said.silent:
            self.wfile.write(said.raw or b"")
            self.close_connection = True
            return
        kind = {"content-type": "application/json"}
        self.send_response(said.status)
        for name, value in {"content-length": str(len(said.body)), **kind, **said.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(said.body)


def _result(value: Any) -> Mishap:
    return Mishap(body=json.dumps({"ok": True, "result": value}).encode())


def _number(update: Any) -> int:
    """Return an update's number; what has none is never confirmed."""
    number = update.get("update_id") if isinstance(update, dict) else None
    return number if isinstance(number, int) else 2**63


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
