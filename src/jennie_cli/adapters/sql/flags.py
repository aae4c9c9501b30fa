"""The trading flags in SQL, with every change."""

from collections.abc import Mapping

from sqlalchemy import Engine, text

from jennie_cli.adapters.sql.engine import reading, writing
from jennie_cli.adapters.sql.inserting import insert_rows
from jennie_cli.adapters.sql.moments import micros, moment
from jennie_cli.engine.model import Flag
from jennie_cli.engine.store import FlagState


class SqlFlags:
    """Flags over any SQLAlchemy engine that `connect` returned."""

    def __init__(self, engine: Engine) -> None:
        """`engine` comes from `connect`."""
        self._engine = engine

    def all(self) -> Mapping[Flag, FlagState]:
        """Return the flags that were ever set. Raises OutsideError when they cannot be read."""
        with reading(self._engine) as connection:
            found = connection.execute(
                text("SELECT flag, up, who, changed_at, reason FROM trading_flag ORDER BY flag")
            ).all()
        return {
            Flag(flag): FlagState(up=bool(up), who=who, at=moment(at), reason=reason)
            for flag, up, who, at, reason in found
        }

    def put(self, flag: Flag, state: FlagState) -> None:
        """Keep the new state and the change."""
        row = {
            "flag": flag.value,
            "up": state.up,
            "who": state.who[:64],
            "changed_at": micros(state.at),
            "reason": state.reason[:500],
        }
        with writing(self._engine) as connection:
            connection.execute(text("DELETE FROM trading_flag WHERE flag = :flag"), row)
            for table in ("trading_flag", "trading_flag_change"):
                insert_rows(connection, table, [row])
