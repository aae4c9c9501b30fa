"""When each row could first have been known; nothing may be read before.

bars, index, breadth, market caps   end of that day's session
minute bars                         end of the minute
investor flows, multiples, consensus  18:00 of the day, when the exchange's final figures are out
quarterly accounts                  18:00 on the 45th day after the quarter, the 90th after a Q4
annual accounts                     open of the first session after the filing was received
headlines, disclosures, posts       their own time
trading days                        the first moment of their year, as the exchange announces them
stock master                        always (0): a list as of the file, whose labels are not dated
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jennie_cli.engine.clock import KST
from jennie_cli.engine.store import Columns, Dataset
from jennie_cli.engine.store.columns import kst_midnight
from jennie_cli.engine.store.merge import factorize
from jennie_cli.engine.venue import Calendar

Moments = NDArray[np.int64]
EVENING = time(18, 0)
_QUARTER_DAYS = 45
_YEAR_END_DAYS = 90


def known_at(dataset: Dataset, columns: Columns, calendar: Calendar) -> Moments:
    """Return epoch seconds per row; dates must be trading days where a session is asked."""
    return _OF[dataset](columns, calendar)


def quarter_ends(quarters: NDArray[Any]) -> NDArray[Any]:
    """Return the last day of quarters written YYYYQn as datetime64[D], NaT for other text."""
    labels, index = factorize(quarters)
    ends = np.array([_quarter_end(v) for v in labels], dtype="datetime64[D]")
    return ends[index]


def _quarter_end(text: str) -> np.datetime64:
    year, _, quarter = text.partition("Q")
    if not (len(year) == 4 and year.isdecimal() and quarter in {"1", "2", "3", "4"}):
        return np.datetime64("NaT", "D")
    month, day = {"1": (3, 31), "2": (6, 30), "3": (9, 30), "4": (12, 31)}[quarter]
    return np.datetime64(date(int(year), month, day))


def _each_day(days: NDArray[Any], moment: Callable[[date], datetime]) -> Moments:
    labels, index = factorize(days)
    known = [int(moment(d.item()).timestamp()) for d in labels]
    return np.array(known, dtype=np.int64)[index]


def _evening(day: date) -> datetime:
    return datetime.combine(day, EVENING, KST)


def _at_close(columns: Columns, calendar: Calendar) -> Moments:
    def close(day: date) -> datetime:
        session = calendar.session(day)
        return session.close if session else _evening(day)

    return _each_day(columns["date"], close)


def _in_the_evening(columns: Columns, _calendar: Calendar) -> Moments:
    return _each_day(columns["date"], _evening)


def _after_the_minute(columns: Columns, _calendar: Calendar) -> Moments:
    hour, minute = np.divmod(columns["time"], 100)
    start = _each_day(columns["date"], lambda d: datetime.combine(d, time(), KST))
    return np.asarray(start + hour * 3600 + minute * 60 + 60)


def _after_the_quarter(columns: Columns, _calendar: Calendar) -> Moments:
    ends = quarter_ends(columns["quarter"])
    is_q4 = ends.astype("datetime64[M]").astype(np.int64) % 12 == 11
    lag = np.where(is_q4, _YEAR_END_DAYS, _QUARTER_DAYS).astype("timedelta64[D]")
    return _each_day(ends + lag, _evening)


def _after_the_receipt(columns: Columns, calendar: Calendar) -> Moments:
    def opening(day: date) -> datetime:
        session = calendar.session(calendar.next_day(day))
        return session.open if session else _evening(day)

    return _each_day(columns["received_on"], opening)


def _own(name: str) -> Callable[[Columns, Calendar], Moments]:
    return lambda columns, _calendar: np.asarray(columns[name], dtype=np.int64)


def _since_new_year(columns: Columns, _calendar: Calendar) -> Moments:
    labels, index = factorize(columns["date"])
    known = [kst_midnight(d.item().replace(month=1, day=1)) for d in labels]
    return np.array(known, dtype=np.int64)[index]


def _always(columns: Columns, _calendar: Calendar) -> Moments:
    return np.zeros(len(columns["code"]), dtype=np.int64)


_OF: Mapping[Dataset, Callable[[Columns, Calendar], Moments]] = {
    Dataset.STOCK_MASTER: _always,
    Dataset.DAILY_BARS: _at_close,
    Dataset.MINUTE_BARS: _after_the_minute,
    Dataset.MARKET_CAPS: _at_close,
    Dataset.INDEX_DAILY: _at_close,
    Dataset.MARKET_BREADTH: _at_close,
    Dataset.INDEX_VALUATION: _in_the_evening,
    Dataset.TRADING_DAYS: _since_new_year,
    Dataset.FLOWS_STOCK: _in_the_evening,
    Dataset.FLOWS_MARKET: _in_the_evening,
    Dataset.FINANCIALS_QUARTERLY: _after_the_quarter,
    Dataset.FUNDAMENTALS_ANNUAL: _after_the_receipt,
    Dataset.CONSENSUS: _in_the_evening,
    Dataset.HEADLINES: _own("published_at"),
    Dataset.DISCLOSURES: _own("disclosed_at"),
    Dataset.CHANNEL_POSTS: _own("posted_at"),
}
