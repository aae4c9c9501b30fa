"""The bus within one process: the twin for tests, and for a world whose clock is not the machine's.

Lifetimes, idleness and waiting go by the clock given.
"""

from collections.abc import Mapping
from datetime import datetime

import numpy as np

from jennie_cli.engine.bus.memory_keys import MemoryKeys, MemoryLocks
from jennie_cli.engine.bus.memory_streams import MemoryStreams
from jennie_cli.engine.bus.memory_switch import Switch
from jennie_cli.engine.bus.messages import Message
from jennie_cli.engine.bus.policy import STANDARD, BusPolicy
from jennie_cli.engine.bus.streams import KEEP
from jennie_cli.engine.clock import KST, Clock, ManualClock


class MemoryBus:
    """Streams, keys and locks in memory, and a way in for ticks that nobody waits for."""

    def __init__(
        self,
        clock: Clock | None = None,
        *,
        policy: BusPolicy = STANDARD,
        rng: np.random.Generator | None = None,
    ) -> None:
        """Hold nothing yet. Without a clock time stands; `rng` makes the tokens of locks.

        `switch.down = True` kills it.
        """
        clock = clock or ManualClock(datetime(2000, 1, 1, tzinfo=KST))
        self.switch = Switch()
        self.streams = MemoryStreams(clock, self.switch, policy)
        self.keys = MemoryKeys(clock, self.switch)
        self.locks = MemoryLocks(self.keys, rng or np.random.default_rng(0))

    def publish(self, stream: str, fields: Mapping[str, str], *, keep: int = KEEP) -> None:
        """Append to `stream` and let go of the oldest beyond `keep`."""
        self.streams.append(stream, fields, keep)

    def read(self, stream: str) -> tuple[Message, ...]:
        """Return the kept messages, oldest first."""
        return self.streams.kept(stream)
