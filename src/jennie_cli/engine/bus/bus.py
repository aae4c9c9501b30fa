"""Messages on named streams. The bus is a carrier: nothing lives only here."""

from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message: the stream's own id and flat text fields."""

    id: int
    fields: Mapping[str, str]


class Bus(Protocol):
    """Publishes to streams and reads them."""

    def publish(self, stream: str, fields: Mapping[str, str], *, keep: int = 10_000) -> None:
        """Append to `stream`, of which about the newest `keep` messages stay."""
        ...

    def read(self, stream: str, *, after: int = 0) -> Sequence[Message]:
        """Return the kept messages later than `after`, oldest first."""
        ...


class MemoryBus:
    """A bus within one process."""

    def __init__(self) -> None:
        """Hold nothing yet."""
        self._kept: defaultdict[str, deque[Message]] = defaultdict(deque)
        self._last: defaultdict[str, int] = defaultdict(int)

    def publish(self, stream: str, fields: Mapping[str, str], *, keep: int = 10_000) -> None:
        """Append to `stream` and let go of the oldest beyond `keep`."""
        self._last[stream] += 1
        kept = self._kept[stream]
        kept.append(Message(id=self._last[stream], fields=dict(fields)))
        while len(kept) > keep:
            kept.popleft()

    def read(self, stream: str, *, after: int = 0) -> Sequence[Message]:
        """Return the kept messages later than `after`, oldest first."""
        return tuple(m for m in self._kept[stream] if m.id > after)
