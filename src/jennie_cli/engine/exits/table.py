"""The answers of the exit chain: every rule over every position, and what is to be done."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jennie_cli.engine.exits.book import Flags
from jennie_cli.engine.indicators.rolling import FloatArray
from jennie_cli.engine.model import ExitReason
from jennie_cli.engine.rules import Check, Rule, RuleCount
from jennie_cli.engine.rules.exits import EXIT_RULES

CHAIN = tuple(EXIT_RULES.values())
"""The rule of each row of an ExitTable, in the order in which they are asked."""

REASONS = tuple(ExitReason)
"""The reason that a number in `ExitTable.reason` stands for."""

NO_EXIT = -1

STOPS = frozenset(
    {ExitReason.HARD_STOP, ExitReason.ATR_STOP, ExitReason.FIXED_STOP, ExitReason.DEATH_CROSS}
)
"""The sales after which a stock rests as after a stop-loss."""

_ROW = {rule.id: row for row, rule in enumerate(CHAIN)}
SELLS: Mapping[int, ExitReason] = {
    _ROW[rule_id]: reason
    for reason in ExitReason
    if (rule_id := f"exit.{reason.value.lower()}") in EXIT_RULES
}
"""The rows that sell, with the reason they sell for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExitTable:
    """Rule by rule what was asked, its figure and limit, and whether it fired.

    These arrays are (rules, positions), or (rules, moments, positions); NaN where a rule was not
    asked or has no figure. A rule is asked only while none before it has sold or ended the matter.
    `reason` indexes REASONS, NO_EXIT where nothing is sold; `sell_qty` is shares, 0 then; `level`
    is that of a scale-out, else 0. `at_lower_limit` wants one limit order at the lower limit,
    that is not sent again, instead of an order at market.
    """

    codes: tuple[str, ...]
    asked: Flags
    value: FloatArray
    limit: FloatArray
    fired: Flags
    reason: NDArray[np.int8]
    sell_qty: NDArray[np.int64]
    level: NDArray[np.int64]
    at_lower_limit: Flags

    def checks(self, *place: int) -> tuple[Check, ...]:
        """Return what was asked of one position (its place, after that of the moment if many)."""
        cell: tuple[slice | int, ...] = (slice(None), *place)
        asked, fired = self.asked[cell], self.fired[cell]
        value, limit = self.value[cell], self.limit[cell]
        return tuple(
            Check(
                rule=rule.id,
                value=_known(value[row]),
                limit=_known(limit[row]),
                unit=rule.unit,
                passed=not fired[row],
            )
            for row, rule in enumerate(CHAIN)
            if asked[row]
        )

    def counts(self) -> tuple[RuleCount, ...]:
        """Return how often each rule was asked and fired, in the order of the chain."""
        over = tuple(range(1, self.asked.ndim))
        asked, fired = self.asked.sum(axis=over), self.fired.sum(axis=over)
        return tuple(
            RuleCount(rule=rule.id, asked=int(asked[row]), fired=int(fired[row]))
            for row, rule in enumerate(CHAIN)
        )


class Asking:
    """Collects answers in the order of the chain; what one rule ends, no later one is asked of."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        """Start with every position open, `shape` as judged."""
        self.open: Flags = np.ones(shape, dtype=np.bool_)
        rows = (len(CHAIN), *shape)
        self.asked: Flags = np.zeros(rows, dtype=np.bool_)
        self.fired: Flags = np.zeros(rows, dtype=np.bool_)
        self.value: FloatArray = np.full(rows, np.nan)
        self.limit: FloatArray = np.full(rows, np.nan)

    def ask(
        self,
        rule: Rule,
        *,
        fires: Flags,
        among: Flags | bool = True,
        value: FloatArray | float = np.nan,
        limit: FloatArray | float = np.nan,
        ends: bool = False,
    ) -> Flags:
        """Ask a rule of those `among` the open ones; return where it fired. A rule that sells
        ends the matter, as does one with `ends`.
        """
        row = _ROW[rule.id]
        asked: Flags = self.asked[row]
        fired: Flags = self.fired[row]
        asked[...] = self.open & among
        np.logical_and(asked, fires, out=fired)
        np.copyto(self.value[row], value, where=asked)
        np.copyto(self.limit[row], limit, where=asked)
        if ends or row in SELLS:
            self.open &= ~fired
        return fired

    def reason(self) -> NDArray[np.int8]:
        """Return which reason sold, an index into REASONS or NO_EXIT."""
        found = np.full(self.open.shape, NO_EXIT, dtype=np.int8)
        for row, reason in SELLS.items():
            found[self.fired[row]] = REASONS.index(reason)
        return found


def _known(figure: float) -> float | None:
    return None if np.isnan(figure) else float(figure)
