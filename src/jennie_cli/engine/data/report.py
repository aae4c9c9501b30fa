"""What an import did, file by file, in counts that a person or a script can read."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from jennie_cli.engine.store import Dataset, WriteCount


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReport:
    """One file: rows read, rejected by reason, and what the accepted ones did to the store.

    `notes` counts rows that were kept although something about them is worth knowing. `repeated`
    says that the same content was imported before and was not read into rows again.
    """

    name: str
    dataset: Dataset
    rows: int
    accepted: int
    new: int
    changed: int
    unchanged: int
    rejected: Mapping[str, int] = field(default_factory=dict)
    notes: Mapping[str, int] = field(default_factory=dict)
    repeated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """All files of one import, in the order they were written; skipped ones with the reason."""

    files: tuple[FileReport, ...]
    skipped: tuple[tuple[str, str], ...] = ()

    @property
    def changed_anything(self) -> bool:
        """Return whether the store differs from before."""
        return any(f.new or f.changed for f in self.files)


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestReport:
    """What batches from inside the program did, and the rows refused by dataset and reason."""

    counts: tuple[WriteCount, ...]
    rejected: Mapping[str, int]
