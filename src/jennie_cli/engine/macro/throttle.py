"""The intraday throttle: a falling day takes size away at once and gives it back slowly.

Its state is a value. Whoever keeps it stores the text of it, so that a restart forgets nothing.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from jennie_cli.engine.clock import KST
from jennie_cli.engine.errors import BadFile
from jennie_cli.engine.indicators.rolling import FloatArray
from jennie_cli.engine.macro.policy import ThrottlePolicy
from jennie_cli.engine.model import MacroSnapshot, ThrottleLevel
from jennie_cli.engine.rules import Check, Rule
from jennie_cli.engine.rules import macro as rule
from jennie_cli.engine.store.codec import from_json, to_json
from jennie_cli.engine.venue import Session

MinuteArray = NDArray[np.int32]
LevelArray = NDArray[np.int8]

LEVELS: tuple[ThrottleLevel, ...] = tuple(ThrottleLevel)
"""The level that a number in an array of levels stands for."""

_NORMAL, _CAUTION, _WARNING, _DANGER, _CRITICAL = range(len(LEVELS))


@dataclass(frozen=True, slots=True, kw_only=True)
class Throttle:
    """Where the throttle of one day stands.

    `set_at` is when the level was set, `better_since` when readings began to be better than it.
    A run of the council counts when it is later than `lift_after`: the begin, the run that counted
    last, or the last fresh reading over a line. `kospi_at` is when the newest
    KOSPI figure used was taken, `vix` the newest VIX of the day; `stale` says that KOSPI has not
    been heard of for too long.
    """

    day: date
    level: ThrottleLevel
    set_at: datetime
    lift_after: datetime
    better_since: datetime | None = None
    kospi_at: datetime | None = None
    vix: float | None = None
    stale: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What one step came to: the state, whether its level is new, whether to sound an alarm, and
    the figures that decided.
    """

    state: Throttle
    changed: bool = False
    alarm: bool = False
    checks: tuple[Check, ...] = ()


@dataclass(frozen=True, slots=True)
class _Sight:
    """What a moment of a session knows: figures (NaN unknown), when KOSPI was taken, its age."""

    kospi: float
    vix: float
    kospi_at: datetime | None
    age: timedelta
    fresh: bool
    stale: bool


def begin(now: datetime, level: ThrottleLevel = ThrottleLevel.NORMAL) -> Throttle:
    """Return the state of a day that begins; WARNING is the careful start when one was lost."""
    return Throttle(day=now.astimezone(KST).date(), level=level, set_at=now, lift_after=now)


def throttle_text(state: Throttle) -> str:
    """Return the state as text for the bus and the store."""
    return to_json(state)


def read_throttle(text: str) -> Throttle:
    """Return the state that `throttle_text` wrote. Raises BadFile for any other text."""
    try:
        return from_json(Throttle, text)
    except (ValueError, TypeError, AttributeError) as error:
        raise BadFile(
            "The stored throttle state cannot be read.",
            hint="Begin the day again at WARNING; a council run lifts it.",
        ) from error


def step(
    state: Throttle,
    reading: MacroSnapshot | None,
    *,
    now: datetime,
    session: Session | None,
    policy: ThrottlePolicy,
    council_at: datetime | None = None,
) -> Turn:
    """Return where the throttle stands at `now`; `session` is today's, None on a closed day.

    `reading` is the newest snapshot, None when there is none or it could not be read;
    `council_at` is when the council last wrote, which alone leads back to NORMAL within a day.
    Outside the session nothing is judged; with a new day the state begins anew. A reading of
    another day or of the future is not used.
    """
    if session is None or now >= session.close:
        return Turn(state=state)
    today = state if state.day == session.day else begin(now)
    if now < session.open:
        return Turn(state=today, changed=today.level is not state.level)
    sight = _sight(today, reading, now, session, policy)
    turned, recovery = _turned(today, sight, now, policy, council_at)
    return Turn(
        state=turned,
        changed=turned.level is not state.level,
        alarm=turned.stale and not today.stale,
        checks=(*_answers(sight, policy), *recovery),
    )


def throttle_levels(
    minute: MinuteArray,
    kospi_change_pct: FloatArray,
    vix: FloatArray,
    *,
    session: Session,
    policy: ThrottlePolicy,
    councils: Sequence[datetime] = (),
) -> LevelArray:
    """Return the level at each minute of a day as a number in LEVELS, (rows,).

    `minute` rises, in minutes since midnight KST; the figures are those known then (of a bar, its
    end), NaN where none was told: then the last one stands and ages. `councils` are the moments
    at which the council wrote. Each level rests on the one before, so rows are stepped through.
    """
    midnight = session.open.replace(hour=0, minute=0, second=0, microsecond=0)
    state = begin(session.open)
    levels = np.empty(len(minute), dtype=np.int8)
    rows = zip(minute.tolist(), _newest(midnight, minute, kospi_change_pct, vix), strict=True)
    for row, (at, reading) in enumerate(rows):
        now = midnight + timedelta(minutes=at)
        council = max((c for c in councils if c <= now), default=None)
        turn = step(state, reading, now=now, session=session, policy=policy, council_at=council)
        state = turn.state
        levels[row] = LEVELS.index(state.level)
    return levels


def _newest(
    midnight: datetime, minute: MinuteArray, kospi: FloatArray, vix: FloatArray
) -> Iterator[MacroSnapshot]:
    """Yield the newest snapshot of each row, as a feed that keeps the last figure would."""
    newest = MacroSnapshot(at=midnight)
    for at, change, fear in zip(minute.tolist(), kospi.tolist(), vix.tolist(), strict=True):
        if math.isfinite(change):
            newest = replace(newest, at=midnight + timedelta(minutes=at), kospi_change_pct=change)
        if math.isfinite(fear):
            newest = replace(newest, vix_points=fear)
        yield newest


