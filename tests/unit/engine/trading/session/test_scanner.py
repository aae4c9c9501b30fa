"""The live scanner says of a session, minute by minute, what the walk says of it as a whole."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.engine.research.walk_cases import CALENDAR, CODE, OTHER, at, candidates, still
from tests.unit.engine.research.walk_cases import past as session_of
from tests.unit.engine.research.walk_days import session, until
from tests.unit.engine.trading.session.hearing import ear, heard, minutes_of
from tests.unit.engine.trading.told import chart

from jennie_cli.engine.indicators import SessionBars
from jennie_cli.engine.portfolio import Costs
from jennie_cli.engine.research.past import PastSession
from jennie_cli.engine.research.walk_rests import Rests
from jennie_cli.engine.research.walk_stage import Stage, WalkPolicies
from jennie_cli.engine.risk import AutoPolicy, Past
from jennie_cli.engine.rules import gates as gate
from jennie_cli.engine.rules import strategies as rule
from jennie_cli.engine.signals import (
    Figures,
    SignalPolicy,
    StrategyPolicy,
    figures_of,
    judge_gates,
    latest_figures,
)
from jennie_cli.engine.store import Judging, Sheet
from jennie_cli.engine.trading.bars import Closed
from jennie_cli.engine.trading.session import Given, Scanned, SessionPolicies, Settled, scanner
from jennie_cli.engine.trading.sheets import gate_sheet, strategy_sheet

AFTER_SALES = (gate.STOP_LOSS_COOLDOWN, gate.SELL_COOLDOWN)
QUICK = WalkPolicies(signals=SignalPolicy(cooldown_seconds=60, rsi_max=95.0, flags_block=3))
OFTEN = replace(QUICK, strategies=StrategyPolicy(confirmation_bars=2))
AT_ONCE = replace(QUICK, strategies=StrategyPolicy(confirmation_bars=0))
SETTINGS = (WalkPolicies(), QUICK, OFTEN, AT_ONCE)

Sale = tuple[int, int, bool]
"""Minute of the day in which something was sold, its column, and whether by a stop."""


@dataclass(frozen=True)
class Whole:
    """What the walk says of a session: what is found, and every figure behind it."""

    found: tuple[Given | Settled, ...]
    figures: Figures
    sheets: Mapping[tuple[Judging, int], Sheet]


def whole(
    past: PastSession,
    policies: WalkPolicies,
    last: Mapping[str, Past],
    sales: Sequence[Sale] = (),
) -> Whole:
    """Go through a session as the walk does, with nothing bought; a sheet goes by its row."""
    stage = Stage(past, policies, CALENDAR, Costs(), {})
    scan, rests = stage.scan, Rests(stage, last)
    due: list[tuple[float, int, int, Any]] = [
        (minute * 60.0 + 30.0, column, 0, stopped) for minute, column, stopped in sales
    ]
    due += [(scan.second(cell), cell[1], 1, cell) for cell in scan.wishes()]
    found: list[tuple[Given | Settled, int]] = []
    for second, column, kind, cell in sorted(due, key=lambda one: one[:3]):
        if not kind:
            rests.sold(column, second, stopped=cell)
        elif rests.stops(*cell) is None:
            rests.signalled(*cell)
            strategy, waits = scan.strategy(cell), scan.waits(cell)
            found.append((Given(cell=cell, second=int(second), strategy=strategy, waits=waits), -1))
            verdict = scan.verdict(cell) if waits else None
            if verdict is not None:
                found.append((settled(scan.second(verdict[0]), strategy, *verdict), cell[0]))
    again = [closed_again(rests, one, row) for one, row in found]
    order = sorted(again, key=lambda pair: (pair[0].second, pair[0].cell[1], pair[1]))
    table = judge_gates(past.bars, past.candidates, rests.weather(), policies.signals)
    rows, codes = range(past.bars.shape[0]), past.candidates.codes
    sheets = {(Judging.GATES, r): gate_sheet(table, codes, at=at("09:00"), row=r) for r in rows}
    sheets |= {
        (Judging.STRATEGIES, r): strategy_sheet(scan.strategies, codes, at=at("09:00"), row=r)
        for r in rows
    }
    return Whole(tuple(one for one, _ in order), figures_of(past.bars), sheets)


def settled(second: int, strategy: str, cell: tuple[int, int], dropped: Any) -> Settled:
    """Return a verdict of the walk in the words of the session."""
    if dropped is None:
        return Settled(cell=cell, second=second, strategy=strategy)
    said = {"dropped_by": dropped.rule, "value": dropped.value, "limit": dropped.limit}
    return Settled(cell=cell, second=second, strategy=strategy, **said)


def closed_again(rests: Rests, one: Given | Settled, row: int) -> tuple[Given | Settled, int]:
    """Drop what was confirmed while its stock had come to rest after a sale."""
    if not isinstance(one, Settled) or one.dropped_by is not None:
        return one, row
    if rests.stops(*one.cell, AFTER_SALES) is not None:
        return replace(one, dropped_by=rule.GATES_AGAIN.id), row
    return one, row


def agrees(said: Sequence[Scanned], expected: Whole, past: PastSession) -> None:
    """Hold what was said in turns against what is said of the whole, to the last bit."""
    for scanned in said:
        assert list(scanned.found) == in_time(scanned.found)
    assert list(expected.found) == in_time(one for scanned in said for one in scanned.found)
    known = expected.figures.known
    for field in fields(Figures):
        mine, theirs = (getattr(f, field.name)[known] for f in (said[-1].figures, expected.figures))
        assert np.array_equal(mine, theirs, equal_nan=True), field.name
    told = [sheet for scanned in said for write in scanned.said for sheet in write()]
    for sheet in told:
        if sheet.judging is not Judging.CONFIRMATION:
            _same_sheet(sheet, expected, past)
    assert sum(len(s.codes) for s in told if s.judging is Judging.GATES) == known.sum()


def in_time(found: Iterable[Given | Settled]) -> list[Given | Settled]:
    """Return what is found by time and stock; of one bar as it comes."""
    return sorted(found, key=lambda one: (one.second, one.cell[1]))


def _same_sheet(sheet: Sheet, expected: Whole, past: PastSession) -> None:
    minute = sheet.at.hour * 60 + sheet.at.minute - 1
    for place, code in enumerate(sheet.codes):
        column = past.candidates.codes.index(code)
        (row,) = np.flatnonzero(past.bars.minute[:, column] == minute)
        other = expected.sheets[sheet.judging, int(row)]
        beside = other.codes.index(code)
        assert (sheet.counted, sheet.questions) == (other.counted, other.questions)
        for name in ("deciding", "value", "limit", "passed"):
            mine, theirs = getattr(sheet, name)[:, place], getattr(other, name)[:, beside]
            assert np.array_equal(mine, theirs, equal_nan=mine.dtype.kind == "f"), (code, name)


def cut(minutes: Sequence[int], edges: Sequence[int]) -> list[list[int]]:
    """Return minutes in runs that are told at once."""
    places = [0, *sorted(e % (len(minutes) + 1) for e in edges), len(minutes)]
    return [list(minutes[a:b]) for a, b in pairwise(places)]


def morning(seed: int) -> PastSession:
    """Return the first two hours of a seeded day of four stocks."""
    return until(session(seed, 4), 670)


def gappy(past: PastSession, seed: int) -> PastSession:
    """Return the session with bars in which ticks are missing."""
    bars = past.bars
    missing = bars.known & (np.random.default_rng(seed).random(bars.shape) < 0.05)
    return replace(past, bars=replace(bars, after_gap=missing))


def before(past: PastSession, seed: int) -> dict[str, Past]:
    """Return some stocks that were sold before, a few of them by a stop."""
    rng, opens = np.random.default_rng(seed), past.hours.open
    sold = [opens - timedelta(hours=float(h)) for h in rng.uniform(18.0, 30.0, 3)]
    first, second, third = past.candidates.codes[:3]
    return {
        first: Past(sold_at=sold[0]),
        second: Past(sold_at=sold[1], stopped_at=sold[1]),
        third: Past(stopped_at=sold[2] - timedelta(days=30)),
    }


@settings(max_examples=8, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    policies=st.sampled_from(SETTINGS),
    edges=st.lists(st.integers(0, 130), max_size=5),
    timed=st.booleans(),
)
def test_a_session_heard_in_turns_is_the_session_as_a_whole(
    seed: int, policies: WalkPolicies, edges: list[int], timed: bool
) -> None:
    """However it stalls: the same signals, confirmations, drops, gates and figures."""
    past = gappy(morning(seed), seed)
    last, minutes = before(past, seed), minutes_of(past.bars)
    listening = ear(past, policies, last=last)
    runs = cut(minutes, edges) if edges else [[minute] for minute in minutes]
    said = [one for run in runs for one in listening.hear(run, timed=timed)]
    agrees([*said, listening.end(minutes[-1])], whole(past, policies, last), past)


@settings(max_examples=4, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    sales=st.lists(
        st.tuples(st.integers(570, 660), st.integers(0, 3), st.booleans()), min_size=1, max_size=4
    ),
)
def test_a_sale_in_between_rests_as_in_the_walk(seed: int, sales: list[Sale]) -> None:
    """A stock sold half a minute into a bar rests from that bar on, and drops what waits."""
    policies = replace(OFTEN, risk=AutoPolicy(sold_hours=1))
    past, sales = morning(seed), sorted(set(sales))
    listening = ear(past, policies)
    said: list[Scanned] = []
    for minute in minutes_of(past.bars):
        for _, column, stopped in (s for s in sales if s[0] == minute):
            listening.rests.sold(column, minute * 60.0 + 30.0, stopped=stopped)
        said += listening.hear([minute])
    rare = [s for s in sales if s[0] in minutes_of(past.bars)]
    agrees(said, whole(past, policies, {}, rare), past)


def test_figures_read_one_bar_late_are_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the comparison above is worth: one gate that sees the bar before is told apart."""

    def late(bars: SessionBars) -> Figures:
        seen = latest_figures(bars)
        return replace(seen, rsi=np.vstack([seen.rsi[:1], seen.rsi[:-1]]))

    past, policies = morning(1), WalkPolicies()
    expected = whole(past, policies, {})
    agrees(heard(past, policies), expected, past)
    monkeypatch.setattr(scanner, "latest_figures", late)
    with pytest.raises(AssertionError):
        agrees(heard(past, policies), expected, past)


