"""ECOS of the Bank of Korea: the base rate, the won, Korean prices and money."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from datetime import time as day_time
from typing import Any, NamedTuple
from urllib.parse import quote

from jennie_cli.adapters.macro.answers import (
    changed,
    each,
    get_json,
    month_end,
    number,
    part,
)
from jennie_cli.engine.clock import KST
from jennie_cli.engine.feed import Ask, Fetched, Fetcher, FetchFailed, FetchKind
from jennie_cli.engine.macro.collecting import Gathered, Reading

_WINDOWS = {"D": 30, "M": 400, "Q": 800}
_MORNING, _EVENING = day_time(9, 0), day_time(23, 59, 59)
_QUARTERS = {"Q1": 3, "Q2": 6, "Q3": 9, "Q4": 12}
_NOTHING = "INFO-200"
_BAD_KEY = "INFO-100"
_TOO_OFTEN = "ERROR-602"


class _Series(NamedTuple):
    """A statistic of ECOS: table, cycle D M or Q, item; `yearly` means its change in a year."""

    table: str
    cycle: str
    item: str
    yearly: bool = False


_SERIES: Mapping[str, _Series] = {
    "bok_rate": _Series("722Y001", "M", "0101000"),
    "korea_call_rate": _Series("817Y002", "D", "010100000"),
    "usd_krw": _Series("731Y001", "D", "0000001"),
    "korea_cpi_yoy": _Series("901Y009", "M", "0", yearly=True),
    "korea_gdp": _Series("200Y001", "Q", "10101"),
    "korea_m2": _Series("101Y003", "M", "BBHS00"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class EcosSource:
    """The statistics of ECOS, one call each. `url` is that of StatisticSearch; the key is a part of
    the path, so it is hidden in every address that is shown.
    """

    url: str
    key: str = field(repr=False)
    fetcher: Fetcher
    name: str = "ecos"
    fields: frozenset[str] = frozenset(_SERIES)

    async def collect(self, day: date, now: datetime) -> Gathered:
        """Return the newest value of each statistic."""
        del day
        return await each({n: self._one(n, s, now) for n, s in _SERIES.items()})

    async def _one(self, name: str, series: _Series, now: datetime) -> tuple[Reading, ...]:
        today = now.astimezone(KST).date()
        first = today - timedelta(days=_WINDOWS[series.cycle])
        parts = (quote(self.key, safe=""), "json", "kr", "1", "100", series.table, series.cycle)
        span = (period(first, series.cycle), period(today, series.cycle), series.item)
        url = "/".join((self.url.rstrip("/"), *parts, *span))
        ask = Ask(url=url, budget=self.name, secrets=(self.key,))
        told, page = await get_json(self.fetcher, ask)
        known = _rows(told, page)
        if not known:
            return ()
        time, value = max(known)
        as_of = min(_true_at(time, page), now)
        if series.yearly:
            before = dict(known).get(_year_before(time))
            if not before:
                return ()
            value = round((value / before - 1) * 100, 4)
        return (Reading(field=name, value=value, source=self.name, as_of=as_of),)


def period(day: date, cycle: str) -> str:
    """Return a day as ECOS writes it in a cycle: YYYYMMDD, YYYYMM or YYYYQn."""
    forms = {"D": f"{day:%Y%m%d}", "M": f"{day:%Y%m}", "Q": f"{day.year}Q{(day.month + 2) // 3}"}
    return forms[cycle]


def _rows(told: Any, page: Fetched) -> Sequence[tuple[str, float]]:
    """Return times and values. An answer without rows says why: nothing known is no failure."""
    rows = part(told, "StatisticSearch", "row")
    if isinstance(rows, list):
        pairs = [(part(r, "TIME"), number(part(r, "DATA_VALUE"))) for r in rows[:1_000]]
        return [(t, v) for t, v in pairs if isinstance(t, str) and v is not None]
    code = part(told, "RESULT", "CODE")
    if code == _NOTHING:
        return ()
    kinds = {_BAD_KEY: FetchKind.BLOCKED, _TOO_OFTEN: FetchKind.RATE_LIMITED}
    if isinstance(code, str) and code.isascii() and code.isprintable():
        raise FetchFailed(
            f"{page.shown} answered {code[:20]}.",
            kind=kinds.get(code, FetchKind.BAD_REQUEST),
            hint="INFO-100 is a wrong key: jennie secrets set bok_ecos_api_key",
        )
    raise changed(page, "neither rows nor a result")


def _year_before(time: str) -> str:
    return f"{int(time[:4]) - 1}{time[4:]}" if time[:4].isdigit() else ""


def _true_at(told: str, page: Fetched) -> datetime:
    """Return when a value of a time of ECOS was true: the end of it, or the morning of a day, which
    is when the bank publishes its rates.
    """
    hour = _MORNING if len(told) == 8 else _EVENING
    return datetime.combine(_last_day(told, page), hour, KST)


def _last_day(time: str, page: Fetched) -> date:
    """Return the last day of a time of ECOS."""
    try:
        year, rest = int(time[:4]), time[4:]
        if rest in _QUARTERS:
            return month_end(year, _QUARTERS[rest])
        if len(rest) == 4:
            return date(year, int(rest[:2]), int(rest[2:]))
        return month_end(*date(year, int(rest), 1).timetuple()[:2])
    except ValueError:
        raise changed(page, "a time of another form") from None
