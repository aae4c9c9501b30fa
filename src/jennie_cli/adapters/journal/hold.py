"""A lock that one process holds as a whole: it enters as often as it likes, others wait."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

from jennie_cli.adapters.journal.disk import open_locked

_HELD: dict[tuple[int, Path], "_Hold"] = {}
_DOOR = Lock()


class _Hold:
    """How often this process is inside, and the file that says so to the others."""

    def __init__(self) -> None:
        """Start outside."""
        self.lock = Lock()
        self.inside = 0
        self.handle = -1


@contextmanager
def process_hold(path: Path) -> Iterator[None]:
    """Be the only process inside; freed even when the process is killed.

    Threads and tasks of one process share the hold: the first waits for other processes, the last
    one out lets them in. Raises StorageFull, HomeNotWritable.
    """
    with _DOOR:
        hold = _HELD.setdefault((os.getpid(), path.resolve()), _Hold())
    with hold.lock:
        if not hold.inside:
            hold.handle = open_locked(path)
        hold.inside += 1
    try:
        yield
    finally:
        with hold.lock:
            hold.inside -= 1
            if not hold.inside:
                os.close(hold.handle)
