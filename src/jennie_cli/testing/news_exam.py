"""The exam of NewsBook: subclass it in a test module and give `make`."""

from abc import ABC, abstractmethod
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from jennie_cli.engine.clock import KST
from jennie_cli.engine.model import Headline, NewsKind
from jennie_cli.engine.news import (
    BenefitEvent,
    EventStatus,
    NewsBook,
    NewsItem,
    NewsRow,
    NewsStatus,
    Risk,
    news_id,
)

NINE = datetime(2026, 3, 3, 9, 0, 0, 123_456, tzinfo=KST)
HOUR = timedelta(hours=1)


def told(number: int = 1, **given: Any) -> Headline:
    """Return a headline of an invented stock."""
    known: dict[str, Any] = {
        "kind": NewsKind.STOCK,
        "title": f"가온칩스텍, {number}00억 공급계약 체결",
        "at": NINE + number * HOUR,
        "source": "naver",
        "publisher": "가상경제",
        "url": f"https://news.example/a/{number}",
        "code": "000010",
        "name": "가온칩스텍",
    }
    return Headline(**(known | given))


def item(number: int = 1, **given: Any) -> NewsItem:
    """Return a headline that was heard a minute after it came out."""
    headline = told(number, **given)
    return NewsItem(
        id=news_id(headline), headline=headline, known_at=headline.at + timedelta(minutes=1)
    )


def row(number: int = 1, score: int | None = 70, **given: Any) -> NewsRow:
    """Return a judged headline; without a score one that nobody could judge."""
    status = NewsStatus.OK if score is not None else NewsStatus.FAILED
    found = item(number, **given)
    return NewsRow(
        item=found,
        category="수주",
        status=status,
        judged_at=found.known_at + timedelta(minutes=1),
        score=score,
        reason="공급계약이 확정됨" if score is not None else "",
        failure=None if score is not None else "no_answer",
    )


def event(number: int = 1, **given: Any) -> BenefitEvent:
    """Return what a recall is worth to a competitor."""
    known: dict[str, Any] = {
        "id": f"e{number}",
        "news_id": f"n{number}",
        "affected": "000010",
        "affected_name": "가온칩스텍",
        "code": "000020",
        "name": "나래전자",
        "sector": "반도체와반도체장비",
        "risk": Risk.RECALL,
        "category": "리콜",
        "points": 7.0,
        "confidence": "MEDIUM",
        "reason": "리콜로 수요 이동",
        "detected_at": NINE + number * HOUR,
        "expires_at": NINE + number * HOUR + timedelta(days=30),
    }
    return BenefitEvent(**(known | given))


class NewsBookExam(ABC):
    """Numbered questions about what was made of texts. Each test starts empty."""

    @abstractmethod
    def make(self) -> NewsBook:
        """Return the book of one home; every call within a test reaches the same."""

    def test_01_an_empty_book_knows_nothing(self) -> None:
        """Asking it, or putting nothing, is no failure."""
        self.make().put(())
        book = self.make()
        assert ({}, (), (), ()) == (book.find(["x"]), book.failed(9), book.newest(), book.events())

    def test_02_a_row_comes_back_whole(self) -> None:
        """To the microsecond, found by its id beside ids that nobody has."""
        kept = row(body="두 줄\n본문")
        self.make().put((kept,))
        assert {kept.item.id: kept} == self.make().find([kept.item.id, "other"])

    def test_03_a_row_of_the_same_id_takes_the_place(self) -> None:
        """A back-fill leaves one row; one call may name it twice."""
        failed, judged = row(score=None), row(score=81)
        self.make().put((failed, failed))
        assert (failed,) == self.make().failed(9)
        self.make().put((judged,))
        assert ((), (judged,)) == (self.make().failed(9), self.make().newest())

    def test_04_the_failed_come_oldest_first(self) -> None:
        """No more than were asked for, whoever was put first; what was asked again is last."""
        rows = [row(number, score=None) for number in (3, 1, 2)]
        self.make().put((*rows, row(4)))
        assert (rows[1], rows[2]) == self.make().failed(2)
        again = replace(rows[1], judged_at=rows[0].judged_at + HOUR)
        self.make().put((again,))
        assert (rows[2], rows[0], again) == self.make().failed(9)

    def test_05_the_newest_come_first(self) -> None:
        """Of a stock or of all, from a moment on."""
        rows = [row(number) for number in (1, 2, 3)]
        other = row(4, code="000020", name="나래전자")
        self.make().put((*rows, other))
        book = self.make()
        assert (other, rows[2]) == book.newest(most=2)
        assert (rows[2], rows[1]) == book.newest(code="000010", since=rows[1].item.headline.at)
        assert () == book.newest(code="000030")

    def test_06_events_come_oldest_first(self) -> None:
        """From a moment on, and those of a status; one of the same id takes the place."""
        first, second = event(1), event(2)
        self.make().put((), (second, first))
        over = replace(first, status=EventStatus.EXPIRED, actual_return_pct=-1.25)
        self.make().put((), (over,))
        book = self.make()
        assert (over, second) == book.events()
        assert (second,) == book.events(since=second.detected_at)
        assert (second,) == book.events(status=EventStatus.ACTIVE)

    def test_07_many_ids_are_found_at_once(self) -> None:
        """More than fit into one statement."""
        rows = [row(number) for number in range(1, 901)]
        self.make().put(rows)
        assert 900 == len(self.make().find([kept.item.id for kept in rows]))
