"""Settings changed at run time, with who changed what and when."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, text

from jennie_cli.adapters.sql.engine import reading, writing
from jennie_cli.engine.clock import KST


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigChanged:
    """One change of a setting; `new` None means it was unset."""

    key: str
    old: str | None
    new: str | None
    at: datetime
    who: str


class SqlConfig:
    """The CONFIG table and its audit."""

    def __init__(self, engine: Engine) -> None:
        """`engine` comes from `connect`."""
        self._engine = engine

    def get(self, key: str) -> str | None:
        """Return the value set for `key`, None if none is."""
        return self.all().get(key)

    def all(self) -> dict[str, str]:
        """Return every value set, by key."""
        with reading(self._engine) as connection:
            found = connection.execute(
                text("SELECT config_key, config_value FROM config ORDER BY config_key")
            )
            return {row.config_key: row.config_value for row in found}

    def set(self, key: str, value: str | None, *, who: str, at: datetime) -> ConfigChanged:
        """Set or (with None) unset a value and write the change down."""
        with writing(self._engine) as connection:
            old = connection.execute(
                text("SELECT config_value FROM config WHERE config_key = :key"), {"key": key}
            ).scalar()
            row = {
                "key": key,
                "old": old,
                "new": value,
                "at": int(at.timestamp()),
                "who": who,
            }
            connection.execute(text("DELETE FROM config WHERE config_key = :key"), {"key": key})
            if value is not None:
                connection.execute(
                    text(
                        "INSERT INTO config (config_key, config_value, changed_at, changed_by)"
                        " VALUES (:key, :new, :at, :who)"
                    ),
                    row,
                )
            connection.execute(
                text(
                    "INSERT INTO config_change"
                    " (config_key, old_value, new_value, changed_at, changed_by)"
                    " VALUES (:key, :old, :new, :at, :who)"
                ),
                row,
            )
        return ConfigChanged(key=key, old=old, new=value, at=at, who=who)

    def changes(self, key: str | None = None) -> tuple[ConfigChanged, ...]:
        """Return the changes of one key, or of all, newest first."""
        where = "WHERE config_key = :key" if key else ""
        with reading(self._engine) as connection:
            found = connection.execute(
                text(
                    "SELECT config_key, old_value, new_value, changed_at, changed_by"  # noqa: S608  # a constant of ours
                    f" FROM config_change {where} ORDER BY id DESC"
                ),
                {"key": key} if key else {},
            ).all()
        return tuple(
            ConfigChanged(key=k, old=old, new=new, at=datetime.fromtimestamp(at, KST), who=who)
            for k, old, new, at, who in found
        )
