"""A hostile text moves at most its own sentiment: not what is asked, of whom, nor of what else."""

import asyncio
import re

import pytest
from tests.unit.engine.news.hostile import ORDERS
from tests.unit.engine.news.judges import Room, reply, wire

from jennie_cli.engine.bus import MemoryBus, Message
from jennie_cli.engine.bus.names import NEWS_RAW, SENTIMENT
from jennie_cli.engine.clock import ManualClock
from jennie_cli.engine.llm import Role, packaged
from jennie_cli.engine.model import Headline
from jennie_cli.engine.news import (
    PACKAGE,
    PROMPT,
    Collector,
    NewsPolicy,
    calmed,
    decoded,
    encoded,
    item_of,
    news_request,
)
from jennie_cli.testing.news_exam import NINE, item, told

_MARK = re.compile(r"^(?:<<<DATA news ([0-9a-f]{16})|DATA news ([0-9a-f]{16})>>>)$", re.MULTILINE)


def hostile(order: str, number: int = 1) -> Headline:
    """Return a text that is hostile in every part."""
    return calmed(
        told(number, title=f"가온칩스텍 {order}", body=order, name=order, publisher=order)
    )


def test_the_corpus_is_large_enough() -> None:
    """At least forty, each of them different."""
    assert len(set(ORDERS)) >= 40


@pytest.mark.parametrize("order", ORDERS)
def test_what_is_asked_stays_what_we_ask(order: str) -> None:
    """Our words come first and whole; the stranger's lie in one fence that they cannot close."""
    prompt = packaged(PACKAGE, PROMPT)
    request = news_request(hostile(order), prompt, max_tokens=400)
    system, user = request.messages
    assert (Role.SYSTEM, prompt.text) == (system.role, system.text)
    lines = user.text.splitlines()
    assert ["종목 코드: 000010", "기사(인용문):"] == lines[:2]
    opened, closed = _MARK.findall(user.text)
    assert opened[0] == closed[1]
    assert (f"<<<DATA news {opened[0]}", f"DATA news {opened[0]}>>>") == (lines[2], lines[-1])
    assert all(line.startswith("| - ") for line in lines[3:-1])
    assert len(user.text) < 1_200
    assert user.text.isprintable() or "\n" in user.text
    assert not {"\x00", "\x1b", "\u202e", "\u200b"} & set(user.text)


@pytest.mark.parametrize("order", ORDERS)
def test_other_stocks_are_judged_as_if_it_were_not_there(order: str) -> None:
    """Their questions, rows and sentiments are the same to the letter."""
    calm = [item(n, code=c, name=f"회사{n}") for n, c in ((2, "000020"), (3, "000030"))]
    alone, beside = Room(), Room(says=lambda asked: reply(100 if "000010" in asked else 70))
    evil = item_of(hostile(order), NINE)
    assert evil is not None
    for room, items in ((alone, calm), (beside, [calm[0], evil, calm[1]])):
        sent = [Message(id=f"{n}-0", fields=encoded(one)) for n, one in enumerate(items)]
        assert {} == asyncio.run(room.analyzer.handle(sent))
    assert alone.judges.asked == [asked for asked in beside.judges.asked if "000010" not in asked]
    for code in ("000020", "000030"):
        assert alone.book.newest(code=code) == beside.book.newest(code=code)
        kept = [asyncio.run(room.bus.keys.get(SENTIMENT.of(code))) for room in (alone, beside)]
        assert kept[0] == kept[1]
    assert () == beside.book.events()
    everything = asyncio.run(beside.bus.keys.names(""))
    assert {"sentiment:000010", "sentiment:000020", "sentiment:000030"} == set(everything)


@pytest.mark.parametrize("order", ORDERS)
def test_it_travels_as_one_message_of_its_own_stock(order: str) -> None:
    """Collected and read back it names its own stock, in three fields and no more."""
    clock = ManualClock(NINE)
    bus = MemoryBus(clock)
    source = wire(told(title=f"가온칩스텍 {order}", body=order, name=order))
    collector = Collector(bus=bus, sources=[source], clock=clock, policy=NewsPolicy())
    asyncio.run(collector.collect())
    (message,) = bus.read(NEWS_RAW)
    assert {"page_content", "metadata", "published_at"} == set(message.fields)
    assert "000010" == decoded(message.fields).headline.code
