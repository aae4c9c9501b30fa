"""The market's filings of some days, kind by kind, page by page, of the stocks that are wanted."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from jennie_cli.adapters.dart.listing import NAME, Listing, read_listing
from jennie_cli.engine.clock import KST
from jennie_cli.engine.feed import Ask, Fetcher, FetchFailed, FetchKind, Heard
from jennie_cli.engine.model import Headline

KINDS = ("A", "B", "C", "D", "E", "I")
"""Periodic, major matters, issues, holdings, other, and those of the exchange."""

_STOP = frozenset({FetchKind.RATE_LIMITED, FetchKind.BLOCKED, FetchKind.BUDGET})
_A_PAGE = 100
_LONGEST = timedelta(days=89)
"""The register answers three months at once without a company."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DartFilings:
    """The list at an address. `now` tells today, `codes` are the stocks that are wanted, `pages`
    bounds the calls for each kind of filing.
    """

    url: str
    key: str
    codes: Collection[str]
    now: Callable[[], datetime]
    fetcher: Fetcher
    pages: int = 30
    name: str = NAME

    async def latest(self, since: datetime) -> Heard:
        """Return the filings from the day of a moment on, oldest first.

        The register tells the day of a filing, not the hour: each is of that day's midnight, and
        those of the first day come again.
        """
        last = self.now().astimezone(KST).date()
        first = max(since.astimezone(KST).date(), last - _LONGEST)
        found: dict[str, Headline] = {}
        failures: list[FetchFailed] = []
        for kind in KINDS:
            failed = await self._kind(kind, first, last, found)
            failures += failed
            if any(f.kind in _STOP for f in failed):
                break
        ordered = sorted(found.values(), key=lambda h: (h.at, h.url))
        return Heard(headlines=tuple(ordered), failures=tuple(failures))

    async def _kind(
        self, kind: str, first: date, last: date, found: dict[str, Headline]
    ) -> list[FetchFailed]:
        """Put the filings of a kind with the others; return what failed."""
        failures: list[FetchFailed] = []
        try:
            for number in range(1, self.pages + 1):
                listing = await self._page(kind, first, last, number)
                wanted = set(self.codes)
                found |= {h.url: h for h in listing.headlines if h.code in wanted}
                failures += [_in_part(kind, listing)] * bool(listing.unreadable)
                if number >= listing.pages:
                    return failures
        except FetchFailed as error:
            return [*failures, error]
        return [*failures, _too_many(kind, self.pages)]

    async def _page(self, kind: str, first: date, last: date, number: int) -> Listing:
        query = {
            "crtfc_key": self.key,
            "bgn_de": f"{first:%Y%m%d}",
            "end_de": f"{last:%Y%m%d}",
            "pblntf_ty": kind,
            "page_no": str(number),
            "page_count": str(_A_PAGE),
        }
        ask = Ask(url=self.url, budget=NAME, query=query, secrets=(self.key,))
        return read_listing(await self.fetcher.get(ask))


def _in_part(kind: str, listing: Listing) -> FetchFailed:
    whole = listing.unreadable + len(listing.headlines)
    return FetchFailed(
        f"{listing.unreadable} of {whole} filings of kind {kind} could not be read.",
        kind=FetchKind.LAYOUT_CHANGED,
        hint="The register may have changed its format: look for a newer jennie.",
    )


def _too_many(kind: str, pages: int) -> FetchFailed:
    return FetchFailed(
        f"There are more than {pages} pages of filings of kind {kind}; the rest was not read.",
        kind=FetchKind.TOO_LARGE,
        hint="Ask for fewer days, or raise news_sources.dart_pages.",
    )
