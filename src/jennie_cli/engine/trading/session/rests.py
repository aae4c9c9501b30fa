"""How long each stock rests: after its own signal, after a stop-loss, after a sale."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta

import numpy as np

from jennie_cli.engine.clock import KST
from jennie_cli.engine.indicators.rolling import FloatArray
from jennie_cli.engine.risk import Past, trading_days_since
from jennie_cli.engine.trading.session.morning import Morning
from jennie_cli.engine.trading.session.policies import SessionPolicies
from jennie_cli.engine.venue import Calendar


class Rests:
    """The rests of a session as they stand now, by column.

    `signal`, `stop` and `sale` are the second of the day until which a stock rests, -inf where it
    does not, inf where it does all day. A sale lets a stock rest at once: also for a bar that had
    ended before it, if that is judged only now.
    """

    def __init__(
        self,
        morning: Morning,
        last: Mapping[str, Past],
        signalled_until: Mapping[str, float],
        policies: SessionPolicies,
        calendar: Calendar,
    ) -> None:
        """Begin with what was done with stocks before, `last`, and with the seconds of the day
        until which signals given before a restart let them rest, both by code.
        """
        self._signals, self._risk = policies.signals, policies.risk
        codes = morning.candidates.codes
        self.signal: FloatArray = np.array([signalled_until.get(c, -np.inf) for c in codes])
        self.stop: FloatArray = np.full(len(codes), -np.inf)
        self.sale: FloatArray = np.full(len(codes), -np.inf)
        midnight = datetime.combine(morning.day, time(), KST)
        for column, code in enumerate(codes):
            done = last.get(code, Past())
            if done.stopped_at is not None:
                days = trading_days_since(done.stopped_at, morning.hours.open, calendar)
                if days < self._risk.stop_rest_days:
                    self.stop[column] = np.inf
            if done.sold_at is not None:
                end = done.sold_at + timedelta(hours=self._risk.sold_hours)
                self.sale[column] = (end - midnight).total_seconds()

    def signalled(self, column: int, second: int) -> None:
        """Let a stock rest after its signal, from the next bar on."""
        self.signal[column] = second + self._signals.cooldown_seconds

    def sold(self, column: int, second: float, *, stopped: bool) -> None:
        """Let a stock rest after a sale, the whole day after a stop-loss."""
        self.sale[column] = second + self._risk.sold_hours * 3600.0
        if stopped and self._risk.stop_rest_days > 0:
            self.stop[column] = np.inf
