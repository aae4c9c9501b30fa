"""Where backtests are kept, and short names of what they rest on."""

import hashlib
from importlib.resources import files
from importlib.resources.abc import Traversable

from jennie_cli.adapters.backtests import BacktestFolder
from jennie_cli.engine.research import BacktestStore
from jennie_cli.wiring.home import HomeFolder

_SIZE = 8


def kept_backtests(folder: HomeFolder) -> BacktestStore:
    """Return the backtests of a home; it need not be there yet."""
    return BacktestFolder(folder.backtests)


def hash_of(body: bytes) -> str:
    """Return sixteen hexadecimal digits that name these bytes."""
    return hashlib.blake2b(body, digest_size=_SIZE).hexdigest()


def program_hash() -> str:
    """Return the name of the engine's code and tables as installed."""
    digest = hashlib.blake2b(digest_size=_SIZE)
    _add(digest, files("jennie_cli.engine"))
    return digest.hexdigest()


def _add(digest: "hashlib.blake2b", folder: Traversable) -> None:
    for item in sorted(folder.iterdir(), key=lambda each: each.name):
        if item.is_dir():
            if item.name != "__pycache__":
                _add(digest, item)
        elif not item.name.endswith(".pyc"):
            digest.update(item.name.encode() + b"\0" + item.read_bytes())
