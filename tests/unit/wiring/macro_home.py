"""A paper home that collects macro figures from hosts on loopback."""

from collections.abc import Mapping
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType

import pytest
from tests.unit.adapters.http.hosting import Answer, Asked, Host, Said, hosted
from tests.unit.adapters.macro import pages
from tests.unit.adapters.macro.krx_host import NAME, PASSWORD, Krx
from tests.unit.adapters.macro.pages import KEY, NOW
from tests.unit.wiring.short_home import house_at

from jennie_cli.engine.clock import ManualClock
from jennie_cli.settings import Profile
from jennie_cli.wiring import House

SECRETS = ("FINNHUB_API_KEY", "FRED_API_KEY", "BOK_ECOS_API_KEY")
HOSTS: Mapping[str, Answer] = {
    "finnhub": pages.finnhub,
    "fred": pages.fred,
    "ecos": pages.ecos,
    "yahoo": pages.yahoo,
    "naver_index": pages.naver_index,
    "naver_flows": pages.flows,
}


def feed(asked: Asked) -> Said:
    """Answer as a feed in which one headline of an hour ago stands."""
    title = "주가 상승 기대" if "korea" in asked.path else "Missile launch near the coast"
    at = NOW - timedelta(hours=1)
    body = (
        f"<rss><channel><item><title>{title}</title><pubDate>{at:%a, %d %b %Y %H:%M:%S} +0900"
        "</pubDate></item></channel></rss>"
    )
    return Said(body=body.encode())


def down(_: Asked) -> Said:
    """Answer nothing that is of use."""
    return Said(status=500)


class World:
    """A home in the paper profile whose hosts are ours."""

    def __init__(self, root: Path, hosts: ExitStack, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root, self.hosts, self.patch = root, hosts, monkeypatch
        self.told: dict[str, Host] = {}

    def house(
        self,
        *,
        keys: bool = True,
        answers: Mapping[str, Answer] = MappingProxyType({}),
        krx: Krx | None = None,
    ) -> House:
        """Return the home at eleven; hosts that are not named speak their form, KRX where told."""
        given = {"macro_sources.page_wait_s": "0", "macro_sources.api_wait_s": "0"}
        for name, answer in {**HOSTS, **answers}.items():
            if name in HOSTS:
                self.told[name] = self.hosts.enter_context(hosted(answer))
                given[f"macro_sources.{name}_url"] = self.told[name].url
        feeds = self.hosts.enter_context(hosted(answers.get("feeds", feed)))
        given["macro_sources.korea_feeds"] = f"{feeds.url}/korea"
        given["macro_sources.politics_feeds"] = f"{feeds.url}/world {feeds.url}/more"
        for name in SECRETS:
            if keys:
                self.patch.setenv(name, KEY)
            else:
                self.patch.delenv(name, raising=False)
        if krx is not None:
            self.told["krx"] = self.hosts.enter_context(hosted(krx))
            given["macro_sources.krx_url"] = self.told["krx"].url
        for name, value in (("KRX_ID", NAME), ("KRX_PW", PASSWORD)):
            if krx is not None:
                self.patch.setenv(name, value)
            else:
                self.patch.delenv(name, raising=False)
        house = house_at(self.root, Profile.PAPER, given=given)
        house.__dict__["clock"] = ManualClock(NOW)
        self.hosts.callback(house.close)
        return house
