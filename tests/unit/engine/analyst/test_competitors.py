"""The competitor bonus: read as written, capped, decayed to nothing."""

import asyncio
import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jennie_cli.engine.analyst import (
    Benefit,
    MemoryCompetitors,
    bonus_points,
    kept_benefits,
)
from jennie_cli.engine.bus import MemoryBus
from jennie_cli.engine.bus.names import COMPETITOR_BENEFIT
from jennie_cli.engine.clock import KST, ManualClock

AT = datetime(2025, 6, 30, 8, 30, tzinfo=KST)
LATER = AT + timedelta(days=20)


def benefit(points: float = 8.0, event: str = "SERVICE_OUTAGE") -> Benefit:
    """Return a benefit that began now."""
    return Benefit(
        points=points, reason="경쟁사 서비스 장애", affected="카카오", event=event, since=AT
    )


@pytest.mark.parametrize(
    ("event", "days", "worth"),
    [
        ("SERVICE_OUTAGE", 0.0, 8.0),
        ("SERVICE_OUTAGE", 3.5, 4.0),
        ("SERVICE_OUTAGE", 7.0, 0.0),
        ("FIRE", 15.0, 4.0),
        ("RECALL", 30.0, 0.0),
        ("FIRE", -1.0, 0.0),
    ],
)
def test_a_bonus_goes_in_a_straight_line_to_its_end(event: str, days: float, worth: float) -> None:
    """Fires and the like count for thirty days, other events for seven, none before it happened."""
    assert worth == bonus_points(benefit(event=event), AT + timedelta(days=days), most=10.0)


def test_an_event_that_tells_its_end_goes_there() -> None:
    """Whatever is usual for its kind."""
    told = replace(benefit(), until=AT + timedelta(days=60))
    worth = [bonus_points(told, AT + timedelta(days=days), most=10.0) for days in (7, 30, 60)]
    assert [7.07, 4.0, 0.0] == worth


@given(st.floats(0, 20), st.floats(-10, 60))
def test_a_bonus_never_leaves_its_bounds(points: float, days: float) -> None:
    """It lies between nothing and ten, whatever the score and the age."""
    assert 0 <= bonus_points(benefit(points), AT + timedelta(days=days), most=10.0) <= 10


def test_a_score_of_twenty_is_capped_before_it_decays() -> None:
    """Half its life later a capped bonus of ten is worth five."""
    half = AT + timedelta(days=3.5)
    assert 5.0 == bonus_points(benefit(20.0), half, most=10.0)


def test_benefits_told_beforehand_are_found_by_code() -> None:
    """The twin in memory answers for the stocks it was told of."""
    known = MemoryCompetitors({"035420": benefit()})
    assert {"035420": benefit()} == known.benefits(["035420", "005930"])


def told(**given: Any) -> str:
    """Return a benefit as its writer leaves it on the bus."""
    plain = {
        "score": 8,
        "reason": "경쟁사 서비스 장애",
        "affected_stock": "카카오",
        "event_type": "SERVICE_OUTAGE",
        "updated_at": AT.isoformat(),
    }
    return json.dumps(plain | given)


def test_benefits_are_read_from_the_bus() -> None:
    """Those of the wanted stocks are returned as values, others are left alone."""

    async def read() -> dict[str, Benefit]:
        bus = MemoryBus(ManualClock(AT))
        await bus.keys.put(COMPETITOR_BENEFIT.of("035420"), told())
        await bus.keys.put(COMPETITOR_BENEFIT.of("005930"), told())
        ends = told(expires_at=LATER.isoformat())
        await bus.keys.put(COMPETITOR_BENEFIT.of("000660"), ends)
        return dict(await kept_benefits(bus.keys, ["035420", "000660"]))

    assert {"035420": benefit(), "000660": replace(benefit(), until=LATER)} == asyncio.run(read())


@pytest.mark.parametrize(
    "words",
    [
        "{",
        "[]",
        "7",
        told(score=21),
        told(score=-1),
        told(score=True),
        told(score="viel"),
        told(updated_at="2025-06-30T08:30:00"),
        told(updated_at="gestern"),
        told(expires_at="2025-07-30T08:30:00"),
        told(expires_at=AT.isoformat()),
        told(updated_at="2025-06-30T08:30:00", expires_at=(AT + timedelta(days=2)).isoformat()),
        told(reason="가" * 5_000),
        '{"score": 8}',
    ],
)
def test_a_benefit_that_makes_no_sense_is_left_out(words: str) -> None:
    """Wrong figures, times without an offset, missing members and huge texts are not believed."""

    async def read() -> dict[str, Benefit]:
        bus = MemoryBus(ManualClock(AT))
        await bus.keys.put(COMPETITOR_BENEFIT.of("035420"), words)
        return dict(await kept_benefits(bus.keys, ["035420"]))

    assert {} == asyncio.run(read())
