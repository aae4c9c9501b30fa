"""The sources of a paper home against hosts on loopback: who is there, and the daily look."""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType

import pytest
from tests.unit.adapters.http.hosting import Answer, Asked, Host, Said, hosted
from tests.unit.adapters.news_servers import KEY, SINCE, Filing, Post, feed, invented, news_host
from tests.unit.wiring.short_home import house_at, short_home

from jennie_cli.adapters.system import SystemClock
from jennie_cli.engine.errors import ExtraMissing, Refused, SettingsError
from jennie_cli.engine.feed import FetchKind, Heard, NewsSource, SourceHealth
from jennie_cli.engine.model import Market, Stock
from jennie_cli.settings import Profile
from jennie_cli.wiring import House
from jennie_cli.wiring.extras import Extra
from jennie_cli.wiring.news_sources import (
    look_at_sources,
    missing_source_keys,
    news_sources,
    sign_in_to_telegram,
)

STOCK = Stock(code="900010", name="가온전지", market=Market.KOSDAQ)
NAMES = ("naver", "dart", "telegram:gaon_notes", "rss:127.0.0.1", "rss:localhost")


def rows() -> Answer:
    """Return a host that has news of an hour ago, of the stock that is looked at too."""
    now = SystemClock().now().replace(second=0, microsecond=0) - timedelta(hours=1)
    old = invented(1)[0].at
    articles = [*invented(2, code="005930", name="삼성전자"), *invented(2)]
    fresh = [replace(a, at=now + (a.at - old)) for a in articles]
    filing = Filing(report="수주", at=now, number="20260304800123", code="900010", name="가온전지")
    post = Post(channel="gaon_notes", id=3, at=now, text="아침")
    return news_host(
        articles=fresh, filings=[filing], posts=[post], instead={"/feed": feed(fresh[:2])}
    )


