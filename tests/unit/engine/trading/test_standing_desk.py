"""The desk where asks are taken, over the twins; and what the bus is told."""

import asyncio
import json
from collections.abc import Mapping
from datetime import date, datetime

import pytest
from tests.unit.engine.risk.cases import CALENDAR, at

from jennie_cli.engine.bus import MemoryBus
from jennie_cli.engine.bus.names import (
    LIQUIDATION_ARMED,
    LIQUIDATION_STOCKS,
    MANUAL_WATCHLIST,
    MONITOR_BEAT,
    NOTIFICATION_MUTE,
    PRICE_ALERT,
)
from jennie_cli.engine.clock import ManualClock
from jennie_cli.engine.store import Asked, MemoryStanding, Way
from jennie_cli.engine.trading.standing import StandingDesk, liquidation_end, tell_asked
from jennie_cli.testing.standing_exam import (
    ALERT,
    EVERY,
    MUTE,
    NINE,
    SOLD,
    WATCHED,
    alert,
)


class Desk(StandingDesk):
    """A desk at nine, whose parts a test can reach."""

    def __init__(self) -> None:
        """Start with nothing asked."""
        self.bus = MemoryBus(ManualClock(NINE))
        super().__init__(
            standing=MemoryStanding(),
            keys=self.bus.keys,
            clock=ManualClock(NINE),
            wall=ManualClock(NINE),
        )

    def told(self) -> Mapping[str, object]:
        """Return what is on the bus, by what it is about."""

        async def look() -> Mapping[str, object]:
            keys = self.bus.keys
            names = await keys.names("")
            texts = [
                (key, await keys.get(key))
                for key in (LIQUIDATION_STOCKS, LIQUIDATION_ARMED, NOTIFICATION_MUTE)
            ]
            alerts = [(n, n.removeprefix(PRICE_ALERT.prefix)) for n in names if "alert" in n]
            return {
                "watched": dict(await keys.get_hash(MANUAL_WATCHLIST)),
                **{key.name: json.loads(text) for key, text in texts if text is not None},
                **{n: json.loads(await keys.get(PRICE_ALERT.of(c)) or "") for n, c in alerts},
            }

        return asyncio.run(look())


def test_what_is_asked_is_kept_and_told() -> None:
    """Under the specified names; the moments are in the values."""
    desk = Desk()
    low = alert(60_000, Way.BELOW)
    asyncio.run(desk.put(*EVERY, low))
    assert Asked(watched=(WATCHED,), alerts=(ALERT, low), liquidations=(SOLD,), mute=MUTE) == (
        desk.now()
    )
    until = {"stock_name": "삼성전자", "until": ALERT.until.isoformat()}
    assert {
        "watched": {"005930": "삼성전자"},
        "forced_liquidation:stocks": ["000660"],
        "forced_liquidation:armed": {"until": SOLD.until.isoformat()},
        "notification:mute": {"until": MUTE.until.isoformat()},
        "price_alert:005930": [
            {**until, "target_price": 72_000, "alert_type": "above"},
            {**until, "target_price": 60_000, "alert_type": "below"},
        ],
    } == desk.told()
    assert 1_800.0 == asyncio.run(desk.keys.ttl(NOTIFICATION_MUTE))


def test_what_is_taken_back_leaves_the_bus() -> None:
    """All of it, and nothing else."""
    desk = Desk()
    asyncio.run(desk.put(*EVERY))
    assert (SOLD, ALERT) == asyncio.run(desk.drop(SOLD, ALERT, who="cli"))
    assert {"watched", "notification:mute"} == desk.told().keys()
    asyncio.run(desk.drop(WATCHED, MUTE, who="cli"))
    assert {"watched": {}} == desk.told()
    assert () == desk.standing.all()


def test_what_is_over_goes_with_the_next_ask() -> None:
    """From the store as from the bus; a liquidation ends with its session."""
    desk = Desk()
    asyncio.run(desk.put(*EVERY))
    desk.clock = ManualClock(SOLD.until)
    desk.wall = ManualClock(MUTE.until)
    asyncio.run(desk.put(alert(1)))
    assert (WATCHED, ALERT, alert(1)) == desk.standing.all()
    assert {"watched", "price_alert:005930"} == desk.told().keys()


def test_a_dead_bus_delays_nothing_and_is_told_later() -> None:
    """The store holds; what the bus believed in between is made whole by the next telling."""
    desk = Desk()
    asyncio.run(desk.put(SOLD))
    desk.bus.switch.down = True
    asyncio.run(desk.drop(SOLD, who="cli"))
    asyncio.run(desk.put(WATCHED))
    assert desk.untold is not None
    assert Asked(watched=(WATCHED,)) == desk.now()
    assert None is asyncio.run(desk.monitored())
    desk.bus.switch.down = False
    asyncio.run(desk.retell())
    assert None is desk.untold
    assert {"watched": {"005930": "삼성전자"}} == desk.told()


def test_a_session_is_known_by_its_heartbeat() -> None:
    """Without one nothing is sold."""
    desk = Desk()
    assert False is asyncio.run(desk.monitored())
    asyncio.run(desk.keys.put(MONITOR_BEAT, "1"))
    assert True is asyncio.run(desk.monitored())


def test_telling_touches_no_other_key() -> None:
    """Cooldowns, flags and heartbeats of others stay."""
    desk = Desk()
    asyncio.run(desk.keys.put(MONITOR_BEAT, "1"))
    asyncio.run(tell_asked(desk.keys, Asked(), wall=NINE))
    assert (MONITOR_BEAT.name,) == asyncio.run(desk.keys.names(""))


EXAM, SATURDAY, MONDAY = date(2025, 11, 13), date(2025, 7, 5), date(2025, 7, 7)


@pytest.mark.parametrize(
    ("now", "until"),
    [
        (at(8), at(15, 30)),
        (at(15, 29, 59), at(15, 30)),
        (at(15, 30), at(15, 30, day=date(2025, 7, 1))),
        (at(15, 45, day=EXAM), at(16, 30, day=EXAM)),
        (at(12, day=SATURDAY), at(15, 30, day=MONDAY)),
    ],
)
def test_a_liquidation_is_in_force_to_the_next_close(now: datetime, until: datetime) -> None:
    """The day's own close, late on the exam day; after it the next session's."""
    assert until == liquidation_end(CALENDAR, now)
