"""In-memory twins of the ledger and of the trading flags."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from threading import Lock

from jennie_cli.engine.model import Flag
from jennie_cli.engine.store.flags import FlagState
from jennie_cli.engine.store.ledger import LedgerEvent, Recorded


class MemoryLedger:
    """A Ledger that forgets at exit."""

    def __init__(self) -> None:
        """Start empty."""
        self._kept: list[Recorded] = []
        self._lock = Lock()

    def append(self, events: Sequence[LedgerEvent]) -> tuple[Recorded, ...]:
        """Keep events, in order."""
        with self._lock:
            start = len(self._kept) + 1
            added = tuple(Recorded(number=n, event=e) for n, e in enumerate(events, start))
            self._kept.extend(added)
        return added

    def read(self, after: int = 0) -> tuple[Recorded, ...]:
        """Return the events later than number `after`."""
        return tuple(self._kept[after:])

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """Nobody else can reach this ledger, so the process holds it already."""
        yield


class MemoryFlags:
    """Flags that are forgotten at exit; `changes` holds every change, oldest first."""

    def __init__(self) -> None:
        """Start with nothing set."""
        self._states: dict[Flag, FlagState] = {}
        self.changes: list[tuple[Flag, FlagState]] = []

    def all(self) -> Mapping[Flag, FlagState]:
        """Return the flags that were ever set."""
        return dict(self._states)

    def put(self, flag: Flag, state: FlagState) -> None:
        """Keep the new state and the change."""
        self._states[flag] = state
        self.changes.append((flag, state))
