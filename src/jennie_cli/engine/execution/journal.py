"""The ledger and the docket kept in step, for every process that writes to one home."""

from contextlib import AbstractContextManager
from datetime import datetime

from jennie_cli.engine.execution.docket import Docket
from jennie_cli.engine.store import Flagged, Ledger, LedgerEvent, Recorded


class Journal:
    """Writes evidence down before anybody acts on it, and reads what others wrote."""

    def __init__(self, ledger: Ledger) -> None:
        """Read nothing yet; `sync` does."""
        self.docket = Docket()
        self._ledger = ledger
        self._events: list[LedgerEvent] = []
        self._last = 0

    def sync(self) -> Docket:
        """Take in what is new in the ledger, other processes' events included."""
        self._take(self._ledger.read(self._last))
        return self.docket

    def write(self, *events: LedgerEvent) -> None:
        """Keep events; they are on disk and in the docket when this returns."""
        if not events:
            return
        recorded = self._ledger.append(events)
        if recorded[0].number == self._last + 1:
            self._take(recorded)
        else:
            self.sync()

    def exclusive(self) -> AbstractContextManager[None]:
        """Hold the account's orders for this process."""
        return self._ledger.exclusive()

    def events(self) -> tuple[LedgerEvent, ...]:
        """Return every event taken in so far."""
        return tuple(self._events)

    def flag_oddities(self, at: datetime) -> None:
        """Write down, once, what the evidence says of live orders that cannot be."""
        odd = (
            Flagged(at=at, order_id=d.order_id, text=text)
            for d in self.docket.odd()
            for text in d.oddities
            if text not in d.notes
        )
        self.write(*odd)

    def _take(self, recorded: tuple[Recorded, ...]) -> None:
        for r in recorded:
            self.docket.take(r.event)
            self._events.append(r.event)
            self._last = r.number
