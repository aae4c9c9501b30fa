"""A server that nobody needs goes home in good order."""

import socket

from tests.unit.simulator.server.conftest import make_play

from jennie_cli.adapters.system import SystemClock
from jennie_cli.simulator.server import Server, bind, serve


def test_who_leaves_says_so_while_the_door_is_still_open() -> None:
    """Whoever looked for it up to then is let in, whoever looks later finds no address."""
    listener = bind(0)
    address = listener.getsockname()
    told: list[str] = []

    def leaving() -> None:
        with socket.create_connection(address, timeout=1):
            told.append("leaving")

    server = Server(make_play(), wall=SystemClock())
    serve(server, listener, ready=told.append, leaving=leaving, patience_s=0.05)
    assert [f"http://127.0.0.1:{address[1]}", "leaving"] == told
