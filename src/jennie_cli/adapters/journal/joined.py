"""Journal and projection joined: evidence is safe in the journal, tables follow when they can."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from threading import Lock

from jennie_cli.engine.errors import JennieError
from jennie_cli.engine.store import Ledger, LedgerEvent, Projection, Recorded


class JournaledLedger:
    """A Ledger whose appends end with the journal; a thread of its own lays the projection.

    A projection that fails or was cut short by a kill is caught up with the next append or start;
    one that tells of another journal is made again.
    """

    def __init__(
        self, journal: Ledger, projection: Projection, *, report: Callable[[JennieError], None]
    ) -> None:
        """`report` is told once when the projection falls behind, from the projecting thread."""
        self._journal = journal
        self._projection = projection
        self._report = report
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="projection")
        self._lock = Lock()
        self._asked = False
        self._behind: JennieError | None = None
        self._work: Future[None] = Future()
        self._nudge()

    def append(self, events: Sequence[LedgerEvent]) -> tuple[Recorded, ...]:
        """Keep events in the journal, in order, on disk when this returns."""
        kept = self._journal.append(events)
        if kept:
            self._nudge()
        return kept

    def read(self, after: int = 0) -> tuple[Recorded, ...]:
        """Return the events of the journal later than number `after`."""
        return self._journal.read(after)

    def exclusive(self) -> AbstractContextManager[None]:
        """Hold the account's orders for this process."""
        return self._journal.exclusive()

    def settle(self) -> JennieError | None:
        """Wait until the projection has tried everything; return why it is behind, if it is."""
        self._work.result()
        return self._behind

    def _nudge(self) -> None:
        with self._lock:
            if not self._asked:
                self._asked = True
                self._work = self._thread.submit(self._lay)

    def _lay(self) -> None:
        with self._lock:
            self._asked = False
        try:
            # also with nothing missing: a kill may have cut the last laying short
            self._projection.lay(self._missing())
        except JennieError as error:
            told, self._behind = self._behind is not None, error
            if not told:
                self._report(error)
        else:
            self._behind = None

    def _missing(self) -> tuple[Recorded, ...]:
        """Return what the projection has yet to lay; one that tells of another journal is cleared.

        The last event laid is read along with those after it: it says whose they are.
        """
        last = self._projection.last()
        if last is not None:
            found = self._journal.read(last.number - 1)
            if found[:1] == (last,):
                return found[1:]
            self._projection.clear()
        return self._journal.read()
