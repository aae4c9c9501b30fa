"""The highest prices since each stock held was bought, out of stored bars and today's chart."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from jennie_cli.engine.clock import KST
from jennie_cli.engine.exits import WHOLE_DAY, Highs
from jennie_cli.engine.feed import MinuteBar, TradedDay
from jennie_cli.engine.store import Columns, Dataset, FactStore
from jennie_cli.engine.venue import Calendar

_EPOCH = date(1970, 1, 1).toordinal()
_NOTHING_TOLD: Mapping[str, Sequence[TradedDay]] = MappingProxyType({})


def highs_of(
    since: Mapping[str, date],
    facts: FactStore,
    *,
    now: datetime,
    calendar: Calendar,
    minutes: Iterable[MinuteBar] = (),
    traded: Mapping[str, Sequence[TradedDay]] = _NOTHING_TOLD,
) -> dict[str, Highs]:
    """Return the highs of stocks from the day on that `since` names for each code.

    `minutes` are those of today's chart, `traded` whole days as they were traded; what is stored
    tells the rest: the day of the entry by its minutes, the days after it by either. A stored day
    may have been adjusted for an ex-date since, so it counts only for stocks that `traded` does
    not tell. Bars without a trade and minutes outside a session do not count.
    """
    if not since:
        return {}
    codes, first = tuple(since), min(since.values())
    today = now.astimezone(KST).toordinal()
    untold = tuple(code for code in codes if code not in traded)
    days = _days(facts.read(Dataset.DAILY_BARS, as_of=now, codes=untold, since=first))
    stored = facts.read(Dataset.MINUTE_BARS, as_of=now, codes=codes, since=first)
    every = (
        days.where(days.day < today),
        _told(day for code in codes for day in traded.get(code, ())),
        _in_session(_minutes(stored), calendar),
        _in_session(_charted(minutes), calendar),
    )
    return {code: _highs([rows.where(rows.code == code) for rows in every]) for code in codes}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rows:
    """Highs in won with code, ordinal of the day, and minute of the day or WHOLE_DAY; (rows,)."""

    code: NDArray[np.object_]
    day: NDArray[np.int64]
    minute: NDArray[np.int64]
    high: NDArray[np.float64]

    def where(self, wanted: NDArray[np.bool_]) -> "_Rows":
        """Return some of the rows."""
        return _Rows(
            code=self.code[wanted],
            day=self.day[wanted],
            minute=self.minute[wanted],
            high=self.high[wanted],
        )


def _days(columns: Columns) -> _Rows:
    return _traded(columns, np.full(len(columns["code"]), WHOLE_DAY, dtype=np.int64))


def _minutes(columns: Columns) -> _Rows:
    return _traded(columns, columns["time"] // 100 * 60 + columns["time"] % 100)


def _traded(columns: Columns, minute: NDArray[np.int64]) -> _Rows:
    day = columns["date"].astype("datetime64[D]").astype(np.int64) + _EPOCH
    high = columns["high"].astype(np.float64)
    rows = _Rows(code=columns["code"], day=day, minute=minute, high=high)
    return rows.where((columns["volume"] > 0) & (high > 0.0))


def _told(days: Iterable[TradedDay]) -> _Rows:
    told = [day for day in days if day.volume > 0]
    return _Rows(
        code=np.array([day.code for day in told], dtype=np.object_),
        day=np.array([day.day.toordinal() for day in told], dtype=np.int64),
        minute=np.full(len(told), WHOLE_DAY, dtype=np.int64),
        high=np.array([day.high for day in told], dtype=np.float64),
    )


def _charted(bars: Iterable[MinuteBar]) -> _Rows:
    told = [(bar, bar.start.astimezone(KST)) for bar in bars if bar.volume > 0]
    return _Rows(
        code=np.array([bar.code for bar, _ in told], dtype=np.object_),
        day=np.array([at.toordinal() for _, at in told], dtype=np.int64),
        minute=np.array([at.hour * 60 + at.minute for _, at in told], dtype=np.int64),
        high=np.array([bar.high for bar, _ in told], dtype=np.float64),
    )


def _in_session(rows: _Rows, calendar: Calendar) -> _Rows:
    days, of = np.unique(rows.day, return_inverse=True)
    sessions = [calendar.session(date.fromordinal(day)) for day in days.tolist()]
    # a day without a session has no minute between these
    opens = np.array([_minute(s.open) if s else 1 for s in sessions], dtype=np.int64)
    closes = np.array([_minute(s.close) if s else 0 for s in sessions], dtype=np.int64)
    return rows.where((rows.minute >= opens[of]) & (rows.minute <= closes[of]))


def _minute(moment: datetime) -> int:
    at = moment.astimezone(KST)
    return at.hour * 60 + at.minute


def _highs(parts: Iterable[_Rows]) -> Highs:
    told = tuple(parts)
    return Highs(
        day=np.concatenate([rows.day for rows in told]),
        minute=np.concatenate([rows.minute for rows in told]),
        high=np.concatenate([rows.high for rows in told]),
    )
