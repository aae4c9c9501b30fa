"""The port to the snapshots that were kept, every run of a day, and its twin in memory."""

import logging
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Protocol

from jennie_cli.engine.clock import KST
from jennie_cli.engine.errors import OutsideError
from jennie_cli.engine.macro.collecting.fields import fields
from jennie_cli.engine.macro.collecting.record import Figure, MacroRecord, as_snapshot
from jennie_cli.engine.model import MacroSnapshot
from jennie_cli.engine.store.codec import from_json

LOG = logging.getLogger(__name__)
_JUST_BEFORE = timedelta(microseconds=1)
_MOST_SKIPPED = 100


class SnapshotDamaged(OutsideError):
    """A kept snapshot cannot be read; `at` is when its row says it was taken."""

    code = "snapshot_damaged"

    def __init__(self, where: str, at: datetime, why: str) -> None:
        """`where` is the table or file, `why` a word of ours."""
        super().__init__(
            f"The macro snapshot of {at.astimezone(KST):%Y-%m-%d %H:%M:%S} in {where} "
            f"cannot be read: {why}.",
            hint="Was it changed by hand? jennie macro collect passes over it and takes a new one.",
        )
        self.at = at


class MacroStore(Protocol):
    """Keeps every snapshot of one market. Every call raises OutsideError on failure, those that
    read SnapshotDamaged.
    """

    def put(self, record: MacroRecord) -> None:
        """Keep a snapshot beside those of its day; one taken at the same moment is replaced."""
        ...

    def newest(self, at: datetime) -> MacroRecord | None:
        """Return the snapshot taken last by a moment, None before the first."""
        ...

    def of(self, day: date, by: datetime) -> MacroRecord | None:
        """Return the snapshot of a day that was taken last by a moment, None without one."""
        ...


@dataclass(slots=True)
class MemoryMacroStore:
    """Snapshots that are forgotten at exit."""

    kept: dict[datetime, MacroRecord] = field(default_factory=dict)

    def put(self, record: MacroRecord) -> None:
        """Keep a snapshot."""
        self.kept[record.at] = record

    def newest(self, at: datetime) -> MacroRecord | None:
        """Return the snapshot taken last by a moment."""
        return _last(r for r in self.kept.values() if r.at <= at)

    def of(self, day: date, by: datetime) -> MacroRecord | None:
        """Return the snapshot of a day taken last by a moment."""
        return _last(r for r in self.kept.values() if r.day == day and r.at <= by)


def snapshot_at(store: MacroStore, at: datetime) -> MacroSnapshot | None:
    """Return the small reading of what was kept last by a moment. Raises OutsideError."""
    record = store.newest(at)
    return None if record is None else as_snapshot(record)


def newest_sound(store: MacroStore, at: datetime) -> tuple[MacroRecord | None, tuple[str, ...]]:
    """Return the last snapshot by a moment that can be read, and which later ones cannot.

    Each of those is logged. Behind a hundred damaged ones no more is looked for.
    """
    damaged: list[str] = []
    while len(damaged) < _MOST_SKIPPED:
        try:
            return store.newest(at), tuple(damaged)
        except SnapshotDamaged as error:
            LOG.warning("%s", error.message)
            damaged.append(error.message)
            at = error.at - _JUST_BEFORE
    return None, tuple(damaged)


def read_record(body: str, at: datetime) -> MacroRecord:
    """Return the snapshot that a row of a moment holds, without figures that nobody knows any more.

    Raises ValueError for one that is damaged, or of another moment.
    """
    try:
        record = from_json(MacroRecord, body)
        if (record.at, record.day) == (at, at.astimezone(KST).date()):
            return replace(record, figures=_sound(record.figures), baseline=_sound(record.baseline))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ValueError(type(error).__name__) from None
    raise ValueError("it is of another moment")


def _sound(figures: Mapping[str, Figure]) -> Mapping[str, Figure]:
    """Return the figures that have a name still. Raises ValueError, TypeError for what is none."""
    for figure in figures.values():
        if not math.isfinite(figure.value) or figure.as_of.tzinfo is None:
            raise ValueError("a figure without value or moment")
    return {n: f for n, f in figures.items() if n in fields()}


def _last(records: Iterable[MacroRecord]) -> MacroRecord | None:
    return max(records, key=lambda r: r.at, default=None)
