"""What every process of one app key shares: a private folder with small files and locks.

The locks are the kernel's, so that a killed holder leaves none behind.
"""

import fcntl
import hashlib
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from errno import EDQUOT, ENOSPC
from pathlib import Path
from typing import Any

import orjson

from jennie_cli.engine.errors import HomeBusy, HomeNotWritable, JennieError, StorageFull


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
                f"{self.path} belongs to somebody else.", hint="Choose another runtime folder."
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
                os.write(handle, orjson.dumps(dict(document)))
            finally:
                os.close(handle)
            fresh.replace(target)

    def open(self, name: str) -> int:
        """Return a descriptor of a shared file, made if absent."""
        with named(self.path / name):
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            return os.open(self.path / name, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)

    def claim(self, name: str) -> int | None:
        """Return a descriptor that holds the lock `name`, None while somebody else holds it.

        Closing the descriptor lets go. The file tells the holder's process id.
        """
        handle = self.open(name)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return None
        os.ftruncate(handle, 0)
        os.pwrite(handle, str(os.getpid()).encode(), 0)
        return handle

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


def failure(error: OSError, path: Path) -> JennieError:
    """Return the named error for what a file system did."""
    if error.errno in {ENOSPC, EDQUOT}:
        return StorageFull(f"The disk is full: {path} was not written.", hint="Free some space.")
    return HomeNotWritable(
        f"{path} cannot be used: {error.strerror}.", hint="Look at the runtime folder's owner."
    )
