"""How long each stock rests in a past session: after its signal, a stop-loss, a sale."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from jennie_cli.engine.indicators.rolling import FloatArray
from jennie_cli.engine.research.walk_entries import Stopped
from jennie_cli.engine.research.walk_stage import Stage
from jennie_cli.engine.risk import Past
from jennie_cli.engine.rules import Rule, RuleCount
from jennie_cli.engine.rules import gates as rule
from jennie_cli.engine.signals import Weather
from jennie_cli.engine.trading.session.rests import Rests as RestsNow


class Rests:
    """The rests of a session as they come, in the order of the gates; ends are seconds of the day.

    Given in the order of time; what it tells of a bar holds from the moment that bar ends.
    """

    def __init__(self, stage: Stage, last: Mapping[str, Past]) -> None:
        """Begin with the rests that `last`, what was done with stocks before, brings along."""
        self._scan = scan = stage.scan
        self._now = RestsNow(stage.past, last, {}, stage.policies, stage.calendar)
        self._until: dict[Rule, FloatArray] = {
            which: np.tile(brought, (len(scan.gates.known), 1))
            for which, brought in (
                (rule.COOLDOWN, self._now.signal),
                (rule.STOP_LOSS_COOLDOWN, self._now.stop),
                (rule.SELL_COOLDOWN, self._now.sale),
            )
        }
        on = {rule.id for rule in scan.gates.rules}
        self._asked = [which for which in self._until if which.id in on]

    def signalled(self, row: int, column: int) -> None:
        """Let a stock rest after its signal, from the next bar on."""
        self._now.signalled(column, self._scan.second((row, column)))
        self._until[rule.COOLDOWN][row + 1 :, column] = self._now.signal[column]

    def sold(self, column: int, second: float, *, stopped: bool) -> None:
        """Let a stock rest after a sale, from the bar on that ends at or after it."""
        self._now.sold(column, second, stopped=stopped)
        later = self._scan.weather.at_second[:, column] >= second
        self._until[rule.SELL_COOLDOWN][later, column] = self._now.sale[column]
        self._until[rule.STOP_LOSS_COOLDOWN][later, column] = self._now.stop[column]

    def stops(self, row: int, column: int, among: Sequence[Rule] | None = None) -> Stopped | None:
        """Return the first rest that stops a bar, of all or of these, if any does."""
        now = self._scan.second((row, column))
        for which in self._asked:
            left = self._until[which][row, column] - now
            if left > 0.0 and (among is None or which in among):
                # a rest that lasts all day has no figure
                return Stopped(
                    rule=which.id, value=float(left) if np.isfinite(left) else None, limit=0.0
                )
        return None

    def weather(self) -> Weather:
        """Return the weather with the rests as they are now."""
        return replace(
            self._scan.weather,
            signal_rest=self._until[rule.COOLDOWN],
            stop_rest=self._until[rule.STOP_LOSS_COOLDOWN],
            sale_rest=self._until[rule.SELL_COOLDOWN],
        )

    def counts(self) -> tuple[RuleCount, ...]:
        """Return how many bars each gate was asked of, and how many it stopped."""
        known, at = self._scan.gates.known, self._scan.weather.at_second
        fired = {which.id: int(((self._until[which] > at) & known).sum()) for which in self._asked}
        return tuple(
            replace(count, fired=fired.get(count.rule, count.fired))
            for count in self._scan.gates.counts()
        )
