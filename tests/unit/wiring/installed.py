"""Plugins that are installed as far as anybody can tell."""

from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from jennie_cli.wiring import guests


@dataclass(frozen=True)
class Entry:
    """An entry point of a package that is not there."""

    group: str
    name: str
    load: Callable[[], Any]
    dist: Any = field(default_factory=lambda: SimpleNamespace(name="some-plugin", version="1.0"))
    value: str = "some_plugin:ask"


def install(patch: pytest.MonkeyPatch, *entries: Entry) -> None:
    """Have these entry points, and no others, be found."""

    def found(*, group: str) -> list[Entry]:
        return [entry for entry in entries if entry.group == group]

    patch.setattr(guests, "entry_points", found)
