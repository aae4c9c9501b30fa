"""How long an order may wait before it leaves, on two clocks, for each may stand while one runs.

The machine's stands while it sleeps; by the market's, other processes judge whether a call that
nobody answered was ever made. An order that left later than they believe could be placed twice.
"""

from datetime import timedelta

from jennie_cli.adapters.kis.access import Patience
from jennie_cli.engine.broker import BrokerBusy
from jennie_cli.engine.clock import Clock


class Deadline:
    """The last moment at which the bytes of one order call may go out."""

    def __init__(self, patience: Patience, *, clock: Clock, steady: Clock) -> None:
        """Start now; `clock` tells the market's time, `steady` the machine's."""
        self._clock = clock
        self._steady = steady
        self._by_market = clock.now() + timedelta(seconds=patience.order_age_s)
        self._by_machine = steady.monotonic() + patience.order_wait_s

    def left_s(self) -> float:
        """Return the seconds that are left of the machine's time, 0 when none are."""
        return max(0.0, self._by_machine - self._steady.monotonic())

    def insist(self) -> None:
        """Raise BrokerBusy when it is too late to send."""
        if self._clock.now() > self._by_market or self._steady.monotonic() > self._by_machine:
            raise BrokerBusy(
                "The order waited too long for its turn and was not placed.",
                hint="Nothing was sent. Look at the market and order again.",
            )
