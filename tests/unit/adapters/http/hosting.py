"""A host on loopback that answers from a table, and fetchers that ask it."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from types import MappingProxyType
from urllib.parse import parse_qsl, urlsplit

import numpy as np

from jennie_cli.adapters.http import Allowance, Budgets, HttpFetcher, Manners, Pages
from jennie_cli.adapters.system import SystemClock
from jennie_cli.engine.clock import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a host answers; `late` has it wait until the test is over."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    late: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a host was asked."""

    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    form: Mapping[str, str] = field(default_factory=dict)


Answer = Callable[[Asked], Said]


@dataclass(slots=True)
class Host:
    """Where it is, and what it was asked."""

    url: str
    asked: list[Asked] = field(default_factory=list)


@contextmanager
def hosted(answer: Answer) -> Iterator[Host]:
    """Serve answers on a free port until the block ends."""
    host, over = Host(""), Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            self.do_GET(dict(parse_qsl(raw.decode(), keep_blank_values=True)))

        def do_GET(self, form: Mapping[str, str] = MappingProxyType({})) -> None:
            parts = urlsplit(self.path)
            headers = {name.lower(): value for name, value in self.headers.items()}
            query = dict(parse_qsl(parts.query))
            asked = Asked(path=parts.path, query=query, headers=headers, form=form)
            host.asked.append(asked)
            said = answer(asked)
            if said.late:
                over.wait()
                return
            self.send_response(said.status)
            for name, value in {"Content-Length": str(len(said.body)), **said.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            if said.status != 304:
                self.wfile.write(said.body)

        def log_message(self, *args: object) -> None:
            del args

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        host.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield host
        finally:
            over.set()
            server.shutdown()
            thread.join()


def table(answers: Mapping[str, Said | bytes]) -> Answer:
    """Return a host that knows these paths and no other."""

    def answer(asked: Asked) -> Said:
        said = answers.get(asked.path, Said(status=404))
        return said if isinstance(said, Said) else Said(body=said)

    return answer


def fetcher(
    *,
    clock: Clock | None = None,
    allowances: Mapping[str, Allowance] | None = None,
    folder: Path | None = None,
    manners: Manners | None = None,
) -> HttpFetcher:
    """Return a fetcher; without a clock it waits for real, and hardly at all."""
    steady = clock or SystemClock()
    return HttpFetcher(
        manners or Manners(timeout_s=5.0, tries=2, wait_s=0.001, most_bytes=100_000),
        budgets=Budgets(allowances or {}, steady),
        pages=Pages(folder),
        steady=steady,
        rng=np.random.default_rng(7),
    )
