"""The Korean figures of a market that is kept as facts: indices, flows, the sound of headlines."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np

from jennie_cli.engine.clock import KST
from jennie_cli.engine.macro.collecting.fields import KOREA_NEWS
from jennie_cli.engine.macro.collecting.sentiment import WINDOW
from jennie_cli.engine.macro.collecting.sources import Gathered, Item, Reading, Topic
from jennie_cli.engine.store import Columns, Dataset, FactStore

_BOARDS = ("KOSPI", "KOSDAQ")
_INDEX_CODES = {"KOSPI": ("KOSPI", "0001"), "KOSDAQ": ("KOSDAQ", "1001")}
_LOOKED_BACK = timedelta(days=15)
_FLOWS = (
    ("KOSPI", "foreign", "kospi_foreign_net"),
    ("KOSPI", "inst", "kospi_institutional_net"),
    ("KOSPI", "indiv", "kospi_retail_net"),
    ("KOSDAQ", "foreign", "kosdaq_foreign_net"),
)
_MOST_HEADLINES = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedSource:
    """Reads what the facts of a market knew at a moment; `name` is whose market it is."""

    name: str
    facts: FactStore
    fields: frozenset[str] = frozenset(
        {f"{b.lower()}_{what}" for b in _BOARDS for what in ("index", "change_pct")}
        | {field for _, _, field in _FLOWS}
        | {KOREA_NEWS}
    )

    async def collect(self, day: date, now: datetime) -> Gathered:
        """Return the newest indices and flows known, and the headlines of a day."""
        since = day - _LOOKED_BACK
        codes = [code for known in _INDEX_CODES.values() for code in known]
        index = self.facts.read(Dataset.INDEX_DAILY, as_of=now, codes=codes, since=since)
        flows = self.facts.read(Dataset.FLOWS_MARKET, as_of=now, codes=_BOARDS, since=since)
        return Gathered(
            readings=(*self._indices(index, now), *self._flows(flows, now)),
            items=tuple(self._headlines(now)),
        )

    def _indices(self, rows: Columns, now: datetime) -> Iterator[Reading]:
        for board in _BOARDS:
            named = np.isin(rows["index_code"].astype(str), _INDEX_CODES[board])
            mine = np.flatnonzero(named & np.isfinite(rows["close"]))
            if not mine.size:
                continue
            by_day = {rows["date"][row]: row for row in mine}
            told = [by_day[day] for day in sorted(by_day)]
            close, at = rows["close"][told], _moment(rows["known_at"][told[-1]], now)
            yield self._reading(f"{board.lower()}_index", close[-1], at)
            if len(told) > 1:
                change = (close[-1] / close[-2] - 1) * 100
                yield self._reading(f"{board.lower()}_change_pct", round(change, 4), at)

    def _flows(self, rows: Columns, now: datetime) -> Iterator[Reading]:
        for board, who, field in _FLOWS:
            mine = np.flatnonzero((rows["market"] == board) & np.isfinite(rows[who]))
            if mine.size:
                at = _moment(rows["known_at"][mine[-1]], now)
                yield self._reading(field, rows[who][mine[-1]], at)

    def _headlines(self, now: datetime) -> Iterator[Item]:
        since = (now - WINDOW).astimezone(KST).date()
        rows = self.facts.read(Dataset.HEADLINES, as_of=now, since=since)
        order = np.argsort(rows["published_at"], kind="stable")[-_MOST_HEADLINES:]
        for row in order:
            yield Item(
                topic=Topic.KOREA,
                title=rows["title"][row],
                source=self.name,
                at=_moment(rows["published_at"][row], now),
            )

    def _reading(self, field: str, value: Any, at: datetime) -> Reading:
        return Reading(field=field, value=float(value), source=self.name, as_of=at)


def _moment(seconds: Any, now: datetime) -> datetime:
    return min(datetime.fromtimestamp(int(seconds), UTC).astimezone(KST), now)