RISE = [*still(30, 9_850), *still(1, 10_000)]


LATE = (rule.NEXT_MINUTE.id, 2.0)
UNHEARD = [(1, 10_000, LATE), (1, 9_990, LATE), (2, 9_990, LATE), (2, 10_000, (None, None))]


@pytest.mark.parametrize(("needed", "close", "expected"), UNHEARD)
def test_a_bar_that_only_a_chart_told_confirms_nothing_alone(
    needed: int, close: int, expected: tuple[str | None, float | None]
) -> None:
    """The minute after a signal was not heard and not judged; the bar after it settles that."""
    policies = SessionPolicies(
        signals=SignalPolicy(rsi_max=100.0), strategies=StrategyPolicy(confirmation_bars=needed)
    )
    unlisted = candidates([CODE], list_days=np.array([np.nan]))
    past = session_of({CODE: [*RISE, *still(1, close), *still(3, 10_000)]}, candidates=unlisted)
    listening, minutes = ear(past, policies), minutes_of(past.bars)
    said = [one for minute in minutes[:31] for one in listening.hear([minute])]
    told = [replace(b, start=at(f"{b.start:%H:%M}")) for b in chart(past.bars, 0, CODE)]
    listening.maker.warm_up(CODE, told[:32], until=at("09:32"))
    said += [one for minute in minutes[32:] for one in listening.hear([minute])]
    signal, settled_ = (one for scanned in said for one in scanned.found)
    assert isinstance(settled_, Settled)
    assert ((30, 0), (32, 0)) == (signal.cell, settled_.cell)
    assert expected == (settled_.dropped_by, settled_.value)


def test_a_stock_that_is_only_watched_is_not_judged() -> None:
    """A code that came later has a column of its own, and nothing is said of it."""
    past = session_of({CODE: still(3)})
    listening = ear(past, SessionPolicies())
    listening.maker.watch([OTHER], since=at("08:55"))
    closed = Closed(row=np.array([0]), column=np.array([1]))
    assert ((), ()) == (listening.judge(closed).found, listening.judge(closed).said)
