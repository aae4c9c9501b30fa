"""What was made of each text of news, in SQL."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

import sqlalchemy as sql
from sqlalchemy import Connection, Engine

from jennie_cli.adapters.sql.engine import reading, where_of, writing
from jennie_cli.adapters.sql.inserting import insert_rows
from jennie_cli.adapters.sql.moments import day_number, micros
from jennie_cli.engine.clock import KST
from jennie_cli.engine.errors import OutsideError
from jennie_cli.engine.news import BenefitEvent, EventStatus, NewsRow, NewsStatus
from jennie_cli.engine.store.codec import from_json, to_json

_AT_ONCE = 400
"""Ids in one statement; SQLite takes no more than 999 values in older builds."""

T = TypeVar("T")


def _table(name: str, *columns: str) -> Any:
    return sql.table(name, *map(sql.column, ("profile", "market", "id", "body", *columns)))


_NEWS = _table("stock_news_sentiment", "stock_code", "status", "published_at", "judged_at")
_EVENTS = _table("competitor_benefit_events", "status", "detected_at")


class SqlNewsBook:
    """Rows and events over any SQLAlchemy engine that `connect` returned."""

    def __init__(self, engine: Engine, *, profile: str, market: str) -> None:
        """`profile` and `market` tell apart what must never be taken for one another."""
        self._engine = engine
        self._whose = {"profile": profile, "market": market}

    def find(self, ids: Sequence[str]) -> Mapping[str, NewsRow]:
        """Return the rows that are there."""
        found: dict[str, NewsRow] = {}
        for first in range(0, len(ids), _AT_ONCE):
            asked = self._of(_NEWS).where(_NEWS.c.id.in_(ids[first : first + _AT_ONCE]))
            found |= {row.item.id: row for row in self._read(NewsRow, asked)}
        return found

    def put(self, rows: Sequence[NewsRow], events: Sequence[BenefitEvent] = ()) -> None:
        """Keep rows and events in one transaction."""
        kept = {row.item.id: row for row in rows}
        happened = {event.id: event for event in events}
        with writing(self._engine) as connection:
            self._replace(connection, _NEWS, {id_: _news(row) for id_, row in kept.items()})
            self._replace(connection, _EVENTS, {id_: _event(e) for id_, e in happened.items()})

    def failed(self, most: int) -> tuple[NewsRow, ...]:
        """Return rows that nobody judged, those asked longest ago first."""
        asked = self._of(_NEWS).where(_NEWS.c.status == NewsStatus.FAILED.value)
        longest_ago = (_NEWS.c.judged_at, _NEWS.c.published_at, _NEWS.c.id)
        return self._read(NewsRow, asked.order_by(*longest_ago).limit(most))

    def newest(
        self, *, code: str | None = None, since: datetime | None = None, most: int = 50
    ) -> tuple[NewsRow, ...]:
        """Return the rows published last."""
        asked = self._of(_NEWS)
        if code is not None:
            asked = asked.where(_NEWS.c.stock_code == code)
        if since is not None:
            asked = asked.where(_NEWS.c.published_at >= micros(since))
        newest_first = (_NEWS.c.published_at.desc(), _NEWS.c.id.desc())
        return self._read(NewsRow, asked.order_by(*newest_first).limit(most))

    def events(
        self, *, since: datetime | None = None, status: EventStatus | None = None
    ) -> tuple[BenefitEvent, ...]:
        """Return events, oldest first."""
        asked = self._of(_EVENTS)
        if since is not None:
            asked = asked.where(_EVENTS.c.detected_at >= micros(since))
        if status is not None:
            asked = asked.where(_EVENTS.c.status == status.value)
        return self._read(BenefitEvent, asked.order_by(_EVENTS.c.detected_at, _EVENTS.c.id))

    def _of(self, table: Any) -> Any:
        return sql.select(table.c.body).where(*self._mine(table))

    def _mine(self, table: Any) -> tuple[Any, ...]:
        return tuple(table.c[name] == value for name, value in self._whose.items())

    def _replace(
        self, connection: Connection, table: Any, rows: Mapping[str, Mapping[str, Any]]
    ) -> None:
        ids = list(rows)
        for first in range(0, len(ids), _AT_ONCE):
            some = ids[first : first + _AT_ONCE]
            connection.execute(sql.delete(table).where(*self._mine(table), table.c.id.in_(some)))
            insert_rows(connection, table.name, [{**self._whose, **rows[id_]} for id_ in some])

    def _read(self, kind: type[T], asked: Any) -> tuple[T, ...]:
        with reading(self._engine) as connection:
            bodies = connection.execute(asked).scalars().all()
        try:
            return tuple(from_json(kind, body) for body in bodies)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise OutsideError(
                f"A row of news in {where_of(self._engine)} cannot be read: "
                f"{type(error).__name__}.",
                hint="Was it changed by hand? Delete that row and collect again.",
            ) from None


def _news(row: NewsRow) -> dict[str, Any]:
    told = row.item.headline
    return {
        "id": row.item.id,
        "stock_code": told.code,
        "stock_name": told.name,
        "news_date": day_number(told.at.astimezone(KST).date()),
        "summary": told.title,
        "article_url": told.url,
        "source": told.source,
        "published_at": micros(told.at),
        "known_at": micros(row.item.known_at),
        "judged_at": micros(row.judged_at),
        "category": row.category,
        "status": row.status.value,
        "sentiment_score": row.score,
        "sentiment_reason": row.reason,
        "competitor_risk": row.risk.value,
        "body": to_json(row),
    }


def _event(event: BenefitEvent) -> dict[str, Any]:
    return {
        "id": event.id,
        "affected_code": event.affected,
        "beneficiary_code": event.code,
        "event_type": event.risk.value,
        "benefit_score": event.points,
        "detected_at": micros(event.detected_at),
        "expires_at": micros(event.expires_at),
        "status": event.status.value,
        "actual_return": event.actual_return_pct,
        "body": to_json(event),
    }
