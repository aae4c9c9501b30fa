"""The Korean figures that the facts of a market knew at a moment."""

import asyncio
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from tests.unit.engine.macro.collecting.makers import HOUR, NOW

from jennie_cli.engine.clock import KST
from jennie_cli.engine.macro.collecting import Gathered, RecordedSource, Topic
from jennie_cli.engine.store import SCHEMAS, Batch, Dataset, MemoryFacts

MONDAY, TUESDAY, WEDNESDAY = (date(2026, 3, d) for d in (2, 3, 4))


def batch(dataset: Dataset, rows: list[dict[str, Any]]) -> Batch:
    """Return rows of one dataset; what they do not name is missing."""
    columns: dict[str, Any] = {}
    for name, kind in SCHEMAS[dataset].kinds().items():
        missing = float("nan") if kind == "float" else None
        values = [row.get(name, missing) for row in rows]
        whole = kind in {"int", "moment"}
        kinds = {"float": float} if kind == "float" else {}
        columns[name] = np.array(values, dtype=np.int64 if whole else kinds.get(kind, object))
    return Batch(dataset=dataset, columns=columns)


def moment(day: date, hour: int) -> int:
    """Return a Korean hour as epoch seconds."""
    return int(datetime(day.year, day.month, day.day, hour, tzinfo=KST).timestamp())


def index(code: str, day: date, close: float) -> dict[str, Any]:
    """Return the index of a day, known at its close."""
    return {
        "index_code": code,
        "date": day,
        "close": close,
        "known_at": moment(day, 16),
        "source": "x",
    }


def flow(board: str, day: date, **values: float) -> dict[str, Any]:
    """Return what investors did on a day, known in the evening."""
    return {"market": board, "date": day, **values, "known_at": moment(day, 18), "source": "x"}


def news(name: str, at: datetime) -> dict[str, Any]:
    """Return a headline."""
    seconds = int(at.timestamp())
    return {"id": name, "published_at": seconds, "title": name, "known_at": seconds, "source": "x"}


def collected(facts: MemoryFacts, now: datetime = NOW) -> Gathered:
    """Return what is told at a moment of Wednesday."""
    source = RecordedSource(name="imported", facts=facts)
    return asyncio.run(source.collect(WEDNESDAY, now))


@pytest.fixture
def facts() -> MemoryFacts:
    """Return two days and a half of a market."""
    store = MemoryFacts()
    store.write(
        [
            batch(
                Dataset.INDEX_DAILY,
                [
                    index("KOSPI", MONDAY, 5_000.0),
                    index("KOSPI", TUESDAY, 5_100.0),
                    index("KOSPI", WEDNESDAY, 6_000.0),
                    index("1001", TUESDAY, 1_000.0),
                ],
            ),
            batch(
                Dataset.FLOWS_MARKET,
                [
                    flow("KOSPI", TUESDAY, foreign=-1_200.0, inst=700.0, indiv=450.0),
                    flow("KOSPI", WEDNESDAY, foreign=9.0, inst=9.0, indiv=9.0),
                    flow("KOSDAQ", TUESDAY, inst=5.0),
                ],
            ),
            batch(
                Dataset.HEADLINES,
                [
                    news("주가 상승", NOW - HOUR),
                    news("주가 급락", NOW + HOUR),
                    news("어제의 우려", NOW - timedelta(hours=20)),
                ],
            ),
        ]
    )
    return store


def test_figures_are_those_known_at_the_moment(facts: MemoryFacts) -> None:
    """Nothing of today's close, and the change is against the close before."""
    got = {r.field: (r.value, r.source) for r in collected(facts).readings}
    assert {
        "kospi_index": (5_100.0, "imported"),
        "kospi_change_pct": (2.0, "imported"),
        "kosdaq_index": (1_000.0, "imported"),
        "kospi_foreign_net": (-1_200.0, "imported"),
        "kospi_institutional_net": (700.0, "imported"),
        "kospi_retail_net": (450.0, "imported"),
    } == got


def test_a_figure_is_as_of_when_it_was_known(facts: MemoryFacts) -> None:
    """The index at its close, the flows in the evening."""
    got = {r.field: r.as_of for r in collected(facts).readings}
    assert ("2026-03-03T16:00:00+09:00", "2026-03-03T18:00:00+09:00") == (
        got["kospi_index"].isoformat(),
        got["kospi_foreign_net"].isoformat(),
    )


def test_headlines_of_the_last_day_that_were_out(facts: MemoryFacts) -> None:
    """Oldest first; what comes later is not known."""
    items = collected(facts).items
    assert ["어제의 우려", "주가 상승"] == [i.title for i in items]
    assert {Topic.KOREA} == {i.topic for i in items}


def test_an_empty_market_tells_nothing() -> None:
    """And fails nothing."""
    assert Gathered() == collected(MemoryFacts())


def test_what_it_can_give_is_declared(facts: MemoryFacts) -> None:
    """Every figure is among its fields."""
    source = RecordedSource(name="imported", facts=facts)
    assert {r.field for r in collected(facts).readings} <= source.fields


def test_both_names_of_an_index_are_one_index() -> None:
    """A source may change its spelling, and a day told twice is one day."""
    rows = [
        index("0001", MONDAY, 100.0),
        index("0001", TUESDAY, 110.0),
        index("KOSPI", date(2026, 2, 27), 50.0),
        index("KOSPI", MONDAY, 100.0),
    ]
    facts = MemoryFacts()
    facts.write([batch(Dataset.INDEX_DAILY, rows)])
    told = {r.field: r.value for r in collected(facts).readings}
    assert {"kospi_index": 110.0, "kospi_change_pct": 10.0} == told
