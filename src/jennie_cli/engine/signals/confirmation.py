"""The confirming bar: a momentum signal is published only once its price has been held.

A signal waits for the bars that follow it. Each must be the next minute and close at the signal's
price or above; the last of them publishes, at its own close, if the gates that may have closed
meanwhile are open. Anything else drops the signal, and nothing revives it. What happens at row t
is written at row t and reads rows 0..t.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jennie_cli.engine.indicators import SessionBars
from jennie_cli.engine.indicators.rolling import FloatArray
from jennie_cli.engine.rules import Check, RuleCount
from jennie_cli.engine.rules import strategies as ids
from jennie_cli.engine.signals.inputs import Flags
from jennie_cli.engine.signals.strategies_momentum import MOMENTUM_FAMILY
from jennie_cli.engine.signals.strategies_scene import before
from jennie_cli.engine.signals.strategy_table import STRATEGY_ORDER

CONFIRMATION = (ids.NEXT_MINUTE, ids.HELD_PRICE, ids.GATES_AGAIN)
"""The rule of each layer of a Waiting, in the order in which they are asked."""

_FAMILY = [layer for layer, strategy in enumerate(STRATEGY_ORDER) if strategy in MOMENTUM_FAMILY]


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """The signals that wait for one bar of a given number, and what that bar says.

    `asked`, `passed`, `value` and `limit` are (rules, rows, stocks); a rule is asked only while
    those before it hold. `age` is how many bars ago the signals were given.
    """

    asked: Flags
    passed: Flags
    value: FloatArray
    limit: FloatArray
    age: int

    @property
    def held(self) -> Flags:
        """Where a signal got through this bar, (rows, stocks)."""
        return np.asarray(self.asked[0] & (self.passed | ~self.asked).all(axis=0))

    @property
    def dropped(self) -> Flags:
        """Where this bar dropped a signal, (rows, stocks)."""
        return np.asarray(self.asked[0] & ~self.held)


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """What became of signals, written at the bar where it happened; arrays are (rows, stocks).

    `price` is the confirming close in won and `signal_row` the row of the signal it confirms, NaN
    and -1 elsewhere. `steps` holds the signals that wait for their first, second ... bar.
    """

    confirmed: Flags
    price: FloatArray
    signal_row: NDArray[np.int64]
    steps: tuple[Waiting, ...]

    @property
    def dropped(self) -> Flags:
        """Where a signal was dropped."""
        dropped = np.zeros_like(self.confirmed)
        for step in self.steps:
            dropped |= step.dropped
        return dropped

    def checks(self, row: int, stock: int) -> tuple[Check, ...]:
        """Return what a bar was asked for the signals that waited for it, the newest first."""
        return tuple(
            Check(
                rule=rule.id,
                value=_known(step.value[layer, row, stock]),
                limit=_known(step.limit[layer, row, stock]),
                unit=rule.unit,
                passed=bool(step.passed[layer, row, stock]),
            )
            for step in self.steps
            for layer, rule in enumerate(CONFIRMATION)
            if step.asked[layer, row, stock]
        )

    def counts(self) -> tuple[RuleCount, ...]:
        """Return how often each rule was asked, and dropped a signal."""
        return tuple(
            RuleCount(
                rule=rule.id,
                asked=sum(int(s.asked[layer].sum()) for s in self.steps),
                fired=sum(int((s.asked[layer] & ~s.passed[layer]).sum()) for s in self.steps),
            )
            for layer, rule in enumerate(CONFIRMATION)
        )


def wants_confirmation(chosen: NDArray[np.int8]) -> Flags:
    """Return where the chosen strategy is one of the momentum family."""
    return np.isin(chosen, _FAMILY)


def confirm(bars: SessionBars, signals: Flags, gates: Flags, needed: int) -> Confirmation:
    """Follow the signals of the momentum family over the next bars, `needed` of them.

    `signals` and `gates` broadcast to (rows, stocks): where one was given, and where the gates
    2, 3, 9, 11 and 12 are open. With 0 bars needed a signal confirms itself at once.
    """
    rows = np.arange(bars.shape[0])[:, None]
    held = np.broadcast_to(signals, bars.shape) & bars.known
    steps = []
    for age in range(1, needed + 1):
        again = gates if age == needed else np.asarray(True)
        step = _step(bars, held, again, age)
        steps.append(step)
        held = step.held
    return Confirmation(
        confirmed=held,
        price=np.where(held, bars.close, np.nan),
        signal_row=np.where(held, rows - needed, -1),
        steps=tuple(steps),
    )


def _step(bars: SessionBars, held: Flags, again: Flags, age: int) -> Waiting:
    """Ask the bar after those at which signals had been held so far."""
    waiting = np.zeros_like(held)
    waiting[1:] = held[:-1]
    waiting &= bars.known
    minute = np.where(bars.known, bars.minute, np.nan)
    price = before(bars.close, age)
    nothing = np.full(bars.shape, np.nan)
    gap = minute - before(minute)
    passed = np.stack([gap == 1.0, bars.close >= price, np.broadcast_to(again, bars.shape)])
    asked = waiting & np.stack([np.full_like(waiting, True), passed[0], passed[:2].all(axis=0)])
    return Waiting(
        asked=asked,
        passed=passed,
        value=np.stack([gap, bars.close, nothing]),
        limit=np.stack([np.ones(bars.shape), price, nothing]),
        age=age,
    )


def _known(figure: float) -> float | None:
    return None if np.isnan(figure) else float(figure)
