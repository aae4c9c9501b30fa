"""Batches made inside the program, through the same checks and the same door as files."""

from collections import Counter
from collections.abc import Iterable, Iterator

from jennie_cli.engine.data.checks import faults, repeats, sift
from jennie_cli.engine.data.report import IngestReport
from jennie_cli.engine.store import SCHEMAS, Batch, FactStore
from jennie_cli.engine.store.columns import stored_columns


def ingest(batches: Iterable[Batch], *, facts: FactStore) -> IngestReport:
    """Write typed batches, all or nothing; rows that no market could produce are counted out."""
    rejected: Counter[str] = Counter()
    counts = facts.write(_checked(batches, rejected))
    return IngestReport(counts=counts, rejected=dict(rejected))


def _checked(batches: Iterable[Batch], rejected: Counter[str]) -> Iterator[Batch]:
    for batch in batches:
        found: Counter[str] = Counter()
        columns = stored_columns(SCHEMAS[batch.dataset], batch.columns)
        columns = sift(columns, faults(batch.dataset, columns), found)
        columns = sift(columns, repeats(batch.dataset, columns), found)
        rejected.update({f"{batch.dataset}.{reason}": n for reason, n in found.items()})
        yield Batch(dataset=batch.dataset, columns=columns)
