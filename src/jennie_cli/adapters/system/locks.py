"""One process at a time: an advisory lock on a file of the home, released even by kill -9."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from errno import ENOSPC
from pathlib import Path

from jennie_cli.engine.errors import HomeBusy, HomeNotWritable, JennieError, StorageFull


@contextmanager
def hold_lock(path: Path, *, doing: str, wait: bool = False) -> Iterator[None]:
    """Hold the lock at `path` while `doing` (such as "importing data").

    `wait` is for work of a moment: the other holder is waited for. Raises HomeBusy naming the
    holder's process id, HomeNotWritable, StorageFull.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = path.open("ab", buffering=0)
    except OSError as error:
        raise _named(error, path) from None
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            handle.truncate(0)
            handle.write(str(os.getpid()).encode())
        except BlockingIOError:
            raise _busy(path, doing) from None
        except OSError as error:
            raise _named(error, path) from None
        yield
        handle.truncate(0)


def _named(error: OSError, path: Path) -> JennieError:
    if error.errno == ENOSPC:
        return StorageFull(
            f"The disk is full: {path} was not written.", hint="Free some space, then retry."
        )
    return HomeNotWritable(
        f"{path} cannot be written: {error.strerror}.", hint="Choose another --home."
    )


def _busy(path: Path, doing: str) -> HomeBusy:
    holder = path.read_text(encoding="ascii", errors="replace").strip() or "unknown"
    return HomeBusy(
        f"Another process (pid {holder}) is {doing} in this home.",
        hint="Wait until it has finished, then run the command again.",
    )
