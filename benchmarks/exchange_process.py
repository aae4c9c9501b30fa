"""`jennie sim serve` in a process of its own, as the measurements over HTTP need it."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from jennie_cli.simulator.driving import SimControl


@contextmanager
def exchange(*words: str) -> Iterator[str]:
    """Run an exchange on a free port and give its URL; `words` are more options of the command."""
    serve = [sys.executable, "-m", "jennie_cli", "sim", "serve", "--json", "--port", "0"]
    server = subprocess.Popen(  # noqa: S603  # our own program
        [*serve, *words], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    try:
        line = server.stdout.readline() if server.stdout else b""
        told = json.loads(line or b"{}")
        if "url" not in told:
            raise SystemExit(f"jennie sim serve did not open: {told or 'it said nothing'}")
        yield str(told["url"])
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=20)
        if server.stdout:
            server.stdout.close()


def counted_calls(control: SimControl) -> int:
    """Return the calls of all keys that the exchange has counted; asking is not one of them."""
    return sum(int(key["calls"]) for key in control.status()["keys"].values())
