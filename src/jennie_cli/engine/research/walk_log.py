"""What is written down while a past session is walked through."""

from collections.abc import Iterable

import numpy as np

from jennie_cli.engine.research.past import Blocked, Trip
from jennie_cli.engine.research.walk_entries import Cell, Stopped
from jennie_cli.engine.research.walk_stage import Stage
from jennie_cli.engine.rules import RuleCount, summed
from jennie_cli.engine.trading.session import Decision

_LATER = 30 * 60.0


class Log:
    """Decisions, trips, counts and blocked hits of one session, each in the order of time.

    A hit that one rule blocks bar after bar is written down once in the time that a signal rests:
    had it been a signal, it would not have been repeated either.
    """

    def __init__(self, stage: Stage) -> None:
        """Begin with nothing written."""
        self._stage, self._past = stage, stage.past
        self._scan, self._moments = stage.scan, stage.moments
        self._rest = stage.policies.signals.cooldown_seconds
        self.decisions: list[Decision] = []
        self.trips: list[Trip] = []
        self._blocked: list[tuple[Cell, str, Stopped]] = []
        self._told: dict[tuple[int, str, str], int] = {}
        self._counts: list[RuleCount] = []

    def block(self, cell: Cell, strategy: str, stopped: Stopped) -> None:
        """Write down a hit that a rule kept from being bought."""
        key, now = (cell[1], strategy, stopped.rule), self._scan.second(cell)
        before = self._told.get(key)
        if before is None or now >= before + self._rest:
            self._told[key] = now
            self._blocked.append((cell, strategy, stopped))

    def count(self, counts: Iterable[RuleCount]) -> None:
        """Add to how often rules were asked and fired."""
        self._counts.extend(counts)

    def counts(self) -> tuple[RuleCount, ...]:
        """Return how often each rule was asked and fired, by its name."""
        return summed(self._counts)

    def blocked(self) -> tuple[Blocked, ...]:
        """Return what was blocked, with what the price did next."""
        found = sorted(self._blocked, key=lambda b: (self._scan.second(b[0]), b[0][1]))
        soon, at_close = self._afterwards([cell for cell, _, _ in found])
        return tuple(
            Blocked(
                at=self._stage.at(self._scan.second(cell)),
                code=self._past.candidates.codes[cell[1]],
                strategy=strategy,
                rule=stopped.rule,
                value=stopped.value,
                limit=stopped.limit,
                price=int(self._past.bars.close[cell]),
                after_30_min_pct=soon[n],
                at_close_pct=at_close[n],
            )
            for n, (cell, strategy, stopped) in enumerate(found)
        )

    def _afterwards(self, cells: list[Cell]) -> tuple[list[float], list[float]]:
        """Return the change of the price after half an hour and at the close, NaN without a bar."""
        row, column = np.array(cells, dtype=np.int64).reshape(-1, 2).T
        bars, closes = self._past.bars, self._moments.closes
        last = bars.count[column] - 1
        at, over = self._scan.weather.at_second, self._scan.weather.at_second[last, column]
        price = bars.close[row, column]
        then = at[row, column] + _LATER
        minute = np.searchsorted(self._moments.ends, then, side="right")
        soon = np.where(then <= over, closes[minute, column], np.nan)
        end = np.where(last > row, bars.close[last, column], np.nan)
        changes = ((prices - price) * 100.0 / price for prices in (soon, end))
        soon_pct, end_pct = (change.tolist() for change in changes)
        return soon_pct, end_pct
