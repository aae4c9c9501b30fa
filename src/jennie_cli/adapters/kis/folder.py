"""What every process of one app key shares: a private folder with small files and locks.

The locks are the kernel's, so that a killed holder leaves none behind.
"""

import fcntl
import hashlib
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import date
from errno import EDQUOT, ENOSPC
from pathlib import Path
from typing import Any

import orjson

from jennie_cli.engine.errors import HomeBusy, HomeNotWritable, JennieError, StorageFull

_USED = "used.json"


class KeyFolder:
    """The folder of one key on one host, 0700, its files 0600; the name tells neither."""

    def __init__(self, root: Path, *, app_key: str, host: str) -> None:
        """Make the folder below `root`. Raises HomeNotWritable, StorageFull."""
        digest = hashlib.sha256(f"{host}\n{app_key}".encode()).hexdigest()
        self.path = root / digest[:32]
        with named(self.path):
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._insist_on_privacy()

    def _insist_on_privacy(self) -> None:
        found = self.path.lstat()
        if self.path.is_symlink() or found.st_uid != os.getuid():
            raise HomeNotWritable(
                f"{self.path} belongs to somebody else.", hint="Make room for it."
            )
        self.path.chmod(0o700)

    def read(self, name: str) -> dict[str, Any]:
        """Return a kept document; empty when there is none or it is damaged."""
        try:
            found = orjson.loads((self.path / name).read_bytes())
        except (FileNotFoundError, orjson.JSONDecodeError):
            return {}
        except OSError as error:
            raise failure(error, self.path / name) from None
        return found if isinstance(found, dict) else {}

    def write(self, name: str, document: Mapping[str, Any]) -> None:
        """Keep a document, whole or not at all, readable by the owner alone."""
        target = self.path / name
        fresh = self.path / f".{name}.{os.getpid()}"
        with named(target):
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            with suppress(FileNotFoundError):
                fresh.unlink()
            handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
            try:
                put(handle, orjson.dumps(dict(document)))
            finally:
                os.close(handle)
            fresh.replace(target)

    def first_used(self, today: date) -> date:
        """Return the day the key was first used from this machine, today if it is not known."""
        try:
            first = date.fromisoformat(str(self.read(_USED).get("first")))
            if first <= today:
                return first
        except ValueError:
            pass
        self.write(_USED, {"first": today.isoformat()})
        return today

    def open(self, name: str) -> int:
        """Return a descriptor of a shared file, made if absent."""
        with named(self.path / name):
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            return os.open(self.path / name, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)

    def claim(self, name: str) -> int | None:
        """Return a descriptor that holds the lock `name`, None while somebody else holds it.

        Closing the descriptor lets go. The file tells the holder's process id.
        """
        while True:
            handle = self.open(name)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                os.close(handle)
                if isinstance(error, BlockingIOError):
                    return None
                raise failure(error, self.path / name) from None
            if self.is_current(name, handle):
                break
            os.close(handle)  # it was swept away in between: others lock another file
        with suppress(OSError):  # who holds it is told to people only
            os.ftruncate(handle, 0)
            os.pwrite(handle, str(os.getpid()).encode(), 0)
        return handle

    def is_current(self, name: str, handle: int) -> bool:
        """Whether `handle` is the file that another process would open now."""
        try:
            there = (self.path / name).stat()
        except OSError:
            return False
        return os.path.samestat(there, os.fstat(handle))

    def keep_claim(self, name: str, held: int) -> int:
        """Return the descriptor that holds the lock from now on, for its file may be swept away.

        Raises SocketTaken when another process has the new file; `held` stays open then.
        """
        if self.is_current(name, held):
            return held
        try:
            fresh = self.claim(name)
        except JennieError:
            return held  # nobody else can make the file either
        if fresh is None:
            raise SocketTaken(
                f"Another process (pid {self.holder(name)}) took over: the lock was swept away.",
                hint="End that process, or use its prices.",
            )
        os.close(held)
        return fresh

    def holder(self, name: str) -> str:
        """Return the process id that holds or last held a lock."""
        try:
            text = (self.path / name).read_text(encoding="ascii", errors="replace")
        except OSError:
            return "unknown"
        return text if text.isdigit() else "unknown"


class SocketTaken(HomeBusy):
    """Another process has the one socket that KIS grants a key."""

    code = "kis_socket_taken"


@contextmanager
def named(path: Path) -> Iterator[None]:
    """Give a failure of the file system its name."""
    try:
        yield
    except OSError as error:
        raise failure(error, path) from None


def put(handle: int, data: bytes) -> None:
    """Write all of `data` at the start of a file; a disk that takes less of it is full."""
    if os.pwrite(handle, data, 0) != len(data):
        raise OSError(ENOSPC, os.strerror(ENOSPC))


def failure(error: OSError, path: Path) -> JennieError:
    """Return the named error for what a file system did."""
    if error.errno in {ENOSPC, EDQUOT}:
        return StorageFull(f"The disk is full: {path} was not written.", hint="Free some space.")
    return HomeNotWritable(f"{path} cannot be used: {error.strerror}.", hint="Look at who owns it.")
