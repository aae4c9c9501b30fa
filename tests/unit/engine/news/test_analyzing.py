"""Each text is judged by itself and kept once; a failure has no score."""

import asyncio
import json
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

import pytest
from tests.unit.engine.news.judges import Room, reply

from jennie_cli.engine.bus import BusDown, Message
from jennie_cli.engine.bus.names import COMPETITOR_BENEFIT, SENTIMENT
from jennie_cli.engine.errors import JennieError, StorageFull
from jennie_cli.engine.llm import BudgetSpent, FailureKind, ModelFailed, NoAnswer, NoModel
from jennie_cli.engine.model import NewsKind
from jennie_cli.engine.news import NewsItem, NewsPolicy, NewsStatus, Risk, encoded
from jennie_cli.engine.store import Batch, Dataset, FileRecord, MemoryFacts, WriteCount
from jennie_cli.testing.news_exam import NINE, item


class Facts(MemoryFacts):
    """Facts whose disk may be full."""

    full = False

    def write(
        self, batches: Iterable[Batch], *, files: Iterable[FileRecord] = ()
    ) -> tuple[WriteCount, ...]:
        """Write, unless it is full."""
        if self.full:
            raise StorageFull("The disk is full.")
        return super().write(batches, files=files)


def messages(*items: NewsItem) -> list[Message]:
    """Return items as they lie on a stream."""
    return [Message(id=f"{n}-0", fields=encoded(sent)) for n, sent in enumerate(items, 1)]


def handle(room: Room, *items: NewsItem) -> Mapping[str, str]:
    """Hand items to the analyzer of a room."""
    return asyncio.run(room.analyzer.handle(messages(*items)))


def kept(room: Room, key: str, family: Any = SENTIMENT) -> dict[str, Any] | None:
    """Return what the bus says of a stock."""
    found = asyncio.run(room.bus.keys.get(family.of(key)))
    return None if found is None else dict(json.loads(found))


def test_a_text_is_asked_about_once() -> None:
    """Twice on the stream, or again after a death, it is one row and one question."""
    room = Room()
    assert {} == handle(room, item(), item())
    assert {} == handle(room, item())
    (row,) = room.book.newest()
    assert (1, 70, NewsStatus.OK, "수주") == (
        len(room.judges.asked),
        row.score,
        row.status,
        row.category,
    )
    assert ("sages", "sim-sage-1", "news.1", True) == (
        row.provider,
        row.model,
        row.prompt,
        row.simulated,
    )


def test_questions_go_out_together_within_the_limit() -> None:
    """So that a local model can batch them."""
    room = Room(policy=NewsPolicy(concurrency=3))
    handle(room, *(item(number) for number in range(1, 9)))
    assert (8, 3) == (len(room.judges.asked), room.judges.most_at_once)


@pytest.mark.parametrize(
    ("failed", "told"),
    [
        (ModelFailed("no", kind=FailureKind.WRONG_SHAPE), "model_failed:wrong_shape"),
        (NoAnswer("nobody"), "no_answer"),
        (BudgetSpent("spent"), "llm_budget"),
        (NoModel("none"), "no_model"),
    ],
)
def test_a_failure_has_no_score(failed: JennieError, told: str) -> None:
    """It is named, never 50, and moves no sentiment of the stock."""
    room = Room(says=lambda _: failed)
    handle(room, item())
    (row,) = room.book.newest()
    assert (None, NewsStatus.FAILED, told) == (row.score, row.status, row.failure)
    assert None is kept(room, "000010")


def test_a_back_fill_that_facts_do_not_take_is_done_again() -> None:
    """The book has it as judged only once the facts have it."""
    facts = Facts()
    room = Room(says=lambda _: NoAnswer("nobody"), facts=facts)
    handle(room, item())
    room.judges.says = lambda _: reply(81)
    facts.full = True
    with pytest.raises(StorageFull):
        asyncio.run(room.analyzer.backfill(9))
    assert [NewsStatus.FAILED] == [row.status for row in room.book.newest()]


def test_a_back_fill_judges_what_failed() -> None:
    """Later, oldest first, and what was judged is asked no more."""
    room = Room(says=lambda _: NoAnswer("nobody"), facts=MemoryFacts())
    handle(room, item(1), item(2))
    room.judges.says = lambda _: reply(81)
    assert [81] == [row.score for row in asyncio.run(room.analyzer.backfill(1))]
    assert [81] == [row.score for row in asyncio.run(room.analyzer.backfill(9))]
    assert () == asyncio.run(room.analyzer.backfill(9))
    found = kept(room, "000010")
    assert found is not None
    assert 81.0 == found["score"]


