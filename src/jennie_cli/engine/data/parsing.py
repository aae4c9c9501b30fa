"""Text and loose types to the store's types, whole columns at a time.

A value that is not what its column holds makes its row a fault, never a guess.
"""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jennie_cli.engine.clock import KST
from jennie_cli.engine.errors import BadFile
from jennie_cli.engine.store.merge import factorize
from jennie_cli.engine.store.schema import Kind

Array = NDArray[Any]
Mask = NDArray[np.bool_]
_WHOLE_MOST = 2**63 - 1
_WORDS_FOR_YES = {"true", "1", "y", "yes"}


def parse(kind: Kind, values: Array) -> tuple[Array, Mask, Mask]:
    """Return the stored column, where it was absent, and where it was not a `kind`.

    An absent or wrong whole number is 0 and a wrong moment 0: their rows must be rejected.
    """
    absent = _absent(values)
    if kind == "int" and values.dtype.kind in "iu":
        return values.astype("int64"), absent, values > _WHOLE_MOST
    if kind == "text":
        return _text(values, absent), absent, np.zeros(len(values), dtype=bool)
    if kind == "bool":
        yes = [str(v).lower() in _WORDS_FOR_YES for v in values]
        return np.array(yes, dtype=bool), absent, np.zeros(len(values), dtype=bool)
    parsed = {"date": _dates, "moment": _moments}.get(kind, _numbers)(values)
    if kind == "int":
        return _whole(parsed, absent)
    # text such as "inf" is a number to pandas, but no figure
    no_value = ~np.isfinite(parsed)
    wrong = no_value & ~absent
    if kind == "moment":
        return _seconds(parsed), absent, wrong
    return parsed, absent, wrong


def codes(values: Array, *, name: str) -> tuple[Array, Mask]:
    """Return six-character codes and where there is none.

    Raises BadFile when codes have lost their leading zeros, as a spreadsheet does.
    """
    absent = _absent(values)
    if values.dtype.kind in "iuf" and not absent.all():
        raise _zeros_lost(name, str(int(values[~absent][0])))
    labels, index = factorize(_text(values, absent, none=""))
    for label in labels:
        if label.isdigit() and len(label) < 6 and not label.startswith("0"):
            raise _zeros_lost(name, label)
    good = np.array([len(v) == 6 and v.isascii() and v.isalnum() for v in labels], dtype=bool)
    return labels[index], ~good[index]


def _zeros_lost(name: str, seen: str) -> BadFile:
    return BadFile(
        f"{name}: the code '{seen}' has fewer than six digits; its leading zeros are lost.",
        hint="Save the code column as text (005930, not 5930) and import again.",
    )


def _absent(values: Array) -> Mask:
    return np.asarray(pd.isna(values))


def _text(values: Array, absent: Mask, *, none: str | None = None) -> Array:
    out = values.astype(object)
    if not set(map(type, out[~absent])) <= {str}:
        out[~absent] = [str(v) for v in out[~absent]]
    out[absent] = none
    return out


def _numbers(values: Array) -> Array:
    if values.dtype.kind in "iufb":
        return values.astype("float64") if values.dtype.kind != "f" else values
    return pd.to_numeric(pd.Series(values, dtype=object), errors="coerce").to_numpy("float64")


def _whole(numbers: Array, absent: Mask) -> tuple[Array, Mask, Mask]:
    wrong = ~absent & (~np.isfinite(numbers) | (numbers != np.floor(numbers)))
    # as a float the greatest whole number is one more than it is
    wrong |= np.abs(numbers) >= _WHOLE_MOST
    return np.where(absent | wrong, 0, numbers).astype("int64"), absent, wrong


def _dates(values: Array) -> Array:
    if values.dtype.kind == "M":
        return values.astype("datetime64[D]")
    labels, index = factorize(_text(values, _absent(values), none=""))
    plain = pd.Series([v.replace("-", "").removesuffix(".0") for v in labels], dtype=object)
    days = pd.to_datetime(plain, format="%Y%m%d", errors="coerce")
    return days.to_numpy("datetime64[D]")[index]


def _moments(values: Array) -> Array:
    """Return aware or KST wall times as datetime64[s] in UTC."""
    text = pd.Series(values, dtype=object).astype(str).str.removesuffix(" KST")
    parsed = [pd.to_datetime(text, format="ISO8601", errors="coerce", utc=True)]
    naive = ~text.str.contains(r"(?:Z|[+-]\d\d:?\d\d)$", regex=True)
    local = pd.to_datetime(text[naive], format="ISO8601", errors="coerce")
    out = parsed[0].dt.tz_localize(None).to_numpy("datetime64[s]").copy()
    out[naive.to_numpy()] = local.dt.tz_localize(KST).dt.tz_convert(None).to_numpy("datetime64[s]")
    return out


def _seconds(moments: Array) -> Array:
    return np.where(np.isnat(moments), 0, moments.astype("int64"))
