"""Who tells the news of the real market: Naver, the register, channels of Telegram and feeds."""

# ruff: noqa: PLC0415  # each builder imports its adapter inside the function

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np

from jennie_cli.engine.errors import Refused, SettingsError
from jennie_cli.engine.feed import Fetcher, Heard, NewsSource, SourceHealth, look_at
from jennie_cli.engine.model import NewsKind, Stock
from jennie_cli.settings import NewsSourceOptions, Profile, secret_named
from jennie_cli.wiring.extras import has_extra, need_extra
from jennie_cli.wiring.sites import origin

if TYPE_CHECKING:
    from jennie_cli.adapters.http import Budgets, HttpFetcher, Pages
    from jennie_cli.adapters.telegram import AccountKey
    from jennie_cli.wiring.house import House

TELEGRAM_SECRETS = ("telegram_api_id", "telegram_api_hash", "telegram_session")
"""What reading channels with one's own account takes."""

DART_KEY = "dart_api_key"
LOOKED_AT: Mapping[str, str] = {"005930": "삼성전자"}
"""The stock that is in the news every day, by which sources are looked at."""

_MOST_DIGITS = 12
_LOOK_BACK = timedelta(days=30)
_Build = Callable[[Fetcher], NewsSource]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Visited:
    """A source whose connections are opened for one reading and closed after it."""

    name: str
    build: _Build
    connect: Callable[[], "HttpFetcher"]

    async def latest(self, since: datetime) -> Heard:
        """Return what the source tells."""
        fetcher = self.connect()
        try:
            return await self.build(fetcher).latest(since)
        finally:
            await fetcher.close()


def news_sources(house: "House", stocks: Sequence[Stock]) -> Sequence[NewsSource]:
    """Return the sources that can be asked about these stocks; none is asked yet.

    Without a key the register is left out: `missing_source_keys` names it. Raises Refused in the
    sim profile, which asks nobody.
    """
    return _sources(house, {stock.code: stock.name for stock in stocks})


def missing_source_keys(house: "House") -> tuple[str, ...]:
    """Return the secrets without which a source is left out."""
    return () if house.vault.find(DART_KEY) else (DART_KEY,)


async def look_at_sources(house: "House") -> tuple[SourceHealth, ...]:
    """Ask every source for the stock that is always in the news, and tell what is wrong: the body
    of a daily job.

    Naver's older page is looked at by itself, for it is read only once the other is gone.
    """
    options = house.settings.slice(NewsSourceOptions)
    sources = [*_sources(house, LOOKED_AT)]
    if options.naver_mobile_url:
        sources.insert(1, _naver(house, options, LOOKED_AT, older=True))
    since = house.wall_clock.now() - _LOOK_BACK
    return await look_at(sources, since, silent_ok=frozenset({"dart"}))


async def sign_in_to_telegram(
    house: "House", phone: str, *, code: Callable[[], str], password: Callable[[], str]
) -> str:
    """Sign in to the account whose id and hash are stored, keep the session as a secret, and return
    where. Raises ExtraMissing, SecretMissing, OutsideError.
    """
    need_extra("telegram", needed_for="Telegram sign-in")
    from jennie_cli.adapters.telegram import log_in

    session = await log_in(_account_key(house), phone, code=code, password=password)
    return house.vault.keep(secret_named("telegram_session"), session)


def _sources(house: "House", stocks: Mapping[str, str]) -> Sequence[NewsSource]:
    if house.profile is Profile.SIM:
        raise Refused(
            "The sim profile asks nobody for news.", hint="jennie --profile paper news collect"
        )
    options = house.settings.slice(NewsSourceOptions)
    key = house.vault.find(DART_KEY) or ""
    return (
        *((_naver(house, options, stocks),) if stocks else ()),
        *((_dart(house, options, stocks, key),) if key and stocks else ()),
        *_channels(house, options, stocks),
        *_feeds(house, options, options.market_feeds, NewsKind.MARKET),
        *_feeds(house, options, options.world_feeds, NewsKind.WORLD),
    )


def _naver(
    house: "House", options: NewsSourceOptions, stocks: Mapping[str, str], *, older: bool = False
) -> NewsSource:
    from jennie_cli.adapters.naver import NaverNews

    name = "naver:older" if older else "naver"

    def build(fetcher: Fetcher) -> NewsSource:
        return NaverNews(
            mobile_url="" if older else options.naver_mobile_url,
            desktop_url=options.naver_desktop_url,
            stocks=stocks,
            fetcher=fetcher,
            pages=options.naver_pages,
            size=options.naver_size,
            at_once=options.naver_at_once,
            name=name,
        )

    return _visited(house, options, name, build)


def _dart(
    house: "House", options: NewsSourceOptions, stocks: Mapping[str, str], key: str
) -> NewsSource:
    from jennie_cli.adapters.dart import DartFilings

    def build(fetcher: Fetcher) -> NewsSource:
        return DartFilings(
            url=options.dart_url,
            key=key,
            codes=stocks.keys(),
            now=house.clock.now,
            fetcher=fetcher,
            pages=options.dart_pages,
        )

    return _visited(house, options, "dart", build)


