"""Batches of the program pass the same checks; status says how far the store has come."""

from datetime import date

import pytest

from jennie_cli.engine.data import ingest, status
from jennie_cli.engine.store import Batch, Dataset, MemoryFacts
from jennie_cli.engine.venue import default_calendar
from jennie_cli.testing import bars, moment

DAY = date(2025, 6, 27)


def test_batches_go_through_the_checks_of_files() -> None:
    """Impossible rows are counted by dataset and reason, the rest is written."""
    facts = MemoryFacts()
    good, bad = ("000020", DAY, 1, 2, 1, 2, 3), ("005930", DAY, 1, 1, 2, 2, 3)
    report = ingest([bars(good, bad), bars()], facts=facts)
    assert {"daily_bars.high_below_low": 1} == dict(report.rejected)
    assert [1, 0] == [c.new for c in report.counts]
    assert ("000020",) == facts.daily(as_of=moment(DAY), days=1).codes


def test_a_batch_without_its_columns_is_a_mistake_of_the_program() -> None:
    """Nothing is written from batches that lack what their schema needs."""
    facts = MemoryFacts()
    with pytest.raises(ValueError, match="without"):
        ingest([bars(("000020", DAY, 1, 2, 1, 2, 3)), _headless()], facts=facts)
    assert () == facts.coverage()


def _headless() -> Batch:
    batch = bars(("000020", DAY, 1, 2, 1, 2, 3))
    columns = {n: v for n, v in batch.columns.items() if n != "close"}
    return Batch(dataset=Dataset.DAILY_BARS, columns=columns)


def test_status_counts_the_sessions_that_are_missing() -> None:
    """A session is missing from its close on; a store without days has no answer."""
    facts = MemoryFacts()
    ingest([bars(("000020", DAY, 1, 2, 1, 2, 3))], facts=facts)
    calendar = default_calendar()
    friday = status(facts, calendar=calendar, now=moment(DAY, 18, 0))
    monday = status(facts, calendar=calendar, now=moment(date(2025, 6, 30), 15, 29))
    evening = status(facts, calendar=calendar, now=moment(date(2025, 6, 30), 15, 30))
    assert [0, 0, 1] == [rows[0].sessions_behind for rows in (friday, monday, evening)]
    assert 1 == friday[0].coverage.rows
