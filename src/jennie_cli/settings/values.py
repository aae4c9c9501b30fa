"""A text from the environment, the table or a file becomes a checked value of its field."""

from datetime import time
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin

from jennie_cli.engine.errors import SettingsError
from jennie_cli.engine.model import Setting

_TRUE = frozenset({"true", "1", "yes", "on"})
_FALSE = frozenset({"false", "0", "no", "off"})
_HINTS = {
    "command line": "jennie config get {key} --json   tells its meaning and range",
    "table": "jennie config set {key} VALUE",
    "file": "Correct it in the file that `jennie config path` names.",
}


def read_value(key: str, kind: Any, spec: Setting, raw: Any, *, origin: str) -> Any:
    """Return `raw` (a text or a TOML value) as a checked value of type `kind`.

    Raises SettingsError naming the key, the value, where it came from, and what is allowed.
    """
    try:
        value = _typed(kind, raw)
    except (TypeError, ValueError):
        raise _wrong(key, raw, origin, spec, kind) from None
    if not _in_range(value, spec) or not _is_choice(value, spec):
        raise _wrong(key, raw, origin, spec, kind)
    return value


def write_value(value: Any) -> str:
    """Return a value as the text that `read_value` reads back."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, tuple | list):
        return ",".join(write_value(v) for v in value)
    return value.isoformat("minutes") if isinstance(value, time) else str(value)


def allowed(spec: Setting, kind: Any) -> str:
    """Say in words what a setting accepts."""
    if spec.choices:
        return "one of " + ", ".join(spec.choices)
    bare, _ = _bare(kind)
    if isinstance(bare, type) and issubclass(bare, Enum):
        return "one of " + ", ".join(str(m.value) for m in bare)
    words = {bool: "true or false", int: "a whole number", float: "a number", time: "HH:MM"}
    text = words.get(bare, "a comma-separated list" if get_origin(bare) is tuple else "text")
    if spec.low is not None and spec.high is not None:
        text += f" from {_figure(spec.low)} to {_figure(spec.high)}"
    elif spec.low is not None:
        text += f" of at least {_figure(spec.low)}"
    elif spec.high is not None:
        text += f" of at most {_figure(spec.high)}"
    return text


def _figure(limit: float) -> str:
    return str(int(limit)) if float(limit).is_integer() else f"{limit:g}"


def _typed(kind: Any, raw: Any) -> Any:
    bare, optional = _bare(kind)
    if optional and (raw is None or raw == ""):
        return None
    if get_origin(bare) is tuple:
        parts = raw if isinstance(raw, list | tuple) else [p.strip() for p in str(raw).split(",")]
        member = get_args(bare)[0]
        return tuple(_typed(member, p) for p in parts if p != "")
    if bare is bool:
        return _truth(raw)
    if isinstance(raw, bool) or not isinstance(raw, str | int | float | time):
        raise TypeError
    if bare is int:
        return _whole(raw)
    if bare is time:
        return raw if isinstance(raw, time) else time.fromisoformat(str(raw))
    return bare(raw)


def _bare(kind: Any) -> tuple[Any, bool]:
    """Take the None out of `X | None`."""
    if get_origin(kind) in (Union, UnionType):
        members = [m for m in get_args(kind) if m is not NoneType]
        return members[0], len(members) < len(get_args(kind))
    return kind, False


def _truth(raw: Any) -> bool:
    word = str(raw).strip().lower()
    if word not in _TRUE | _FALSE:
        raise ValueError
    return word in _TRUE


def _whole(raw: Any) -> int:
    if isinstance(raw, float) and not raw.is_integer():
        raise ValueError
    return int(raw.replace("_", "").replace(",", "")) if isinstance(raw, str) else int(raw)


def _in_range(value: Any, spec: Setting) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return True
    low_ok = spec.low is None or value >= spec.low
    return low_ok and (spec.high is None or value <= spec.high)


def _is_choice(value: Any, spec: Setting) -> bool:
    if not spec.choices or value is None:
        return True
    members = value if isinstance(value, tuple) else (value,)
    return all(str(m) in spec.choices for m in members)


def _wrong(key: str, raw: Any, origin: str, spec: Setting, kind: Any) -> SettingsError:
    return SettingsError(
        f"{key} cannot be {raw!r} ({origin}): it takes {allowed(spec, kind)}.",
        hint=_HINTS.get(origin, f"Correct or unset it: {origin}.").format(key=key),
    )
