"""Where macro figures and headlines are fetched, how often, and with how much patience.

Keys are secrets. Several addresses stand in one setting with spaces between them.
"""

from dataclasses import dataclass

from jennie_cli.engine.model import setting


@dataclass(frozen=True, slots=True, kw_only=True)
class MacroSourceOptions:
    """Addresses, allowances and patience of macro sources."""

    finnhub_url: str = setting("https://finnhub.io/api/v1", "Finnhub's API.")
    fred_url: str = setting(
        "https://api.stlouisfed.org/fred/series/observations", "FRED's observations."
    )
    ecos_url: str = setting(
        "https://ecos.bok.or.kr/api/StatisticSearch", "Statistics of the Bank of Korea."
    )
    yahoo_url: str = setting("https://query1.finance.yahoo.com/v8/finance/chart", "Yahoo's charts.")
    naver_index_url: str = setting(
        "https://m.stock.naver.com/api/index", "Naver's mobile index page."
    )
    naver_flows_url: str = setting(
        "https://finance.naver.com/sise/investorDealTrendDay.naver",
        "Naver's page of investors by day.",
    )
    krx_url: str = setting("https://data.krx.co.kr", "KRX's data market, asked with a login.")
    korea_feeds: str = setting(
        "https://www.mk.co.kr/rss/30100041/ https://www.mk.co.kr/rss/30100030/ "
        "https://www.hankyung.com/feed/economy https://www.hankyung.com/feed/stock "
        "https://www.yna.co.kr/rss/economy.xml",
        "Feeds of Korean business news, for their sentiment.",
    )
    politics_feeds: str = setting(
        "https://feeds.bbci.co.uk/news/world/rss.xml "
        "https://feeds.bbci.co.uk/news/business/rss.xml "
        "https://rss.nytimes.com/services/xml/rss/nyt/World.xml "
        "https://feeds.a.dj.com/rss/RSSWorldNews.xml https://www.yna.co.kr/rss/international.xml",
        "Feeds of world news, for political risk.",
    )
    finnhub_minute: int = setting(60, "Calls of Finnhub a minute.", unit="calls", low=1, high=600)
    finnhub_day: int = setting(5_000, "Calls of Finnhub a day.", unit="calls", low=1, high=100_000)
    fred_minute: int = setting(120, "Calls of FRED a minute.", unit="calls", low=1, high=600)
    fred_day: int = setting(100_000, "Calls of FRED a day.", unit="calls", low=1, high=1_000_000)
    ecos_minute: int = setting(30, "Calls of ECOS a minute.", unit="calls", low=1, high=600)
    ecos_day: int = setting(50_000, "Calls of ECOS a day.", unit="calls", low=1, high=1_000_000)
    yahoo_minute: int = setting(60, "Calls of Yahoo a minute.", unit="calls", low=1, high=600)
    naver_minute: int = setting(60, "Calls of Naver a minute.", unit="calls", low=1, high=600)
    krx_minute: int = setting(30, "Calls of KRX a minute.", unit="calls", low=10, high=600)
    krx_day: int = setting(500, "Calls of KRX a day.", unit="calls", low=10, high=100_000)
    korea_feeds_minute: int = setting(
        30, "Korean feeds fetched a minute.", unit="calls", low=1, high=600
    )
    korea_feeds_day: int = setting(
        10_000, "Korean feeds fetched a day.", unit="calls", low=1, high=100_000
    )
    politics_feeds_minute: int = setting(
        20, "World feeds fetched a minute.", unit="calls", low=1, high=600
    )
    politics_feeds_day: int = setting(
        5_000, "World feeds fetched a day.", unit="calls", low=1, high=100_000
    )
    api_timeout_s: float = setting(
        30.0, "Patience with one answer of Finnhub, FRED and ECOS.", unit="s", low=0.1, high=60.0
    )
    api_tries: int = setting(3, "Tries of such a call.", unit="tries", low=1, high=5)
    api_wait_s: float = setting(
        1.0,
        "Wait before the second try; the next is longer by as much.",
        unit="s",
        low=0.0,
        high=30.0,
    )
    feed_timeout_s: float = setting(15.0, "Patience with a feed.", unit="s", low=0.1, high=60.0)
    page_timeout_s: float = setting(
        10.0, "Patience with a page of Yahoo or Naver.", unit="s", low=0.1, high=60.0
    )
    page_tries: int = setting(2, "Tries of a feed or a page.", unit="tries", low=1, high=5)
    page_wait_s: float = setting(
        0.5, "Wait before the second try of a feed or a page.", unit="s", low=0.0, high=30.0
    )
    krx_timeout_s: float = setting(
        8.0, "Patience with one answer of KRX, which is asked once.", unit="s", low=0.1, high=60.0
    )
    longest_wait_s: float = setting(
        20.0, "Longest wait that a host may ask for.", unit="s", low=0.0, high=60.0
    )
    most_kb: int = setting(4_000, "Longest answer taken.", unit="kB", low=10, high=64_000)
    agent: str = setting(
        "Mozilla/5.0 (X11; Linux x86_64) jennie-cli",
        "What we call ourselves; some hosts answer nobody who is no browser.",
    )
