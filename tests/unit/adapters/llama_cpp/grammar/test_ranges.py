"""Ranges of numbers, judged by llama.cpp's own parser and by arithmetic."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jennie_cli.adapters.llama_cpp.grammar import UnsupportedSchema, gbnf

Judge = Callable[[str, str | bytes], bool]
BOUNDS = st.tuples(*[st.integers(-(10**7), 10**7)] * 2).map(sorted)
CENTS = st.tuples(*[st.integers(-(10**6), 10**6)] * 2).map(sorted)


@settings(max_examples=150)
@given(bounds=BOUNDS, value=st.integers(-(10**8), 10**8))
def test_a_whole_number_is_accepted_exactly_within_its_range(
    accepts: Judge, bounds: list[int], value: int
) -> None:
    """A whole number is accepted exactly when it lies within any range."""
    low, high = bounds
    grammar = gbnf({"type": "integer", "minimum": low, "maximum": high})
    assert (low <= value <= high) == accepts(grammar, str(value))
    for edge, inside in ((low - 1, False), (low, True), (high, True), (high + 1, False)):
        assert inside == accepts(grammar, str(edge))


@settings(max_examples=150)
@given(bounds=CENTS, value=st.integers(-(10**7), 10**7))
def test_a_decimal_is_accepted_exactly_within_its_range(
    accepts: Judge, bounds: list[int], value: int
) -> None:
    """A number of up to four decimals is accepted exactly when it lies within any range."""
    low, high = (Decimal(bound) / 100 for bound in bounds)
    grammar = gbnf({"type": "number", "minimum": float(low), "maximum": float(high)})
    tenth = Decimal(1) / 10_000
    for asked in (Decimal(value) / 10_000, low - tenth, low, high, high + tenth):
        text = f"{asked:f}"
        bare = text.rstrip("0").rstrip(".") if "." in text else text
        if Decimal(text) == 0 and text.startswith("-"):
            continue
        assert (low <= asked <= high) == accepts(grammar, text)
        assert (low <= asked <= high) == accepts(grammar, bare)


@pytest.mark.parametrize(
    ("schema", "good", "bad"),
    [
        ({"minimum": 0}, ["0", "7", "9" * 18], ["-1", "-0", "00", "1.0", "1" + "0" * 18]),
        ({"maximum": -3}, ["-3", "-4", "-" + "9" * 18], ["-2", "0", "3", "-03"]),
        ({"exclusiveMinimum": 5}, ["6", "60"], ["5", "4"]),
        ({"exclusiveMaximum": 5}, ["4", "-5", "0"], ["5", "6"]),
        ({"minimum": 0.5, "maximum": 2.5}, ["1", "2"], ["0", "3"]),
        ({"minimum": 7, "exclusiveMinimum": 3, "maximum": 7}, ["7"], ["4", "8", "77"]),
        ({"minimum": 10**18}, [str(10**18), "9" * 19], [str(10**18 - 1)]),
        ({}, ["0", "-1", "123456789012345678"], ["-0", "+1", "1e3", "0x1", " 1", ""]),
    ],
)
def test_one_sided_and_odd_ranges_of_whole_numbers(
    accepts: Judge, schema: dict[str, float], good: list[str], bad: list[str]
) -> None:
    """One bound, exclusive bounds and broken bounds hold for whole numbers."""
    grammar = gbnf({"type": "integer", **schema})
    assert good == [text for text in good + bad if accepts(grammar, text)]


@pytest.mark.parametrize(
    ("schema", "good", "bad"),
    [
        ({"minimum": 0, "maximum": 1}, ["0", "1", "0.5", "1.0", "1.0000"], ["1.01", "-0.1", "01"]),
        ({"exclusiveMinimum": 0, "maximum": 1}, ["0.0001", "1"], ["0", "0.0", "0.00001"]),
        ({"exclusiveMaximum": 0}, ["-0.0001", "-12.5"], ["0", "-0", "-0.0", "-0.0000"]),
        ({"minimum": -0.00002, "maximum": 0.5}, ["-0.00002", "0", "0.5"], ["-0.00003", "-0"]),
        ({}, ["0", "-1.5", "12.3456"], ["1.", ".5", "1.23456", "-", "1e5", "NaN", "-0"]),
    ],
)
def test_odd_ranges_of_decimals(
    accepts: Judge, schema: dict[str, float], good: list[str], bad: list[str]
) -> None:
    """Exclusive bounds, one bound and small bounds hold for decimals."""
    grammar = gbnf({"type": "number", **schema})
    assert good == [text for text in good + bad if accepts(grammar, text)]


@pytest.mark.parametrize("kind", ["integer", "number"])
@pytest.mark.parametrize(
    "bounds", [{"minimum": 2, "maximum": 1}, {"minimum": float("nan")}, {"maximum": True}]
)
def test_a_range_that_holds_nothing_is_refused(kind: str, bounds: dict[str, float]) -> None:
    """A range without a number, or a bound that is none, is refused by name."""
    with pytest.raises(UnsupportedSchema, match=r"minimum|maximum"):
        gbnf({"type": kind, **bounds})
