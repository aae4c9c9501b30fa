"""The exam of Archive: subclass it in a test module and give `run`."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from jennie_cli.engine.clock import KST
from jennie_cli.engine.model import NewsKind
from jennie_cli.engine.store import Archive, Found, Passage, Sought

NOON = datetime(2026, 3, 4, 12, 0, 0, 123_456, tzinfo=KST)
DAY = timedelta(days=1)
ORDER = Passage(
    id="a1",
    text="가나산업이 3,200억원 규모의 2차전지 장비를 수주했다.",
    title="가나산업, 2차전지 장비 수주",
    at=NOON,
    known_at=NOON + timedelta(minutes=3),
    kind=NewsKind.STOCK,
    source="naver",
    publisher="새벽일보",
    url="https://news.invalid/1",
    code="123450",
    name="가나산업",
)
"""A passage with something in every field."""

TARIFF = Passage(
    id="b2",
    text="미국, 철강 관세 인상 검토",
    title="미국, 철강 관세 인상 검토",
    at=NOON - DAY,
    known_at=NOON - DAY,
    kind=NewsKind.WORLD,
    source="rss:world",
)
"""A passage that knows as little as it may."""

FILING = Passage(
    id="c3",
    text="단일판매ㆍ공급계약체결",
    title="단일판매ㆍ공급계약체결",
    at=NOON + DAY,
    known_at=NOON + DAY,
    kind=NewsKind.FILING,
    source="dart",
    url="https://dart.invalid/3",
    code="00088K",
    name="다라전자우",
)
ALL = (ORDER, TARIFF, FILING)
EVER = Sought(text="", since=NOON - 90 * DAY, known_by=NOON + 90 * DAY)


def asked(text: str, **given: Any) -> Sought:
    """Return a question about any time, with some of its bounds given."""
    return replace(EVER, text=text, **given)


def ids(found: Sequence[Found]) -> list[str]:
    """Return what was found by its ids."""
    return [each.passage.id for each in found]


class ArchiveExam(ABC):
    """Numbered questions about passages. Each test starts empty."""

    @abstractmethod
    def run(self, work: Callable[[Archive], Awaitable[None]]) -> None:
        """Open the archive, do the work on it, and close it.

        Every opening within a test reaches the same passages.
        """

    def test_01_nothing_kept_nothing_found(self) -> None:
        """An empty archive answers."""

        async def work(archive: Archive) -> None:
            assert () == await archive.search(asked("수주"))
            assert 0 == await archive.size() == await archive.forget(NOON + 90 * DAY)

        self.run(work)

    def test_02_a_passage_comes_back_as_it_was(self) -> None:
        """Every field, to the microsecond, full or bare, also after a restart."""

        async def put(archive: Archive) -> None:
            assert 3 == await archive.put(ALL)

        async def look(archive: Archive) -> None:
            for passage, words in ((ORDER, "장비"), (TARIFF, "철강"), (FILING, "공급계약")):
                assert passage == (await archive.search(asked(words)))[0].passage

        self.run(put)
        self.run(look)

    def test_03_what_is_there_stays(self) -> None:
        """The same passage again is not new, in one call or in two."""

        async def work(archive: Archive) -> None:
            changed = replace(ORDER, title="다른 제목", text="다른 말")
            assert 1 == await archive.put((ORDER, changed))
            assert 2 == await archive.put((changed, TARIFF, FILING))
            assert 0 == await archive.put(ALL)
            assert 3 == await archive.size()
            assert ORDER == (await archive.search(asked("수주")))[0].passage

        self.run(work)

    def test_04_short_words_names_and_codes_are_found(self) -> None:
        """Two syllables inside a longer word, a stock's name, its code, with their ranks."""

        async def work(archive: Archive) -> None:
            await archive.put(ALL)
            for words, expected in (
                ("수주", "a1"),
                ("관세", "b2"),
                ("계약", "c3"),
                ("다라전자우", "c3"),
                ("00088K", "c3"),
                ("123450", "a1"),
                ("２차전지 수주", "a1"),
            ):
                best = (await archive.search(asked(words)))[0]
                assert (words, expected, 1) == (words, best.passage.id, best.words_rank)

        self.run(work)

    def test_05_best_first_and_no_more_than_asked(self) -> None:
        """Scores fall, and each place of a side is taken once."""

        async def work(archive: Archive) -> None:
            await archive.put(ALL)
            found = await archive.search(asked("관세 계약 수주"))
            assert sorted(ids(found)) == ["a1", "b2", "c3"]
            assert sorted((f.score for f in found), reverse=True) == [f.score for f in found]
            assert [1, 2, 3] == sorted(f.words_rank or 0 for f in found)
            assert ids(found)[:2] == ids(await archive.search(asked("관세 계약 수주", most=2)))

        self.run(work)

    def test_06_bounds_hold_on_both_sides(self) -> None:
        """Since a moment, known by a moment, of codes, of kinds; each bound included."""

        async def work(archive: Archive) -> None:
            await archive.put(ALL)
            question = "관세 계약 수주"
            tick = timedelta(microseconds=1)
            for bounds, expected in (
                ({"since": NOON}, ["a1", "c3"]),
                ({"since": NOON + tick}, ["c3"]),
                ({"known_by": ORDER.known_at}, ["a1", "b2"]),
                ({"known_by": ORDER.known_at - tick}, ["b2"]),
                ({"codes": ("123450", "00088K")}, ["a1", "c3"]),
                ({"codes": ("999999",)}, []),
                ({"kinds": (NewsKind.WORLD, NewsKind.POST)}, ["b2"]),
                ({"codes": ("123450",), "kinds": (NewsKind.WORLD,)}, []),
            ):
                found = await archive.search(asked(question, **bounds))
                assert (bounds, expected) == (bounds, sorted(ids(found)))

        self.run(work)

    def test_07_one_passage_of_each_text(self) -> None:
        """Pieces of one address are one answer, and so is one title on one day, for one stock."""

        async def work(archive: Archive) -> None:
            piece = replace(ORDER, id="a2", text="장비는 연말까지 공급한다. 수주 잔고도 늘었다.")
            copied = replace(ORDER, id="a3", url="https://copy.invalid/9")
            later = replace(copied, id="a4", url="https://copy.invalid/10", at=NOON + DAY)
            await archive.put((ORDER, piece, copied, later))
            found = ids(await archive.search(asked("장비 수주")))
            assert 2 == len(found)
            assert "a4" in found

        self.run(work)

    def test_08_the_old_is_forgotten(self) -> None:
        """What was published before a moment goes, the moment itself stays."""

        async def work(archive: Archive) -> None:
            await archive.put(ALL)
            assert 1 == await archive.forget(NOON)
            assert 2 == await archive.size()
            assert ["a1", "c3"] == sorted(ids(await archive.search(asked("관세 계약 수주"))))
            assert 1 == await archive.put((TARIFF,))

        self.run(work)

    def test_09_a_question_is_no_query(self) -> None:
        """Signs that mean something to a database find nothing by themselves and break nothing."""

        async def work(archive: Archive) -> None:
            await archive.put(ALL)
            for question in (
                '"',
                "수주* OR",
                "NEAR(a b)",
                "'; DROP TABLE passage; --",
                "",
                "… · ★",
            ):
                await archive.search(asked(question))
            assert () == await archive.search(asked("…"))
            assert 3 == await archive.size()

        self.run(work)
