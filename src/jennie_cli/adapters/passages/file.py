"""The file of an archive and the one thread that reads and writes it.

It is a file of its own, not a part of the store: everything in it can be collected again, words
are looked up by SQLite's own index, and a store on another database stays small.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from jennie_cli.engine.errors import (
    HomeBusy,
    HomeNotWritable,
    JennieError,
    OutsideError,
    StorageFull,
)

VERSION = 1
"""The layout below, in `user_version` of the file."""

T = TypeVar("T")

_BUSY_S = 5.0
_SETUP = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=NORMAL",
    "PRAGMA cache_size=-32768",
)
_TABLES = (
    """CREATE TABLE passage (
        number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, at INTEGER NOT NULL,
        known_at INTEGER NOT NULL, kind TEXT NOT NULL, code TEXT NOT NULL, name TEXT NOT NULL,
        title TEXT NOT NULL, text TEXT NOT NULL, source TEXT NOT NULL, publisher TEXT NOT NULL,
        url TEXT NOT NULL)""",
    "CREATE INDEX passage_at ON passage (at)",
    """CREATE VIRTUAL TABLE words USING fts5 (
        said, tokenize = "unicode61 remove_diacritics 0")""",
    """CREATE TABLE vector (
        number INTEGER PRIMARY KEY AUTOINCREMENT, model TEXT NOT NULL, id TEXT NOT NULL,
        at INTEGER NOT NULL, known_at INTEGER NOT NULL, kind TEXT NOT NULL, code TEXT NOT NULL,
        numbers BLOB NOT NULL, UNIQUE (model, id))""",
    "CREATE INDEX vector_at ON vector (at)",
    f"PRAGMA user_version={VERSION}",
)


class ArchiveFile:
    """One connection, used by one thread; several processes may each have theirs."""

    def __init__(self, path: Path) -> None:
        """Nothing is opened before it is asked."""
        self._path = path
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="archive")
        self._opened: sqlite3.Connection | None = None

    async def do(self, work: Callable[[sqlite3.Connection], T], *, change: bool = False) -> T:
        """Return what `work` makes of the connection, in one transaction.

        Raises OutsideError, HomeBusy, HomeNotWritable and StorageFull among them.
        """
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, self._do, work, change)

    async def close(self) -> None:
        """Close the connection once what was asked is done; may be called twice."""
        await asyncio.to_thread(self._thread.shutdown)
        if self._opened is not None:
            self._opened.close()
            self._opened = None

    def _do(self, work: Callable[[sqlite3.Connection], T], change: bool) -> T:
        with _named_failures(self._path):
            if self._opened is None:
                self._opened = _open(self._path)
            connection = self._opened
            connection.execute("BEGIN IMMEDIATE" if change else "BEGIN")
            try:
                done = work(connection)
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
            return done


def _open(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    connection = sqlite3.connect(
        path, timeout=_BUSY_S, isolation_level=None, check_same_thread=False
    )
    try:
        for pragma in _SETUP:
            connection.execute(pragma)
        if _version(connection) == 0:
            connection.execute("BEGIN IMMEDIATE")
            for statement in _TABLES if _version(connection) == 0 else ():
                connection.execute(statement)
            connection.execute("COMMIT")
        found = _version(connection)
    except BaseException:
        connection.close()
        raise
    if found != VERSION:
        connection.close()
        raise OutsideError(
            f"{path} was written by another version of jennie (layout {found}).",
            hint="Upgrade jennie-cli, or move the file away and collect again.",
        )
    return connection


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


@contextmanager
def _named_failures(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise _named(error, path) from error
    except OSError as error:
        raise HomeNotWritable(
            f"{path} cannot be written: {error.strerror or error}.",
            hint="Give another folder with --home, or make this one writable.",
        ) from error


def _named(error: sqlite3.Error, path: Path) -> JennieError:
    code = (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
    if code == sqlite3.SQLITE_FULL:
        return StorageFull(
            f"The disk that holds {path} is full; nothing of the change was kept.",
            hint="Free some space and run the command again.",
        )
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return HomeBusy(f"Another process is writing to {path}.", hint="Try again in a moment.")
    if code in {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM}:
        return HomeNotWritable(
            f"{path} cannot be opened for writing: {error}.",
            hint="Give another folder with --home, or make this one writable.",
        )
    return OutsideError(
        f"The archive {path} failed: {error}.",
        hint="If that stays so, move the file away and collect again.",
    )
