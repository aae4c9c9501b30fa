"""Finnhub: exchange traded funds of the US market, and the headlines of the world."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from jennie_cli.adapters.macro.answers import changed, each, epoch, get_json, number, part
from jennie_cli.engine.errors import OutsideError
from jennie_cli.engine.feed import Ask, Fetcher
from jennie_cli.engine.macro.collecting import GLOBAL_NEWS, Gathered, Item, Reading, Topic

_SYMBOLS = ("SPY", "QQQ", "EWY")
_HEADLINES = 20
_TITLE, _SUMMARY = 300, 300
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True, kw_only=True)
class FinnhubSource:
    """Quotes and general news. `url` is that of the API, without an end."""

    url: str
    key: str = field(repr=False)
    fetcher: Fetcher
    name: str = "finnhub"
    fields: frozenset[str] = frozenset(
        {n for s in _SYMBOLS for n in (s.lower(), f"{s.lower()}_change_pct")} | {GLOBAL_NEWS}
    )

    async def collect(self, day: date, now: datetime) -> Gathered:
        """Return the quotes and headlines."""
        del day
        news_failed: dict[str, str] = {}
        items: Sequence[Item] = ()
        try:
            items = await self._news(now)
        except OutsideError as error:
            news_failed[GLOBAL_NEWS] = error.message
        try:
            got = await each({s.lower(): self._quote(s, now) for s in _SYMBOLS})
        except OutsideError:
            if not items:
                raise
            got = Gathered(failed={s.lower(): "no quote" for s in _SYMBOLS})
        told = dict(got.failed)
        told |= {f"{n}_change_pct": f for n, f in got.failed.items()}
        return Gathered(readings=got.readings, items=tuple(items), failed={**told, **news_failed})

    async def _quote(self, symbol: str, now: datetime) -> tuple[Reading, ...]:
        """Return price and day change; a symbol nobody knows has a price of 0."""
        told, page = await get_json(self.fetcher, self._ask("quote", symbol=symbol))
        price, change, at = (
            number(part(told, "c")),
            number(part(told, "dp")),
            epoch(part(told, "t")),
        )
        if price is None:
            raise changed(page, "a quote without a price")
        if price <= 0 or at is None:
            return ()
        pairs = ((symbol.lower(), price), (f"{symbol.lower()}_change_pct", change))
        return tuple(
            Reading(field=name, value=value, source=self.name, as_of=min(at, now))
            for name, value in pairs
            if value is not None
        )

    async def _news(self, now: datetime) -> Sequence[Item]:
        told, page = await get_json(self.fetcher, self._ask("news", category="general"))
        if not isinstance(told, list):
            raise changed(page, "news that are no list")
        read = (self._item(row) for row in told[:_HEADLINES])
        return [item for item in read if item is not None and item.at <= now]

    def _item(self, row: Any) -> Item | None:
        title, at = part(row, "headline"), epoch(part(row, "datetime"))
        summary = part(row, "summary")
        if not isinstance(title, str) or at is None or not _line(title, _TITLE):
            return None
        return Item(
            topic=Topic.GLOBAL,
            title=_line(title, _TITLE),
            summary=_line(summary, _SUMMARY) if isinstance(summary, str) else "",
            source=self.name,
            at=at,
        )

    def _ask(self, path: str, **query: str) -> Ask:
        return Ask(
            url=f"{self.url.rstrip('/')}/{path}",
            budget=self.name,
            query={**query, "token": self.key},
            secrets=(self.key,),
        )


def _line(text: str, most: int) -> str:
    line = "".join(c if c.isprintable() else " " for c in text[: most * 4])
    return _SPACES.sub(" ", line).strip()[:most]
