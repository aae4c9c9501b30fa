"""The confirming bar: a signal, the bars after it, and what becomes of it."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from tests.unit.engine.signals.charts import bar, cut, session
from tests.unit.engine.signals.walks import day

from jennie_cli.engine.indicators import SessionBars
from jennie_cli.engine.model import Strategy
from jennie_cli.engine.signals.confirmation import Confirmation, confirm, wants_confirmation
from jennie_cli.engine.signals.strategy_table import NO_STRATEGY, STRATEGY_ORDER

Flags = NDArray[np.bool_]
Minutes = list[int]
Follow = Callable[[SessionBars, Flags, Flags, int], Confirmation]
AT_ONCE: Minutes = [600, 601, 602, 603]


def followed(
    closes: list[float], minutes: Minutes, needed: int, *, shut: int | None = None
) -> Confirmation:
    """Return what becomes of a signal on the first bar; `shut` is a bar at which gates are shut."""
    bars = session([bar(c) for c in closes], minutes[: len(closes)])
    signals = np.zeros(bars.shape, dtype=np.bool_)
    signals[0] = True
    gates = np.arange(len(closes))[:, None] != shut
    return confirm(bars, signals, gates, needed)


@pytest.mark.parametrize(
    ("what", "closes", "minutes", "said"),
    [
        ("a won lower", [10_000, 9_999, 10_100], AT_ONCE, "held_price"),
        ("the same price", [10_000, 10_000, 10_100], AT_ONCE, 10_000),
        ("higher", [10_000, 10_050, 9_000], AT_ONCE, 10_050),
        ("a minute is missing", [10_000, 10_050, 10_100], [600, 602, 603], "next_minute"),
        ("nothing came yet", [10_000], AT_ONCE, None),
    ],
)
def test_one_bar_confirms(
    what: str, closes: list[float], minutes: Minutes, said: int | str | None
) -> None:
    """Case 7: 9,999 after 10,000 is dropped, 10,000 is one message at the confirming close."""
    found = followed(closes, minutes, 1)
    told = [c.rule.removeprefix("strategy.") for c in found.checks(min(1, len(closes) - 1), 0)]
    prices = found.price[found.confirmed].tolist()
    assert ([said] if isinstance(said, int) else []) == prices, what
    assert isinstance(said, str) == bool(found.dropped.sum()), what
    assert not isinstance(said, str) or said == told[-1], what


def test_the_message_is_written_at_the_confirming_bar() -> None:
    """The signal of row 0 is confirmed at row 1, once."""
    found = followed([10_000, 10_000, 10_000, 10_000], AT_ONCE, 1)
    assert [[False], [True], [False], [False]] == found.confirmed.tolist()
    assert [[-1], [0], [-1], [-1]] == found.signal_row.tolist()


def test_a_gate_that_closed_meanwhile_drops_the_signal() -> None:
    """Gates are asked again at the confirming bar, and at no other."""
    shut = followed([10_000, 10_000, 10_000], AT_ONCE, 1, shut=1)
    assert not shut.confirmed.any()
    assert ["strategy.gates_again"] == [c.rule for c in shut.checks(1, 0) if not c.passed]
    assert followed([10_000, 10_000, 10_000], AT_ONCE, 2, shut=1).confirmed[2, 0]


@pytest.mark.parametrize(
    ("needed", "closes", "confirmed", "dropped"),
    [
        (0, [10_000, 9_000, 9_000, 9_000], [0], []),
        (2, [10_000, 10_000, 10_000, 9_000], [2], []),
        (2, [10_000, 10_100, 10_000, 9_000], [2], []),
        (2, [10_000, 9_999, 10_100, 10_100], [], [1]),
        (2, [10_000, 10_100, 9_999, 10_100], [], [2]),
        (3, [10_000, 10_100, 10_100, 10_000], [3], []),
        (3, [10_000, 10_000], [], []),
    ],
)
def test_as_many_bars_as_are_wanted(
    needed: int, closes: list[float], confirmed: list[int], dropped: list[int]
) -> None:
    """Each of them must hold the signal's own price; none wanted confirms at once."""
    found = followed(closes, AT_ONCE, needed)
    assert (confirmed, dropped) == (
        np.flatnonzero(found.confirmed).tolist(),
        np.flatnonzero(found.dropped).tolist(),
    )


