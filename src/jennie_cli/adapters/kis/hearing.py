"""Which registered stocks the stream has fallen silent about."""

import logging
from collections.abc import Iterable

from jennie_cli.engine.clock import Clock

_log = logging.getLogger(__name__)


class Hearing:
    """Knows when each registered stock was last heard of.

    A stock that nobody trades is as silent as one whose registration has died at the host: only
    asking tells them apart.
    """

    def __init__(self, clock: Clock, mute_s: float) -> None:
        """A stock is mute after so many seconds of the market's time without a word of it."""
        self._clock, self._mute_s = clock, mute_s
        self._heard: dict[str, float] = {}
        self.lost: set[str] = set()
        """Mute stocks that have traded all the same."""

    def heard(self, code: str) -> None:
        """Hear of a stock; its registration counts too."""
        self._heard[code] = self._clock.monotonic()
        self.lost.discard(code)

    def mute(self, codes: Iterable[str]) -> frozenset[str]:
        """Return those of the codes that were heard of once, and not for long now."""
        now = self._clock.monotonic()
        return frozenset(c for c in codes if now - self._heard.get(c, now) >= self._mute_s)

    def missed(self, code: str) -> None:
        """Hear that a mute stock has traded all the same; it is told once until it is heard."""
        if code not in self.lost:
            self.lost.add(code)
            _log.warning("the stream says nothing of %s, which trades; it is asked for", code)