class World:
    """A home in the paper profile whose hosts are ours."""

    def __init__(self, root: Path, hosts: ExitStack, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root, self.hosts, self.patch = root, hosts, monkeypatch
        self.host = Host("")

    def house(
        self,
        *,
        key: str = KEY,
        answer: Answer | None = None,
        given: Mapping[str, str] = MappingProxyType({}),
    ) -> House:
        """Return the home; every source is asked at one host."""
        self.host = self.hosts.enter_context(hosted(answer or rows()))
        at = self.host.url
        self.patch.setenv("DART_API_KEY", key)
        settings = {
            "naver_mobile_url": f"{at}/api/news/stock",
            "naver_desktop_url": f"{at}/item/news_news.naver",
            "naver_delay_s": "0.2",
            "dart_url": f"{at}/api/list.json",
            "telegram_url": f"{at}/s",
            "channels": "@gaon_notes, https://t.me/gaon_notes",
            "market_feeds": f"{at}/feed {at}/feed/more",
            "world_feeds": f"{at.replace('127.0.0.1', 'localhost')}/feed/world",
            "wait_s": "0",
            **given,
        }
        house = house_at(
            self.root,
            Profile.PAPER,
            given={f"news_sources.{name}": value for name, value in settings.items()},
        )
        self.hosts.callback(house.close)
        return house


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """Return a home without anything in it."""
    with short_home() as root, ExitStack() as hosts:
        yield World(root, hosts, monkeypatch)


def told(sources: tuple[NewsSource, ...]) -> dict[str, Heard]:
    """Return what each source tells."""

    async def all_of_them() -> dict[str, Heard]:
        return {source.name: await source.latest(SINCE) for source in sources}

    return asyncio.run(all_of_them())


def test_every_source_of_the_settings_is_there_and_tells(world: World) -> None:
    """A channel that is named twice is read once; feeds of one paper are one source."""
    sources = tuple(news_sources(world.house(), [STOCK]))
    assert NAMES == tuple(source.name for source in sources)
    heard = told(sources)
    assert {"naver": 2, "dart": 1, "telegram:gaon_notes": 1, "rss:127.0.0.1": 2,
            "rss:localhost": 2} == {n: len(h.headlines) for n, h in heard.items()}  # fmt: skip
    assert [] == [f for h in heard.values() for f in h.failures]
    assert {"900010"} == {h.code for h in heard["naver"].headlines}


def test_what_is_not_set_up_is_left_out(world: World) -> None:
    """Without a key the register, without channels Telegram; the key that lacks is named."""
    house = world.house(key="", given={"channels": "", "market_feeds": "", "world_feeds": ""})
    assert ["naver"] == [s.name for s in news_sources(house, [STOCK])]
    assert ("dart_api_key",) == missing_source_keys(house)
    assert [] == list(news_sources(house, []))


def test_a_sim_home_asks_nobody(world: World) -> None:
    """The world that it is in has no hosts."""
    world.house()
    with pytest.raises(Refused, match="asks nobody"):
        news_sources(house_at(world.root, Profile.SIM), [STOCK])


def test_calls_of_naver_are_apart_and_counted_for_the_home(world: World) -> None:
    """Three calls over two stocks take at least two turns, whichever source made them."""
    house = world.house(given={"naver_pages": "1"})
    two = [STOCK, Stock(code="005930", name="삼성전자", market=Market.KOSPI)]
    clock = SystemClock()
    began = clock.monotonic()
    told(tuple(news_sources(house, two))[:1])
    told(tuple(news_sources(house, [STOCK]))[:1])
    assert clock.monotonic() - began >= 0.4


TELEGRAM = {"TELEGRAM_API_ID": "12345", "TELEGRAM_API_HASH": "h4sh", "TELEGRAM_SESSION": "1s"}


def account(world: World, *, there: bool = True, **changes: str) -> tuple[str, ...]:
    """Return the names of the channels' sources in a home whose account is set up."""
    for name, value in TELEGRAM.items():
        world.patch.setenv(name, value)
    module = "json" if there else "nothing_of_this_name"
    extra = Extra(name="telegram", modules=(module,), without="")
    world.patch.setattr("jennie_cli.wiring.extras.EXTRAS", (extra,))
    sources = news_sources(world.house(given=changes), [])
    return tuple(s.name for s in sources if s.name.startswith("telegram"))


def test_an_account_reads_the_channels_where_one_is_signed_in(world: World) -> None:
    """Without the extra, or where it is set so, the preview does."""
    assert ("telegram:account",) == account(world)
    assert ("telegram:account",) == account(world, telegram_way="account")
    assert ("telegram:gaon_notes",) == account(world, telegram_way="preview")
    assert ("telegram:gaon_notes",) == account(world, there=False)


def test_an_account_that_is_wanted_and_lacks_something_is_refused(world: World) -> None:
    """The extra, or a number that is none."""
    with pytest.raises(ExtraMissing):
        account(world, there=False, telegram_way="account")
    world.patch.setitem(TELEGRAM, "TELEGRAM_API_ID", "twelve")
    with pytest.raises(SettingsError, match="no number"):
        account(world)


def test_signing_in_keeps_the_session_as_a_secret(world: World) -> None:
    """Telethon is asked with what the owner typed; nothing but the vault holds what comes of it."""

    async def log_in(key: object, phone: str, **_: object) -> str:
        assert "h4sh" not in repr(key)
        return f"session of {phone}"

    account(world)
    world.patch.setattr("jennie_cli.adapters.telegram.log_in", log_in)
    world.patch.setenv("JENNIE_KEYRING_PASSPHRASE", "open sesame")
    world.patch.delenv("TELEGRAM_SESSION")
    house = world.house()
    asyncio.run(sign_in_to_telegram(house, "+8210", code=lambda: "1", password=lambda: "2"))
    assert "session of +8210" == house.vault.find("telegram_session")


def looked(house: House) -> dict[str, SourceHealth]:
    """Return the daily look by source."""
    return {health.source: health for health in asyncio.run(look_at_sources(house))}


def test_the_daily_look_asks_every_way_for_the_stock_that_is_always_in_the_news(
    world: World,
) -> None:
    """Naver's older page is looked at by itself; a register without filings of it is no fault."""
    found = looked(world.house())
    assert {"naver:older", *NAMES} == set(found)
    assert {True} == {health.ok for health in found.values()}
    assert {"005930"} == {a.query["code"] for a in world.host.asked if a.path.startswith("/item/")}


def test_the_daily_look_names_what_is_wrong(world: World) -> None:
    """A page that lost its table, a preview that became a login page, and a feed that is empty."""
    pages = {
        "/item/news_news.naver": Said(body=b"<table class=type9></table>"),
        "/s/": Said(body=b"<form><input type=password></form>"),
        "/feed": Said(body=b"<rss><channel></channel></rss>"),
    }
    good = rows()

    def answer(asked: Asked) -> Said:
        said = next((s for start, s in pages.items() if asked.path.startswith(start)), None)
        return said or good(asked)

    found = looked(world.house(answer=answer))
    assert {
        "naver:older": [FetchKind.LAYOUT_CHANGED],
        "telegram:gaon_notes": [FetchKind.BLOCKED],
        "rss:127.0.0.1": [FetchKind.EMPTY, FetchKind.EMPTY],
        "rss:localhost": [FetchKind.EMPTY],
    } == {name: [k for k, _ in h.failures] for name, h in found.items() if not h.ok}
