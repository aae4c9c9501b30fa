"""Keeps the macro side of a session live: the council's words, the figures, and the throttle.

Each round reads what stands now, steps the throttle with it and tells the session. What cannot be
read is told, and the careful figures of the policy hold; a session never ends over it.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from jennie_cli.engine.bus.names import RISK_RECOVERY, TRADING_CONTEXT
from jennie_cli.engine.errors import JennieError, OutsideError
from jennie_cli.engine.macro import (
    EnhancedContext,
    InsightSource,
    MacroPolicy,
    Throttle,
    ThrottlePolicy,
    begin,
    enhanced_context,
    read_throttle,
    step,
    throttle_text,
)
from jennie_cli.engine.macro.collecting import MacroStore
from jennie_cli.engine.model import Regime, ThrottleLevel
from jennie_cli.engine.store.codec import to_json
from jennie_cli.engine.trading.session.day import TradingDay
from jennie_cli.engine.trading.session.running_ports import SessionRoom
from jennie_cli.engine.trading.session.running_tasks import Troubles, within
from jennie_cli.engine.trading.session.weather import Sky, sky_at
from jennie_cli.engine.venue import Calendar, Session

_ASK_S = 3.0
_INSIGHT, _SNAPSHOT, _THROTTLE, _BUS = "insight", "macro snapshot", "throttle", "macro bus"


class KospiSilent(OutsideError):
    """Nobody has told where KOSPI stands for too long while the market trades."""

    code = "kospi_silent"

    def __init__(self, minutes: int, level: ThrottleLevel) -> None:
        """`minutes` is how old a figure may be, `level` where the throttle stands now."""
        super().__init__(
            f"No KOSPI figure came for over {minutes} minutes; the throttle stands at {level}.",
            hint="jennie macro collect --quick",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class MacroRoom:
    """Where a session reads the macro side, and by which policies.

    `insights` returns what the council's words are read from at a moment. `regime` is the
    detector's, None leaves it to the council. `refresh` has KOSPI asked for. Without `throttle`
    nothing is throttled: for a market that tells its index only after the close.
    """

    insights: Callable[[datetime], Awaitable[InsightSource]]
    snapshots: MacroStore
    calendar: Calendar
    policy: MacroPolicy
    regime: Regime | None = None
    throttle: ThrottlePolicy | None = None
    refresh: Callable[[], Awaitable[object]] | None = None


class WeatherWatch:
    """Reads the macro side of one session again and again."""

    def __init__(
        self,
        macro: MacroRoom,
        day: TradingDay,
        room: SessionRoom,
        *,
        hours: Session,
        troubles: Troubles,
    ) -> None:
        """Nothing is known before the first round."""
        self._macro, self._day, self._room = macro, day, room
        self._hours, self._troubles = hours, troubles
        self._throttle: Throttle | None = None

    async def look(self) -> None:
        """Read what stands now, and tell the session and the bus. Raises what the reading raises:
        then the session goes on with what it was told last, which ages.
        """
        macro, now = self._macro, self._room.clock.now()
        # an exchange that we drive waits, so that what is told is never old
        with self._room.holding():
            source = await macro.insights(now)
            sky = await self._room.aside(
                lambda: sky_at(
                    source, macro.snapshots, at=now, calendar=macro.calendar, policy=macro.policy
                )
            )
            self._said(_INSIGHT, sky.told.failure)
            self._said(_SNAPSHOT, sky.unread)
            level = await self._stepped(sky, now)
            whole = enhanced_context(
                sky.told,
                sky.record,
                throttle=level,
                regime=macro.regime,
                now=now,
                policy=macro.policy,
            )
            silent = sky.empty and level is ThrottleLevel.NORMAL
            self._day.weather(None if silent else whole.context)
            await self._tell(whole)

    async def refresh(self) -> None:
        """Have KOSPI asked for while the market trades. Raises what the asking raises."""
        now = self._room.clock.now()
        if self._macro.refresh is not None and self._hours.open <= now < self._hours.close:
            await self._macro.refresh()

    async def _stepped(self, sky: Sky, now: datetime) -> ThrottleLevel:
        """Return the level of the throttle, one step on."""
        policy = self._macro.throttle
        if policy is None:
            return ThrottleLevel.NORMAL
        if self._throttle is None:
            self._throttle = await self._recalled(now)
        insight = sky.told.insight
        turn = step(
            self._throttle,
            sky.snapshot,
            now=now,
            session=self._hours,
            policy=policy,
            council_at=insight.at if insight else None,
        )
        self._throttle = turn.state
        level = turn.state.level
        silent = KospiSilent(policy.stale_minutes, level) if turn.state.stale else None
        self._said(_THROTTLE, silent)
        if turn.changed:
            self._room.ears.throttled(turn)
        return level

    async def _recalled(self, now: datetime) -> Throttle:
        """Return the state that a session before this one has kept on the bus, else a new one.

        One that may be lost in the middle of a session begins carefully.
        """
        careful = ThrottleLevel.WARNING if now > self._hours.open else ThrottleLevel.NORMAL
        try:
            told = await within(self._room.steady, _ASK_S, self._room.keys.get(RISK_RECOVERY))
            return begin(now) if told is None else read_throttle(told)
        except JennieError as failure:
            self._troubles.failed(_BUS, failure)
            return begin(now, careful)

    async def _tell(self, whole: EnhancedContext) -> None:
        values = {TRADING_CONTEXT: to_json(whole)}
        if self._throttle is not None:
            values[RISK_RECOVERY] = throttle_text(self._throttle)
        try:
            await within(self._room.steady, _ASK_S, self._room.keys.put_all(values))
        except OutsideError as failure:
            self._troubles.failed(_BUS, failure)
        else:
            self._troubles.worked(_BUS)

    def _said(self, where: str, failure: JennieError | None) -> None:
        if failure is None:
            self._troubles.worked(where)
        else:
            self._troubles.failed(where, failure)
