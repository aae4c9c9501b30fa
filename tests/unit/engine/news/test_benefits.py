"""What competitors gain: capped, once a day, ended by a daily step."""

import asyncio
import json
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from tests.unit.engine.news.judges import Neighbours

from jennie_cli.engine.bus import MemoryBus
from jennie_cli.engine.bus.names import COMPETITOR_BENEFIT
from jennie_cli.engine.clock import KST, ManualClock
from jennie_cli.engine.news import EventStatus, MemoryNewsBook, NewsRow, Risk, expire
from jennie_cli.engine.news.benefits import events_of, tell_benefits
from jennie_cli.engine.store import MemoryFacts
from jennie_cli.testing import bars
from jennie_cli.testing.news_exam import NINE, event, row


def mishap(number: int = 1, category: str = "리콜", risk: Risk = Risk.RECALL) -> NewsRow:
    """Return a judged mishap, worth nine to the model."""
    return replace(
        row(number, 15), category=category, risk=risk, benefit_score=9, risk_reason="까닭"
    )


def test_points_and_days_are_those_of_the_category() -> None:
    """Where it has none, the model's points and the life of the kind."""
    by_table, by_model = (
        events_of([mishap(category=name)], peers=Neighbours(), known=())[0]
        for name in ("리콜", "General")
    )
    assert (7.0, "MEDIUM", 30) == (
        by_table.points,
        by_table.confidence,
        (by_table.expires_at - by_table.detected_at).days,
    )
    assert (9.0, "", 30) == (
        by_model.points,
        by_model.confidence,
        (by_model.expires_at - by_model.detected_at).days,
    )
    (brief, _) = events_of([mishap(category="수주", risk=Risk.UNION)], peers=Neighbours(), known=())
    assert 7 == (brief.expires_at - brief.detected_at).days


@pytest.mark.parametrize(
    ("late", "points", "days"), [(0, 7.0, 30), (10, 4.67, 20), (29, 0.23, 1), (30, None, None)]
)
def test_what_is_judged_late_is_worth_what_is_left(
    late: int, points: float | None, days: int | None
) -> None:
    """A back-fill of old news brings no whole bonus today."""
    judged = mishap()
    judged = replace(judged, judged_at=judged.item.headline.at + timedelta(days=late))
    found = events_of([judged], peers=Neighbours(), known=())[:1]
    told = [(e.points, (e.expires_at - e.detected_at).days) for e in found]
    assert told == ([] if points is None else [(points, days)])


def test_no_mishap_and_no_points_are_no_event() -> None:
    """Nobody profits from good news, nor from what is worth nothing."""
    nothing = replace(mishap(category="General"), benefit_score=0)
    assert () == events_of([row(1), nothing], peers=Neighbours(), known=())


@pytest.mark.parametrize(("hours", "events"), [(23, 2), (24, 4)])
def test_the_same_thing_counts_once_a_day(hours: int, events: int) -> None:
    """In one batch and against what is known."""
    rows = [mishap(1), mishap(1 + hours)]
    assert events == len(events_of(rows, peers=Neighbours(), known=()))
    known = events_of(rows[:1], peers=Neighbours(), known=())
    assert events - 2 == len(events_of(rows[1:], peers=Neighbours(), known=known))


def test_a_higher_benefit_that_stands_stays() -> None:
    """A lower one, or one of a time that is over, gives way; of several the highest is told."""
    clock = ManualClock(NINE)
    keys = MemoryBus(clock).keys

    def told(*points: float, days: int = 0) -> float:
        at = NINE + timedelta(days=days)
        given = [replace(event(n), points=p, detected_at=at) for n, p in enumerate(points)]
        asyncio.run(tell_benefits(keys, given))
        found = asyncio.run(keys.get(COMPETITOR_BENEFIT.of("000020")))
        assert found is not None
        return float(json.loads(found)["score"])

    assert 7.0 == told(7.0, 5.0)
    assert 8.0 == told(8.0)
    assert 8.0 == told(3.0)
    assert 8.0 == told()
    assert 3.0 == told(3.0, days=30)


def test_an_event_ends_with_what_its_stock_did() -> None:
    """From the close before it was known to the last before its end, and only once."""
    facts, book = MemoryFacts(), MemoryNewsBook()
    days = [date(2026, 3, 3), date(2026, 3, 4), date(2026, 3, 5), date(2026, 3, 6)]
    prices = (100, 110, 120, 500)
    facts.write(
        [bars(*(("000020", day, p, p, p, p, 1) for day, p in zip(days, prices, strict=True)))]
    )
    after_first = datetime(2026, 3, 3, 18, tzinfo=KST)
    given = replace(
        event(), detected_at=after_first, expires_at=after_first + timedelta(days=2, hours=1)
    )
    unknown = replace(given, id="e2", code="000030")
    running = replace(given, id="e3", expires_at=NINE + timedelta(days=90))
    book.put((), (given, unknown, running))
    now = datetime(2026, 3, 10, tzinfo=KST)
    ended = {e.id: e for e in expire(book, facts, now=now)}
    assert {"e1": 20.0, "e2": None} == {id_: e.actual_return_pct for id_, e in ended.items()}
    assert {EventStatus.EXPIRED} == {e.status for e in ended.values()}
    assert () == expire(book, facts, now=now)
    assert (running,) == book.events(status=EventStatus.ACTIVE)
