"""A real HTTP server on loopback that gives one file: honestly, half, slowly, or wrongly."""

import hashlib
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PAYLOAD = b"GGUF" + bytes(range(256)) * 2000
BLOCK = 8192


@dataclass(slots=True)
class Manners:
    """How the server behaves; a test changes it between requests.

    `cuts` are how many bytes of a body the next requests get, then all; `statuses` are answers of
    the next requests without a file; `longer` is added to the length that it tells.
    """

    payload: bytes = PAYLOAD
    etag: str | None = '"one"'
    ranges: bool = True
    tells_length: bool = True
    longer: int = 0
    block_s: float = 0.0
    encoding: str | None = None
    linked: str | None = None
    redirect: str | None = None
    wrong_start: int = 0
    cuts: deque[int] = field(default_factory=deque)
    statuses: deque[int] = field(default_factory=deque)
    asked: list[dict[str, str]] = field(default_factory=list)


class Handler(BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"
    manners: Manners

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the name of the base
        """Say nothing."""

    def do_GET(self) -> None:  # the name http.server looks for
        """Answer as the manners say."""
        how = self.manners
        how.asked.append({name.lower(): value for name, value in self.headers.items()})
        if how.redirect and self.path != "/moved":
            self._bare(302, {"Location": how.redirect, **self._linked()})
        elif how.statuses:
            self._bare(how.statuses.popleft(), {})
        else:
            self._file()

    def _bare(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": "0", **headers}.items():
            self.send_header(name, value)
        self.end_headers()

    def _linked(self) -> dict[str, str]:
        return {"X-Linked-Etag": f'"{self.manners.linked}"'} if self.manners.linked else {}

    def _start(self) -> int | None:
        how, wanted = self.manners, self.headers.get("Range")
        if not how.ranges or wanted is None:
            return None
        condition = self.headers.get("If-Range")
        if condition is not None and condition != how.etag:
            return None
        return int(wanted.removeprefix("bytes=").split("-")[0])

    def _file(self) -> None:
        how, start = self.manners, self._start()
        size = len(how.payload)
        if start is not None and start >= size:
            self._bare(416, {"Content-Range": f"bytes */{size}"})
            return
        body = how.payload[start or 0 :]
        self.send_response(200 if start is None else 206)
        if start is not None:
            begin = start + how.wrong_start
            self.send_header("Content-Range", f"bytes {begin}-{size - 1}/{size}")
        for name, value in (("ETag", how.etag), ("Content-Encoding", how.encoding)):
            if value is not None:
                self.send_header(name, value)
        if how.tells_length:
            self.send_header("Content-Length", str(len(body) + how.longer))
        else:
            self.send_header("Connection", "close")
        self.end_headers()
        self._send(body[: how.cuts.popleft()] if how.cuts else body)

    def _send(self, body: bytes) -> None:
        try:
            for at in range(0, len(body), BLOCK):
                self.wfile.write(body[at : at + BLOCK])
                time.sleep(self.manners.block_s)  # noqa: TID251  # the slow server of a test
        except OSError:
            pass  # the reader has gone
        self.close_connection = True


@contextmanager
def serving(manners: Manners) -> Iterator[str]:
    """Serve until the block ends; yields the file's address."""
    handler = type("Bound", (Handler,), {"manners": manners})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/model.gguf"
        finally:
            server.shutdown()
            thread.join()


def sha256(payload: bytes = PAYLOAD) -> str:
    """Return the checksum of a payload."""
    return hashlib.sha256(payload).hexdigest()
