"""What a database says when it refuses, in the words of the program."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError

from jennie_cli.engine.errors import (
    HomeBusy,
    HomeNotWritable,
    JennieError,
    OutsideError,
    StorageFull,
)

_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_REFUSED = {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM}
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


@contextmanager
def named_failures(where: str) -> Iterator[None]:
    """Turn a database's refusal into the error that names the next act; bugs pass through."""
    try:
        yield
    except DBAPIError as error:
        raise _named(error.orig, where) or error from error
    except sqlite3.Error as error:
        raise _named(error, where) or error from error


def _named(error: BaseException | None, where: str) -> JennieError | None:
    """Return the named error, None where the statement itself was wrong."""
    if not isinstance(error, sqlite3.Error):
        return OutsideError(
            f"The database {where} failed: {error}",
            hint="Check that the server runs and that store.url is right.",
        )
    return _of_sqlite(getattr(error, "sqlite_errorcode", 0) & 0xFF, str(error), where)


def _of_sqlite(code: int, said: str, where: str) -> JennieError | None:
    if code == sqlite3.SQLITE_FULL:
        return StorageFull(
            f"The disk that holds {where} is full; nothing of the change was kept.",
            hint="Free some space and run the command again.",
        )
    if code in _BUSY:
        return HomeBusy(
            f"Another process is writing to {where}.", hint="Wait for it, then try again."
        )
    if code in _REFUSED:
        return HomeNotWritable(
            f"{where} cannot be opened for writing: {said}.",
            hint="Give another folder with --home, or make this one writable.",
        )
    if code in _DAMAGED:
        return OutsideError(
            f"{where} is not a whole database: {said}.",
            hint="Restore a backup, or move the file away and import again.",
        )
    if code == sqlite3.SQLITE_IOERR:
        return OutsideError(f"The disk failed under {where}: {said}.", hint="Check the disk.")
    return None
