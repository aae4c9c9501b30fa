"""Frozen values to JSON text and back, led by their own type hints."""

import dataclasses
import types
from collections.abc import Callable, Mapping
from datetime import date, datetime
from enum import Enum
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

import numpy as np
import orjson

Value = TypeVar("Value")


def to_json(value: Any) -> str:
    """Return a value of dataclasses, mappings, tuples, enums and times as JSON text."""
    return orjson.dumps(value, default=_plain, option=orjson.OPT_NON_STR_KEYS).decode()


def from_json(kind: type[Value], document: str) -> Value:
    """Return the value of type `kind` that `to_json` wrote."""
    hint: Any = kind
    value: Value = _reader(hint)(orjson.loads(document))
    return value


def _plain(value: Any) -> Any:
    """Return what orjson does not know itself: read-only mappings and numpy numbers."""
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"{type(value).__name__} has no place in a stored document")


@cache
def _reader(kind: Any) -> Callable[[Any], Any]:
    """Return what turns plain JSON into a value of `kind`."""
    origin, inner = get_origin(kind), get_args(kind)
    if origin in {Union, types.UnionType}:
        return _optional(inner)
    if origin is tuple:
        return _tuple(inner)
    if origin is not None and issubclass(origin, Mapping):
        read = _reader(inner[1])
        return lambda plain: {k: read(v) for k, v in plain.items()}
    if dataclasses.is_dataclass(kind):
        return _dataclass(kind)
    return _plain_reader(kind)


def _plain_reader(kind: Any) -> Callable[[Any], Any]:
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind
    if isinstance(kind, type) and issubclass(kind, date):
        return datetime.fromisoformat if issubclass(kind, datetime) else date.fromisoformat
    return lambda plain: plain


def _optional(inner: tuple[Any, ...]) -> Callable[[Any], Any]:
    known = [k for k in inner if k is not type(None)]
    # a union of plain JSON types needs no reading
    read = _reader(known[0]) if len(known) == 1 else _reader(object)
    return lambda plain: None if plain is None else read(plain)


def _tuple(inner: tuple[Any, ...]) -> Callable[[Any], Any]:
    if inner[-1] is Ellipsis:
        read = _reader(inner[0])
        return lambda plain: tuple(read(v) for v in plain)
    reads = [_reader(k) for k in inner]
    return lambda plain: tuple(r(v) for r, v in zip(reads, plain, strict=True))


def _dataclass(kind: Any) -> Callable[[Any], Any]:
    hints = get_type_hints(kind)
    reads = {f.name: _reader(hints[f.name]) for f in dataclasses.fields(kind)}
    return lambda plain: kind(**{n: reads[n](v) for n, v in plain.items() if n in reads})
