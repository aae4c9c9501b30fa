"""What the table keeps and tells, and that nothing in it looks ahead."""

from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.engine.signals.gate_cases import (
    REST,
    cell,
    figures,
    judged,
    mapped,
    stocks,
    stormy,
    until,
    weather,
    without,
)

from jennie_cli.engine.messages import LANGS, known
from jennie_cli.engine.rules import Check
from jennie_cli.engine.rules.gates import GATE_RULES, NOTES, RECHECKED
from jennie_cli.engine.signals import (
    NONE_FAILED,
    Figures,
    GateTable,
    SignalPolicy,
    figures_of,
    judge_figures,
    judge_gates,
    signal_rests,
)

POLICY = SignalPolicy()


def ahead(whole: GateTable, cut: GateTable) -> set[str]:
    """Return the gates whose answers a session cut early tells in other bits."""
    there, rows = cut.known, len(cut.known)
    return {
        rule.id
        for at, rule in enumerate(whole.rules)
        for name in ("value", "limit", "passed")
        if getattr(whole, name)[at, :rows][there].tobytes()
        != getattr(cut, name)[at][there].tobytes()
    }


def shifted(seen: Figures, name: str) -> Figures:
    """Return the figures with one of them read a bar too early."""
    figure = getattr(seen, name)
    moved: dict[str, Any] = {name: np.vstack([figure[1:], figure[-1:]])}
    return replace(seen, **moved)


@given(seed=st.integers(0, 10_000), minute=st.integers(540, 700))
@settings(max_examples=30)
def test_no_gate_looks_ahead(seed: int, minute: int) -> None:
    """A session cut anywhere gives the same answers up to there, to the last bit."""
    bars, listed, sky = stormy(seed)
    cut = bars.until(minute)
    whole = judge_gates(bars, listed, sky, POLICY)
    early = judge_gates(cut, listed, until(sky, cut.shape[0]), POLICY)
    assert set() == ahead(whole, early)
    there, rows = cut.known, cut.shape[0]
    assert np.array_equal(whole.open[:rows][there], early.open[there])
    assert np.array_equal(whole.first_failed[:rows][there], early.first_failed[there])


@pytest.mark.parametrize(
    ("name", "rules"),
    [
        ("price", {"gate.vwap", "gate.combined_risk", "gate.top_change", "gate.top_price"}),
        ("rsi", {"gate.rsi"}),
        ("volume_ratio", {"gate.volume", "gate.combined_risk"}),
        ("vwap", {"gate.vwap", "gate.combined_risk"}),
        ("wick_ratio", {"gate.shooting_star"}),
        ("engulfed", {"gate.bearish_engulfing"}),
    ],
)
def test_a_planted_look_ahead_is_found_and_named(name: str, rules: set[str]) -> None:
    """A figure read one bar too early is found somewhere, in its own gates and in no other."""
    found = set()
    for seed in range(5):
        bars, listed, sky = stormy(seed)
        whole = judge_figures(shifted(figures_of(bars), name), listed, sky, POLICY)
        for minute in range(545, 700, 5):
            cut = bars.until(minute)
            early = judge_figures(
                shifted(figures_of(cut), name), listed, until(sky, cut.shape[0]), POLICY
            )
            found |= ahead(whole, early)
    assert found
    assert found <= rules


@given(seed=st.integers(0, 10_000))
@settings(max_examples=20)
def test_the_latest_bars_alone_give_the_last_answers(seed: int) -> None:
    """Judging only each stock's last bar says what judging the session says of it."""
    bars, listed, sky = stormy(seed)
    rows = np.maximum(bars.count - 1, 0)[None, :]
    latest = mapped(sky, lambda a: np.take_along_axis(np.broadcast_to(a, bars.shape), rows, axis=0))
    whole = judge_gates(bars, listed, sky, POLICY)
    last = judge_figures(figures_of(bars).latest(), listed, latest, POLICY)
    assert np.array_equal(np.take_along_axis(whole.open, rows, axis=0), last.open)
    assert np.array_equal(
        np.take_along_axis(whole.value, rows[None], axis=1), last.value, equal_nan=True
    )


def test_every_gate_is_asked_in_order_and_behind_a_failed_one() -> None:
    """The record is whole: a report can say what each gate would have blocked alone."""
    table = judged(figures(bars=3.0, rsi=90.0))
    assert list(GATE_RULES) == [c.rule for c in table.checks(0, 0)]
    assert ["gate.min_bars", "gate.rsi"] == [c.rule for c in table.checks(0, 0) if not c.passed]
    assert "gate.min_bars" == table.rules[int(table.first_failed[0, 0])].id
    expected = Check(rule="gate.rsi", value=90.0, limit=75.0, unit="rsi", passed=False)
    assert expected in table.checks(0, 0)


def test_a_note_blocks_nothing() -> None:
    """A flag that stands alone is told, and the bar stays open."""
    table = judged(figures(volume_ratio=5.0))
    assert table.open.all()
    assert [[NONE_FAILED]] == table.first_failed.tolist()
    assert [("gate.volume", False)] == [
        (c.rule, c.passed) for c in table.checks(0, 0) if not c.passed
    ]


