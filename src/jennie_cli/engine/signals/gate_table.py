"""The answers of the gates: every gate over every bar of every stock."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from jennie_cli.engine.indicators.rolling import FloatArray
from jennie_cli.engine.rules import Check, Rule, RuleCount
from jennie_cli.engine.rules.gates import NOTES
from jennie_cli.engine.signals.inputs import REGIMES, Flags

NONE_FAILED = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one gate says; arrays that broadcast to (rows, stocks), NaN where unknown."""

    rule: Rule
    value: ArrayLike
    limit: ArrayLike
    passed: Flags


@dataclass(frozen=True, slots=True, kw_only=True)
class GateTable:
    """Gate by gate its figure, its limit and whether it let a bar pass, (gates, rows, stocks).

    `rules` are the gates that are switched on, in their order. Every gate is asked of every bar,
    also behind one that failed, so that a report can say what each would have blocked alone. A
    note (see NOTES) that did not pass is a caution and blocks nothing: what may be bought is told
    by `open`, not by `passed` alone. Where there is no bar (`known` is False) nothing passes.
    """

    rules: tuple[Rule, ...]
    known: Flags
    value: FloatArray
    limit: FloatArray
    passed: Flags

    @property
    def open(self) -> Flags:
        """Where every gate that blocks lets a bar pass, (rows, stocks)."""
        return self.passes(rule.id for rule in self.rules if rule.id not in NOTES)

    def passes(self, rule_ids: Iterable[str]) -> Flags:
        """Return where these gates let a bar pass; one that is switched off does."""
        asked = frozenset(rule_ids)
        return self.passed[[rule.id in asked for rule in self.rules]].all(axis=0) & self.known

    @property
    def first_failed(self) -> NDArray[np.int64]:
        """The first gate that blocks, as an index into `rules`, NONE_FAILED where none does."""
        failed = ~self.passed
        failed[[rule.id in NOTES for rule in self.rules]] = False
        return np.where(failed.any(axis=0), failed.argmax(axis=0), NONE_FAILED)

    def checks(self, row: int, stock: int) -> tuple[Check, ...]:
        """Return what every gate said of one bar, in order; nothing where there is none."""
        if not self.known[row, stock]:
            return ()
        return tuple(
            Check(
                rule=rule.id,
                value=_told(rule, self.value[at, row, stock]),
                limit=_told(rule, self.limit[at, row, stock]),
                unit=rule.unit,
                passed=bool(self.passed[at, row, stock]),
            )
            for at, rule in enumerate(self.rules)
        )

    def counts(self) -> tuple[RuleCount, ...]:
        """Return how many bars each gate was asked of, and how many it stopped or noted."""
        asked = int(self.known.sum())
        fired = (~self.passed & self.known).sum(axis=(1, 2))
        return tuple(
            RuleCount(rule=rule.id, asked=asked, fired=int(fired[at]))
            for at, rule in enumerate(self.rules)
        )


def gate_table(known: Flags, answers: Sequence[Answer]) -> GateTable:
    """Return the answers as one table over the bars."""
    shape = (len(answers), *known.shape)
    value, limit = np.empty(shape), np.empty(shape)
    passed = np.empty(shape, dtype=np.bool_)
    for at, answer in enumerate(answers):
        value[at], limit[at], passed[at] = answer.value, answer.limit, answer.passed
    value[:, ~known] = limit[:, ~known] = np.nan
    passed &= known
    return GateTable(
        rules=tuple(a.rule for a in answers), known=known, value=value, limit=limit, passed=passed
    )


def _told(rule: Rule, figure: float) -> float | str | None:
    """Return a figure as a Check carries it: a second of the day as its time, a regime by name."""
    if not np.isfinite(figure):
        return None
    if rule.unit == "clock":
        minutes, second = divmod(int(figure), 60)
        return f"{minutes // 60:02}:{minutes % 60:02}:{second:02}"
    if rule.unit == "regime":
        return REGIMES[int(figure)].value
    return float(figure)
