"""Stocks to watch, prices to be told of, holdings to be sold off, buys a day, silence."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.unit.commands.trading.asking_house import AskingHouse
from tests.unit.commands.trading.counter import Counter
from tests.unit.engine.risk.cases import PRICE, QUOTE, STOCK, at
from tests.unit.engine.trading.little_room import OTHER, holding
from tests.unit.wiring.short_home import short_home

from jennie_cli.commands.argv import UsageError
from jennie_cli.commands.trading import asking
from jennie_cli.engine.bus import Key
from jennie_cli.engine.bus.names import LIQUIDATION_STOCKS, MANUAL_WATCHLIST, MONITOR_BEAT
from jennie_cli.engine.errors import SettingsError, UnknownStock
from jennie_cli.engine.model import Flag, StockStatus
from jennie_cli.wiring.bus import open_bus_of

CLOSE = at(15, 30)


class AskingCounter(Counter):
    """A counter over a home where things are asked for."""

    house: AskingHouse  # type: ignore[assignment]  # both lend a room by hand

    def __init__(self, home: Path) -> None:
        """Start with nothing asked."""
        super().__init__(home)
        self.house = AskingHouse(home)

    def told(self, key: Key) -> str | None:
        """Return what the bus says of a key."""

        async def look() -> str | None:
            async with open_bus_of(self.house) as bus:
                return await bus.keys.get(key)

        return asyncio.run(look())

    def tell(self, key: Key, value: str) -> None:
        """Put something on the bus."""

        async def put() -> None:
            async with open_bus_of(self.house) as bus:
                await bus.keys.put(key, value)

        asyncio.run(put())


@pytest.fixture
def counter() -> Iterator[AskingCounter]:
    """Return a counter without a terminal."""
    with short_home() as home:
        found = AskingCounter(home)
        yield found
        found.house.close()


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let somebody be there to answer."""
    monkeypatch.setattr(asking, "somebody_is_there", lambda: True)


def codes(rows: list[dict[str, Any]]) -> list[str]:
    """Return the codes of rows."""
    return [row["code"] for row in rows]


def test_watched_stocks_are_added_listed_and_taken_back(counter: AskingCounter) -> None:
    """By code or name, twice is once; no broker is needed, and the bus is told."""
    added = counter.call("watch", STOCK.name, OTHER.code, OTHER.code).document
    assert [STOCK.code, OTHER.code] == codes(added["watched"])
    since = counter.call("watch", STOCK.code).document["watched"][0]["at"]
    assert at(10) == datetime.fromisoformat(since)
    page = counter.page("watch").out
    assert f"직접 고른 관심종목 2개\n  {STOCK.name} {STOCK.code}  2025-06-30 10:00 cli" in page

    async def names() -> dict[str, str]:
        async with open_bus_of(counter.house) as bus:
            return dict(await bus.keys.get_hash(MANUAL_WATCHLIST))

    assert {STOCK.code: STOCK.name, OTHER.code: OTHER.name} == asyncio.run(names())
    left = counter.call("unwatch", STOCK.name).document
    assert ("sim", [OTHER.code], 0) == (
        left["profile"],
        codes(left["watched"]),
        counter.house.opened,
    )
    assert {OTHER.code: OTHER.name} == asyncio.run(names())


def test_a_stock_that_is_not_watched_cannot_be_taken_back(counter: AskingCounter) -> None:
    """Exit code 4 with where to look, and the others stay too."""
    counter.call("watch", STOCK.code)
    heard = counter.call("unwatch", STOCK.code, OTHER.name)
    assert (4, "unknown_stock") == (heard.code, heard.error["code"])
    assert OTHER.name in heard.error["message"]
    assert "trade watch" in heard.error["hint"]
    assert [STOCK.code] == codes(counter.call("watch").document["watched"])
    with pytest.raises(UnknownStock):
        counter.call("watch", "없는회사")


