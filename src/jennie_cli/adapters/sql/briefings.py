"""The briefings that were made, in SQL."""

from datetime import date
from typing import Any

from sqlalchemy import Engine, text

from jennie_cli.adapters.sql.engine import reading, where_of, writing
from jennie_cli.adapters.sql.inserting import insert_rows
from jennie_cli.adapters.sql.moments import day_number, micros
from jennie_cli.engine.briefing import Briefing
from jennie_cli.engine.errors import OutsideError
from jennie_cli.engine.store.codec import from_json, to_json

_OURS = " WHERE profile = :profile AND market = :market"
_MODEL_LONGEST = 64
_FORGET = f"DELETE FROM daily_briefing_log{_OURS} AND briefing_date = :day AND made_at = :at"  # noqa: S608  # names of ours
_LAST = " ORDER BY briefing_date DESC, made_at DESC LIMIT 1"
_NEWEST = f"SELECT body FROM daily_briefing_log{_OURS}{_LAST}"  # noqa: S608  # names of ours
_OF = f"SELECT body FROM daily_briefing_log{_OURS} AND briefing_date = :day{_LAST}"  # noqa: S608  # names of ours


class SqlBriefings:
    """Briefings of one account and market over any SQLAlchemy engine that `connect` returned."""

    def __init__(self, engine: Engine, *, profile: str, market: str) -> None:
        """`engine` comes from `connect`; what another profile or market was told is not ours."""
        self._engine = engine
        self._ours = {"profile": profile, "market": market}

    def add(self, briefing: Briefing) -> None:
        """Keep a briefing beside the day's earlier ones; one of the same moment is replaced."""
        day, at = day_number(briefing.day), micros(briefing.at)
        row = {
            **self._ours,
            "briefing_date": day,
            "made_at": at,
            "total_asset": briefing.worth.total if briefing.worth else None,
            "realised_pnl": briefing.trades.realised,
            "model": briefing.comments.model[:_MODEL_LONGEST] if briefing.comments else None,
            "body": to_json(briefing),
        }
        with writing(self._engine) as connection:
            connection.execute(text(_FORGET), {**self._ours, "day": day, "at": at})
            insert_rows(connection, "daily_briefing_log", [row])

    def newest(self, day: date | None = None) -> Briefing | None:
        """Return the briefing made last, of a day or of all. Raises OutsideError."""
        statement, told = (_NEWEST, self._ours) if day is None else (_OF, self._at(day))
        with reading(self._engine) as connection:
            body = connection.execute(text(statement), told).scalar()
        return None if body is None else self._read(body)

    def _at(self, day: date) -> dict[str, Any]:
        return {**self._ours, "day": day_number(day)}

    def _read(self, body: str) -> Briefing:
        try:
            return from_json(Briefing, body)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise OutsideError(
                f"A row of daily_briefing_log in {where_of(self._engine)} cannot be read: {error}",
                hint="Was it changed by hand? jennie briefing run writes the day anew.",
            ) from None
