"""Rows meet by key: against a plain dictionary, for any rows."""

import math
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jennie_cli.engine.store import SCHEMAS, Dataset
from jennie_cli.engine.store.columns import blank, stored_columns
from jennie_cli.engine.store.merge import digest, factorize, merge, row_keys

SCHEMA = SCHEMAS[Dataset.FLOWS_STOCK]
START = date(2025, 6, 2)
VALUE = st.one_of(st.just(math.nan), st.integers(-3, 3).map(float))
KEY = st.tuples(st.sampled_from(["000020", "005930", "0001A0"]), st.integers(0, 3))
ROWS = st.dictionaries(KEY, st.tuples(VALUE, VALUE, st.integers(0, 5)), max_size=8)
Rows = dict[tuple[str, int], tuple[float, float, int]]


def columns(rows: Rows) -> dict[str, Any]:
    """Return rows of (code, day) -> (foreign, institution, moment) as stored columns."""
    codes = np.empty(len(rows), dtype=object)
    codes[:] = [code for code, _ in rows]
    days = [START + timedelta(days=n) for _, n in rows]
    return stored_columns(
        SCHEMA,
        {
            "code": codes,
            "date": np.array(days, dtype="datetime64[D]"),
            "foreign_net": np.array([v[0] for v in rows.values()], dtype=float),
            "inst_net": np.array([v[1] for v in rows.values()], dtype=float),
            "known_at": np.array([v[2] for v in rows.values()], dtype=np.int64),
            "source": np.full(len(rows), "t", dtype=object),
        },
    )


def nothing() -> dict[str, Any]:
    """Return no rows."""
    return {n: blank(k, 0) for n, k in SCHEMA.kinds().items()}


@given(ROWS, ROWS)
def test_merging_is_what_a_dictionary_does(old: Rows, new: Rows) -> None:
    """Values are laid over unless missing, the moment stays the earliest, keys end up sorted."""
    merged = merge(SCHEMA, merge(SCHEMA, nothing(), columns(old)).columns, columns(new))
    expected = dict(old)
    changed = 0
    for key, row in new.items():
        before = expected.get(key)
        if before is None:
            expected[key] = row
            continue
        laid = tuple(b if math.isnan(a) else a for a, b in zip(row[:2], before[:2], strict=True))
        expected[key] = (laid[0], laid[1], min(row[2], before[2]))
        changed += repr(expected[key]) != repr(before)
    got = merged.columns
    assert sorted(expected) == [
        (code, (day.item() - START).days)
        for code, day in zip(got["code"], got["date"], strict=True)
    ]
    flat = [expected[k] for k in sorted(expected)]
    np.testing.assert_array_equal([v[0] for v in flat], got["foreign_net"])
    np.testing.assert_array_equal([v[1] for v in flat], got["inst_net"])
    assert [v[2] for v in flat] == got["known_at"].tolist()
    assert (len(expected) - len(old), changed) == (
        int(merged.is_new.sum()),
        int(merged.is_changed.sum()),
    )


@given(ROWS)
def test_merging_again_changes_nothing(rows: Rows) -> None:
    """Every row of a batch merged twice is unchanged the second time."""
    once = merge(SCHEMA, nothing(), columns(rows))
    assert len(rows) == merge(SCHEMA, once.columns, columns(rows)).unchanged


def test_a_key_twice_in_a_batch_is_refused() -> None:
    """Which of two rows of one key holds cannot be told."""
    one = columns({("000020", 0): (1.0, 2.0, 3)})
    twice = {n: np.concatenate([v, v]) for n, v in one.items()}
    with pytest.raises(ValueError, match="twice"):
        merge(SCHEMA, nothing(), twice)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 9))))
def test_row_keys_order_as_the_columns_do(rows: list[tuple[str, int]]) -> None:
    """Keys are equal and ordered exactly as the tuples they stand for."""
    letters = np.empty(len(rows), dtype=object)
    letters[:] = [r[0] for r in rows]
    keys = row_keys([letters, np.array([r[1] for r in rows], dtype=np.int64)])
    order = np.argsort(keys, kind="stable").tolist()
    assert sorted(rows) == [rows[i] for i in order]
    assert len(set(rows)) == len(set(keys.tolist()))


@given(st.lists(st.dates(date(1990, 1, 1), date(2030, 1, 1)), min_size=1))
def test_days_are_factorized_as_numpy_would(days: list[date]) -> None:
    """Counting days gives the labels and places that sorting them does."""
    values = np.array(days, dtype="datetime64[D]")
    labels, index = factorize(values)
    plain, places = np.unique(values, return_inverse=True)
    np.testing.assert_array_equal(plain, labels)
    np.testing.assert_array_equal(places, index)


def test_a_digest_tells_contents_and_histories_apart() -> None:
    """Another value, key or history gives another digest; another source does not."""
    rows = columns({("000020", 0): (1.0, 2.0, 3)})
    other = columns({("000020", 0): (1.0, 2.5, 3)})
    moved = columns({("005930", 0): (1.0, 2.0, 3)})
    named = {**rows, "source": np.array(["u"], dtype=object)}
    assert digest(rows) == digest(named)
    told = {digest(rows), digest(other), digest(moved), digest(rows, after="x")}
    assert 4 == len(told)