@pytest.mark.parametrize(("price", "way"), [(PRICE + 1, "above"), (PRICE - 1, "below")])
def test_an_alert_goes_from_the_price_now_towards_its_own(
    counter: AskingCounter, price: int, way: str
) -> None:
    """For seven days of the exchange."""
    told = counter.call("alert", STOCK.name, str(price)).document["alerts"]
    assert [(STOCK.code, price, way)] == [(a["code"], a["price"], a["way"]) for a in told]
    assert at(10) + timedelta(days=7) == datetime.fromisoformat(told[0]["until"])
    kept = json.loads(counter.told(Key(name=f"price_alert:{STOCK.code}", ttl_s=None)) or "")
    assert [(price, way)] == [(a["target_price"], a["alert_type"]) for a in kept]


def test_a_price_that_is_there_already_wants_a_side(counter: AskingCounter) -> None:
    """Nothing is kept without it; with it no broker is asked."""
    heard = counter.call("alert", STOCK.code, str(PRICE))
    assert (4, "alert_is_there", PRICE) == (
        heard.code,
        heard.error["code"],
        heard.document["price"],
    )
    assert [] == counter.call("alerts").document["alerts"]
    opened = counter.house.opened
    assert 1 == len(counter.call("alert", STOCK.code, str(PRICE), "--above").document["alerts"])
    assert opened == counter.house.opened


def test_alerts_are_taken_back_one_or_all_of_a_stock(counter: AskingCounter) -> None:
    """By price, by side, or by stock alone; what is not there is said."""
    for words in (("72000", "--above"), ("60000", "--below"), ("72000", "--below")):
        counter.call("alert", STOCK.code, *words)
    counter.call("alert", OTHER.code, "1000", "--below")
    left = counter.call("alert", STOCK.code, "72000", "--below", "--remove").document["alerts"]
    assert [(72_000, "above"), (60_000, "below"), (1_000, "below")] == [
        (a["price"], a["way"]) for a in left
    ]
    nothing = counter.call("alert", STOCK.code, "5", "--remove")
    assert (4, "no_such_alert") == (nothing.code, nothing.error["code"])
    assert [OTHER.code] == codes(counter.call("alert", STOCK.name, "--remove").document["alerts"])
    assert (4, "unknown_stock") == (
        (gone := counter.call("alert", STOCK.name, "--remove")).code,
        gone.error["code"],
    )
    page = counter.page("alerts", lang="en").out
    assert f"1 price alert(s)\n  {OTHER.name} {OTHER.code}  at KRW 1,000 or below" in page


def test_an_alert_without_a_price_is_wrong_usage(counter: AskingCounter) -> None:
    """Before anything is opened."""
    with pytest.raises(UsageError):
        counter.call("alert", STOCK.code)
    assert 0 == counter.house.opened


@pytest.mark.usefixtures("terminal")
def test_a_liquidation_wants_its_word_typed(counter: AskingCounter) -> None:
    """What would be sold, until when, and that nobody is there to sell it stand above the word."""
    heard = counter.page("liquidate", STOCK.name, typed="y\n")
    assert 5 == heard.code
    for words in ("2025-06-30 15:30까지", "100주 (약 7,100,000원)", "돌고 있는 세션이 없습니다"):
        assert words in heard.err
    assert [] == counter.call("liquidate").document["liquidation"]
    done = counter.page("liquidate", STOCK.name, typed="liquidate\n")
    assert (0, True) == (done.code, "강제 청산 1종목" in done.out)
    assert f'["{STOCK.code}"]' == counter.told(LIQUIDATION_STOCKS)


def test_a_script_arms_with_yes_only(counter: AskingCounter) -> None:
    """Without a terminal nobody can be asked; with --yes the document says what would be sold."""
    with pytest.raises(UsageError):
        counter.call("liquidate", STOCK.code)
    assert 0 == counter.house.opened
    counter.tell(MONITOR_BEAT, "1")
    told = counter.call("liquidate", STOCK.code, "--yes").document
    row = {"code": STOCK.code, "name": STOCK.name, "qty": 100, "value": 7_100_000, "halted": False}
    assert [row] == told["would_sell"]
    assert (True, False) == (told["monitored"], told["dry_run"])
    assert [CLOSE] == [datetime.fromisoformat(r["until"]) for r in told["liquidation"]]


