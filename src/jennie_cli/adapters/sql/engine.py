"""Opening a database: WAL and one writer at a time on SQLite, the newest schema everywhere."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, NoSuchModuleError

from jennie_cli.adapters.sql.failures import named_failures
from jennie_cli.engine.errors import ExtraMissing, SettingsError

HEAD = "0013"
"""The revision this program expects; the newest file of `migrations/versions`."""

_BUSY_SECONDS = 5.0
_SETUP = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=NORMAL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA cache_size=-65536",
)


def connect(url: str) -> Engine:
    """Return an engine whose database exists and has the newest schema.

    Raises SettingsError for a URL nobody understands, HomeNotWritable, HomeBusy, StorageFull.
    """
    engine = _engine(url)
    try:
        with named_failures(where_of(engine)):
            if (found := _revision(engine)) != HEAD:
                _upgrade(engine, found)
    except BaseException:
        engine.dispose()
        raise
    return engine


def where_of(engine: Engine) -> str:
    """Return the database as a person names it, without a password."""
    url = engine.url
    if engine.dialect.name == "sqlite":
        return url.database or "memory"
    return url.render_as_string(hide_password=True)


def settle_log(engine: Engine) -> None:
    """Move what SQLite's log holds into the file, so that a change that fails can drop the log.

    Without it, a change that filled the disk would leave its rejected pages behind, and the disk
    full.
    """
    if engine.dialect.name == "sqlite":
        with named_failures(where_of(engine)), closing(engine.raw_connection()) as raw:
            raw.cursor().execute("PRAGMA wal_checkpoint(PASSIVE)")


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Open the one write transaction; everything in it is kept, or nothing."""
    with (
        named_failures(where_of(engine)),
        engine.connect().execution_options(jennie_write=True) as connection,
        connection.begin(),
    ):
        yield connection


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Open a transaction that sees one state of the database throughout."""
    with named_failures(where_of(engine)), engine.connect() as connection, connection.begin():
        yield connection


def _engine(url: str) -> Engine:
    try:
        parsed = make_url(url)
        sqlite = parsed.get_backend_name() == "sqlite"
        engine = create_engine(parsed, connect_args={"timeout": _BUSY_SECONDS} if sqlite else {})
    except (ArgumentError, NoSuchModuleError) as error:
        raise SettingsError(
            f"store.url is no database URL this program understands: {error}",
            hint="Such as sqlite:////path/jennie.sqlite or mariadb+pymysql://user@host/jennie",
        ) from error
    except ModuleNotFoundError as error:
        raise ExtraMissing("cluster", needed_for=f"The database driver {error.name}") from error
    if sqlite:
        event.listen(engine, "connect", _set_up)
        event.listen(engine, "begin", _begin)
    return engine


def _set_up(raw: Any, _record: object) -> None:
    # transactions are begun by _begin; the driver's own implicit ones start too late
    raw.isolation_level = None
    for pragma in _SETUP:
        try:
            raw.execute(pragma)
        except sqlite3.OperationalError as error:
            # a read-only file may still be read
            if getattr(error, "sqlite_errorcode", 0) & 0xFF != sqlite3.SQLITE_READONLY:
                raise


def _begin(connection: Connection) -> None:
    write = connection.get_execution_options().get("jennie_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def _upgrade(engine: Engine, found: str | None) -> None:
    from alembic.util import CommandError  # noqa: PLC0415  # 1 s of it

    from jennie_cli.adapters.sql.migrate import upgrade  # noqa: PLC0415  # 1 s of it

    try:
        upgrade(engine)
    except CommandError as error:
        if found is None:
            raise
        raise SettingsError(
            f"{where_of(engine)} was written by a newer jennie (schema {found}).",
            hint="Upgrade jennie-cli, or use another --home.",
        ) from error


def _revision(engine: Engine) -> str | None:
    """Return the stamped revision, None in a database without one."""
    try:
        with engine.connect() as connection, connection.begin():
            stamped = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    except DatabaseError as error:
        if "no such table" in str(error.orig) or engine.dialect.name != "sqlite":
            return None
        raise
    return None if stamped is None else str(stamped)
