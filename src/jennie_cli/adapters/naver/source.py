"""News of many stocks: the mobile API first, the older page for what it does not give."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from jennie_cli.adapters.naver.articles import NAME, Stock, Told
from jennie_cli.adapters.naver.desktop import desktop_ask, read_desktop
from jennie_cli.adapters.naver.mobile import mobile_ask, read_mobile
from jennie_cli.engine.feed import Fetcher, FetchFailed, FetchKind, Heard
from jennie_cli.engine.model import Headline

_log = logging.getLogger(__name__)
_ELSEWHERE = frozenset({FetchKind.LAYOUT_CHANGED, FetchKind.BLOCKED, FetchKind.GONE})
"""Failures of the mobile API that the older page may not share."""
_STOP = frozenset({FetchKind.RATE_LIMITED, FetchKind.BLOCKED, FetchKind.BUDGET})
"""Failures after which asking on makes it worse."""
_ENOUGH = 3


@dataclass(slots=True)
class _Pass:
    """What one pass over the stocks learned: how often the API failed, and why it was ended."""

    fallen_back: int = 0
    failures: list[FetchFailed] = field(default_factory=list)
    ended: FetchFailed | None = None
    left: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class NaverNews:
    """Two addresses, the stocks by code with their names, how many pages of how many articles are
    read of each, and how many stocks are asked about at once. Without the API's address the older
    page alone is read.
    """

    mobile_url: str
    desktop_url: str
    stocks: Mapping[str, str]
    fetcher: Fetcher
    pages: int = 2
    size: int = 20
    at_once: int = 10
    name: str = NAME

    async def latest(self, since: datetime) -> Heard:
        """Return what was published from a moment on, oldest first.

        The API's failure is told where the older page stood in. Once Naver refuses, the stocks
        that are left are not asked about.
        """
        run, gate = _Pass(), asyncio.Semaphore(self.at_once)

        async def one(stock: Stock) -> Sequence[Headline]:
            async with gate:
                return await self._stock(stock, since, run)

        found = await asyncio.gather(*(one(Stock(code=c, name=n)) for c, n in self.stocks.items()))
        if run.left:
            _log.warning("%d stocks were not asked about: %s", run.left, run.ended)
        each = {(h.code, h.url, h.title): h for headlines in found for h in headlines}
        ordered = sorted(each.values(), key=lambda h: (h.at, h.code, h.url))
        return Heard(headlines=tuple(ordered), failures=tuple(run.failures))

    async def _stock(self, stock: Stock, since: datetime, run: _Pass) -> Sequence[Headline]:
        """Return a stock's news by the way that works; failures are noted in the pass."""
        if run.ended is not None:
            run.left += 1
            return ()
        had: Sequence[Headline] = ()
        if self.mobile_url and run.fallen_back < _ENOUGH:
            had, failed = await self._read(stock, since, run, mobile=True)
            if failed is None or failed.kind not in _ELSEWHERE:
                return self._noted(run, had, failed)
            run.fallen_back += 1
            run.failures.append(_stood_in(failed))
            _log.warning("%s Reading the older page instead.", failed.message)
        got, failed = await self._read(stock, since, run, mobile=False)
        return self._noted(run, (*had, *got), failed)

    @staticmethod
    def _noted(
        run: _Pass, got: Sequence[Headline], failed: FetchFailed | None
    ) -> Sequence[Headline]:
        if failed is not None:
            run.failures.append(failed)
            if failed.kind in _STOP and run.ended is None:
                run.ended = failed
        return got

    async def _read(
        self, stock: Stock, since: datetime, run: _Pass, *, mobile: bool
    ) -> tuple[Sequence[Headline], FetchFailed | None]:
        """Return what one way gave of the pages wanted, and what ended it early."""
        found: dict[tuple[str, str], Headline] = {}
        for number in range(1, self.pages + 1):
            try:
                told = await self._page(stock, number, mobile=mobile)
            except FetchFailed as error:
                ended = error if number == 1 or error.kind is not FetchKind.EMPTY else None
                return tuple(found.values()), ended
            run.failures += [_in_part(stock, told)] * bool(told.unreadable)
            fresh = [h for h in told.headlines if (h.url, h.title) not in found]
            found |= {(h.url, h.title): h for h in fresh if h.at >= since}
            if not fresh or min(h.at for h in fresh) < since:
                break
        return tuple(found.values()), None

    async def _page(self, stock: Stock, number: int, *, mobile: bool) -> Told:
        if mobile:
            ask = mobile_ask(self.mobile_url, stock, number, self.size)
            return read_mobile(await self.fetcher.get(ask), stock)
        page = await self.fetcher.get(desktop_ask(self.desktop_url, stock, number))
        return read_desktop(page, stock, self.desktop_url)


def _stood_in(failed: FetchFailed) -> FetchFailed:
    return FetchFailed(
        f"{failed.message} The older page stood in.", kind=failed.kind, hint=failed.hint
    )


def _in_part(stock: Stock, told: Told) -> FetchFailed:
    whole = told.unreadable + len(told.headlines)
    return FetchFailed(
        f"{told.unreadable} of {whole} articles of {stock.code} could not be read.",
        kind=FetchKind.LAYOUT_CHANGED,
        hint="The source may have changed its format: look for a newer jennie.",
    )
