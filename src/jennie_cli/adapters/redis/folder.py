"""The private folder of a server: its data, its locks and, if the path is short enough, its socket.

The locks are the kernel's: a killed holder leaves none behind.
"""

import fcntl
import hashlib
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from errno import EDQUOT, ENOSPC
from pathlib import Path

from jennie_cli.engine.bus import BusDown
from jennie_cli.engine.clock import Clock
from jennie_cli.engine.errors import HomeNotWritable, JennieError, StorageFull

SOCKET = "redis.sock"
_LONGEST = 100
"""Bytes of a socket's path; the kernel takes 108, macOS 104."""

_LOOK_S = 0.005


def private(folder: Path) -> Path:
    """Return the folder, made if absent, readable by the owner alone.

    Raises HomeNotWritable, also when it is another's; StorageFull.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if folder.is_symlink() or folder.stat().st_uid != os.getuid():
            raise HomeNotWritable(f"{folder} belongs to somebody else.", hint="Make room for it.")
        folder.chmod(0o700)
    except OSError as error:
        raise _named(error, folder) from None
    return folder


def socket_of(folder: Path, runtime: Path) -> Path:
    """Return where the socket of a folder is: in it, or below `runtime` when that is too deep.

    There the name is a hash of the folder's path. Raises HomeNotWritable when both are too deep.
    """
    near = folder / SOCKET
    if len(os.fsencode(near)) <= _LONGEST:
        return near
    digest = hashlib.sha256(os.fsencode(folder.resolve())).hexdigest()
    short = runtime / f"jennie-{digest[:16]}" / SOCKET
    if len(os.fsencode(short)) > _LONGEST:
        raise HomeNotWritable(
            f"The path of a socket may have {_LONGEST} bytes; {short} is too deep.",
            hint="Choose a --home with a shorter path, or set JENNIE_REDIS_URL.",
        )
    return short


@asynccontextmanager
async def holding(path: Path, *, clock: Clock, wait_s: float) -> AsyncIterator[int]:
    """Hold the lock at `path` and yield its descriptor, which a child process may inherit.

    The lock lasts until the last process with the descriptor has closed it. Raises BusDown after
    `wait_s` seconds in vain, HomeNotWritable, StorageFull.
    """
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise _named(error, path) from None
    try:
        until = clock.monotonic() + wait_s
        while not _locked(handle):
            if clock.monotonic() >= until:
                raise BusDown(f"Another process holds {path}.", hint="Wait, then try again.")
            await clock.sleep(_LOOK_S)
        yield handle
    finally:
        os.close(handle)


def is_held(path: Path) -> bool:
    """Whether a process holds the lock at `path`."""
    try:
        handle = os.open(path, os.O_RDWR | os.O_NOFOLLOW)
    except OSError:
        return False
    try:
        return not _locked(handle)
    finally:
        os.close(handle)


def _locked(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _named(error: OSError, path: Path) -> JennieError:
    if error.errno in {ENOSPC, EDQUOT}:
        return StorageFull(f"The disk is full: {path} was not written.", hint="Free some space.")
    return HomeNotWritable(f"{path} cannot be used: {error.strerror}.", hint="Look at who owns it.")
