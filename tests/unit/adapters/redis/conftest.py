"""A place for a server; whatever runs there ends with the test."""

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.unit.adapters.redis.serving import Place


@pytest.fixture
def place() -> Iterator[Place]:
    """Return a short folder without a server; pytest's own are too deep for a socket."""
    root = Path(tempfile.mkdtemp(prefix="jennie-bus-"))
    found = Place(folder=root / "bus", runtime=root / "run")
    yield found
    pid = found.server().pid
    if pid is not None:
        os.kill(pid, signal.SIGKILL)
    shutil.rmtree(root, ignore_errors=True)
