"""What the disk says when it refuses, in the words of the program."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from jennie_cli.engine.errors import HomeNotWritable, JennieError, OutsideError, StorageFull

_FULL = (errno.ENOSPC, errno.EDQUOT)
_REFUSED = (errno.EROFS, errno.EACCES, errno.EPERM)


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Turn a full disk into StorageFull and a read-only one into HomeNotWritable."""
    try:
        yield
    except OSError as error:
        raise _named(folder, error.errno or 0, str(error)) from error
    except duckdb.IOException as error:
        # DuckDB gives the system's sentence, not its number
        said = next((n for n in (*_FULL, *_REFUSED) if os.strerror(n) in str(error)), 0)
        raise _named(folder, said, str(error)) from error


def _named(folder: Path, number: int, text: str) -> JennieError:
    if number in _FULL:
        return StorageFull(
            f"The disk that holds {folder} is full; nothing of the change was kept.",
            hint="Free some space and run the command again.",
        )
    if number in _REFUSED:
        return HomeNotWritable(
            f"{folder} cannot be written: {os.strerror(number)}.",
            hint="Give another folder with --home, or make this one writable.",
        )
    return OutsideError(
        f"{folder} cannot be written: {text}", hint="Check the disk, then run the command again."
    )
