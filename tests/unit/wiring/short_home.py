"""A home whose path is short enough for a socket, and where no server outlives the test."""

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from jennie_cli.adapters.redis import EmbeddedServer
from jennie_cli.adapters.system import SystemClock
from jennie_cli.settings import Masker, Options, Profile
from jennie_cli.wiring import House

_OPENED: list[House] = []


@contextmanager
def short_home() -> Iterator[Path]:
    """Lend an empty folder; pytest's own are too deep. Its houses are closed with it."""
    root = Path(tempfile.mkdtemp(prefix="jennie-h-"))
    try:
        yield root
    finally:
        while _OPENED:
            _OPENED.pop().close()
        for profile in Profile:
            pid = server_of(root, profile).pid
            if pid is not None:
                os.kill(pid, signal.SIGKILL)
        shutil.rmtree(root, ignore_errors=True)


def server_of(home: Path, profile: Profile = Profile.SIM) -> EmbeddedServer:
    """Return the bundled server of a profile, running or not."""
    folder = home / "bus" / profile
    return EmbeddedServer(folder, runtime=home, clock=SystemClock())


def house_at(
    home: Path, profile: Profile = Profile.SIM, *, given: Mapping[str, str] | None = None
) -> House:
    """Return the house of a short home, closed with it; `given` are settings by key."""
    house = House(Options(home=home, profile=profile, given=given or {}), Masker())
    _OPENED.append(house)
    return house
