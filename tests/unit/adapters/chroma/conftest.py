"""A Chroma server of the test's own."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

START_S = 60.0


def free_port() -> int:
    """Return a port of loopback that nobody listens at."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def answers(port: int) -> bool:
    """Say whether a Chroma server answers there."""
    try:
        with urlopen(f"http://127.0.0.1:{port}/api/v2/heartbeat", timeout=5) as page:
            return bool(page.status == 200)
    except OSError:
        return False


@pytest.fixture(scope="session")
def chroma_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start `chroma run` and return its address; it ends with the tests."""
    pytest.importorskip("chromadb", reason="needs the extra [news]")
    program, port = Path(sys.executable).with_name("chroma"), free_port()
    folder = tmp_path_factory.mktemp("chroma")
    words = [str(program), "run", "--path", str(folder), "--host", "127.0.0.1", "--port", str(port)]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(words, stdout=log, stderr=log)
        try:
            until = time.monotonic() + START_S  # noqa: TID251
            while not answers(port):
                assert server.poll() is None, (folder / "log").read_text()
                assert time.monotonic() < until, "chroma does not start"  # noqa: TID251
                time.sleep(0.1)  # noqa: TID251
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(30)
