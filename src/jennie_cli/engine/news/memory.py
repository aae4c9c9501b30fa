"""The book of news in memory."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from jennie_cli.engine.news.book import BenefitEvent, EventStatus, NewsRow, NewsStatus


class MemoryNewsBook:
    """Rows and events that last as long as they are held."""

    def __init__(self) -> None:
        """Hold nothing yet."""
        self._rows: dict[str, NewsRow] = {}
        self._events: dict[str, BenefitEvent] = {}

    def find(self, ids: Sequence[str]) -> Mapping[str, NewsRow]:
        """Return the rows that are there."""
        return {id_: self._rows[id_] for id_ in ids if id_ in self._rows}

    def put(self, rows: Sequence[NewsRow], events: Sequence[BenefitEvent] = ()) -> None:
        """Keep rows and events."""
        self._rows |= {row.item.id: row for row in rows}
        self._events |= {event.id: event for event in events}

    def failed(self, most: int) -> tuple[NewsRow, ...]:
        """Return rows that nobody judged, those asked longest ago first."""
        found = (row for row in self._rows.values() if row.status is NewsStatus.FAILED)
        return tuple(sorted(found, key=_asked))[:most]

    def newest(
        self, *, code: str | None = None, since: datetime | None = None, most: int = 50
    ) -> tuple[NewsRow, ...]:
        """Return the rows published last."""
        found = [
            row
            for row in self._rows.values()
            if code in {None, row.item.headline.code}
            and (since is None or row.item.headline.at >= since)
        ]
        return tuple(sorted(found, key=_published, reverse=True))[:most]

    def events(
        self, *, since: datetime | None = None, status: EventStatus | None = None
    ) -> tuple[BenefitEvent, ...]:
        """Return events, oldest first."""
        found = (
            event
            for event in self._events.values()
            if (since is None or event.detected_at >= since) and status in {None, event.status}
        )
        return tuple(sorted(found, key=lambda event: (event.detected_at, event.id)))


def _asked(row: NewsRow) -> tuple[datetime, datetime, str]:
    return (row.judged_at, *_published(row))


def _published(row: NewsRow) -> tuple[datetime, str]:
    return row.item.headline.at, row.item.id
