"""How many calls an app key makes a second, as the gateway counts them.

A client may live on the machine's clock or on the exchange's, which stands, or runs many times as
fast. The gateway's own seconds pass as fast as the faster of the two, so neither kind is blamed
for a pace it keeps.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from jennie_cli.engine.clock import Clock

WINDOW_S = 1.0


class GatewayTime:
    """Seconds since the start that pass with the machine's clock and with the exchange's."""

    def __init__(self, wall: Clock, world: Callable[[], datetime]) -> None:
        """`world` answers the exchange's present."""
        self._wall = wall
        self._world = world
        self._seen = (wall.monotonic(), world())
        self._seconds = 0.0

    def seconds(self) -> float:
        """Return the gateway's seconds; they never step back."""
        wall, world = self._wall.monotonic(), self._world()
        passed = (wall - self._seen[0], (world - self._seen[1]).total_seconds())
        self._seen = (wall, world)
        self._seconds += max(0.0, *passed)
        return self._seconds


@dataclass(slots=True)
class KeyCount:
    """What one app key did: calls in all, turned away, and the most in any second."""

    calls: int = 0
    refused: int = 0
    largest: int = 0
    admitted: deque[float] = field(default_factory=deque)
    arrived: deque[float] = field(default_factory=deque)


class RateWindow:
    """Admits at most `limit` calls of a key within any second, counted on arrival."""

    def __init__(self, limit: int) -> None:
        """`limit` is calls a second."""
        self.limit = limit
        self.keys: dict[str, KeyCount] = {}

    def admit(self, key: str, at: float) -> bool:
        """Count a call of `key` at gateway second `at`; False when it is one too many."""
        count = self.keys.setdefault(key, KeyCount())
        count.calls += 1
        count.arrived.append(at)
        _forget(count.arrived, at)
        count.largest = max(count.largest, len(count.arrived))
        _forget(count.admitted, at)
        if len(count.admitted) >= self.limit:
            count.refused += 1
            return False
        count.admitted.append(at)
        return True


def _forget(times: deque[float], now: float) -> None:
    while times and now - times[0] >= WINDOW_S:
        times.popleft()
