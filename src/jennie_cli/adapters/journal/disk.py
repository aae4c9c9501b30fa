"""Files of the journal: opened under a lock for one owner, written whole or not at all."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from errno import EDQUOT, ENOSPC
from pathlib import Path

from jennie_cli.engine.errors import HomeNotWritable, JennieError, StorageFull

_READ_PIECE = 1 << 24


@contextmanager
def open_to_append(path: Path) -> Iterator[int]:
    """Open a file, created with its folder if absent, while no other process reads or appends.

    Raises StorageFull, HomeNotWritable.
    """
    handle = open_locked(path)
    try:
        yield handle
    finally:
        os.close(handle)


def open_locked(path: Path) -> int:
    """Open a file, created with its folder if absent, once no other process has it locked.

    Closing it frees it. Raises StorageFull, HomeNotWritable.
    """
    with named(path):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
        except BaseException:
            os.close(handle)
            raise
    return handle


@contextmanager
def open_to_read(path: Path) -> Iterator[int | None]:
    """Open a file for reading, None if there is none. Raises HomeNotWritable."""
    try:
        handle = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        yield None
        return
    except OSError as error:
        raise _named(error, path) from None
    try:
        yield handle
    finally:
        os.close(handle)


def wait_for_writers(handle: int) -> None:
    """Let an append that is under way end first: it may yet be taken back."""
    fcntl.flock(handle, fcntl.LOCK_SH)


def read_span(handle: int, start: int, end: int) -> bytes:
    """Return the bytes from `start` up to `end`."""
    pieces = []
    while start < end and (piece := os.pread(handle, min(end - start, _READ_PIECE), start)):
        pieces.append(piece)
        start += len(piece)
    return b"".join(pieces)


def cut_torn(handle: int, end: int, path: Path) -> None:
    """Cut off what a killed writer left after `end`. Raises HomeNotWritable."""
    if os.fstat(handle).st_size > end:
        with named(path):
            os.ftruncate(handle, end)


def write_whole(handle: int, content: bytes, *, at: int, path: Path) -> None:
    """Write `content` at the end `at` and wait until it is on the disk.

    Raises StorageFull, HomeNotWritable; then the file ends at `at` as before.
    """
    try:
        written = 0
        while written < len(content):
            written += os.pwrite(handle, content[written:], at + written)
        os.fsync(handle)
        if at == 0:
            _sync_folders(path)
    except OSError as error:
        os.ftruncate(handle, at)
        raise _named(error, path) from None


@contextmanager
def named(path: Path) -> Iterator[None]:
    """Turn the system's refusals into StorageFull or HomeNotWritable."""
    try:
        yield
    except OSError as error:
        raise _named(error, path) from None


def _sync_folders(path: Path) -> None:
    # a new file survives a power cut only when the folders that name it are on the disk too
    for folder in (path.parent, path.parent.parent):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _named(error: OSError, path: Path) -> JennieError:
    if error.errno in {ENOSPC, EDQUOT}:
        return StorageFull(
            f"The disk is full: nothing was added to {path}.", hint="Free some space, then retry."
        )
    return HomeNotWritable(
        f"{path} cannot be used: {error.strerror}.", hint="Choose another --home."
    )
