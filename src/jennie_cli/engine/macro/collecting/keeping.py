"""The port to the snapshots that were kept, one a day, and its twin in memory."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from jennie_cli.engine.macro.collecting.record import MacroRecord, as_snapshot
from jennie_cli.engine.model import MacroSnapshot


class MacroStore(Protocol):
    """Keeps one snapshot a day of one market. Every call raises OutsideError on failure."""

    def put(self, record: MacroRecord) -> None:
        """Keep the snapshot of its day in place of the one before."""
        ...

    def newest(self, at: datetime) -> MacroRecord | None:
        """Return the snapshot taken last by a moment, None before the first."""
        ...

    def of(self, day: date) -> MacroRecord | None:
        """Return the snapshot of a day, None where there is none."""
        ...


@dataclass(slots=True)
class MemoryMacroStore:
    """Snapshots that are forgotten at exit."""

    kept: dict[date, MacroRecord] = field(default_factory=dict)

    def put(self, record: MacroRecord) -> None:
        """Keep the snapshot of a day."""
        self.kept[record.day] = record

    def newest(self, at: datetime) -> MacroRecord | None:
        """Return the snapshot taken last by a moment."""
        return max((r for r in self.kept.values() if r.at <= at), key=lambda r: r.at, default=None)

    def of(self, day: date) -> MacroRecord | None:
        """Return the snapshot of a day."""
        return self.kept.get(day)


def snapshot_at(store: MacroStore, at: datetime) -> MacroSnapshot | None:
    """Return the small reading of what was kept last by a moment. Raises OutsideError."""
    record = store.newest(at)
    return None if record is None else as_snapshot(record)
