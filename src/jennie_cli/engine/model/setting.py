"""A setting is declared once, on the field that holds it; flags, files and docs read it there."""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What one field of a policy says about itself; bounds are in the type of the default."""

    name: str
    default: Any
    doc: str
    unit: str = ""
    low: Any = None
    high: Any = None
    choices: tuple[str, ...] = ()
    env: str = ""


def setting(
    default: Any,
    doc: str,
    *,
    unit: str = "",
    low: Any = None,
    high: Any = None,
    choices: Sequence[str] = (),
    env: str = "",
) -> Any:
    """Return a dataclass field that knows its sentence, unit, range and environment name."""
    meta = {
        "doc": doc,
        "unit": unit,
        "low": low,
        "high": high,
        "choices": tuple(choices),
        "env": env,
    }
    return field(default=default, metadata=meta)


def settings_of(policy: type) -> tuple[Setting, ...]:
    """Return the settings a policy dataclass declares, in order."""
    return tuple(
        Setting(name=f.name, default=f.default, **f.metadata)
        for f in fields(policy)
        if "doc" in f.metadata
    )