def test_what_is_about_no_stock_is_kept_unasked() -> None:
    """News of the market, posts, and filings that move no price."""
    room = Room()
    handle(
        room,
        item(1, code="", kind=NewsKind.MARKET),
        item(2, kind=NewsKind.POST),
        item(3, kind=NewsKind.FILING, title="주주총회소집결의"),
    )
    assert {NewsStatus.NOT_ASKED} == {row.status for row in room.book.newest()}
    assert ([], None) == (room.judges.asked, kept(room, "000010"))


def test_a_filing_that_is_news_is_judged() -> None:
    """A contract moves a price on the day."""
    room = Room()
    handle(room, item(kind=NewsKind.FILING, title="단일판매ㆍ공급계약체결"))
    assert [70] == [row.score for row in room.book.newest()]


def test_a_message_without_news_is_named_and_the_rest_is_judged() -> None:
    """It comes to nothing else."""
    room = Room()
    bad = Message(id="9-0", fields={"metadata": "{"})
    why = asyncio.run(room.analyzer.handle([bad, *messages(item())]))
    assert {"9-0": "BadMessage: metadata: no JSON"} == why
    assert 1 == len(room.book.newest())


def test_the_sentiment_of_a_stock_is_told_once_whatever_comes_twice() -> None:
    """The key is a function of the book: a text handled again moves nothing."""
    scores = iter((80, 20))
    room = Room(says=lambda _: reply(next(scores)))
    handle(room, item(1, at=NINE), item(2, at=NINE))
    first = kept(room, "000010")
    handle(room, item(1, at=NINE), item(2, at=NINE))
    assert first is not None
    assert (50.0, first) == (first["score"], kept(room, "000010"))


def test_news_older_than_a_week_tells_no_sentiment() -> None:
    """It is kept all the same."""
    room = Room()
    handle(room, item(at=NINE - timedelta(days=8)))
    assert (1, None) == (len(room.book.newest()), kept(room, "000010"))


def test_a_mishap_is_worth_something_to_each_competitor() -> None:
    """In the book once, on the bus as the analyst reads it."""
    room = Room(says=lambda _: reply(15, "RECALL", 9))
    for _ in range(2):
        handle(room, item(title="가온칩스텍 배터리 리콜"))
    events = room.book.events()
    assert [("000020", 7.0), ("000030", 7.0)] == sorted((e.code, e.points) for e in events)
    found = kept(room, "000020", COMPETITOR_BENEFIT)
    assert found is not None
    assert (7.0, "가온칩스텍", "RECALL") == (
        found["score"],
        found["affected_stock"],
        found["event_type"],
    )
    assert {Risk.RECALL} == {row.risk for row in room.book.newest()}


def test_a_death_between_book_and_bus_is_made_good() -> None:
    """The message comes again: nobody is asked again, and the bus is told."""
    room = Room(says=lambda _: reply(15, "RECALL", 9))
    room.bus.switch.down = True
    with pytest.raises(BusDown):
        handle(room, item())
    room.bus.switch.down = False
    handle(room, item())
    assert (1, 2) == (len(room.judges.asked), len(room.book.events()))
    assert None is not kept(room, "000010")
    assert None is not kept(room, "000030", COMPETITOR_BENEFIT)


def test_a_headline_is_a_fact_with_when_it_was_judged() -> None:
    """Known since it was heard, its sentiment since it was judged; a failure has none."""
    facts = MemoryFacts()
    said = iter((reply(83), NoAnswer("nobody")))
    room = Room(says=lambda _: next(said), facts=facts)
    handle(room, item(1), item(2))
    rows = facts.read(Dataset.HEADLINES, as_of=room.clock.now())
    by_title = {title: n for n, title in enumerate(rows["title"])}
    judged, failed = (by_title[f"가온칩스텍, {n}00억 공급계약 체결"] for n in (1, 2))
    assert (83.0, room.clock.now().timestamp()) == (
        rows["sentiment"][judged],
        rows["judged_at"][judged],
    )
    assert rows["sentiment"][failed] != rows["sentiment"][failed]
    assert int(item(1).known_at.timestamp()) == rows["known_at"][judged]


def test_ready_asks_the_book() -> None:
    """A book that answers is all it takes."""
    assert None is asyncio.run(Room().analyzer.ready())
