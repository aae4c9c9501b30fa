"""Frozen values to JSON and back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest

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
