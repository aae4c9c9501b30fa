"""How long each stock rests in a past session: after its signal, a stop-loss, a sale."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

import numpy as np

from jennie_cli.engine.indicators.rolling import FloatArray
from jennie_cli.engine.research.walk_entries import Stopped
from jennie_cli.engine.research.walk_stage import Stage
from jennie_cli.engine.risk import Past, trading_days_since
from jennie_cli.engine.rules import Rule, RuleCount
from jennie_cli.engine.rules import gates as rule
from jennie_cli.engine.signals import Weather


class Rests:
    """The rests of a session as they come, in the order of the gates; ends are seconds of the day.

    Given in the order of time; what it tells of a bar holds from the moment that bar ends.
    """

    def __init__(self, stage: Stage, last: Mapping[str, Past]) -> None:
        """Begin with the rests that `last`, what was done with stocks before, brings along."""
        self._scan = scan = stage.scan
        self._signals, self._risk = stage.policies.signals, stage.policies.risk
        self._until: dict[Rule, FloatArray] = {
            rule.COOLDOWN: scan.weather.signal_rest.copy(),
            rule.STOP_LOSS_COOLDOWN: scan.weather.stop_rest.copy(),
            rule.SELL_COOLDOWN: scan.weather.sale_rest.copy(),
        }
        on = {rule.id for rule in scan.gates.rules}
        self._asked = [which for which in self._until if which.id in on]
        self._bring(stage, last)

    def _bring(self, stage: Stage, last: Mapping[str, Past]) -> None:
        opens = stage.past.hours.open
        for column, code in enumerate(stage.codes):
            done = last.get(code, Past())
            if done.stopped_at is not None:
                days = trading_days_since(done.stopped_at, opens, stage.calendar)
                if days < self._risk.stop_rest_days:
                    self._until[rule.STOP_LOSS_COOLDOWN][:, column] = np.inf
            if done.sold_at is not None:
                end = done.sold_at + timedelta(hours=self._risk.sold_hours)
                self._until[rule.SELL_COOLDOWN][:, column] = (end - stage.at(0)).total_seconds()

    def signalled(self, row: int, column: int) -> None:
        """Let a stock rest after its signal, from the next bar on."""
        end = self._scan.second((row, column)) + self._signals.cooldown_seconds
        self._until[rule.COOLDOWN][row + 1 :, column] = end

    def sold(self, column: int, second: float, *, stopped: bool) -> None:
        """Let a stock rest after a sale, from the bar on that ends at or after it."""
        later = self._scan.weather.at_second[:, column] >= second
        sale = self._until[rule.SELL_COOLDOWN]
        sale[later, column] = second + self._risk.sold_hours * 3600.0
        if stopped and self._risk.stop_rest_days > 0:
            self._until[rule.STOP_LOSS_COOLDOWN][later, column] = np.inf

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