def test_a_gate_that_is_off_is_not_asked() -> None:
    """It is neither in the record nor in the counts, and stands open."""
    off = without("macro_gate", "bear_gate", "stop_loss_gate", "sale_gate", "micro_timing")
    table = judged(sky=weather(stop_rest=cell(np.inf)), policy=off)
    gone = set(GATE_RULES) - {rule.id for rule in table.rules}
    assert {
        "gate.macro_known",
        "gate.macro_risk",
        "gate.vix_crisis",
        "gate.regime",
        "gate.stop_loss_cooldown",
        "gate.sell_cooldown",
        "gate.shooting_star",
        "gate.bearish_engulfing",
    } == gone
    assert table.passes(gone).all()
    assert table.open.all()


def test_where_there_is_no_bar_nothing_passes_and_nothing_is_counted() -> None:
    """A stock without its first bar is not open, has no checks, and was never asked."""
    table = judged(figures(bars=None, price=None))
    assert not table.open.any()
    assert not table.passed.any()
    assert () == table.checks(0, 0)
    assert {(0, 0)} == {(c.asked, c.fired) for c in table.counts()}


def test_gates_count_what_they_were_asked_and_what_they_stopped() -> None:
    """Each gate was asked of every bar; what fired is what the list of silent rules counts."""
    table = judged(figures(rsi=80.0, volume_ratio=3.0))
    counts = {c.rule: (c.asked, c.fired) for c in table.counts()}
    assert list(GATE_RULES) == list(counts)
    assert {"gate.rsi", "gate.volume"} == {rule for rule, (_, fired) in counts.items() if fired}
    assert {1} == {asked for asked, _ in counts.values()}


def test_every_gate_can_fire() -> None:
    """In stormy sessions no gate stays silent, whatever its place in the order."""
    eager = SignalPolicy(rsi_max=60.0, vwap_above_ratio=0.001)
    fired = set()
    for seed in range(30):
        bars, listed, sky = stormy(seed)
        tight = replace(listed, is_tradable=~listed.is_blocked, upper_limit=listed.base_price + 1e3)
        table = judge_gates(bars, tight, replace(sky, closes=sky.opens + 6_600), eager)
        fired |= {c.rule for c in table.counts() if c.fired}
    assert set(GATE_RULES) == fired


def test_a_confirmation_asks_the_gates_that_may_have_closed_meanwhile() -> None:
    """Times, macro and cooldowns by trade, but not the cooldown of the signal itself."""
    sky = weather("14:00:00", signal_rest=cell(np.inf))
    table = judged(figures(rsi=90.0), sky=sky)
    assert not table.passes(RECHECKED).any()
    assert judged(figures(rsi=90.0), sky=weather(signal_rest=cell(np.inf))).passes(RECHECKED).all()
    assert RECHECKED <= set(GATE_RULES) - NOTES


@pytest.mark.parametrize("lang", LANGS)
def test_every_gate_has_words(lang: str) -> None:
    """What passed and what did not is a sentence in both languages."""
    wanted = [f"check.{rule}.{end}" for rule in GATE_RULES for end in ("pass", "fail")]
    assert [] == [key for key in wanted if not known(key, lang)]


def test_a_session_of_no_bars_is_judged_too() -> None:
    """Before the first bar there is a table without rows."""
    bars, listed, sky = stormy(1)
    table = judge_gates(bars.until(0), listed, until(sky, 0), POLICY)
    assert (0, len(listed.codes)) == table.open.shape


@pytest.mark.parametrize(
    ("seconds", "signals"),
    [
        ([0, 599], [True, False]),
        ([0, 601], [True, True]),
        ([0, 300, 599, 600, 1_199, 1_200], [True, False, False, True, False, True]),
    ],
)
def test_case_5_over_a_session_a_stock_rests_after_each_signal(
    seconds: list[int], signals: list[bool]
) -> None:
    """A wish 599 s after a signal is none, 601 s after it is one; wishes refused do not extend."""
    at = 37_800 + np.array(seconds)[:, None]
    wishes = np.ones(at.shape, dtype=np.bool_)
    rests = signal_rests(wishes, at, POLICY, start=np.array([REST]))
    assert signals == (at >= rests)[:, 0].tolist()


@given(seed=st.integers(0, 10_000))
@settings(max_examples=30)
def test_rests_of_a_session_are_those_met_bar_by_bar(seed: int) -> None:
    """One call over the session gives what a session that goes bar by bar would meet."""
    rng = np.random.default_rng(seed)
    shape = (60, 4)
    wishes = rng.random(shape) < 0.3
    at = 32_400 + 60 * np.cumsum(rng.integers(1, 4, shape), axis=0)
    start = np.where(rng.random(4) < 0.5, 33_000.0, REST)
    expected, rest = [], start.copy()
    for row in range(len(at)):
        expected.append(rest)
        given_now = wishes[row] & (at[row] >= rest)
        rest = np.where(given_now, at[row] + 600.0, rest)
    assert np.array_equal(expected, signal_rests(wishes, at, POLICY, start=start))


def test_stocks_are_judged_each_for_itself() -> None:
    """One blocked stock of three leaves the others open."""
    seen = figures()
    three = Figures(**{f.name: np.repeat(getattr(seen, f.name), 3, axis=1) for f in fields(seen)})
    listed = stocks(3, is_blocked=np.array([False, True, False]))
    table = judge_figures(three, listed, weather(), POLICY)
    assert [[True, False, True]] == table.open.tolist()