def test_what_is_not_held_is_not_liquidated(counter: AskingCounter) -> None:
    """Nor are the others that were named with it."""
    heard = counter.call("liquidate", STOCK.code, OTHER.code, "--yes")
    assert (5, "not_held") == (heard.code, heard.error["code"])
    assert OTHER.code in heard.error["message"]
    assert [] == counter.call("liquidate", "--list").document["liquidation"]


def test_a_halt_a_dry_run_and_a_silent_market_are_told(counter: AskingCounter) -> None:
    """None of them hinders the asking."""
    counter.room.quotes.now = replace(QUOTE, status=StockStatus.HALTED)
    counter.room.raise_flag(Flag.DRY_RUN)
    page = counter.page("liquidate", STOCK.code, "--yes").out
    assert "거래정지: 거래가 다시 열려야 팔립니다." in page
    assert "모의(dryrun)" in page
    counter.room.quotes.now = None
    counter.room.flags.silent = True
    told = counter.call("liquidate", STOCK.code, "--yes").document
    assert ([False], False) == ([r["halted"] for r in told["would_sell"]], told["dry_run"])


def test_liquidations_are_taken_back_one_or_all(counter: AskingCounter) -> None:
    """Without a question: nothing is sold by it."""
    counter.room.account.holdings = (holding(), holding(OTHER.code, 7, OTHER.name))
    counter.call("liquidate", STOCK.code, OTHER.name, "--yes")
    left = counter.call("liquidate", STOCK.name, "--remove").document
    assert [OTHER.code] == codes(left["liquidation"])
    gone = counter.call("liquidate", STOCK.name, "--remove")
    assert (4, "unknown_stock") == (gone.code, gone.error["code"])
    assert [] == counter.call("liquidate", "--clear").document["liquidation"]
    assert None is counter.told(LIQUIDATION_STOCKS)


@pytest.mark.parametrize(
    "words",
    [("--remove",), ("--clear", "--list"), (STOCK.code, "--clear"), (STOCK.code, "--list")],
)
def test_liquidate_does_one_thing_at_a_time(counter: AskingCounter, words: tuple[str, ...]) -> None:
    """Wrong usage before anything is opened."""
    with pytest.raises(UsageError):
        counter.call("liquidate", *words)


def test_a_bus_that_is_down_stops_nothing(
    counter: AskingCounter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The ask is kept, and the person told that the session does not know yet."""
    monkeypatch.setenv("JENNIE_REDIS_URL", f"unix://{counter.home}/none.sock")
    counter.house.close()
    counter.house = AskingHouse(counter.home)
    heard = counter.page("liquidate", STOCK.code, "--yes")
    assert (0, True) == (heard.code, "강제 청산 1종목" in heard.out)
    assert "세션이 돌고 있는지 알 수 없습니다." in heard.out
    assert "버스에는 아직 알리지 못했습니다." in heard.err
    counter.house.close()


def test_the_buys_of_a_day_are_set_and_told(
    counter: AskingCounter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Within the limits of the setting; an environment that outranks it is named."""
    assert {"profile": "sim", "max_buys": 6} == counter.call("max-buy").document
    assert {"profile": "sim", "max_buys": 0, "was": 6} == counter.call("max-buy", "0").document
    counter.house.close()
    counter.house = AskingHouse(counter.home)
    assert "하루 0건" in counter.page("max-buy").out
    with pytest.raises(SettingsError):
        counter.call("max-buy", "101")
    counter.house.close()
    monkeypatch.setenv("MAX_BUY_COUNT_PER_DAY", "2")
    counter.house = AskingHouse(counter.home)
    assert "MAX_BUY_COUNT_PER_DAY" in counter.page("max-buy", "4").err
    counter.house.close()


def test_notices_are_silenced_for_minutes_of_the_machine(counter: AskingCounter) -> None:
    """Until that moment, or until it is taken back."""
    before = counter.house.wall_clock.now()
    until = datetime.fromisoformat(counter.call("mute", "30").document["muted_until"])
    assert before + timedelta(minutes=30) <= until
    assert until <= counter.house.wall_clock.now() + timedelta(minutes=30)
    assert "까지 알리지 않습니다" in counter.page("mute").out
    assert {"profile": "sim", "muted_until": None} == counter.call("mute", "--off").document
    assert "알림이 켜져 있습니다." in counter.page("mute", "--off").out
