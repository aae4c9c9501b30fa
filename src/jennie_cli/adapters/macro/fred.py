"""FRED of the Federal Reserve Bank of St. Louis: US rates, prices, labour, currencies."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from jennie_cli.adapters.macro.answers import (
    changed,
    each,
    get_json,
    month_end,
    number,
    part,
    us_evening,
)
from jennie_cli.engine.feed import Ask, Fetched, Fetcher
from jennie_cli.engine.macro.collecting import Gathered, Reading

_DAYS = 400
_YEARS = range(1900, 2200)


class _Series(NamedTuple):
    """A series of FRED: the months an observation speaks of, 0 for a day or a week that FRED dates
    by its end, and whether its change in a year is meant.
    """

    code: str
    months: int = 0
    yearly: bool = False


_SERIES: Mapping[str, _Series] = {
    "fed_rate": _Series("DFF"),
    "treasury_3m": _Series("DTB3"),
    "treasury_2y": _Series("DGS2"),
    "treasury_10y": _Series("DGS10"),
    "treasury_30y": _Series("DGS30"),
    "us_cpi_yoy": _Series("CPIAUCSL", months=1, yearly=True),
    "us_core_cpi_yoy": _Series("CPILFESL", months=1, yearly=True),
    "us_pce_yoy": _Series("PCEPI", months=1, yearly=True),
    "us_unemployment": _Series("UNRATE", months=1),
    "us_payrolls": _Series("PAYEMS", months=1),
    "us_jobless_claims": _Series("ICSA"),
    "us_gdp": _Series("GDP", months=3),
    "us_retail_sales": _Series("RSXFS", months=1),
    "vix": _Series("VIXCLS"),
    "usd_jpy": _Series("DEXJPUS"),
    "usd_cny": _Series("DEXCHUS"),
    "wti": _Series("DCOILWTICO"),
    "brent": _Series("DCOILBRENTEU"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FredSource:
    """The series of FRED, one call each. `url` is that of observations."""

    url: str
    key: str = field(repr=False)
    fetcher: Fetcher
    name: str = "fred"
    fields: frozenset[str] = frozenset(_SERIES)

    async def collect(self, day: date, now: datetime) -> Gathered:
        """Return the newest observation of each series."""
        del day
        return await each({n: self._one(n, s, now) for n, s in _SERIES.items()})

    async def _one(self, name: str, series: _Series, now: datetime) -> tuple[Reading, ...]:
        ask = Ask(
            url=self.url,
            budget=self.name,
            query={
                "series_id": series.code,
                "api_key": self.key,
                "file_type": "json",
                "sort_order": "desc",
                "limit": "15" if series.yearly else "5",
                "observation_start": (now - timedelta(days=_DAYS)).date().isoformat(),
            },
            secrets=(self.key,),
        )
        told, page = await get_json(self.fetcher, ask)
        known = _observations(told, page)
        if not known:
            return ()
        day, value = known[0]
        if series.yearly:
            before = _year_before(known)
            if before is None:
                return ()
            value = round((value / before - 1) * 100, 4)
        as_of = min(us_evening(_last_day(day, series)), now)
        return (Reading(field=name, value=value, source=self.name, as_of=as_of),)


def _observations(told: Any, page: Fetched) -> Sequence[tuple[date, float]]:
    """Return days and values that are known, newest first; FRED writes "." for none."""
    rows = part(told, "observations")
    if not isinstance(rows, list):
        raise changed(page, "no observations")
    known: list[tuple[date, float]] = []
    for row in rows[:100]:
        day, value = part(row, "date"), number(part(row, "value"))
        if not isinstance(day, str):
            raise changed(page, "an observation without a day")
        if value is not None:
            known.append((_day(day, page), value))
    return sorted(known, reverse=True)


def _day(text: str, page: Fetched) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise changed(page, "a day of another form") from None
    if day.year not in _YEARS:
        raise changed(page, "a day of no year we know")
    return day


def _year_before(known: Sequence[tuple[date, float]]) -> float | None:
    """Return the value of the same month a year before the newest, None where it is missing."""
    newest = known[0][0]
    wanted = (newest.year - 1, newest.month)
    return next((value or None for day, value in known if (day.year, day.month) == wanted), None)


def _last_day(day: date, series: _Series) -> date:
    """Return the last day that an observation speaks of; FRED dates it by the first."""
    if series.months:
        month = day.month + series.months - 1
        return month_end(day.year + (month - 1) // 12, (month - 1) % 12 + 1)
    return day
