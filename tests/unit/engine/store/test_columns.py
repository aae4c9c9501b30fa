"""The two shapes of columns, and moments turned into days."""

from datetime import UTC, date, datetime

import numpy as np
import pytest

from jennie_cli.engine.clock import KST
from jennie_cli.engine.store import SCHEMAS, Dataset
from jennie_cli.engine.store.columns import (
    dates_of,
    epoch,
    kst_days,
    kst_midnight,
    missing,
    stored,
    stored_columns,
)


def test_dates_go_in_as_objects_or_numpy_and_come_out_as_objects() -> None:
    """None is NaT inside and None again outside."""
    given = np.array([date(2025, 6, 27), None, date(2025, 6, 27)], dtype=object)
    inside = stored("date", given)
    assert "M" == inside.dtype.kind
    assert given.tolist() == dates_of(inside).tolist()
    assert [] == dates_of(inside[:0]).tolist()
    assert [False, True, False] == missing(inside).tolist()


def test_a_batch_without_a_needed_column_is_refused() -> None:
    """An absent optional column is missing; an absent required one is an error."""
    rows = {
        "code": np.array(["000020"], dtype=object),
        "date": np.array(["2025-06-27"], dtype="datetime64[D]"),
        "known_at": np.array([1]),
        "source": np.array(["t"], dtype=object),
    }
    assert np.isnan(stored_columns(SCHEMAS[Dataset.CONSENSUS], rows)["fwd_per"][0])
    with pytest.raises(ValueError, match="open, high, low, close, volume"):
        stored_columns(SCHEMAS[Dataset.DAILY_BARS], rows)


def test_an_as_of_must_be_aware() -> None:
    """A naive moment could be any; fractions of a second belong to the second begun."""
    with pytest.raises(ValueError, match="aware"):
        epoch(datetime(2025, 6, 27))  # noqa: DTZ001  # the mistake under test
    assert 0 == epoch(datetime(1970, 1, 1, 9, 0, 0, 999, tzinfo=KST))
    assert -1 == epoch(datetime(1969, 12, 31, 23, 59, 59, 5, tzinfo=UTC))


def test_korean_days_begin_at_korean_midnight() -> None:
    """15:00 UTC is the next day in Korea."""
    midnight = kst_midnight(date(2025, 6, 27))
    days = kst_days(np.array([midnight - 1, midnight]))
    assert ["2025-06-26", "2025-06-27"] == [str(d) for d in days]


@pytest.mark.parametrize(
    ("dataset", "subject", "when"),
    [
        (Dataset.DAILY_BARS, "code", "date"),
        (Dataset.INDEX_DAILY, "index_code", "date"),
        (Dataset.MARKET_BREADTH, "market", "date"),
        (Dataset.TRADING_DAYS, None, "date"),
        (Dataset.HEADLINES, "code", "published_at"),
        (Dataset.CHANNEL_POSTS, None, "posted_at"),
        (Dataset.FINANCIALS_QUARTERLY, "code", "known_at"),
        (Dataset.STOCK_MASTER, "code", "known_at"),
    ],
)
def test_a_schema_says_what_codes_and_since_mean(
    dataset: Dataset, subject: str | None, when: str
) -> None:
    """Readers name subjects and first days without knowing each dataset's columns."""
    schema = SCHEMAS[dataset]
    assert (subject, when) == (schema.subject, schema.when)
    assert set(schema.key) <= set(schema.required())
    assert not set(schema.key) & set(schema.values())