def _sight(
    state: Throttle,
    reading: MacroSnapshot | None,
    now: datetime,
    session: Session,
    policy: ThrottlePolicy,
) -> _Sight:
    """Return what is known; the age counts from the open, before which no index is made."""
    oldest = timedelta(minutes=policy.stale_minutes)
    used = reading if reading and _of_today(reading.at, now, session) else None
    vix = _number(used.vix_points if used else None)
    kospi = _number(used.kospi_change_pct if used and used.at >= session.open else None)
    taken = used.at if used and math.isfinite(kospi) else None
    heard = max(t for t in (session.open, state.kospi_at, taken) if t is not None)
    return _Sight(
        kospi=kospi,
        vix=vix if math.isfinite(vix) else _number(state.vix),
        kospi_at=taken,
        age=now - heard,
        fresh=taken is not None and now - taken <= oldest,
        stale=now - heard > oldest,
    )


def _of_today(at: datetime, now: datetime, session: Session) -> bool:
    return at <= now and at.astimezone(KST).date() == session.day


def _number(value: float | None) -> float:
    return value if value is not None and math.isfinite(value) else math.nan


def _turned(
    state: Throttle,
    sight: _Sight,
    now: datetime,
    policy: ThrottlePolicy,
    council_at: datetime | None,
) -> tuple[Throttle, tuple[Check, ...]]:
    """Return the next state: a council's run first, then what is worse, then what is better."""
    lift = state.lift_after
    if sight.fresh and council_at is not None and council_at <= now:
        lift = max(lift, council_at)
    lifted = lift > state.lift_after
    held = _NORMAL if lifted else LEVELS.index(state.level)
    told = max(_reached(sight, policy), _WARNING if sight.stale else _NORMAL)
    level, since = max(told, held), None
    if sight.fresh and told > _NORMAL:
        lift = now  # what the council wrote before this reading knew nothing of it
    recovery: tuple[Check, ...] = ()
    if told < held and held > _CAUTION:
        level, since, recovery = _recovering(state, sight, held, now, policy)
    turned = Throttle(
        day=state.day,
        level=LEVELS[level],
        set_at=state.set_at if LEVELS[level] is state.level else now,
        lift_after=lift,
        better_since=since if told < level and level > _CAUTION else None,
        kospi_at=sight.kospi_at or state.kospi_at,
        vix=sight.vix if math.isfinite(sight.vix) else None,
        stale=sight.stale,
    )
    return turned, recovery


def _recovering(
    state: Throttle, sight: _Sight, held: int, now: datetime, policy: ThrottlePolicy
) -> tuple[int, datetime | None, tuple[Check, ...]]:
    """Return level, timer and answer while readings are better, told without a silence between.

    A moment without a fresh reading proves nothing: the timer stands and nothing is given back.
    """
    if sight.kospi_at is None or not sight.fresh:
        return held, state.better_since, ()
    silence = sight.kospi_at - (state.kospi_at or sight.kospi_at)
    unbroken = silence <= timedelta(minutes=policy.stale_minutes)
    since = (state.better_since if unbroken else None) or now
    waited, needed = now - since, _minutes_of(held, policy) * 60
    over = waited.total_seconds() >= needed
    check = _answer(rule.RECOVERY, waited.total_seconds(), needed, passed=over)
    return (held - 1, now, (check,)) if over else (held, since, (check,))


def _minutes_of(level: int, policy: ThrottlePolicy) -> int:
    minutes = {
        _WARNING: policy.warning_minutes,
        _DANGER: policy.danger_minutes,
        _CRITICAL: policy.critical_minutes,
    }
    return minutes[level]


def _kospi_lines(policy: ThrottlePolicy) -> tuple[tuple[int, float], ...]:
    return (
        (_CRITICAL, policy.critical_kospi_pct),
        (_DANGER, policy.danger_kospi_pct),
        (_WARNING, policy.warning_kospi_pct),
        (_CAUTION, policy.caution_kospi_pct),
    )


def _vix_lines(policy: ThrottlePolicy) -> tuple[tuple[int, float], ...]:
    return (
        (_DANGER, policy.danger_vix),
        (_WARNING, policy.warning_vix),
        (_CAUTION, policy.caution_vix),
    )


def _reached(sight: _Sight, policy: ThrottlePolicy) -> int:
    """Return the worst level of any line crossed; an unknown figure crosses none."""
    fallen = (level for level, line in _kospi_lines(policy) if sight.kospi <= line)
    feared = (level for level, line in _vix_lines(policy) if sight.vix >= line)
    return max((*fallen, *feared), default=_NORMAL)


def _answers(sight: _Sight, policy: ThrottlePolicy) -> tuple[Check, ...]:
    """Return each figure beside the worst line that it crossed, or the first it has not."""
    falls, fears = _kospi_lines(policy), _vix_lines(policy)
    fall = next((line for _, line in falls if sight.kospi <= line), falls[-1][1])
    fear = next((line for _, line in fears if sight.vix >= line), fears[-1][1])
    age, oldest = sight.age.total_seconds(), policy.stale_minutes * 60
    return (
        _answer(rule.KOSPI, sight.kospi, fall, passed=not sight.kospi <= fall),
        _answer(rule.VIX, sight.vix, fear, passed=not sight.vix >= fear),
        _answer(rule.SNAPSHOT_AGE, age, oldest, passed=not sight.stale),
    )


def _answer(which: Rule, value: float, limit: float, *, passed: bool) -> Check:
    known = value if math.isfinite(value) else None
    return Check(rule=which.id, value=known, limit=limit, unit=which.unit, passed=passed)
