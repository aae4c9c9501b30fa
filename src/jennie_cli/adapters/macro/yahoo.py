"""Yahoo's chart: the VIX itself, the dollar, and what ships and melts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import quote

from jennie_cli.adapters.macro.answers import changed, each, epoch, get_json, number, part
from jennie_cli.engine.feed import Ask, Fetched, Fetcher
from jennie_cli.engine.macro.collecting import Gathered, Reading

_SYMBOLS: Mapping[str, str] = {
    "vix": "^VIX",
    "dxy_index": "DX-Y.NYB",
    "usd_krw": "KRW=X",
    "usd_jpy": "JPY=X",
    "usd_cny": "CNY=X",
    "wti": "CL=F",
    "brent": "BZ=F",
    "gold": "GC=F",
    "copper": "HG=F",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class YahooSource:
    """One chart of five days for each symbol. `url` is that of charts, without the symbol."""

    url: str
    fetcher: Fetcher
    name: str = "yahoo"
    fields: frozenset[str] = frozenset(_SYMBOLS)

    async def collect(self, day: date, now: datetime) -> Gathered:
        """Return the last close of each chart that has one."""
        del day
        return await each({n: self._one(n, s, now) for n, s in _SYMBOLS.items()})

    async def _one(self, name: str, symbol: str, now: datetime) -> tuple[Reading, ...]:
        ask = Ask(
            url=f"{self.url.rstrip('/')}/{quote(symbol, safe='')}",
            budget=self.name,
            query={"range": "5d", "interval": "1d"},
        )
        told, page = await get_json(self.fetcher, ask)
        chart = part(told, "chart", "result", 0)
        if chart is None:
            raise changed(page, "a chart without a result")
        if (said := part(chart, "meta", "symbol")) != symbol:
            raise changed(page, "a chart of another symbol" if said else "a chart without a symbol")
        found = _last(chart, page, now)
        if found is None:
            return ()
        at, value = found
        return (Reading(field=name, value=value, source=self.name, as_of=at),)


def _last(chart: Any, page: Fetched, now: datetime) -> tuple[datetime, float] | None:
    """Return the last close that is there and when it was made, None for a chart without any.

    A bar is dated by its beginning; the newest bar is as of the last trade, unless it has no close.
    """
    times, closes = part(chart, "timestamp"), part(chart, "indicators", "quote", 0, "close")
    if times is None and closes is None:
        return None
    if not isinstance(times, list) or not isinstance(closes, list) or len(times) != len(closes):
        raise changed(page, "a chart of another form")
    known = [(epoch(t), number(c)) for t, c in zip(times, closes, strict=True)]
    pairs = [(at, value) for at, value in known if at is not None and value is not None]
    if not pairs:
        return None
    begun, value = max(pairs)
    is_last = begun == max(at for at, _ in known if at is not None)
    traded = epoch(part(chart, "meta", "regularMarketTime")) if is_last else None
    at = traded if traded is not None and traded >= begun else begun
    return min(at, now), value
