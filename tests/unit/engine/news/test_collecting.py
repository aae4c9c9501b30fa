"""Each text goes out once: by title, by address, over restarts, over deaths in between."""

import asyncio
from datetime import timedelta

import pytest
from tests.unit.engine.news.judges import Wire, wire

from jennie_cli.engine.bus import BusDown, MemoryBus
from jennie_cli.engine.bus.names import MACRO_RAW, NEWS_RAW, NEWS_SEEN
from jennie_cli.engine.clock import ManualClock
from jennie_cli.engine.errors import OutsideError
from jennie_cli.engine.feed import FetchFailed, FetchKind, Heard
from jennie_cli.engine.model import NewsKind
from jennie_cli.engine.news import Collected, Collector, NewsPolicy, decoded
from jennie_cli.testing.news_exam import NINE, told


class Desk:
    """A bus, a clock and the policy of a collector that is new for every collection."""

    def __init__(self) -> None:
        """Stand at noon."""
        self.clock = ManualClock(NINE + timedelta(hours=3))
        self.bus = MemoryBus(self.clock)

    def collector(self, *sources: Wire) -> Collector:
        """Return a collector as a fresh process would have it."""
        return Collector(bus=self.bus, sources=sources, clock=self.clock, policy=NewsPolicy())

    def collect(self, *sources: Wire) -> Collected:
        """Collect once."""
        return asyncio.run(self.collector(*sources).collect())

    def titles(self, stream: str = NEWS_RAW) -> list[str]:
        """Return the titles on a stream."""
        return [decoded(m.fields).headline.title for m in self.bus.read(stream)]


def test_texts_go_out_oldest_first_on_their_streams() -> None:
    """Stock, market and filing on one, the world and posts on the other."""
    desk = Desk()
    late, early = told(2, title="둘째"), told(1, title="첫째")
    filing = told(3, title="공시", kind=NewsKind.FILING)
    post = told(4, title="글", kind=NewsKind.POST)
    world = told(5, title="세계", kind=NewsKind.WORLD)
    found = desk.collect(wire(late, post), wire(early, filing, world, name="dart"))
    assert ["첫째", "둘째", "공시"] == desk.titles()
    assert ["글", "세계"] == desk.titles(MACRO_RAW)
    assert {NEWS_RAW: 3, MACRO_RAW: 2} == found.published
    assert [("naver", 2), ("dart", 3)] == [(r.name, r.told) for r in found.reports]


def test_a_text_goes_out_once() -> None:
    """Neither its address with a campaign nor its words elsewhere make it new."""
    desk = Desk()
    same = told(url="https://news.example/a/1?utm_source=x", title="고친 제목")
    words = told(url="https://other.example/9", title="가온칩스텍 100억 공급계약 체결!")
    other_stock = told(code="000020", name="나래전자")
    first = desk.collect(wire(told(), same, words), wire(other_stock, name="rss"))
    again = desk.collect(wire(told(), same, words, other_stock))
    assert 2 == len(desk.titles())
    assert [2, 0] == [report.known for report in first.reports]
    assert ({}, 4) == (again.published, again.reports[0].known)


@pytest.mark.parametrize(("days", "out"), [(1, 1), (2, 1), (3, 2)])
def test_what_went_out_is_known_for_three_days(days: int, out: int) -> None:
    """By the Korean day, over midnight."""
    desk = Desk()
    desk.collect(wire(told()))
    desk.clock.advance(days * 86_400 - 1)
    desk.collect(wire(told()))
    assert out == len(desk.titles())


def test_what_is_known_lies_under_the_korean_day() -> None:
    """At three in the afternoon UTC the next day has begun."""
    desk = Desk()
    desk.clock.advance(12 * 3_600)
    desk.collect(wire(told()))
    assert ["dedup:news:20260304"] == [*asyncio.run(desk.bus.keys.names(NEWS_SEEN.prefix))]


def test_noise_and_what_cannot_be_read_is_counted() -> None:
    """Neither goes out."""
    desk = Desk()
    found = desk.collect(wire(told(title="[특징주] 가온칩스텍"), told(title="\x00"), told(2)))
    report = found.reports[0]
    assert (3, 1, 1, 0) == (report.told, report.noise, report.unreadable, report.known)
    assert 1 == len(desk.titles())


def test_a_source_that_fails_holds_up_nobody() -> None:
    """Pages that were not had are told, and so is a source of which nothing was."""
    desk = Desk()
    page = FetchFailed("no page", kind=FetchKind.LAYOUT_CHANGED)
    half = Wire(Heard(headlines=(told(),), failures=(page,)))
    dead = Wire(name="rss", error=OutsideError("no feed"))
    found = desk.collect(half, dead)
    assert [((page,), ""), ((), "no feed")] == [(r.failures, r.error) for r in found.reports]
    assert 1 == len(desk.titles())


def test_sources_are_asked_from_two_days_back() -> None:
    """What falls out again is known."""
    desk, source = Desk(), wire()
    found = desk.collect(source)
    assert [desk.clock.now() - timedelta(hours=48)] == source.since
    assert source.since[0] == found.since


def test_a_dead_bus_loses_nothing() -> None:
    """It is told, and the next collection has the same texts."""
    desk = Desk()
    desk.bus.switch.down = True
    with pytest.raises(BusDown):
        desk.collect(wire(told()))
    desk.bus.switch.down = False
    assert {NEWS_RAW: 1} == desk.collect(wire(told())).published


def test_a_death_after_publishing_doubles_a_message_but_no_id(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What was not marked goes out again, and consumers know it by its id."""
    desk = Desk()

    async def dies(*_: object) -> int:
        raise BusDown("dead")

    with monkeypatch.context() as patched:
        patched.setattr(desk.bus.keys, "add_words", dies)
        assert {NEWS_RAW: 1} == desk.collect(wire(told())).published
    desk.collect(wire(told()))
    desk.collect(wire(told()))
    messages = desk.bus.read(NEWS_RAW)
    assert (2, 1) == (len(messages), len({decoded(m.fields).id for m in messages}))


def test_marks_that_cannot_be_read_make_all_of_it_new() -> None:
    """A key of another kind is no reason to hear nothing."""
    desk = Desk()
    asyncio.run(desk.bus.keys.put(NEWS_SEEN.of("20260303"), "no set"))
    assert {NEWS_RAW: 1} == desk.collect(wire(told())).published


@pytest.mark.parametrize(
    ("hours", "pause_s"), [(0, 600.0), (3, 600.0), (4, 1_800.0), (18, 1_800.0)]
)
def test_it_pauses_longer_outside_of_the_day(hours: int, pause_s: float) -> None:
    """From seven to sixteen o'clock news is asked for more often."""
    desk = Desk()
    desk.clock.advance(hours * 3_600)
    assert pause_s == desk.collector().pause_s()
