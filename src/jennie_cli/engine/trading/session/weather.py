"""The regime and the macro side as they stood at a moment, of today or of the past."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np

from jennie_cli.engine.errors import JennieError
from jennie_cli.engine.macro import InsightSource, MacroPolicy, Told, read_insight, trading_context
from jennie_cli.engine.macro.collecting import MacroRecord, MacroStore, as_snapshot
from jennie_cli.engine.model import MacroSnapshot, Regime, ThrottleLevel, TradingContext
from jennie_cli.engine.regime import RegimePolicy, detect
from jennie_cli.engine.regime.score import KOSPI
from jennie_cli.engine.scoring.market.tape import read_tape
from jennie_cli.engine.store import DailyPanel, FactStore
from jennie_cli.engine.venue import Calendar

_NOTHING_TOLD = Told()


def regime_on(
    facts: FactStore, panel: DailyPanel, *, previous: date, as_of: datetime, policy: RegimePolicy
) -> Regime | None:
    """Return the regime as the scout reads it, None unless the KOSPI of `previous` is known.

    `previous` is the session before; a regime of an older day is not that of this morning.
    """
    if not panel.days or panel.days[-1] != previous:
        return None
    tape = read_tape(facts, panel, as_of=as_of)
    if not np.isfinite(tape.index_close[-1, KOSPI]):
        return None
    reading = detect(
        days=panel.days,
        index_close=tape.index_close,
        advances=tape.advances,
        declines=tape.declines,
        turnover=tape.turnover,
        policy=policy,
    )
    return None if reading.score_points is None else reading.regime


@dataclass(frozen=True, slots=True, kw_only=True)
class Sky:
    """What the council and the newest macro record tell at a moment; `unread` is why the record
    could not be read.
    """

    told: Told = _NOTHING_TOLD
    record: MacroRecord | None = None
    unread: JennieError | None = None

    @property
    def empty(self) -> bool:
        """Whether neither of them says anything."""
        return self.told.insight is None and self.record is None

    @property
    def snapshot(self) -> MacroSnapshot | None:
        """The small reading of the record."""
        return None if self.record is None else as_snapshot(self.record)


def sky_at(
    insights: InsightSource | None,
    snapshots: MacroStore | None = None,
    *,
    at: datetime,
    calendar: Calendar,
    policy: MacroPolicy,
) -> Sky:
    """Return what stood at a moment. What cannot be read is in it; a record too old to say
    anything is none.
    """
    told = Told() if insights is None else read_insight(insights, now=at, calendar=calendar)
    try:
        record = None if snapshots is None else snapshots.newest(at)
    except JennieError as failure:
        return Sky(told=told, unread=failure)
    oldest = timedelta(days=policy.snapshot_days)
    old = record is not None and at - as_snapshot(record).at > oldest
    return Sky(told=told, record=None if old else record)


def context_on(
    insights: InsightSource | None,
    snapshots: MacroStore | None = None,
    *,
    at: datetime,
    regime: Regime | None,
    calendar: Calendar,
    policy: MacroPolicy,
    trouble: Callable[[JennieError], None] | None = None,
) -> TradingContext | None:
    """Return the context of the insight and the snapshot that stood at a moment, None without both.

    What cannot be read is told to `trouble`, and what is left speaks. Without `trouble` it is
    raised: a past without it would be another one.
    """
    sky = sky_at(insights, snapshots, at=at, calendar=calendar, policy=policy)
    for failure in (sky.told.failure, sky.unread):
        if failure is not None:
            _tell(failure, trouble)
    if sky.empty:
        return None
    return trading_context(
        sky.told,
        throttle=ThrottleLevel.NORMAL,
        regime=regime,
        now=at,
        policy=policy,
        snapshot=sky.snapshot,
    )


def _tell(failure: JennieError, trouble: Callable[[JennieError], None] | None) -> None:
    if trouble is None:
        raise failure
    trouble(failure)
