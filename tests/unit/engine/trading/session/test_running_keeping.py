"""What a session keeps on the bus, when; and what it reads again after its first minute."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tests.unit.engine.execution.bench import CODE, OTHER, TEN
from tests.unit.engine.trading.session.running_day import STOP
from tests.unit.engine.trading.session.running_room import HOURS, RunningRoom, quiet, run

from jennie_cli.engine.broker import BrokerUnavailable
from jennie_cli.engine.bus import Key
from jennie_cli.engine.bus.names import HIGH_WATERMARK, LIVE_POSITIONS, PROFIT_FLOOR
from jennie_cli.engine.errors import JennieError
from jennie_cli.engine.feed import MinuteBar
from jennie_cli.engine.trading.session.running_keeping import Keeper
from jennie_cli.engine.trading.session.running_ports import Loop
from jennie_cli.engine.trading.session.running_tasks import Errands, Troubles
from jennie_cli.engine.trading.session.running_watch import Watchdog


class Figures:
    """Something to keep."""

    def __init__(self) -> None:
        """Hold one stock at its first high."""
        self.held: tuple[str, ...] = (CODE,)
        self.high = 10_000
        self.asked = 0

    def stamp(self) -> tuple[object, ...]:
        """Return what changes."""
        return (self.held,)

    def highs(self) -> bytes:
        """Return what changes often."""
        return str(self.high).encode()

    def values(self, now: datetime) -> Mapping[Key, str]:  # noqa: ARG002  # the port's shape
        """Return the high of each."""
        self.asked += 1
        return {family.of(c): str(self.high) for c in self.held for family in _FAMILIES}

    def live(self, now: datetime) -> Mapping[Key, str]:
        """Return the moment."""
        return {LIVE_POSITIONS: now.isoformat()}


_FAMILIES = (HIGH_WATERMARK, PROFIT_FLOOR)


class Kept:
    """A keeper over a running room."""

    def __init__(self, room: RunningRoom) -> None:
        """Keep figures of a test."""
        self.room, self.figures = room, Figures()
        self.told: list[tuple[str, str]] = []
        self.errands = Errands()
        figures: Any = self.figures
        self.keeper = Keeper(figures, room.room(), self.errands, Troubles(self._trouble))

    def _trouble(self, where: str, error: JennieError) -> None:
        self.told.append((where, error.code))

    async def look(self) -> None:
        """Look once."""
        self.keeper.look(self.room.clock.now())
        await quiet()

    async def high(self, code: str = CODE) -> str | None:
        """Return what is kept of a stock."""
        return await self.room.bus.keys.get(HIGH_WATERMARK.of(code))


def test_a_new_high_is_kept_within_a_second_and_a_calm_second_writes_nothing() -> None:
    """In a rush every tick is a new high: they are kept once a second."""

    async def work(room: RunningRoom) -> None:
        kept = Kept(room)
        await kept.look()
        assert "10000" == await kept.high()
        kept.figures.high = 10_200
        await kept.look()
        kept.figures.high = 10_300
        await kept.look()
        assert ("10000", 1) == (await kept.high(), kept.figures.asked)
        for _ in range(3):
            await room.seconds(1)
            await kept.look()
        assert ("10300", 2) == (await kept.high(), kept.figures.asked)

    run(work)


def test_what_is_held_is_kept_at_once() -> None:
    """A purchase or a sale waits for no second."""

    async def work(room: RunningRoom) -> None:
        kept = Kept(room)
        await kept.look()
        kept.figures.held = (CODE, OTHER)
        await kept.look()
        assert "10000" == await kept.high(OTHER)

    run(work)


def test_it_is_told_again_every_ten_seconds() -> None:
    """Who looks at the bus sees that it is alive."""

    async def work(room: RunningRoom) -> None:
        kept = Kept(room)
        await kept.look()
        await room.seconds(9)
        await kept.look()
        assert 1 == kept.figures.asked
        await room.seconds(1)
        await kept.look()
        assert room.clock.now().isoformat() == await room.bus.keys.get(LIVE_POSITIONS)

    run(work)


def test_the_keys_of_what_was_sold_whole_go() -> None:
    """The next position of the stock begins with nothing."""

    async def work(room: RunningRoom) -> None:
        kept = Kept(room)
        kept.figures.held = (CODE, OTHER)
        await kept.look()
        kept.figures.held = (OTHER,)
        await kept.look()
        assert (None, "10000") == (await kept.high(), await kept.high(OTHER))
        assert None is await room.bus.keys.get(PROFIT_FLOOR.of(CODE))

    run(work)


def test_a_dead_bus_is_told_once_and_what_it_missed_is_written_when_it_lives() -> None:
    """The session goes on meanwhile."""

    async def work(room: RunningRoom) -> None:
        kept = Kept(room)
        room.bus.switch.down = True
        for _ in range(3):
            await kept.look()
        room.bus.switch.down = False
        await kept.look()
        assert ([("keeping", "bus_down")], "10000") == (kept.told, await kept.high())

    run(work)


def _bar(room: RunningRoom, high: int) -> MinuteBar:
    told = {"open": high, "low": high, "close": high, "volume": 1}
    return MinuteBar(code=CODE, start=room.clock.now(), high=high, **told)


def test_the_minute_of_a_start_is_read_from_the_chart_once_it_is_there() -> None:
    """Begun at 10:00:00.x, asked at 10:01:05, and no more after that."""

    async def work(room: RunningRoom) -> None:
        chart = (_bar(room, 10_900),)
        room.market.charts[CODE] = chart
        await room.seconds(60)
        assert [] == room.day.charts
        await room.seconds(120)
        assert [(CODE, chart)] == room.day.charts

    run(work)


def test_a_chart_that_cannot_be_read_is_asked_for_again() -> None:
    """Until it answers; it is told once."""

    async def work(room: RunningRoom) -> None:
        room.market.broken = BrokerUnavailable("No chart.", hint="Wait.")
        await room.seconds(90)
        assert (1, []) == (sum(w == "chart" for w, _ in room.ears.troubles), room.day.charts)
        room.market.broken = None
        await room.seconds(20)
        assert [(CODE, ())] == room.day.charts

    run(work)


def test_before_the_open_nothing_was_missed() -> None:
    """A session that begins before nine has heard every minute."""

    async def work(room: RunningRoom) -> None:
        await room.seconds(300)
        assert [] == room.day.charts

    run(work, start=TEN.replace(hour=8, minute=59))


def test_the_minutes_before_a_start_are_read_while_the_exits_watch_already() -> None:
    """What is held is asked about first; a stock without a chart is asked about again."""

    def broken(room: RunningRoom) -> None:
        room.market.broken = BrokerUnavailable("No chart.", hint="Wait.")

    async def work(room: RunningRoom) -> None:
        await room.tick(STOP)
        await room.seconds(3)
        assert ([], [100]) == (room.day.warm, room.sold())
        room.market.broken = None
        await room.seconds(20)
        assert {OTHER, CODE} == set(room.day.warm)

    run(work, first=broken, cold=frozenset({CODE, OTHER}))


def test_a_held_stock_is_warm_before_the_others() -> None:
    """With its highs."""

    async def work(room: RunningRoom) -> None:
        await room.seconds(1)
        assert ([CODE, OTHER], [(CODE, ())]) == (room.day.warm, room.day.charts)

    run(work, cold=frozenset({OTHER, CODE}))


def test_nobody_owes_a_second_while_an_exchange_that_we_drive_stands() -> None:
    """Reading charts takes real time, in which nothing can happen."""

    async def work(room: RunningRoom) -> None:
        assert HOURS is not None
        told = Watchdog(room.room(), HOURS)
        told.owes(Loop.TICKS)
        with told.excused(standing=True):
            await room.steady.pass_time(20)
            assert 0.0 == told.silent_s(Loop.TICKS)
        assert 0.0 == told.silent_s(Loop.TICKS)
        with told.excused(standing=False):
            await room.steady.pass_time(20)
            assert 20.0 == told.silent_s(Loop.TICKS)

    run(work)
