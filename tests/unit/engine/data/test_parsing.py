"""Loose values to stored types: text as csv has it, and types as parquet has them."""

from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jennie_cli.engine.data.parsing import codes, parse
from jennie_cli.engine.errors import BadFile


def objects(*values: Any) -> Any:
    """Return an object array."""
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


@given(st.lists(st.one_of(st.none(), st.integers(-(2**50), 2**50)), min_size=1))
def test_whole_numbers_come_back_from_text(values: list[int | None]) -> None:
    """Every whole number survives; an absent one is told as absent, never as zero."""
    parsed, absent, wrong = parse("int", objects(*(None if v is None else str(v) for v in values)))
    assert [v is None for v in values] == absent.tolist()
    assert not wrong.any()
    assert [v or 0 for v in values] == parsed.tolist()


@given(st.lists(st.dates(date(1990, 1, 1), date(2030, 1, 1)), min_size=1))
def test_days_come_back_from_every_way_of_writing_them(days: list[date]) -> None:
    """ISO text, eight digits, numbers and numpy's own dates mean the same day."""
    ways = (
        objects(*(d.isoformat() for d in days)),
        objects(*(d.strftime("%Y%m%d") for d in days)),
        np.array([int(d.strftime("%Y%m%d")) for d in days]),
        np.array(days, dtype="datetime64[us]"),
    )
    for values in ways:
        parsed, absent, wrong = parse("date", values)
        assert days == parsed.tolist()
        assert not (absent | wrong).any()


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("int", "1.5"),
        ("int", "x"),
        ("int", "inf"),
        ("int", "99999999999999999999"),
        ("int", 10**20),
        ("int", str(2**63)),
        ("float", "1,000"),
        ("float", "inf"),
        ("float", "-Infinity"),
        ("float", "1e999"),
        ("float", "nan"),
        ("date", "2025-02-30"),
        ("moment", "yesterday"),
    ],
)
def test_what_is_no_value_of_its_kind_is_wrong(kind: Any, value: Any) -> None:
    """A wrong value is neither absent nor guessed."""
    _, absent, wrong = parse(kind, objects(value, None))
    assert [False, True] == absent.tolist()
    assert [True, False] == wrong.tolist()


def test_typed_columns_pass_through() -> None:
    """Numbers, flags and lists of a typed file need no text in between."""
    assert [1.0, 2.0] == parse("float", np.array([1, 2], dtype="int16"))[0].tolist()
    np.testing.assert_array_equal([1.5, np.nan], parse("float", np.array([1.5, np.nan]))[0])
    assert [3] == parse("int", np.array([3], dtype="int32"))[0].tolist()
    assert [True, False, False] == parse("bool", objects("Y", "no", None))[0].tolist()
    assert ["7", None] == parse("text", objects(7, None))[0].tolist()


def test_moments_without_a_zone_are_korean() -> None:
    """A zone holds where one is written; KST is one."""
    values = objects(
        "2025-06-27T08:00:00+09:00",
        "2025-06-26T23:00:00Z",
        "2025-06-27 08:00 KST",
        "2025-06-27 08:00",
    )
    parsed, _, wrong = parse("moment", values)
    assert 1 == len(set(parsed.tolist()))
    assert not wrong.any()


def test_codes_are_six_letters_or_digits() -> None:
    """Newer codes hold letters; shorter ones that begin with 0 are wrong, not zeros lost."""
    found, wrong = codes(objects("005930", "0001A0", "0007", None, "삼성전자우주"), name="f")
    assert [False, False, True, True, True] == wrong.tolist()
    assert ["005930", "0001A0"] == found[:2].tolist()


def test_codes_of_mixed_types_are_read_as_text() -> None:
    """A number among texts is a code that lost its zeros; a column without codes has none."""
    with pytest.raises(BadFile, match="'660'"):
        codes(objects("005930", 660), name="f")
    _, wrong = codes(np.array([np.nan, np.nan]), name="f")
    assert [True, True] == wrong.tolist()


def test_unsigned_numbers_beyond_the_store_are_wrong() -> None:
    """A number of 64 bits without sign is not wrapped into a negative one."""
    _, absent, wrong = parse("int", np.array([1, 2**63], dtype="uint64"))
    assert ([False, False], [False, True]) == (absent.tolist(), wrong.tolist())


def test_infinite_numbers_of_a_typed_file_are_wrong() -> None:
    """An infinity is no figure, also where the file holds floats."""
    _, absent, wrong = parse("float", np.array([1.0, np.inf, -np.inf, np.nan]))
    assert [False, True, True, False] == wrong.tolist()
    assert [False, False, False, True] == absent.tolist()
