"""Frozen values to JSON text and back, led by their own type hints."""

import base64
import dataclasses
import types
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from enum import Enum
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

import numpy as np
import orjson
from numpy.typing import NDArray

Value = TypeVar("Value")
Reader = Callable[[Any], Any]


def to_json(value: Any) -> str:
    """Return a value of dataclasses, mappings, tuples, sets, enums, times and arrays as JSON text.

    An array keeps each bit, a set is sorted.
    """
    return to_bytes(value).decode()


def to_bytes(value: Any) -> bytes:
    """Return the same JSON text as UTF-8."""
    return orjson.dumps(value, default=_plain, option=orjson.OPT_NON_STR_KEYS)


def from_json(kind: type[Value], document: str | bytes) -> Value:
    """Return the value of type `kind` that `to_json` wrote."""
    return from_plain(kind, orjson.loads(document))


def from_plain(kind: type[Value], plain: Any) -> Value:
    """Return the value of type `kind` from parsed JSON, which is used up.

    Fields nobody knows are left out.
    """
    hint: Any = kind
    value: Value = _reader(hint)(plain)
    return value


def _plain(value: Any) -> Any:
    """Return what orjson does not know itself: mappings, sets, numpy numbers and arrays."""
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.ndarray):
        bits = base64.b64encode(np.ascontiguousarray(value).tobytes()).decode()
        return {"dtype": value.dtype.str, "shape": value.shape, "bits": bits}
    if isinstance(value, frozenset):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} has no place in a stored document")


@cache
def _reader(kind: Any) -> Reader:
    """Return what turns plain JSON into a value of `kind`."""
    origin, inner = get_origin(kind), get_args(kind)
    if origin in {Union, types.UnionType}:
        return _optional(inner)
    if origin in _OF_MANY:
        return _OF_MANY[origin](inner)
    if origin is not None and issubclass(origin, Mapping):
        return _mapping(inner)
    if dataclasses.is_dataclass(kind):
        return _dataclass(kind)
    return _plain_reader(kind)


def _same(plain: Any) -> Any:
    return plain


def _plain_reader(kind: Any) -> Reader:
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind
    if isinstance(kind, type) and issubclass(kind, date):
        return datetime.fromisoformat if issubclass(kind, datetime) else date.fromisoformat
    if kind is time:
        return time.fromisoformat
    return _same


def _optional(inner: tuple[Any, ...]) -> Reader:
    known = [k for k in inner if k is not type(None)]
    # a union of plain JSON types needs no reading
    read = _reader(known[0]) if len(known) == 1 else _same
    return read if read is _same else lambda plain: None if plain is None else read(plain)


def _array(plain: Any) -> Any:
    bits = np.frombuffer(base64.b64decode(plain["bits"]), dtype=np.dtype(plain["dtype"]))
    # a copy: what is read from a buffer cannot be written to
    return bits.reshape(plain["shape"]).copy()


def _mapping(inner: tuple[Any, ...]) -> Reader:
    named = isinstance(inner[0], type) and issubclass(inner[0], Enum)
    key, read = _reader(inner[0]) if named else _same, _reader(inner[1])
    return lambda plain: {key(k): read(v) for k, v in plain.items()}


def _tuple(inner: tuple[Any, ...]) -> Reader:
    if inner[-1] is Ellipsis:
        read = _reader(inner[0])
        return lambda plain: tuple(read(v) for v in plain)
    reads = [_reader(k) for k in inner]
    return lambda plain: tuple(r(v) for r, v in zip(reads, plain, strict=True))


def _set(inner: tuple[Any, ...]) -> Reader:
    read = _reader(inner[0])
    return lambda plain: frozenset(read(v) for v in plain)


_OF_MANY: Mapping[Any, Callable[[tuple[Any, ...]], Reader]] = {
    tuple: _tuple,
    frozenset: _set,
    np.ndarray: lambda _: _array,
    # the name that numpy gives its arrays stands for itself from 2.5 on
    NDArray: lambda _: _array,
}


def _dataclass(kind: Any) -> Reader:
    hints = get_type_hints(kind)
    names = frozenset(f.name for f in dataclasses.fields(kind))
    reads = tuple((n, r) for n in names if (r := _reader(hints[n])) is not _same)

    def read(plain: dict[str, Any]) -> Any:
        if not plain.keys() <= names:
            plain = {n: v for n, v in plain.items() if n in names}
        for name, read_one in reads:
            if name in plain:
                # parsed a moment ago for this value alone, so it may be changed in place
                plain[name] = read_one(plain[name])
        return kind(**plain)

    return read
