"""The flags as a person moves them. None lifts itself; every change says who, when and why."""

from collections.abc import Mapping

from jennie_cli.engine.clock import Clock
from jennie_cli.engine.model import Flag
from jennie_cli.engine.store import Flags, FlagState

LIFTED_BY_RESUME = (Flag.PAUSE, Flag.STOP)
"""Dry-run is no brake: it is lifted by its own name only."""


class Switches:
    """Puts the trading flags up and down."""

    def __init__(self, flags: Flags, clock: Clock) -> None:
        """`clock` stamps each change."""
        self._flags = flags
        self._clock = clock

    def all(self) -> Mapping[Flag, FlagState]:
        """Return the flags that were ever set. Raises OutsideError."""
        return self._flags.all()

    def put(self, flag: Flag, *, up: bool, who: str, reason: str) -> Mapping[Flag, FlagState]:
        """Set one flag and return all of them."""
        now = self._clock.now()
        self._flags.put(flag, FlagState(up=up, who=who, at=now, reason=reason))
        return self._flags.all()

    def resume(self, *, who: str, reason: str) -> Mapping[Flag, FlagState]:
        """Lift pause and stop where they are up, and return all flags."""
        for flag, state in self._flags.all().items():
            if state.up and flag in LIFTED_BY_RESUME:
                self.put(flag, up=False, who=who, reason=reason)
        return self._flags.all()
