"""The benchmark that kills sessions finds whatever the next one forgot."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from benchmarks.session_child import Home, Live
from benchmarks.session_kills import Comparison, Report, Seen, watermark_breach
from tests.unit.engine.exits.cases import at
from tests.unit.wiring.short_home import short_home

HELD = {
    "qty": 10,
    "average": 100.0,
    "high": 103.0,
    "level": 1,
    "rsi_sold": False,
    "floor_armed": True,
    "since": "2025-06-30T09:31:00+09:00",
}
RESTS: dict[str, dict[str, str | None]] = {
    "signal": {"A": "2025-06-30T10:05:00+09:00"},
    "stop": {"B": None},
    "sale": {"B": "2025-07-01T09:40:00+09:00"},
}
KEPT = Live(at=at("10:00"), positions={"A": HELD}, rests=RESTS)


def breaches(seconds: int = 1, **changes: Any) -> list[str]:
    """Return what is said of a session that begins with other figures."""
    report = Report()
    began = replace(KEPT, at=KEPT.at + timedelta(seconds=seconds), **changes)
    Comparison(report, KEPT, began, ()).all()
    return report.breaches


def test_a_session_that_goes_on_where_it_was_is_clean() -> None:
    """A rest that is over by then need not be there, and a higher top may have been heard."""
    assert [] == breaches()
    assert [] == breaches(seconds=301, rests={**RESTS, "signal": {}})
    assert [] == breaches(positions={"A": {**HELD, "high": 104.0}})


@pytest.mark.parametrize(
    ("figure", "other"),
    [
        ("qty", 9),
        ("average", 99.0),
        ("high", 102.0),
        ("level", 0),
        ("rsi_sold", True),
        ("floor_armed", False),
        ("since", "2025-06-30T09:32:00+09:00"),
    ],
)
def test_another_figure_is_a_breach(figure: str, other: object) -> None:
    """Each of them moves a stop."""
    assert breaches(positions={"A": {**HELD, figure: other}})


def test_a_position_that_is_gone_is_a_breach() -> None:
    """Without a sale."""
    assert breaches(positions={})


@pytest.mark.parametrize("kind", ["signal", "stop", "sale"])
def test_a_rest_that_is_forgotten_is_a_breach(kind: str) -> None:
    """The stock would be bought again."""
    assert breaches(rests={**RESTS, kind: {}})


CHARTS = {("A", at("10:00").date()): ((601, 101), (602, 105), (603, 103))}
"""The highs of 10:01, 10:02 and 10:03."""


def seen(high: float, *, begun: str, told: str) -> Seen:
    """Return a watermark of a stock bought at 100 won at 10:00."""
    return Seen(code="A", since=at("10:00"), begun=at(begun), at=at(told), high=high, price=100.0)


@pytest.mark.parametrize(
    ("high", "begun", "told", "wrong"),
    [
        (105.0, "10:03", "10:03:30", False),
        (103.0, "10:03", "10:03:30", True),  # a chart was not read
        (103.0, "10:01", "10:03:30", True),  # a tick was not heard
        (101.0, "10:02:40", "10:03:30", False),  # the seconds before the start are on no chart yet
        (101.0, "10:01", "10:03:00.500", False),  # the top may be on its way
        (106.0, "10:03", "10:03:30", True),  # never traded
        (100.0, "10:00", "10:01:30", False),  # the price paid
    ],
)
def test_a_watermark_is_judged_by_the_charts(
    high: float, begun: str, told: str, *, wrong: bool
) -> None:
    """What was charted before the start and heard since it must be in it, and nothing else."""
    assert wrong is (watermark_breach(seen(high, begun=begun, told=told), CHARTS) is not None)


def test_a_home_of_the_benchmark_has_the_seed_that_was_asked_for() -> None:
    """A run that names another world plays in it."""
    with short_home() as folder:
        asyncio.run(Home(folder, 7).tell("sim", "status"))
        house = Home(folder, 7).house
        assert 7 == house.world.seed
        house.close()
