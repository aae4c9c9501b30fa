"""Serves the sages from a thread of this process, for as long as somebody holds them."""

import logging
import socket
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from threading import Event, Thread

import uvicorn

from jennie_cli.engine.clock import Clock
from jennie_cli.engine.errors import OutsideError
from jennie_cli.simulator.loopback import LOOPBACK, bind
from jennie_cli.simulator.sages.app import SAGES_PATH, SageDesk, sage_app

_GRACE_S = 1
_LOOK_S = 0.05


@contextmanager
def serve_sages(
    seed: int, *, clock: Clock, faults: Iterable[str] = (), port: int = 0
) -> Iterator[str]:
    """Serve on loopback and give the base URL, http://127.0.0.1:PORT/v1; 0 takes a free port.

    `clock` must be one of real time: the thread it is waited in is not the caller's. Leaving ends
    the thread and its sockets; an answer in the making has a second. Raises OutsideError when the
    port is taken, InputError for a fault that is none.
    """
    app = sage_app(SageDesk(seed, clock=clock, faults=faults))
    listener = bind(port)
    server = _Server(
        uvicorn.Config(
            app,
            loop="asyncio",
            http="h11",
            ws="none",
            lifespan="off",
            log_config=None,
            log_level=logging.CRITICAL,
            access_log=False,
            timeout_graceful_shutdown=_GRACE_S,
            server_header=False,
        )
    )
    url = f"http://{LOOPBACK}:{listener.getsockname()[1]}{SAGES_PATH}"
    thread = Thread(target=server.run, kwargs={"sockets": [listener]}, name="sages", daemon=True)
    thread.start()
    try:
        server.wait_ready(thread)
        yield url
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


class _Server(uvicorn.Server):
    """Says when it answers."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._ready = Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        self._ready.set()

    def wait_ready(self, thread: Thread) -> None:
        """Wait until calls are answered. Raises OutsideError when they never will be."""
        while not self._ready.wait(_LOOK_S):
            if not thread.is_alive():
                raise OutsideError(
                    "The simulated sages did not start.", hint="Ask `jennie doctor`."
                )
