"""A walk decides by what was known: days of many stocks, cut, chopped and judged once more."""

from collections.abc import Callable, Iterable
from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.engine.research.walk_cases import CALENDAR, at
from tests.unit.engine.research.walk_days import BUSY, RICH, decided, session, staged, until, walk

from jennie_cli.engine.model import ExitReason
from jennie_cli.engine.research import walk_entries, walk_exits, walk_stage
from jennie_cli.engine.research.past import PastSession, SessionResult
from jennie_cli.engine.research.walk_account import open_trips
from jennie_cli.engine.research.walk_loop import Walk
from jennie_cli.engine.research.walk_moments import Moments, moments_of
from jennie_cli.engine.rules.gates import COOLDOWN, RECHECKED
from jennie_cli.engine.signals import (
    NO_STRATEGY,
    STRATEGY_ORDER,
    confirm,
    figures_of,
    judge_gates,
    judge_strategies,
    signal_rests,
    wants_confirmation,
)
from jennie_cli.engine.trading.session import Decision, Step

FULL = (2, 3, 5)
"""Seeds of days with purchases and sales of several kinds."""


def known(result: SessionResult, minute: int) -> list[Any]:
    """Return all that was decided and blocked up to the start of a minute of the day."""
    edge = at(f"{minute // 60:02}:{minute % 60:02}")
    stopped = [
        (b.at, b.code, b.strategy, b.rule, b.value, b.limit) for b in result.blocked if b.at <= edge
    ]
    return [*decided(result, minute), *stopped]


def looks_ahead(past: PastSession, minutes: Iterable[int]) -> bool:
    """Whether a session cut at any of these minutes decides otherwise before it than whole."""
    whole = walk(past)[0]
    return any(known(walk(until(past, m))[0], m) != known(whole, m) for m in minutes)


def telling(past: PastSession, *steps: Step) -> list[int]:
    """Return the minutes of the day that end with such steps, the first eight of them."""
    found = {
        d.at.hour * 60 + d.at.minute + (d.at.second > 0)
        for d in walk(past)[0].decisions
        if d.step in steps
    }
    return sorted(found)[:8]


@settings(max_examples=8)
@given(seed=st.integers(0, 10_000), minute=st.integers(580, 925))
def test_a_session_cut_anywhere_decides_the_same_until_there(seed: int, minute: int) -> None:
    """No decision reads a bar that had not ended, nor a point of a path that had not traded."""
    assert not looks_ahead(session(seed, 6), [minute])


@pytest.mark.parametrize("step", [Step.SOLD, Step.ORDERED])
def test_a_session_cut_where_it_decides_decides_the_same(step: Step) -> None:
    """Orders and sales need nothing of what comes right after them."""
    past = session(FULL[0])
    assert telling(past, step)
    assert not looks_ahead(past, telling(past, step))


def shifted(values: Any, rows: int) -> Any:
    """Return values that stand some rows earlier, unknown at the end."""
    return np.concatenate([values[rows:], np.full_like(values[:rows], np.nan)])


def early_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let gates and strategies see the figures of the bar that comes next."""

    def ahead(bars: Any) -> Any:
        told = figures_of(bars)
        moved = {
            f.name: np.where(told.known, shifted(getattr(told, f.name), 1), np.nan)
            for f in fields(told)
            if f.name != "bars"
        }
        return replace(told, **moved)

    monkeypatch.setattr(walk_entries, "figures_of", ahead)


def early_prices(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the exits see the prices of the minute that comes next."""

    def ahead(*told: Any) -> Moments:
        moments = moments_of(*told)
        return replace(moments, price=shifted(moments.price, 4))

    monkeypatch.setattr(walk_stage, "moments_of", ahead)


def early_marks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the stamp value the account at the close of the minute that comes next."""
    real = Moments.minutes_until

    def ahead(self: Moments, second: float) -> int:
        return min(real(self, second) + 1, len(self.ends))

    monkeypatch.setattr(Moments, "minutes_until", ahead)


@pytest.mark.parametrize("plant", [early_figures, early_prices, early_marks])
def test_a_planted_look_ahead_is_caught(
    plant: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever part of a walk reads one bar too far, the same cuts tell."""
    plant(monkeypatch)
    days = (session(seed) for seed in FULL)
    assert any(looks_ahead(past, telling(past, Step.SOLD, Step.ORDERED)) for past in days)


def test_the_days_are_full() -> None:
    """The seeded days hold purchases, dropped signals, refusals and four kinds of sales."""
    results = [walk(session(seed))[0] for seed in FULL]
    steps = {d.step for result in results for d in result.decisions}
    assert {Step.BOUGHT, Step.DROPPED, Step.REFUSED, Step.SOLD} <= steps
    assert len({t.reason for result in results for t in result.trips}) >= 4


