"""A market fact holds from a date on; the tables beside this file say which and by what source."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, Generic, TypeVar

from jennie_cli.engine.errors import InputError

T = TypeVar("T")


def table_text(name: str) -> str:
    """Return the text of a shipped table, such as "days.toml"."""
    return (files(__package__) / "tables" / name).read_text(encoding="utf-8")


@cache
def table(name: str) -> dict[str, Any]:
    """Return a shipped table, parsed."""
    return tomllib.loads(table_text(name))


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline(Generic[T]):
    """The values of one fact over time; `rows` are (first day in force, value), oldest first."""

    subject: str
    rows: tuple[tuple[date, T], ...]

    @classmethod
    def of(cls, subject: str, rows: Iterable[tuple[date, T]]) -> "Timeline[T]":
        """Return a timeline of rows given in any order."""
        return cls(subject=subject, rows=tuple(sorted(rows, key=lambda row: row[0])))

    def on(self, day: date) -> T:
        """Return the value in force on `day`; InputError for a day before the first row."""
        for since, value in reversed(self.rows):
            if since <= day:
                return value
        raise InputError(
            f"{self.subject} is not on record for {day}.",
            hint=f"Use a day from {self.rows[0][0]} on.",
        )
