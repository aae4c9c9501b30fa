"""The reply log in SQL: one row a question, found by the hash of what was asked."""

from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, text

from jennie_cli.adapters.sql.engine import reading, writing
from jennie_cli.adapters.sql.inserting import insert_rows
from jennie_cli.adapters.sql.moments import micros, moment
from jennie_cli.engine.llm import Exchange

_RENAMED = {"key": "content_key"}
_COLUMNS = ", ".join(_RENAMED.get(f.name, f.name) for f in fields(Exchange))


class SqlReplyLog:
    """A reply log over any SQLAlchemy engine that `connect` returned."""

    def __init__(self, engine: Engine) -> None:
        """`engine` comes from `connect`."""
        self._engine = engine

    def find(self, key: str, *, before: datetime | None = None) -> Exchange | None:
        """Return the exchange of a key that was added last. Raises OutsideError."""
        bound = "" if before is None else " AND at <= :before"
        asked = text(
            f"SELECT {_COLUMNS} FROM reply_log WHERE content_key = :key{bound}"  # noqa: S608  # constants of ours
            " ORDER BY id DESC LIMIT 1"
        )
        given: dict[str, Any] = {"key": key}
        if before is not None:
            given["before"] = micros(before)
        with reading(self._engine) as connection:
            found = connection.execute(asked, given).mappings().first()
        return None if found is None else _exchange(dict(found))

    def told(self, key: str) -> tuple[Exchange, ...]:
        """Return those of the run of the newest answer, or failure. Raises OutsideError."""
        asked = text(
            f"SELECT {_COLUMNS} FROM reply_log WHERE content_key = :key AND run ="  # noqa: S608  # constants of ours
            " (SELECT run FROM reply_log WHERE content_key = :key"
            " ORDER BY CASE WHEN failure IS NULL THEN 0 ELSE 1 END, id DESC LIMIT 1) ORDER BY id"
        )
        with reading(self._engine) as connection:
            rows = connection.execute(asked, {"key": key}).mappings().all()
        return tuple(_exchange(dict(row)) for row in rows)

    def add(self, exchange: Exchange) -> None:
        """Keep one exchange. Raises OutsideError, HomeBusy, StorageFull when it cannot be."""
        row = asdict(exchange) | {"at": micros(exchange.at)}
        with writing(self._engine) as connection:
            insert_rows(
                connection,
                "reply_log",
                [{_RENAMED.get(name, name): value for name, value in row.items()}],
            )

    def measured(self) -> tuple[int, int, datetime | None]:
        """Return how many exchanges there are, their characters, and when the first was."""
        asked = text(
            "SELECT count(*) AS lines, sum(length(asked) + length(text)) AS chars,"
            " min(at) AS first FROM reply_log"
        )
        with reading(self._engine) as connection:
            row = connection.execute(asked).mappings().one()
        first = None if row["first"] is None else moment(row["first"])
        return int(row["lines"]), int(row["chars"] or 0), first


def _exchange(row: dict[str, Any]) -> Exchange:
    stored = {"key": row.pop("content_key"), "simulated": bool(row.pop("simulated"))}
    return Exchange(**row | stored | {"at": moment(row["at"])})