def signals(result: SessionResult) -> set[tuple[Any, str, str]]:
    """Return the signals that were given: when, of which stock, of which strategy."""
    return {(d.at, d.code, d.rule) for d in result.decisions if d.step is Step.SIGNAL}


def cells(past: PastSession, gone: Walk, where: Any, chosen: Any) -> set[tuple[Any, str, str]]:
    """Return cells of a session in the same words."""
    second, codes = gone.weather.at_second, past.candidates.codes
    return {
        (at("00:00") + (at("00:00:01") - at("00:00")) * int(second[r, c]), codes[c], name)
        for r, c in zip(*np.nonzero(where), strict=True)
        for name in [STRATEGY_ORDER[chosen[r, c]].value]
    }


@pytest.mark.parametrize("seed", FULL)
def test_rests_asked_afterwards_are_rests_asked_at_once(seed: int) -> None:
    """Judged with the rests that the walk came to, the whole session gives the same signals, the
    same confirmations and the same counts.
    """
    past = session(seed)
    gone = staged(past)
    result, _ = gone.run()
    gates = judge_gates(past.bars, past.candidates, gone.weather, BUSY.signals)
    table = judge_strategies(past.bars, past.candidates, gone.weather, BUSY.strategies)
    given_ = gates.open & (table.chosen != NO_STRATEGY)
    assert cells(past, gone, given_, table.chosen) == signals(result)
    others = gates.passes(r.id for r in gates.rules if r.id != COOLDOWN.id and blocks(r.id))
    wishes = others & (table.chosen != NO_STRATEGY)
    start = np.full(len(past.candidates.codes), -np.inf)
    rests = signal_rests(wishes, gone.weather.at_second, BUSY.signals, start=start)
    assert np.array_equal(rests, gone.weather.signal_rest)
    family = given_ & wants_confirmation(table.chosen)
    found = confirm(past.bars, family, gates.passes(RECHECKED), 1)
    dropped = sum(d.step is Step.DROPPED for d in result.decisions)
    assert int(found.dropped.sum()) == dropped
    counts = {c.rule: c for c in result.counts}
    asked = [c for c in found.counts() if c.asked]
    assert all(counts[c.rule] == c for c in (*gates.counts(), *asked))


def blocks(rule_id: str) -> bool:
    """Whether a gate blocks at all."""
    return rule_id not in {"gate.volume", "gate.vwap", "gate.macro_known"}


@pytest.mark.parametrize("look", [1, 7, 100_000])
def test_how_far_the_exits_look_changes_nothing(look: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Judged moment by moment, as live, or all at once, a session comes out the same."""
    past = until(session(3, 6), 660)
    expected = walk(past)[0]
    assert any(d.step is Step.SOLD for d in expected.decisions)
    monkeypatch.setattr(walk_exits, "LOOK", look)
    # by their words, for unknown figures are not equal to themselves
    assert repr(expected) == repr(walk(past)[0])


@settings(max_examples=8)
@given(seed=st.integers(0, 10_000))
def test_no_won_comes_from_nowhere(seed: int) -> None:
    """Equity is what there was, and what trips earned; nothing is sold that is not held, nothing
    bought that is, and no order spends what is not there.
    """
    result, account = walk(session(seed))
    held: dict[str, int] = {}
    for decision in result.decisions:
        _move(held, decision)
    assert {code: lot.qty for code, lot in account.lots.items()} == {
        code: qty for code, qty in held.items() if qty
    }
    assert tuple(sorted(account.lots)) == account.held
    assert account.book.qty.tolist() == [account.lots[c].qty for c in account.held]
    over = [*result.trips, *open_trips(account, at("15:30"))]
    assert RICH + sum(t.proceeds - t.cost for t in over) == result.equity == account.equity
    assert account.cash >= 0
    assert all(t.entered_at < t.exited_at for t in over)


def _move(held: dict[str, int], decision: Decision) -> None:
    now = held.get(decision.code, 0)
    if decision.step is Step.BOUGHT:
        assert now == 0
        held[decision.code] = decision.qty
    elif decision.step is Step.SOLD:
        assert decision.qty <= now
        assert decision.rule in set(ExitReason)
        held[decision.code] = now - decision.qty


@pytest.mark.parametrize("seed", FULL)
def test_decisions_come_in_the_order_of_time(seed: int) -> None:
    """So do trips and what was blocked, and the same session twice is the same twice."""
    past = session(seed)
    result, account = walk(past)
    for told in (result.decisions, result.blocked):
        moments = [each.at for each in told]
        assert sorted(moments) == moments
    again, same = walk(past)
    assert result.decisions == again.decisions
    assert (account.cash, account.lots) == (same.cash, same.lots)
    assert CALENDAR.is_open(past.day)
