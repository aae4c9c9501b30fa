"""Text becomes a checked value, and back."""

from datetime import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jennie_cli.engine.errors import SettingsError
from jennie_cli.engine.model import Regime, Setting
from jennie_cli.settings import allowed, read_value, write_value

PLAIN = Setting(name="x", default=0, doc="A test.")
RANGED = Setting(name="x", default=5, doc="A test.", low=1, high=10)


def read(kind: Any, raw: Any, spec: Setting = PLAIN) -> Any:
    """Read a value as if it stood in the table."""
    return read_value("room.x", kind, spec, raw, origin="table")


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        (bool, "true", True),
        (bool, "Off", False),
        (bool, True, True),
        (int, "50_000", 50_000),
        (int, "1,000", 1_000),
        (int, 3.0, 3),
        (float, "0.5", 0.5),
        (float, 2, 2.0),
        (str, "v2", "v2"),
        (time, "09:30", time(9, 30)),
        (time, time(9, 30), time(9, 30)),
        (Regime, "BULL", Regime.BULL),
        (tuple[str, ...], "a, b", ("a", "b")),
        (tuple[str, ...], ["a", "b"], ("a", "b")),
        (tuple[int, ...], "", ()),
        (int | None, "", None),
        (int | None, "7", 7),
    ],
)
def test_values_are_read_by_their_type(kind: Any, raw: Any, value: Any) -> None:
    """Text and TOML values give the same typed value."""
    found = read(kind, raw)
    assert value == found
    assert type(value) is type(found)


@pytest.mark.parametrize(
    ("kind", "raw"),
    [(bool, "maybe"), (int, "1.5"), (int, 1.5), (int, True), (float, "x"), (time, "25:00")],
)
def test_a_wrong_value_names_key_value_origin_and_range(kind: Any, raw: Any) -> None:
    """The message can be acted on without a manual."""
    with pytest.raises(SettingsError) as caught:
        read(kind, raw)
    assert f"room.x cannot be {raw!r} (table): it takes {allowed(PLAIN, kind)}." == str(
        caught.value
    )
    assert "jennie config set room.x VALUE" == caught.value.hint


@pytest.mark.parametrize("raw", ["0", "11"])
def test_a_value_out_of_range_is_refused(raw: str) -> None:
    """Low and high are part of the declaration."""
    with pytest.raises(SettingsError, match="a whole number from 1 to 10"):
        read(int, raw, RANGED)


def test_a_value_outside_the_choices_is_refused() -> None:
    """Choices are part of the declaration, also for each member of a list."""
    spec = Setting(name="x", default="a", doc="A test.", choices=("a", "b"))
    assert "b" == read(str, "b", spec)
    with pytest.raises(SettingsError, match="one of a, b"):
        read(str, "c", spec)
    with pytest.raises(SettingsError, match="one of a, b"):
        read(tuple[str, ...], "a,c", spec)


@pytest.mark.parametrize(
    ("spec", "kind", "words"),
    [
        (Setting(name="x", default=1, doc="", low=0), int, "a whole number of at least 0"),
        (Setting(name="x", default=1, doc="", high=0.5), float, "a number of at most 0.5"),
        (
            Setting(name="x", default=1, doc="", high=2**31),
            int,
            "a whole number of at most 2147483648",
        ),
        (PLAIN, tuple[str, ...], "a comma-separated list"),
        (PLAIN, time | None, "HH:MM"),
        (PLAIN, Regime, "one of STRONG_BULL, BULL, NEUTRAL, BEAR, STRONG_BEAR"),
    ],
)
def test_what_is_allowed_is_said_in_words(spec: Setting, kind: Any, words: str) -> None:
    """Ranges and choices read as a sentence."""
    assert words == allowed(spec, kind)


@given(
    st.one_of(
        st.tuples(st.just(bool), st.booleans()),
        st.tuples(st.just(int), st.integers()),
        st.tuples(st.just(float), st.floats(allow_nan=False)),
        st.tuples(st.just(time), st.times().map(lambda t: t.replace(second=0, microsecond=0))),
        st.tuples(st.just(int | None), st.none() | st.integers()),
        st.tuples(st.just(tuple[int, ...]), st.lists(st.integers()).map(tuple)),
    )
)
def test_what_is_written_is_read_back(pair: tuple[Any, Any]) -> None:
    """The table keeps text; the value survives."""
    kind, value = pair
    assert value == read(kind, write_value(value))
