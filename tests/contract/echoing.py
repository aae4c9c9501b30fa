"""A host that answers every call with what it was sent: the worst that a gateway could do."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

MESSAGE_BYTES = 80
"""What KIS says is cut here, in the middle of a long secret."""


class _Echo(BaseHTTPRequestHandler):
    """Logs in while the server holds a token, and refuses everything with the caller's secrets."""

    token = ""

    def do_GET(self) -> None:
        """Show a page to log in at, refuse any other read."""
        if self.path.startswith("/contents"):
            self._answer(200, {"asked": str(self.headers)})
        else:
            self._refuse("")

    def do_POST(self) -> None:
        """Log in, or refuse."""
        body = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
        if self.path.startswith("/oauth2") and self.token:
            self._answer(200, {"access_token": self.token, "expires_in": 86400})
        elif self.path.startswith("/oauth2"):
            self._answer(403, {"error_code": "EGW00105", "error_description": body})
        elif self.path.startswith("/contents"):
            self._answer(200, {"_error_code": "CD005", "_error_message": body})
        else:
            self._refuse(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing on stderr."""

    def _refuse(self, body: str) -> None:
        head = self.headers
        words = (head["appsecret"], head["appkey"], head["authorization"], self.path, body)
        text = " ".join(w or "" for w in words)
        cut = text.encode()[:MESSAGE_BYTES].decode(errors="ignore")
        told = {"rt_cd": "1", "msg_cd": "EGW99999", "msg1": cut, text: text}
        self._answer(500, told)

    def _answer(self, status: int, told: dict[str, Any]) -> None:
        raw = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)


@contextmanager
def echoing(token: str = "") -> Iterator[str]:
    """Give the URL of an echoing host; without a token it lets nobody in."""
    handler = type("_Echo", (_Echo,), {"token": token})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()
