"""The macro side of a running session: council, figures and throttle reach it within a minute."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from tests.unit.engine.execution.bench import TEN
from tests.unit.engine.trading.session.running_room import RunningRoom, run

from jennie_cli.engine.bus.names import RISK_RECOVERY, TRADING_CONTEXT
from jennie_cli.engine.errors import JennieError, OutsideError
from jennie_cli.engine.macro import (
    InsightSource,
    MacroPolicy,
    MemoryMacro,
    ThrottlePolicy,
    read_throttle,
)
from jennie_cli.engine.macro.collecting import Figure, MacroRecord, MemoryMacroStore, Scope
from jennie_cli.engine.model import MacroInsight, Regime, ThrottleLevel, TradingContext
from jennie_cli.engine.trading.session.running_weather import MacroRoom
from jennie_cli.engine.venue import default_calendar

EARLY = TEN.replace(hour=8, minute=50)


class Desk:
    """Council, figures and the index as a test tells them."""

    def __init__(self, *, throttle: bool = True) -> None:
        """Nobody has said anything."""
        self.council, self.records = MemoryMacro(), Records()
        self.down: JennieError | None = None
        self.asked = 0
        self.room = MacroRoom(
            insights=self._insights,
            snapshots=self.records,
            calendar=default_calendar(),
            policy=MacroPolicy(),
            regime=Regime.BULL,
            throttle=ThrottlePolicy() if throttle else None,
            refresh=self._refresh if throttle else None,
        )

    def rule(self, at: datetime, *, size: int, day: datetime = TEN) -> None:
        """Let the council write."""
        insight = MacroInsight(day=day.date(), at=at, sentiment_score=60, size_pct=size)
        self.council.insights.append(insight)

    def index(self, at: datetime, change_pct: float) -> None:
        """Let a collection find KOSPI there."""
        figures = {
            "kospi_change_pct": Figure(value=change_pct, source="naver", as_of=at),
            "vix": Figure(value=18.0, source="yahoo", as_of=at),
        }
        self.records.put(MacroRecord(day=at.date(), at=at, scope=Scope.QUICK, figures=figures))

    async def _insights(self, now: datetime) -> InsightSource:
        del now
        if self.down is not None:
            raise self.down
        return self.council

    async def _refresh(self) -> None:
        self.asked += 1


class Records(MemoryMacroStore):
    """Records that may be out of reach."""

    down = False

    def newest(self, at: datetime) -> MacroRecord | None:
        """Return what was taken last, unless it is out of reach."""
        if self.down:
            raise OutsideError("The snapshots are gone.")
        return super().newest(at)


def working(desk: Desk, before: Callable[[RunningRoom], object] = id) -> dict[str, Any]:
    """Return how a room over a desk is opened."""

    def first(room: RunningRoom) -> None:
        room.macro = desk.room
        before(room)

    return {"first": first}


def newest(room: RunningRoom) -> TradingContext:
    """Return what the session was told last."""
    found = room.day.contexts[-1]
    assert found is not None
    return found


def levels(room: RunningRoom) -> list[ThrottleLevel]:
    """Return the levels that were announced."""
    return [turn.state.level for turn in room.ears.turns]


def test_a_council_that_sits_twice_reaches_the_session_in_a_minute() -> None:
    """Neither the first word nor the second waits for the next opening."""
    desk = Desk(throttle=False)

    async def work(room: RunningRoom) -> None:
        assert [None] == room.day.contexts[:1]
        desk.rule(TEN, size=120)
        await room.seconds(61)
        assert (1.2, Regime.BULL) == (newest(room).size_factor, newest(room).regime)
        desk.rule(TEN + timedelta(seconds=65), size=80)
        await room.seconds(60)
        assert 0.8 == newest(room).size_factor

    room = run(work, **working(desk))
    assert ([], ()) == (room.ears.turns, room.ears.failing)


def test_a_stale_insight_never_pushes() -> None:
    """Yesterday's 120 % counts as 100."""
    desk = Desk(throttle=False)
    desk.rule(TEN - timedelta(days=1), size=120, day=TEN - timedelta(days=1))

    async def work(room: RunningRoom) -> None:
        assert (1.0, True) == (newest(room).size_factor, newest(room).stale)

    run(work, **working(desk))


def test_what_cannot_be_read_is_named_and_the_careful_figures_hold() -> None:
    """The session goes on, and takes the words up again once they can be read."""
    desk = Desk(throttle=False)
    desk.rule(EARLY, size=120)

    async def work(room: RunningRoom) -> None:
        desk.council.failure, desk.records.down = OutsideError("The insights are gone."), True
        await room.seconds(62)
        assert room.day.contexts[-1] is None
        assert {"insight", "macro snapshot"} <= set(room.ears.failing)
        desk.council.failure, desk.records.down = None, False
        await room.seconds(60)
        assert 1.2 == newest(room).size_factor
        assert not room.ears.failing
        desk.down = OutsideError("The desk is gone.")
        await room.seconds(60)
        assert (1.2, ("macro",)) == (newest(room).size_factor, room.ears.failing)

    run(work, **working(desk))


