"""Bringing files into the store: all files of one call, or nothing."""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from jennie_cli.engine.clock import KST
from jennie_cli.engine.data.belief import Context, Outcome, believe
from jennie_cli.engine.data.report import FileReport, ImportReport
from jennie_cli.engine.data.shapes import Shape, recognise
from jennie_cli.engine.feed import FolderLister, RawTable, TableReader
from jennie_cli.engine.store import Batch, Dataset, FactStore, FileRecord, WriteCount
from jennie_cli.engine.venue import Calendar

_DEPENDS = {"unknown_code", "off_calendar", "off_session", "not_yet_known"}
"""Reasons that may no longer hold on another day, so that the file is worth reading again."""
_ALWAYS = datetime(9000, 1, 1, tzinfo=KST)


def import_paths(
    paths: Sequence[str],
    *,
    reader: TableReader,
    lister: FolderLister,
    facts: FactStore,
    calendar: Calendar,
    now: datetime,
) -> ImportReport:
    """Import files and folders, all or nothing, in an order that the caller's does not change.

    Raises BadFile for a file that cannot be trusted as a whole; the store is then as it was.
    """
    listings = [lister.list(path) for path in paths]
    known = frozenset(facts.read(Dataset.STOCK_MASTER, as_of=_ALWAYS)["code"])
    work = _Import(
        _recognised((path for each in listings for path in each.files), reader),
        facts.imported(),
        Context(calendar=calendar, now=now, known_codes=known),
    )
    return ImportReport(
        files=work.write(facts), skipped=tuple(s for each in listings for s in each.skipped)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    """A table read and recognised."""

    table: RawTable
    shape: Shape


def _recognised(paths: Iterable[str], reader: TableReader) -> Iterator[_File]:
    """Yield each content once, however often it is given."""
    seen = set()
    for path in paths:
        table = reader.read(path)
        if table.sha256 not in seen:
            seen.add(table.sha256)
            yield _File(table=table, shape=recognise(table))


def _standing(files: Sequence[_File], imported: Mapping[str, FileRecord]) -> dict[str, FileRecord]:
    """Return the records of the files whose rows the store still holds as they gave them.

    A later file of the same dataset may have changed them: one that was imported in between, or
    one of these `files` that stands before in the order of writing.
    """
    place = {sha: at for at, sha in enumerate(imported)}
    given = {f.table.sha256 for f in files}
    newest = {r.dataset: place[sha] for sha, r in imported.items() if sha not in given}
    standing: dict[str, FileRecord] = {}
    for file in files:
        sha, dataset = file.table.sha256, file.shape.dataset
        record = imported.get(sha)
        if record and place[sha] > newest.get(dataset, -1) and not _DEPENDS & set(record.rejected):
            standing[sha] = record
        newest[dataset] = place[sha] if sha in standing else len(place)
    return standing


class _Import:
    """One import on its way: files in order, and what was found in each."""

    def __init__(
        self, files: Iterable[_File], imported: Mapping[str, FileRecord], context: Context
    ) -> None:
        ordered = sorted(files, key=_place)
        standing = _standing(ordered, imported)
        self._fresh = deque(f for f in ordered if f.table.sha256 not in standing)
        self._repeated = tuple(standing.values())
        self._context = context
        self._outcomes: list[Outcome] = []

    def write(self, facts: FactStore) -> tuple[FileReport, ...]:
        """Write every file's good rows and return the reports, those of repeated files last."""
        counts = facts.write(self._batches(), files=self._records()) if self._fresh else ()
        return (
            *(_report(o, c) for o, c in zip(self._outcomes, counts, strict=True)),
            *(_repeated(record) for record in self._repeated),
        )

    def _batches(self) -> Iterator[Batch]:
        """Yield good rows, the master's first; what it names is known from then on."""
        while self._fresh:
            # a table is let go once it is believed: the whole market twice is too much memory
            batch, outcome = self._believe(self._fresh.popleft())
            self._outcomes.append(outcome)
            yield batch

    def _believe(self, file: _File) -> tuple[Batch, Outcome]:
        batch, outcome = believe(file.table, file.shape, self._context)
        if batch.dataset is Dataset.STOCK_MASTER:
            known = self._context.known_codes | set(batch.columns["code"])
            self._context = replace(self._context, known_codes=known)
        return batch, outcome

    def _records(self) -> Iterator[FileRecord]:
        """Yield what to remember of each file once its rows are written."""
        for outcome in self._outcomes:
            yield FileRecord(
                name=outcome.name,
                sha256=outcome.sha256,
                dataset=outcome.dataset,
                rows=outcome.accepted,
                at=self._context.now.replace(microsecond=0),
                rejected=outcome.rejected,
            )


def _place(file: _File) -> tuple[bool, str, str]:
    """Order files by the master first, then by dataset and name."""
    dataset = file.shape.dataset
    return (dataset is not Dataset.STOCK_MASTER, dataset.value, file.table.name)


def _report(outcome: Outcome, count: WriteCount) -> FileReport:
    return FileReport(
        name=outcome.name,
        dataset=outcome.dataset,
        rows=outcome.rows,
        accepted=outcome.accepted,
        new=count.new,
        changed=count.changed,
        unchanged=count.unchanged,
        rejected=outcome.rejected,
        notes=outcome.notes,
    )


def _repeated(record: FileRecord) -> FileReport:
    return FileReport(
        name=record.name,
        dataset=record.dataset,
        rows=record.rows + sum(record.rejected.values()),
        accepted=record.rows,
        new=0,
        changed=0,
        unchanged=record.rows,
        rejected=record.rejected,
        repeated=True,
    )
