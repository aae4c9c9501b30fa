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


@contextmanager
def short_home() -> Iterator[Path]:
    """Lend an empty folder; pytest's own are too deep."""
    root = Path(tempfile.mkdtemp(prefix="jennie-h-"))
    try:
        yield root
    finally:
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
    """Return the house of a home; `given` are settings by key."""
    return House(Options(home=home, profile=profile, given=given or {}), Masker())