def test_a_falling_index_takes_size_away_and_only_a_council_gives_it_back() -> None:
    """Each new level is told once, with what was read."""
    desk = Desk()
    desk.rule(EARLY, size=120)

    async def work(room: RunningRoom) -> None:
        assert 1.2 == newest(room).size_factor
        desk.index(TEN + timedelta(seconds=30), -2.1)
        await room.seconds(61)
        assert (0.6, ThrottleLevel.WARNING) == (newest(room).size_factor, newest(room).throttle)
        desk.index(TEN + timedelta(seconds=90), -3.2)
        await room.seconds(60)
        assert 0.0 == newest(room).size_factor
        desk.index(TEN + timedelta(seconds=150), -0.2)
        desk.rule(TEN + timedelta(seconds=155), size=110)
        await room.seconds(60)
        assert 1.1 == newest(room).size_factor

    room = run(work, **working(desk, lambda _: desk.index(TEN, -0.3)))
    told = [ThrottleLevel.WARNING, ThrottleLevel.DANGER, ThrottleLevel.NORMAL]
    assert told == levels(room)
    assert -2.1 == room.ears.turns[0].checks[0].value


def test_a_silent_index_is_an_alarm_and_means_warning() -> None:
    """Ten minutes without KOSPI; it is told once, and over when a figure comes."""
    desk = Desk()
    desk.index(TEN, -0.3)

    async def work(room: RunningRoom) -> None:
        await room.seconds(590)
        assert not room.ears.failing
        await room.seconds(90)
        assert ThrottleLevel.WARNING is newest(room).throttle
        assert ("throttle",) == room.ears.failing
        assert [("throttle", "kospi_silent")] == room.ears.troubles
        desk.index(TEN + timedelta(seconds=680), -0.3)
        await room.seconds(80)
        assert not room.ears.failing

    run(work, **working(desk))
    assert 3 == desk.asked


def test_the_throttle_speaks_where_nothing_else_does() -> None:
    """No council and no figures: the silence of the index still holds back."""
    desk = Desk()

    async def work(room: RunningRoom) -> None:
        assert (0.48, 1.2) == (newest(room).size_factor, newest(room).stop_factor)

    run(work, **working(desk))


def test_nobody_asks_for_the_index_before_the_open() -> None:
    """Before it there is none, and a figure of before it throttles nothing."""
    desk = Desk()

    async def work(room: RunningRoom) -> None:
        await room.seconds(120)
        assert [] == room.ears.turns

    room = run(work, start=EARLY, **working(desk))
    assert (0, [None]) == (desk.asked, list(dict.fromkeys(room.day.contexts)))


def test_the_state_outlives_its_process() -> None:
    """A session that starts again goes on from it; others see what it trades by."""
    desk = Desk()
    desk.rule(EARLY, size=100)

    async def work(room: RunningRoom) -> None:
        desk.index(TEN + timedelta(seconds=10), -3.4)
        await room.seconds(62)
        desk.index(TEN + timedelta(seconds=61), -0.3)
        await room.close()
        room.steady.alone = False
        await room.open()
        assert (0.0, ThrottleLevel.DANGER) == (newest(room).size_factor, newest(room).throttle)
        told = await room.bus.keys.get(RISK_RECOVERY)
        assert told is not None
        assert (ThrottleLevel.DANGER, 18.0) == (read_throttle(told).level, read_throttle(told).vix)
        seen = json.loads(await room.bus.keys.get(TRADING_CONTEXT) or "{}")
        assert ("DANGER", 0.0, 18.0) == (
            seen["context"]["throttle"],
            seen["context"]["size_factor"],
            seen["vix"],
        )

    run(work, **working(desk, lambda _: desk.index(TEN, -0.3)))


def test_a_state_that_may_be_lost_begins_carefully() -> None:
    """A bus that is down, or says what nobody wrote, in the middle of the day."""
    desk = Desk()
    desk.index(TEN, -0.3)

    async def work(room: RunningRoom) -> None:
        assert ThrottleLevel.WARNING is newest(room).throttle
        assert "macro bus" in room.ears.failing
        room.bus.switch.down = False
        await room.seconds(62)
        assert "macro bus" not in room.ears.failing

    def down(room: RunningRoom) -> None:
        room.bus.switch.down = True

    run(work, **working(desk, down))
