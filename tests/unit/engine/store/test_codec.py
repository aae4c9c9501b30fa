"""Frozen values to JSON and back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from jennie_cli.engine.model import Side
from jennie_cli.engine.store.codec import from_json, to_json


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """A value inside another."""

    side: Side
    day: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """A value with every shape of field."""

    at: datetime
    leaves: tuple[Leaf, ...] = ()
    pair: tuple[date, int] = (date.min, 0)
    by_name: Mapping[str, Leaf] = field(default_factory=dict)
    figure: float | str | None = None
    free: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Grown:
    """A value with arrays, sets and a clock time."""

    figures: NDArray[np.float64]
    flags: NDArray[np.bool_]
    days: NDArray[np.int64]
    opens: time
    sides: frozenset[Side]
    by_side: Mapping[Side, NDArray[np.float64]]


AT = datetime(2026, 3, 3, 9, 0, 0, 1, tzinfo=UTC)
LEAF = Leaf(side=Side.SELL, day=AT.date())


@pytest.mark.parametrize(
    "tree",
    [
        Tree(at=AT),
        Tree(at=AT, leaves=(LEAF, Leaf(side=Side.BUY)), pair=(AT.date(), 3)),
        Tree(at=AT, by_name={"a": LEAF}, figure="x", free=[1, None]),
    ],
)
def test_a_value_returns_as_it_was(tree: Tree) -> None:
    """Types come back by the hints, not by what JSON made of them."""
    assert tree == from_json(Tree, to_json(tree))


def test_read_only_mappings_and_numpy_numbers_are_plain_values() -> None:
    """A figure straight from an array is stored as the number it is."""
    tree = Tree(at=AT, by_name=MappingProxyType({"a": LEAF}), figure=np.float64(0.5))
    assert Tree(at=AT, by_name={"a": LEAF}, figure=0.5) == from_json(Tree, to_json(tree))


def test_fields_of_older_and_newer_versions_are_told_apart() -> None:
    """A missing field takes its default, a field nobody knows is left out."""
    assert Leaf(side=Side.BUY) == from_json(Leaf, '{"side": "buy", "mood": "good"}')


def test_what_has_no_place_in_a_document_is_refused() -> None:
    """A value that could not be read back is not written."""
    with pytest.raises(TypeError):
        to_json(Tree(at=AT, free=object()))


def test_arrays_come_back_to_the_bit() -> None:
    """With their kind and shape, unknown figures too; and they can be written to again."""
    odd = np.array([[np.nan, -0.0, np.inf], [1e-320, 0.1, -np.inf]])
    told = Grown(
        figures=odd[:, ::2],
        flags=np.array([True, False]),
        days=np.empty(0, dtype=np.int64),
        opens=time(9, 30, 0, 5),
        sides=frozenset({Side.SELL, Side.BUY}),
        by_side={Side.BUY: np.array(0.1)},
    )
    read = from_json(Grown, to_json(told))
    for ours, theirs in (
        (told.figures, read.figures),
        (told.flags, read.flags),
        (told.days, read.days),
        (told.by_side[Side.BUY], read.by_side[Side.BUY]),
    ):
        assert (ours.dtype, ours.shape) == (theirs.dtype, theirs.shape)
        assert ours.tobytes() == theirs.tobytes()
    assert (told.opens, told.sides) == (read.opens, read.sides)
    assert all(isinstance(side, Side) for side in (*read.sides, *read.by_side))
    read.figures[0, 0] = 1.0


def test_a_set_is_written_in_order() -> None:
    """The same set is the same text."""
    assert '["a","b","c"]' == to_json(frozenset("cab"))
