"""The journal of a home: one JSON line an event, with number and checksum, on disk before use.

Writers take the file's lock in turn; each first reads what the others wrote and cuts off the torn
line of one that was killed. Only the last line can be torn: damage elsewhere stops everything.
"""

import os
from array import array
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from threading import RLock

from jennie_cli.adapters.journal.disk import (
    cut_torn,
    open_to_append,
    open_to_read,
    read_span,
    wait_for_writers,
    write_whole,
)
from jennie_cli.adapters.journal.hold import process_hold
from jennie_cli.engine.errors import BadFile
from jennie_cli.engine.store import (
    CashSet,
    Flagged,
    LedgerEvent,
    Lost,
    NeverSent,
    PositionSet,
    Recorded,
    TurnedDown,
)
from jennie_cli.engine.store.codec_lines import check_line, from_line, to_line

_SPOKEN = (TurnedDown, Lost, NeverSent, Flagged, CashSet, PositionSet)
"""Events with words, some of them a broker's."""
_HINT = "Restore the home from a backup; do not trade on a ledger with a hole."


class Journal:
    """A Ledger in one file, shared by any number of threads and processes."""

    def __init__(self, path: Path, *, mask: Callable[[str], str] = str) -> None:
        """`path` is made by the first append; `mask` hides secrets in the words of others."""
        self._path = path
        self._mask = mask
        self._lock = RLock()
        self._starts = array("Q")
        self._end = 0
        self._identity: tuple[int, int] | None = None

    def append(self, events: Sequence[LedgerEvent]) -> tuple[Recorded, ...]:
        """Keep events, in order, on disk when this returns."""
        if not events:
            return ()
        with self._lock, open_to_append(self._path) as handle:
            self._catch_up(handle)
            cut_torn(handle, self._end, self._path)
            first = len(self._starts) + 1
            added = tuple(
                Recorded(number=n, event=self._masked(e)) for n, e in enumerate(events, first)
            )
            lines = [to_line(recorded) for recorded in added]
            write_whole(handle, b"".join(lines), at=self._end, path=self._path)
            self._remember(lines)
        return added

    def read(self, after: int = 0) -> tuple[Recorded, ...]:
        """Return the events later than number `after`, those of other processes included."""
        with self._lock:
            return () if self._has_nothing(after) else self._read(after)

    def _has_nothing(self, after: int) -> bool:
        """Whether a glance at the file tells that nothing came: a session asks every second."""
        try:
            status = self._path.stat()
        except OSError:
            return False
        same = status.st_size == self._end and not self._is_other(status)
        return same and self._identity is not None and after >= len(self._starts)

    def _read(self, after: int) -> tuple[Recorded, ...]:
        with open_to_read(self._path) as handle:
            if handle is None:
                if self._end:
                    raise self._replaced()
                return ()
            status = os.fstat(handle)
            if status.st_size != self._end or self._is_other(status):
                wait_for_writers(handle)
                self._catch_up(handle)
            return self._load(handle, after)

    def exclusive(self) -> AbstractContextManager[None]:
        """Hold the account's orders for this process; another process waits, blocking."""
        return process_hold(self._path.with_suffix(".lock"))

    def _load(self, handle: int, after: int) -> tuple[Recorded, ...]:
        if after >= len(self._starts):
            return ()
        content = read_span(handle, self._starts[after], self._end)
        return tuple(
            self._parsed(line, number)
            for number, line in enumerate(content.splitlines(keepends=True), after + 1)
        )

    def _parsed(self, line: bytes, number: int) -> Recorded:
        try:
            return from_line(line)
        except ValueError as error:
            raise self._damaged(number, str(error)) from None

    def _catch_up(self, handle: int) -> None:
        """Check the lines that came since; a torn last line is left where it is."""
        status = os.fstat(handle)
        if status.st_size < self._end or self._is_other(status):
            raise self._replaced()
        self._identity = (status.st_dev, status.st_ino)
        content = read_span(handle, self._end, status.st_size)
        whole = content[: content.rfind(b"\n") + 1].splitlines(keepends=True)
        for number, line in enumerate(whole, len(self._starts) + 1):
            try:
                found = check_line(line)
            except ValueError as error:
                raise self._damaged(number, str(error)) from None
            if found != number:
                raise self._damaged(number, f"it has the number {found}")
        self._remember(whole)

    def _remember(self, lines: Sequence[bytes]) -> None:
        for line in lines:
            self._starts.append(self._end)
            self._end += len(line)

    def _is_other(self, status: os.stat_result) -> bool:
        return self._identity not in {None, (status.st_dev, status.st_ino)}

    def _masked(self, event: LedgerEvent) -> LedgerEvent:
        if isinstance(event, _SPOKEN):
            return replace(event, text=self._mask(event.text))
        return event

    def _damaged(self, number: int, said: str) -> BadFile:
        return BadFile(f"{self._path}, line {number} is damaged: {said}.", hint=_HINT)

    def _replaced(self) -> BadFile:
        return BadFile(f"{self._path} was cut or replaced while in use.", hint=_HINT)
