"""The InsightStore in SQL: a day's record by column, and every run whole."""

from collections.abc import Callable
from dataclasses import fields
from datetime import date, datetime
from enum import Enum
from typing import Any, TypeVar, get_type_hints

import orjson
from sqlalchemy import Connection, Engine, text

from jennie_cli.adapters.sql.engine import reading, where_of, writing
from jennie_cli.adapters.sql.inserting import insert_rows
from jennie_cli.adapters.sql.moments import day_number, micros, moment
from jennie_cli.engine.clock import KST
from jennie_cli.engine.errors import OutsideError
from jennie_cli.engine.store import CouncilRecord
from jennie_cli.engine.store.codec import from_json, from_plain, to_json

T = TypeVar("T")

_KINDS = get_type_hints(CouncilRecord)
_NAMES = tuple(f.name for f in fields(CouncilRecord))
_OURS = " WHERE profile = :profile AND market = :market"
_ON = f"{_OURS} AND insight_date = :day"
_FORGET = f"DELETE FROM daily_macro_insight{_ON}"  # noqa: S608  # names of ours
_RECORD = f"SELECT {', '.join(_NAMES)} FROM daily_macro_insight{_ON}"  # noqa: S608  # names of ours
_RUNS = f"SELECT body FROM council_run{_ON} ORDER BY id"  # noqa: S608  # names of ours
_STOOD = (
    f"SELECT body FROM council_run{_OURS} AND insight_date <= :day AND written_at <= :at"  # noqa: S608  # names of ours
    " ORDER BY insight_date DESC, written_at DESC, id DESC LIMIT 1"
)


class SqlInsights:
    """The council's records over any SQLAlchemy engine that `connect` returned."""

    def __init__(self, engine: Engine, *, profile: str, market: str) -> None:
        """`engine` comes from `connect`; what another profile or market was told is not ours."""
        self._engine = engine
        self._ours = {"profile": profile, "market": market}

    def save(self, record: CouncilRecord) -> None:
        """Keep a record as its day's, and the run, or neither."""
        day = day_number(record.insight_date)
        run = {"insight_date": day, "written_at": micros(record.updated_at)}
        with writing(self._engine) as connection:
            _execute(connection, _FORGET, **self._ours, day=day)
            insert_rows(connection, "daily_macro_insight", [{**_row(record), **self._ours}])
            insert_rows(connection, "council_run", [{**self._ours, **run, "body": to_json(record)}])

    def on(self, day: date) -> CouncilRecord | None:
        """Return the record of a day."""
        with reading(self._engine) as connection:
            found = _execute(connection, _RECORD, **self._ours, day=day_number(day)).first()
        return None if found is None else self._read("daily_macro_insight", _record, found)

    def newest(self, at: datetime) -> CouncilRecord | None:
        """Return what stood at a moment."""
        today = day_number(at.astimezone(KST).date())
        with reading(self._engine) as connection:
            found = _execute(connection, _STOOD, **self._ours, day=today, at=micros(at)).scalar()
        return None if found is None else self._read("council_run", _whole, found)

    def runs(self, day: date) -> tuple[CouncilRecord, ...]:
        """Return every run for a day, oldest first."""
        with reading(self._engine) as connection:
            found = _execute(connection, _RUNS, **self._ours, day=day_number(day)).all()
        return tuple(self._read("council_run", _whole, body) for (body,) in found)

    def _read(self, table: str, read: Callable[[Any], CouncilRecord], stored: Any) -> CouncilRecord:
        """Return a record, and know that the rooms can read it. Raises OutsideError."""
        try:
            record = read(stored)
            _ = record.insight
        except (KeyError, TypeError, ValueError) as error:
            raise OutsideError(
                f"A row of {table} in {where_of(self._engine)} cannot be read: {error}",
                hint="Was it changed by hand? jennie council run writes the day anew.",
            ) from None
        return record


def _whole(body: str) -> CouncilRecord:
    return from_json(CouncilRecord, body)


def _row(record: CouncilRecord) -> dict[str, Any]:
    return {name: _stored(getattr(record, name)) for name in _NAMES}


def _stored(value: Any) -> Any:
    """Return a day as a number, a moment in microseconds, what has parts as JSON text."""
    if isinstance(value, datetime):
        return micros(value)
    if isinstance(value, date):
        return day_number(value)
    if isinstance(value, Enum):
        return value.value
    return value if isinstance(value, str | int | float | None) else to_json(value)


def _record(row: Any) -> CouncilRecord:
    return CouncilRecord(**{n: _value(_KINDS[n], v) for n, v in zip(_NAMES, row, strict=True)})


def _value(kind: Any, stored: Any) -> Any:
    if kind is datetime:
        return moment(stored)
    if kind is date:
        return date(stored // 10000, stored // 100 % 100, stored % 100)
    if kind is bool:
        return bool(stored)
    plain = kind in {str, int} or stored is None or isinstance(stored, float)
    if plain or kind in {str | None, int | None}:
        return stored
    return _parts(kind, stored)


def _parts(kind: type[T], stored: Any) -> T:
    """Return what has parts, or the word of an enum, as its type."""
    plain = stored if kind == _KINDS["political_risk_level"] else orjson.loads(stored)
    return from_plain(kind, plain)


def _execute(connection: Connection, statement: str, **values: Any) -> Any:
    return connection.execute(text(statement), values)