def _channels(
    house: "House", options: NewsSourceOptions, stocks: Mapping[str, str]
) -> Sequence[NewsSource]:
    """Return the channels by the way that is set, or by the account where one is signed in."""
    from jennie_cli.adapters.telegram import channel_name

    said = options.channels.replace(",", " ").split()
    names = list(dict.fromkeys(channel_name(c) or c for c in said))
    if not names:
        return ()
    if options.telegram_way == "account":
        need_extra("telegram", needed_for="news_sources.telegram_way = account")
        return (_account(house, options, stocks, names),)
    there = has_extra("telegram") and all(house.vault.find(n) for n in TELEGRAM_SECRETS)
    if there and options.telegram_way == "auto":
        return (_account(house, options, stocks, names),)
    return _previews(house, options, stocks, names)


def _account(
    house: "House", options: NewsSourceOptions, stocks: Mapping[str, str], names: Sequence[str]
) -> NewsSource:
    from jennie_cli.adapters.telegram import ChannelAccount, open_line

    key = _account_key(house, session=house.vault.get("telegram_session"))
    return ChannelAccount(
        channels=names,
        open=lambda: open_line(key),
        most=options.telegram_posts,
        timeout_s=options.timeout_s,
        stocks=stocks,
    )


def _account_key(house: "House", *, session: str = "") -> "AccountKey":
    """Return what opens the account. Raises SecretMissing, SettingsError."""
    from jennie_cli.adapters.telegram import AccountKey

    said = house.vault.get("telegram_api_id").strip()
    if not (said.isascii() and said.isdecimal() and len(said) < _MOST_DIGITS):
        raise SettingsError(
            "The secret telegram_api_id is no number.", hint="Look at my.telegram.org, API tools."
        )
    return AccountKey(
        api_id=int(said), api_hash=house.vault.get("telegram_api_hash"), session=session
    )


def _previews(
    house: "House", options: NewsSourceOptions, stocks: Mapping[str, str], names: Sequence[str]
) -> Sequence[NewsSource]:
    from jennie_cli.adapters.telegram import ChannelPreview

    def one(channel: str) -> NewsSource:
        def build(fetcher: Fetcher) -> NewsSource:
            return ChannelPreview(
                url=options.telegram_url,
                channel=channel,
                fetcher=fetcher,
                most=options.telegram_posts,
                pages=options.telegram_pages,
                stocks=stocks,
            )

        return _visited(house, options, f"telegram:{channel}", build)

    return [one(name) for name in names]


def _feeds(
    house: "House", options: NewsSourceOptions, urls: str, kind: NewsKind
) -> Sequence[NewsSource]:
    """Return one source for each paper, by the host of its feeds."""
    from jennie_cli.adapters.rss import RssNews, host_of

    def one(host: str, mine: Sequence[str]) -> NewsSource:
        name = f"rss:{host or 'feed'}"

        def build(fetcher: Fetcher) -> NewsSource:
            return RssNews(
                name=name, kind=kind, urls=mine, fetcher=fetcher, each=options.feed_items
            )

        return _visited(house, options, name, build)

    papers: dict[str, list[str]] = {}
    for url in urls.split():
        papers.setdefault(host_of(url), []).append(url)
    return [one(host, mine) for host, mine in papers.items()]


def _visited(house: "House", options: NewsSourceOptions, name: str, build: _Build) -> NewsSource:
    from jennie_cli.adapters.http import Pages

    budgets, pages = _budgets(house, options), Pages(house.folder.fetched / "news")
    return _Visited(
        name=name, build=build, connect=lambda: _fetcher(house, options, budgets, pages)
    )


def _budgets(house: "House", options: NewsSourceOptions) -> "Budgets":
    from jennie_cli.adapters.http import Allowance, Budgets

    allowances = {
        "naver_news": Allowance(apart_s=options.naver_delay_s),
        "dart": Allowance(minute=options.dart_minute, day=options.dart_day),
        "telegram": Allowance(minute=options.telegram_minute),
        "news_feeds": Allowance(minute=options.feeds_minute),
    }
    return Budgets(allowances, house.wall_clock, house.folder.fetched / "news-counts.json")


def _fetcher(
    house: "House", options: NewsSourceOptions, budgets: "Budgets", pages: "Pages"
) -> "HttpFetcher":
    from jennie_cli.adapters.http import HttpFetcher, Manners

    return HttpFetcher(
        Manners(
            timeout_s=options.timeout_s,
            tries=options.tries,
            wait_s=options.wait_s,
            longest_wait_s=options.longest_wait_s,
            most_bytes=options.most_kb * 1_000,
            agent=options.agent,
        ),
        budgets=budgets,
        pages=pages,
        steady=house.wall_clock,
        rng=np.random.default_rng(int.from_bytes(origin().encode())),
    )
