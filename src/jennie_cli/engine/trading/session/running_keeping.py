"""Keeps on the bus what must outlive the process, and reads again what a start has missed."""

import asyncio
from datetime import datetime, timedelta

from jennie_cli.engine.errors import JennieError, OutsideError
from jennie_cli.engine.trading.session.day import TradingDay
from jennie_cli.engine.trading.session.keeping import OF_A_POSITION, Kept
from jennie_cli.engine.trading.session.running_ports import SessionRoom
from jennie_cli.engine.trading.session.running_tasks import Errands, Troubles, within
from jennie_cli.engine.trading.session.running_watch import Watchdog
from jennie_cli.engine.venue import Session

_KEY_S = 3.0
_REFRESH = timedelta(seconds=10)
_HIGHS = timedelta(seconds=1)
"""New highs are kept so often at most: in a rush every tick is one."""

_CHART_LAG_S = 5.0
"""Seconds after a minute until its bar is on the broker's chart."""

_AGAIN_S = 15.0


class Keeper:
    """Puts what changed on the bus, one write at a time. A bus that is down stops nothing."""

    def __init__(
        self, kept: Kept | None, room: SessionRoom, errands: Errands, troubles: Troubles
    ) -> None:
        """Without `kept` there is nothing to keep."""
        self._kept, self._keys, self._steady = kept, room.keys, room.steady
        self._holding = room.holding
        self._errands, self._troubles = errands, troubles
        self._stamp: tuple[object, ...] | None = None
        self._highs = b""
        self._written_at: datetime | None = None
        self._told: frozenset[str] = frozenset()
        self._writing = False

    def look(self, now: datetime) -> None:
        """Begin to write what has changed since the last time, or what is due to be told again."""
        if self._kept is None or self._writing:
            return
        stamp, highs = self._kept.stamp(), self._kept.highs()
        pause = _HIGHS if highs != self._highs else _REFRESH
        calm = self._written_at is not None and now - self._written_at < pause
        if stamp != self._stamp or not calm:
            self._stamp, self._highs = stamp, highs
            self._written_at, self._writing = now, True
            self._errands.begin(self._write(self._kept, now), "keeping", urgent=True)

    async def _write(self, kept: Kept, now: datetime) -> None:
        held = frozenset(kept.held)
        values = {**kept.values(now), **kept.live(now)}
        gone = [family.of(code) for code in self._told - held for family in OF_A_POSITION]
        try:
            # an exchange that we drive waits, so that what is kept is never old
            with self._holding():
                await within(self._steady, _KEY_S, self._keys.put_all(values))
                if gone:
                    await within(self._steady, _KEY_S, self._keys.delete(*gone))
        except OutsideError as error:
            # written again with the next refresh at the latest
            self._stamp = None
            self._troubles.failed("keeping", error)
        else:
            self._told = held
            self._troubles.worked("keeping")
        finally:
            self._writing = False


async def warm_up(
    day: TradingDay,
    room: SessionRoom,
    cold: frozenset[str],
    *,
    watchdog: Watchdog,
    troubles: Troubles,
) -> None:
    """Read the earlier minutes of the day, of what is held first, while the exits watch already.

    Each stock is asked about until its chart answers.
    """
    for part in (cold & frozenset(day.held), cold - frozenset(day.held)):
        left = sorted(part)
        while left:
            with room.holding(), watchdog.excused(standing=room.driven):
                done = await asyncio.gather(*(_warmed(day, room, code, troubles) for code in left))
            left = [code for code, warm in zip(left, done, strict=True) if not warm]
            if left:
                await room.clock.sleep(_AGAIN_S)


async def _warmed(day: TradingDay, room: SessionRoom, code: str, troubles: Troubles) -> bool:
    # the chart ends with the minute before the question, however long its answer takes
    asked_at = room.clock.now()
    try:
        told = await room.quotes.minutes(code)
    except JennieError as error:
        troubles.failed("chart", error)
        return False
    troubles.worked("chart")
    day.warm_up(code, told, asked_at)
    if code in day.held:
        day.catch_up(code, told)
    return True


async def catch_up(day: TradingDay, room: SessionRoom, hours: Session, troubles: Troubles) -> None:
    """Once the minute of a start is on the charts, take in what it traded at before we heard.

    Each stock that is held is asked about until the chart answers.
    """
    began = room.clock.now()
    if began <= hours.open or began >= hours.close:
        return
    turn = began.replace(second=0, microsecond=0) + timedelta(minutes=1, seconds=_CHART_LAG_S)
    await room.clock.sleep((turn - began).total_seconds())
    left = list(day.held)
    while left:
        for code in tuple(left):
            try:
                told = await room.quotes.minutes(code)
            except JennieError as error:
                troubles.failed("chart", error)
                continue
            day.catch_up(code, told)
            left.remove(code)
            troubles.worked("chart")
        if left:
            await room.clock.sleep(_AGAIN_S)
