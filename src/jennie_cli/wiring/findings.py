"""What a check-up finds: one line each, with the next act where there is one."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How bad a finding is."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line of the check-up; `todo` is the next act, empty when there is none."""

    name: str
    level: Level
    detail: str
    todo: str = ""


def fine(name: str, detail: str) -> Finding:
    """Return a finding that needs nothing done."""
    return Finding(name=name, level=Level.OK, detail=detail)


def doubtful(name: str, detail: str, todo: str) -> Finding:
    """Return a finding that a person should know of."""
    return Finding(name=name, level=Level.WARN, detail=detail, todo=todo)


def wrong(name: str, detail: str, todo: str) -> Finding:
    """Return a finding that stops trading."""
    return Finding(name=name, level=Level.FAIL, detail=detail, todo=todo)
