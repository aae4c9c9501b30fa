"""What an account was worth on each day, in SQL."""

from datetime import date
from typing import Any

from sqlalchemy import Engine, text

from jennie_cli.adapters.sql.engine import reading, writing
from jennie_cli.adapters.sql.inserting import insert_rows
from jennie_cli.adapters.sql.moments import day_number, day_of, micros, moment
from jennie_cli.engine.briefing import AssetSnapshot, Realised

_WORTH = (
    "total_asset",
    "settled_cash",
    "orderable_cash",
    "stock_value",
    "unrealised_pnl",
    "position_count",
)
_EARNED = ("realised_pnl", "fees", "taxes", "costless_sales")
_COLUMNS = ", ".join(("snapshot_date", "taken_at", *_WORTH, *_EARNED, "realised_at"))
_WHERE = " WHERE profile = :profile AND snapshot_date"
_ON = f"SELECT {_COLUMNS} FROM daily_asset_snapshot{_WHERE} = :day"  # noqa: S608  # names of ours
_BEFORE = (
    f"SELECT {_COLUMNS} FROM daily_asset_snapshot{_WHERE} < :day"  # noqa: S608  # names of ours
    " ORDER BY snapshot_date DESC LIMIT 1"
)
_LAST = (
    f"SELECT {_COLUMNS} FROM daily_asset_snapshot{_WHERE} <= :day"  # noqa: S608  # names of ours
    " ORDER BY snapshot_date DESC LIMIT :most"
)
_FORGET = f"DELETE FROM daily_asset_snapshot{_WHERE} = :day"  # noqa: S608  # names of ours
_SETTLE = (
    f"UPDATE daily_asset_snapshot SET {', '.join(f'{c} = :{c}' for c in _EARNED)},"  # noqa: S608  # names of ours
    f" realised_at = :realised_at{_WHERE} = :day"
)


class SqlAssets:
    """Snapshots of one account over any SQLAlchemy engine that `connect` returned."""

    def __init__(self, engine: Engine, *, profile: str) -> None:
        """`engine` comes from `connect`, `profile` tells accounts apart."""
        self._engine = engine
        self._profile = profile

    def put(self, snapshot: AssetSnapshot) -> None:
        """Keep a snapshot as its day's, in the place of an earlier one."""
        values = {
            **self._at(snapshot.day),
            **{name: getattr(snapshot, name) for name in _WORTH},
            **_earned(snapshot.realised),
        }
        day = values.pop("day")
        row = {**values, "snapshot_date": day, "taken_at": micros(snapshot.taken_at)}
        with writing(self._engine) as connection:
            connection.execute(text(_FORGET), self._at(snapshot.day))
            insert_rows(connection, "daily_asset_snapshot", [row])

    def settle(self, day: date, realised: Realised) -> bool:
        """Correct what was earned on a day and nothing else; False without a snapshot of it."""
        with writing(self._engine) as connection:
            if connection.execute(text(_ON), self._at(day)).first() is None:
                return False
            connection.execute(text(_SETTLE), {**self._at(day), **_earned(realised)})
        return True

    def on(self, day: date) -> AssetSnapshot | None:
        """Return the snapshot of a day."""
        return self._one(_ON, day)

    def before(self, day: date) -> AssetSnapshot | None:
        """Return the newest snapshot of an earlier day."""
        return self._one(_BEFORE, day)

    def last(self, until: date, most: int) -> tuple[AssetSnapshot, ...]:
        """Return the newest snapshots of the days until one, oldest first."""
        with reading(self._engine) as connection:
            told = {**self._at(until), "most": most}
            found = connection.execute(text(_LAST), told).mappings().all()
        return tuple(_snapshot(row) for row in reversed(found))

    def _one(self, statement: str, day: date) -> AssetSnapshot | None:
        with reading(self._engine) as connection:
            found = connection.execute(text(statement), self._at(day)).mappings().first()
        return None if found is None else _snapshot(found)

    def _at(self, day: date) -> dict[str, Any]:
        return {"profile": self._profile, "day": day_number(day)}


def _earned(realised: Realised) -> dict[str, int]:
    figures = {name: getattr(realised, name) for name in _EARNED}
    return {**figures, "realised_at": micros(realised.realised_at)}


def _snapshot(row: Any) -> AssetSnapshot:
    return AssetSnapshot(
        day=day_of(row["snapshot_date"]),
        taken_at=moment(row["taken_at"]),
        realised=Realised(
            **{name: row[name] for name in _EARNED}, realised_at=moment(row["realised_at"])
        ),
        **{name: row[name] for name in _WORTH},
    )
