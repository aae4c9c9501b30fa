"""A host that fails five times in a row is left alone for a minute, then tried once."""

from jennie_cli.engine.broker import BrokerUnavailable
from jennie_cli.engine.clock import Clock

FAILURES = 5
OPEN_S = 60.0


class Breaker:
    """Counts failures in a row of one host."""

    def __init__(self, clock: Clock) -> None:
        """Start closed."""
        self._clock = clock
        self._failures = 0
        self._opened_at: float | None = None

    @property
    def open(self) -> bool:
        """Whether calls are held back now."""
        return self._left() > 0

    def admit(self) -> None:
        """Let a call pass, or raise BrokerUnavailable; after a minute one trial passes."""
        if self._opened_at is None:
            return
        if self._left() > 0:
            raise BrokerUnavailable(
                f"KIS failed {FAILURES} times in a row; it is asked again in {self._left():.0f} s.",
                hint="Sells, cancels and order status are sent all the same.",
            )
        self._opened_at = self._clock.monotonic()

    def failed(self) -> None:
        """Count a failure of the host."""
        self._failures += 1
        if self._failures >= FAILURES:
            self._opened_at = self._clock.monotonic()

    def answered(self) -> None:
        """The host answered: start over."""
        self._failures = 0
        self._opened_at = None

    def _left(self) -> float:
        if self._opened_at is None:
            return 0.0
        return self._opened_at + OPEN_S - self._clock.monotonic()