def test_a_dropped_signal_does_not_come_back() -> None:
    """After the drop no later bar confirms it, however high."""
    found = followed([10_000, 9_990, 10_500, 11_000], AT_ONCE, 1)
    assert (0, 1) == (found.confirmed.sum(), found.dropped.sum())


def test_a_stock_without_a_next_bar_waits() -> None:
    """Where other stocks have more bars, a signal on a stock's last bar is not dropped."""
    bars = day(1, rows=30, stocks=5)
    ends = np.arange(30)[:, None] == bars.count - 1
    found = confirm(bars, ends, np.asarray(True), 1)
    assert bars.count.min() < 29
    assert (0, 0) == (found.confirmed.sum(), found.dropped.sum())


def test_rules_are_counted() -> None:
    """Each rule counts the signals it was put to, and those it dropped."""
    counts = followed([10_000, 9_990, 10_500], AT_ONCE, 1).counts()
    assert [
        ("strategy.next_minute", 1, 0),
        ("strategy.held_price", 1, 1),
        ("strategy.gates_again", 0, 0),
    ] == [(c.rule, c.asked, c.fired) for c in counts]


def test_the_momentum_family_waits() -> None:
    """Five strategies wait for a bar; the others, and no strategy, do not."""
    chosen = np.asarray([NO_STRATEGY, *range(len(STRATEGY_ORDER))], dtype=np.int8)
    assert [
        Strategy.MOMENTUM_CONTINUATION,
        Strategy.SHORT_TERM_HIGH_BREAKOUT,
        Strategy.VOLUME_BREAKOUT_1MIN,
        Strategy.VCP_BREAKOUT,
        Strategy.MOMENTUM,
    ] == [STRATEGY_ORDER[n] for n in chosen[wants_confirmation(chosen)]]


def scattered(bars: SessionBars, seed: int) -> tuple[Flags, Flags]:
    """Return signals and open gates, here and there."""
    rng = np.random.default_rng(seed)
    return rng.random(bars.shape) < 0.2, rng.random(bars.shape) < 0.8


def same_once_cut(follow: Follow, seed: int, needed: int, rows: int) -> bool:
    """Return whether the first rows tell the same with the rest cut off."""
    bars = day(seed, rows=60, stocks=4)
    signals, gates = scattered(bars, seed)
    whole = follow(bars, signals, gates, needed)
    part = follow(cut(bars, rows), signals[:rows], gates[:rows], needed)
    return all(
        np.array_equal(getattr(whole, name)[:rows], getattr(part, name), equal_nan=name == "price")
        for name in ("confirmed", "dropped", "price", "signal_row")
    )


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 5), st.integers(0, 60))
def test_no_confirmation_looks_ahead(seed: int, needed: int, rows: int) -> None:
    """Cut after any row, what became of signals up to there is the same."""
    assert same_once_cut(confirm, seed, needed, rows)


def test_a_planted_look_ahead_is_found() -> None:
    """A confirmation written a bar early, when its close is not known yet, is told."""

    def early(bars: SessionBars, signals: Flags, gates: Flags, needed: int) -> Confirmation:
        found = confirm(bars, signals, gates, needed)
        ahead = np.vstack([found.confirmed[1:], np.zeros((1, bars.shape[1]), dtype=np.bool_)])
        return replace(found, confirmed=ahead)

    assert not all(same_once_cut(early, 1, 1, rows) for rows in range(1, 60))


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 5))
def test_every_signal_ends_once_or_still_waits(seed: int, needed: int) -> None:
    """No signal is published twice, and none is published after it was dropped."""
    bars = day(seed, rows=60, stocks=4)
    signals, gates = scattered(bars, seed)
    found = confirm(bars, signals, gates, needed)
    ended = found.confirmed.sum() + sum(step.dropped.sum() for step in found.steps)
    last = bars.count - 1
    places = np.arange(bars.shape[0])[:, None]
    late = signals & bars.known & (places > last - needed)
    assert ended <= (signals & bars.known).sum() <= ended + late.sum()
    sources = found.signal_row[found.confirmed]
    assert np.all(signals[sources, np.argwhere(found.confirmed)[:, 1]])
