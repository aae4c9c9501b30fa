"""Where the council's record is put down and taken up: the store is the truth, the bus a copy."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta

import pytest
from tests.unit.engine.macro.days import CALENDAR

from jennie_cli.engine.bus import BusDown, MemoryBus
from jennie_cli.engine.bus.names import DAILY_INSIGHT, DATED_INSIGHT
from jennie_cli.engine.clock import ManualClock
from jennie_cli.engine.errors import OutsideError
from jennie_cli.engine.macro import InsightDesk, StoredInsights, read_insight
from jennie_cli.engine.store import CouncilRecord, MemoryInsights
from jennie_cli.engine.store.codec import to_json
from jennie_cli.testing.insights_exam import FULL, WROTE, later

DATED = DATED_INSIGHT.of("2026-03-04")
NOON = WROTE + timedelta(hours=4)
YESTERDAY = later(FULL, -1_440, insight_date=date(2026, 3, 3))


class LostStore(MemoryInsights):
    """A store that cannot be read."""

    def newest(self, at: object) -> CouncilRecord | None:
        """Fail."""
        raise OutsideError(f"Nothing is known of {at}.")


def a_desk(store: MemoryInsights | None = None, *, down: bool = False) -> InsightDesk:
    """Return a desk over an empty bus in memory."""
    bus = MemoryBus(ManualClock(WROTE))
    bus.switch.down = down
    return InsightDesk(keys=bus.keys, store=store or MemoryInsights(), world=FULL.world)


def test_a_record_is_kept_and_told() -> None:
    """Store and bus tell the same, equal to what was written."""
    desk = a_desk()

    async def written() -> tuple[object, ...]:
        failure = await desk.write(FULL, now=WROTE)
        return failure, await desk.keys.get(DAILY_INSIGHT), await desk.keys.get(DATED)

    assert (None, to_json(FULL), to_json(FULL)) == asyncio.run(written())
    assert FULL == desk.store.on(FULL.insight_date)
    assert FULL == asyncio.run(desk.today(NOON))
    assert FULL == asyncio.run(desk.on(FULL.insight_date))


def test_a_record_of_another_day_does_not_become_todays() -> None:
    """A past day judged again is told under its own day alone."""
    desk = a_desk()
    asyncio.run(desk.write(FULL, now=WROTE + timedelta(days=7)))
    assert None is asyncio.run(desk.keys.get(DAILY_INSIGHT))
    assert to_json(FULL) == asyncio.run(desk.keys.get(DATED))


def test_check_4_of_the_acceptance_list() -> None:
    """Yesterday's insight on the bus is never returned as today's."""
    desk = a_desk()
    asyncio.run(desk.keys.put(DAILY_INSIGHT, to_json(YESTERDAY)))
    assert None is asyncio.run(desk.today(NOON))
    assert None is asyncio.run(desk.copied(NOON))
    asyncio.run(desk.keys.put(DATED, to_json(YESTERDAY)))
    assert None is asyncio.run(desk.on(FULL.insight_date))
    told = read_insight(StoredInsights(store=desk.store), now=NOON, calendar=CALENDAR)
    assert None is told.insight


def test_todays_record_comes_back_to_a_bus_that_lost_it() -> None:
    """The store tells it, and the bus is told again."""
    store = MemoryInsights()
    store.save(FULL)
    desk = a_desk(store)
    assert FULL == asyncio.run(desk.today(NOON))
    assert to_json(FULL) == asyncio.run(desk.keys.get(DAILY_INSIGHT))


def test_a_record_still_to_come_is_not_todays() -> None:
    """Neither from the bus nor from the store."""
    store = MemoryInsights()
    store.save(FULL)
    desk = a_desk(store)
    before = WROTE - timedelta(minutes=1)
    asyncio.run(desk.keys.put(DAILY_INSIGHT, to_json(FULL)))
    assert None is asyncio.run(desk.today(before))


@pytest.mark.parametrize(
    "body",
    [
        "no json",
        "[]",
        '{"profile": "sim"}',
        to_json(replace(FULL, sentiment_score=400)),
        to_json(replace(FULL, strategies_to_avoid=("HODL",))),
        to_json(replace(FULL, market="imported")),
        to_json(replace(FULL, profile="live")),
    ],
)
def test_what_no_room_could_read_is_not_there(body: str) -> None:
    """Damage on the bus, and a record of another world, are asked of the store."""
    desk = a_desk()
    asyncio.run(desk.keys.put(DAILY_INSIGHT, body))
    assert None is asyncio.run(desk.today(NOON))


def test_a_bus_that_is_down_costs_only_the_copy() -> None:
    """The record is kept, the failure is told, and reading goes on."""
    desk = a_desk(down=True)
    failure = asyncio.run(desk.write(FULL, now=WROTE))
    assert isinstance(failure, BusDown)
    assert FULL == asyncio.run(desk.today(NOON)) == asyncio.run(desk.on(FULL.insight_date))


def test_a_copy_stands_in_for_a_store_that_cannot_be_read() -> None:
    """Today's does; another day's does not, and then the failure is told."""
    source = StoredInsights(store=LostStore(), copied=FULL)
    assert FULL.insight == source.newest(NOON)
    for copied, at in ((FULL, NOON + timedelta(days=1)), (YESTERDAY, NOON), (None, NOON)):
        with pytest.raises(OutsideError):
            StoredInsights(store=LostStore(), copied=copied).newest(at)


def test_the_store_is_asked_first() -> None:
    """A copy that was not told of the last run does not hide it."""
    store, noon = MemoryInsights(), later(FULL, 60, sentiment_score=20)
    store.save(FULL)
    store.save(noon)
    assert noon.insight == StoredInsights(store=store, copied=FULL).newest(NOON)
    assert None is StoredInsights(store=MemoryInsights(), copied=FULL).newest(NOON)


class Unread(MemoryInsights):
    """A store of which no day can be read."""

    def on(self, day: date) -> CouncilRecord | None:
        """Fail."""
        raise OutsideError(f"Nothing is known of {day}.")


def test_an_older_copy_gives_way_to_the_store() -> None:
    """A run that could not tell the bus leaves the one before there."""
    store = MemoryInsights()
    desk = a_desk(store)
    asyncio.run(desk.write(FULL, now=WROTE))
    newer = later(FULL, 60)
    store.save(newer)
    assert newer == asyncio.run(desk.on(FULL.insight_date))
    assert newer == asyncio.run(desk.today(NOON))
    assert newer == asyncio.run(desk.copied(NOON))


def test_the_desk_tells_a_copy_while_its_store_cannot_be_read() -> None:
    """Without a copy the failure is named."""
    desk = a_desk(Unread())
    with pytest.raises(OutsideError, match="2026-03-04"):
        asyncio.run(desk.today(NOON))
    told = {DAILY_INSIGHT: to_json(FULL), DATED: to_json(FULL)}
    asyncio.run(desk.keys.put_all(told))
    assert FULL == asyncio.run(desk.today(NOON)) == asyncio.run(desk.on(FULL.insight_date))
