"""The world around a generated market: the same however asked, and never ahead of the clock."""

import asyncio
from datetime import date, datetime, timedelta

import numpy as np
import pytest
from tests.unit.simulator.conftest import SEED, Made

from jennie_cli.engine.clock import KST
from jennie_cli.engine.macro import CollectPolicy, MacroPolicy, Told, risk_inputs, risk_off_level
from jennie_cli.engine.macro.collecting import (
    Gathered,
    MacroRecord,
    RecordedSource,
    Scope,
    Topic,
    as_snapshot,
    fields,
    politics_of,
)
from jennie_cli.engine.macro.collecting.judging import believe
from jennie_cli.engine.macro.collecting.sentiment import sentiments
from jennie_cli.engine.store import Dataset, MemoryFacts
from jennie_cli.settings import SimOptions
from jennie_cli.simulator import GeneratedMacro
from jennie_cli.simulator.dynamics import package_table
from jennie_cli.simulator.macro import us_day, walked
from jennie_cli.simulator.market import WORLD_START

MONDAY = datetime(2025, 6, 30, 8, 30, tzinfo=KST)


@pytest.fixture(scope="module")
def facts(made: Made) -> MemoryFacts:
    """Return the indices, flows and headlines of a generated market."""
    store = MemoryFacts()
    for dataset in (Dataset.INDEX_DAILY, Dataset.FLOWS_MARKET, Dataset.HEADLINES):
        store.write(made.batches[dataset])
    return store


def collected(facts: MemoryFacts, now: datetime = MONDAY, seed: int = SEED) -> Gathered:
    """Return what a world tells at a moment."""
    return asyncio.run(GeneratedMacro(seed=seed, facts=facts).collect(now.date(), now))


def test_the_same_seed_tells_the_same(facts: MemoryFacts) -> None:
    """To the last digit and headline; another seed tells otherwise."""
    assert collected(facts) == collected(facts)
    assert collected(facts).readings != collected(facts, seed=SEED + 1).readings


def test_a_day_is_the_same_however_far_one_has_walked() -> None:
    """Later days change nothing of earlier ones."""
    early, late = (walked(SEED, date(2025, 6, d)) for d in (2, 27))
    assert np.array_equal(early, late[: len(early)])


@pytest.mark.parametrize(
    ("now", "day"),
    [
        ("2025-06-30T08:30", "2025-06-27"),
        ("2025-07-01T05:59", "2025-06-27"),
        ("2025-07-01T06:00", "2025-06-30"),
        ("2025-07-05T12:00", "2025-07-04"),
        ("2025-07-06T12:00", "2025-07-04"),
    ],
)
def test_a_us_day_is_known_the_next_morning(now: str, day: str) -> None:
    """And over a weekend it is Friday's."""
    assert day == us_day(datetime.fromisoformat(now).replace(tzinfo=KST)).isoformat()


@pytest.mark.parametrize("hours", [0, 3, 9, 17, 26, 50, 24 * 40])
def test_nothing_is_told_before_its_time(facts: MemoryFacts, hours: int) -> None:
    """No figure and no headline of later."""
    now = MONDAY + timedelta(hours=hours)
    got = collected(facts, now)
    assert got.readings
    assert all(r.as_of <= now for r in got.readings)
    assert all(i.at <= now for i in got.items)


def test_a_headline_stays_what_it_was(facts: MemoryFacts) -> None:
    """What was out at nine is still there at noon, with some more."""
    nine, noon = (
        [
            i
            for i in collected(facts, MONDAY + timedelta(hours=h)).items
            if i.topic is Topic.POLITICS
        ]
        for h in (0, 4)
    )
    assert set(nine) <= set(noon)
    assert len(nine) < len(noon)


def test_every_figure_is_believed_and_declared(facts: MemoryFacts) -> None:
    """In range, young enough, and among the fields; with the market nothing of the table lacks."""
    source = GeneratedMacro(seed=SEED, facts=facts)
    market = RecordedSource(name="market", facts=facts)
    readings = (
        *collected(facts).readings,
        *asyncio.run(market.collect(MONDAY.date(), MONDAY)).readings,
    )
    found = believe(readings, now=MONDAY, stored=None, policy=CollectPolicy())
    assert ((), {}) == (found.rejected, dict(found.gaps))
    assert {r.field for r in collected(facts).readings} <= source.fields
    assert set(fields()) <= source.fields | market.fields


def test_fear_follows_the_market(facts: MemoryFacts, made: Made) -> None:
    """A market that shook more has a higher VIX."""
    columns = dict(made.columns(Dataset.INDEX_DAILY))
    newest = np.flatnonzero(columns["index_code"] == "KOSPI")[-15:]
    close = columns["close"].copy()
    close[newest[::2]] *= 0.93
    shaken = MemoryFacts()
    (batch,) = made.batches[Dataset.INDEX_DAILY]
    shaken.write([type(batch)(dataset=batch.dataset, columns={**columns, "close": close})])

    def vix(store: MemoryFacts) -> float:
        return next(r.value for r in collected(store).readings if r.field == "vix")

    assert 20 < vix(facts) + 20 < vix(shaken)


def test_a_market_that_is_too_young_has_no_fear() -> None:
    """Without an index there is neither a VIX nor Korea's fund, and the rest is told."""
    got = {r.field for r in collected(MemoryFacts()).readings}
    assert not {"vix", "ewy", "ewy_change_pct"} & got
    assert {"fed_rate", "spy_change_pct", "usd_krw"} <= got


def test_now_and_then_politics_alarm(facts: MemoryFacts) -> None:
    """On most days of a quarter nothing does, on some something."""
    levels = []
    for day in range(90):
        now = MONDAY + timedelta(days=day)
        risk = politics_of(collected(facts, now).items, now)
        assert risk is not None
        levels.append(risk.level.value)
    assert {"low", "high"} <= set(levels)
    assert levels.count("low") > 45


def test_an_ordinary_morning_forbids_nothing(facts: MemoryFacts) -> None:
    """Risk-off is what the market's own fright makes, not a chance of the headlines."""
    levels = []
    for day in range(40):
        now = MONDAY - timedelta(days=day)
        got = collected(facts, now)
        told = (*got.readings, *sentiments(got.items, now))
        found = believe(told, now=now, stored=None, policy=CollectPolicy())
        record = MacroRecord(
            day=now.date(),
            at=now,
            scope=Scope.FULL,
            figures=found.figures,
            politics=politics_of(got.items, now),
        )
        inputs = risk_inputs(Told(), as_snapshot(record), now=now, policy=MacroPolicy())
        levels.append(risk_off_level(inputs, MacroPolicy()))
    assert levels.count(0) > 30
    assert max(levels) < 3


def test_the_first_morning_of_a_new_home_is_an_ordinary_one() -> None:
    """The curve of the default seed is neither flat nor inverted when its world begins."""
    names = list(package_table("macro.toml")["series"])
    walk = walked(SimOptions().seed, us_day(WORLD_START))[-1]
    spread = walk[names.index("treasury_10y")] - walk[names.index("treasury_2y")]
    assert MacroPolicy().flat_spread_pct < spread
