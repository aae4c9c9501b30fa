"""What a person asked the session to do, in SQL, with every change."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, text

from jennie_cli.adapters.sql.engine import reading, where_of, writing
from jennie_cli.adapters.sql.inserting import insert_rows
from jennie_cli.adapters.sql.moments import micros
from jennie_cli.engine.errors import OutsideError
from jennie_cli.engine.store import Ask, Liquidation, Mute, PriceAlert, Watched
from jennie_cli.engine.store.codec import from_json, to_json
from jennie_cli.engine.store.standing import same_ask

_KINDS: Mapping[str, type[Ask]] = {
    "watched": Watched,
    "alert": PriceAlert,
    "liquidation": Liquidation,
    "mute": Mute,
}
_NAMES = {kind: name for name, kind in _KINDS.items()}
_WHERE = " WHERE profile = :profile AND kind = :kind AND same = :same"


class SqlStanding:
    """Asks over any SQLAlchemy engine that `connect` returned."""

    def __init__(self, engine: Engine, *, profile: str) -> None:
        """`engine` comes from `connect`, `profile` tells accounts apart."""
        self._engine = engine
        self._profile = profile

    def all(self) -> tuple[Ask, ...]:
        """Return what was asked and not taken back. Raises OutsideError, also when damaged."""
        with reading(self._engine) as connection:
            found = connection.execute(
                text(
                    "SELECT kind, body FROM standing_ask WHERE profile = :profile"
                    " ORDER BY number, kind, same"
                ),
                {"profile": self._profile},
            ).all()
        return tuple(self._ask(kind, body) for kind, body in found)

    def put(self, *asks: Ask) -> None:
        """Keep asks and the changes."""
        with writing(self._engine) as connection:
            last = connection.execute(text("SELECT max(number) FROM standing_ask")).scalar() or 0
            for number, ask in enumerate(asks, last + 1):
                place, body = self._place(ask), {"body": to_json(ask)}
                connection.execute(text(f"DELETE FROM standing_ask{_WHERE}"), place)  # noqa: S608  # a constant of ours
                insert_rows(connection, "standing_ask", [{**place, "number": number, **body}])
                self._note(connection, ask, put=True, who=ask.who, at=ask.at)

    def drop(self, *asks: Ask, who: str, at: datetime) -> tuple[Ask, ...]:
        """Take asks back, note the changes, and return those that stood."""
        gone: list[Ask] = []
        with writing(self._engine) as connection:
            for place in map(self._place, asks):
                body = connection.execute(
                    text(f"SELECT body FROM standing_ask{_WHERE}"),  # noqa: S608  # a constant of ours
                    place,
                ).scalar()
                if body is not None:
                    gone.append(self._ask(place["kind"], body))
                    connection.execute(text(f"DELETE FROM standing_ask{_WHERE}"), place)  # noqa: S608  # a constant of ours
                    self._note(connection, gone[-1], put=False, who=who, at=at)
        return tuple(gone)

    def _place(self, ask: Ask) -> dict[str, Any]:
        return {"profile": self._profile, "kind": _NAMES[type(ask)], "same": same_ask(ask)}

    def _note(self, connection: Connection, ask: Ask, *, put: bool, who: str, at: datetime) -> None:
        told = {"put": put, "who": who[:64], "changed_at": micros(at), "body": to_json(ask)}
        insert_rows(connection, "standing_change", [{**self._place(ask), **told}])

    def _ask(self, kind: str, body: str) -> Ask:
        try:
            return from_json(_KINDS[kind], body)
        except (KeyError, TypeError, ValueError) as error:
            raise OutsideError(
                f"A row of standing_ask in {where_of(self._engine)} cannot be read: {error}",
                hint="Was it changed by hand? Delete that row.",
            ) from None
