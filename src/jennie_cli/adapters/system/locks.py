"""One process at a time: an advisory lock on a file of the home, released even by kill -9."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jennie_cli.engine.errors import HomeBusy, HomeNotWritable


@contextmanager
def hold_lock(path: Path, *, doing: str) -> Iterator[None]:
    """Hold the lock at `path` while `doing` (such as "importing data").

    Raises HomeBusy naming the holder's process id, HomeNotWritable.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = path.open("a+", encoding="ascii")
    except OSError as error:
        raise HomeNotWritable(
            f"{path} cannot be written: {error.strerror}.", hint="Choose another --home."
        ) from None
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _busy(path, doing) from None
        handle.truncate(0)
        handle.write(str(os.getpid()))
        handle.flush()
        yield
        handle.truncate(0)


def _busy(path: Path, doing: str) -> HomeBusy:
    holder = path.read_text(encoding="ascii").strip() or "unknown"
    return HomeBusy(
        f"Another process (pid {holder}) is {doing} in this home.",
        hint="Wait until it has finished, then run the command again.",
    )
