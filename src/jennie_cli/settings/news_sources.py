"""Where news is fetched, how deep, how often, and with how much patience.

Keys are secrets. Several addresses or channels stand in one setting with spaces between them.
"""

from dataclasses import dataclass

from jennie_cli.engine.model import setting


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsSourceOptions:
    """Addresses, allowances and patience of the sources of news."""

    naver_mobile_url: str = setting(
        "https://m.stock.naver.com/api/news/stock",
        "News of a stock on Naver's mobile site; empty = the older page alone.",
    )
    naver_desktop_url: str = setting(
        "https://finance.naver.com/item/news_news.naver",
        "Naver's older page of a stock's news, read while the mobile site's is not.",
    )
    naver_pages: int = setting(
        2,
        "Pages read of a stock's news.",
        unit="pages",
        low=1,
        high=50,
        env="NAVER_NEWS_MAX_PAGES",
    )
    naver_size: int = setting(20, "Articles on such a page.", unit="articles", low=1, high=100)
    naver_delay_s: float = setting(
        0.3,
        "Time between two calls of Naver, over all stocks; never more than five a second.",
        unit="s",
        low=0.2,
        high=60.0,
        env="NAVER_NEWS_REQUEST_DELAY",
    )
    naver_at_once: int = setting(
        10, "Stocks asked about at the same time.", unit="stocks", low=1, high=20
    )
    dart_url: str = setting("https://opendart.fss.or.kr/api/list.json", "The register's list.")
    dart_pages: int = setting(
        30, "Pages read of one kind of filing.", unit="pages", low=1, high=200
    )
    dart_minute: int = setting(
        100, "Calls of the register a minute.", unit="calls", low=1, high=500
    )
    dart_day: int = setting(
        10_000, "Calls of the register a day.", unit="calls", low=1, high=20_000
    )
    telegram_url: str = setting("https://t.me/s", "Previews of Telegram's public channels.")
    channels: str = setting(
        "hedgecat0301 HanaResearch meritz_research",
        "Channels of Telegram; empty = none.",
        env="TELEGRAM_CHANNELS",
    )
    telegram_way: str = setting(
        "auto",
        "Way into channels: their public preview, one's own account (extra [telegram]), or the "
        "account where one is signed in.",
        choices=("auto", "preview", "account"),
    )
    telegram_posts: int = setting(
        50,
        "Newest posts read of a channel.",
        unit="posts",
        low=1,
        high=500,
        env="TELEGRAM_MAX_MESSAGES",
    )
    telegram_pages: int = setting(
        5, "Pages read of a channel's preview.", unit="pages", low=1, high=50
    )
    telegram_minute: int = setting(20, "Calls of Telegram a minute.", unit="calls", low=1, high=60)
    market_feeds: str = setting(
        "https://www.hankyung.com/feed/finance https://www.hankyung.com/feed/economy "
        "https://www.mk.co.kr/rss/50000001/ https://www.mk.co.kr/rss/50100001/",
        "Feeds of Korean papers on market and economy; empty = none.",
    )
    world_feeds: str = setting(
        "https://feeds.bbci.co.uk/news/business/rss.xml "
        "https://rss.nytimes.com/services/xml/rss/nyt/World.xml "
        "https://feeds.a.dj.com/rss/RSSWorldNews.xml https://www.yna.co.kr/rss/international.xml",
        "Feeds of the world's papers; empty = none.",
    )
    feed_items: int = setting(20, "Newest items read of a feed.", unit="items", low=1, high=30)
    feeds_minute: int = setting(60, "Feeds fetched a minute.", unit="calls", low=1, high=600)
    timeout_s: float = setting(10.0, "Patience with one page.", unit="s", low=0.1, high=60.0)
    tries: int = setting(2, "Tries of a page.", unit="tries", low=1, high=5)
    wait_s: float = setting(0.5, "Wait before the second try.", unit="s", low=0.0, high=30.0)
    longest_wait_s: float = setting(
        20.0, "Longest wait that a host may ask for.", unit="s", low=0.0, high=60.0
    )
    most_kb: int = setting(2_000, "Longest page taken.", unit="kB", low=10, high=16_000)
    agent: str = setting(
        "Mozilla/5.0 (X11; Linux x86_64) jennie-cli",
        "What we call ourselves; some hosts answer nobody who is no browser.",
    )
