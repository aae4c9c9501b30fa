"""The regime and the macro context that stood on a morning of the past."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import numpy as np

from jennie_cli.engine.errors import JennieError
from jennie_cli.engine.macro import InsightSource, MacroPolicy, Told, read_insight, trading_context
from jennie_cli.engine.macro.collecting import MacroStore, snapshot_at
from jennie_cli.engine.model import MacroSnapshot, Regime, ThrottleLevel, TradingContext
from jennie_cli.engine.regime import RegimePolicy, detect
from jennie_cli.engine.regime.score import KOSPI
from jennie_cli.engine.scoring.market.tape import read_tape
from jennie_cli.engine.store import DailyPanel, FactStore
from jennie_cli.engine.venue import Calendar


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
    raised: a past without it would be another one. A snapshot too old to say anything is none.
    """
    told = Told() if insights is None else read_insight(insights, now=at, calendar=calendar)
    if told.failure is not None:
        _tell(told.failure, trouble)
    seen = _seen(snapshots, at, trouble)
    if seen is not None and at - seen.at > timedelta(days=policy.snapshot_days):
        seen = None
    if told.insight is None and seen is None:
        return None
    return trading_context(
        told,
        throttle=ThrottleLevel.NORMAL,
        regime=regime,
        now=at,
        policy=policy,
        snapshot=seen,
    )


def _seen(
    snapshots: MacroStore | None, at: datetime, trouble: Callable[[JennieError], None] | None
) -> MacroSnapshot | None:
    try:
        return None if snapshots is None else snapshot_at(snapshots, at)
    except JennieError as failure:
        _tell(failure, trouble)
        return None


def _tell(failure: JennieError, trouble: Callable[[JennieError], None] | None) -> None:
    if trouble is None:
        raise failure
    trouble(failure)
