"""Single days that differ from the rule: the shipped list and the user's own, in one TOML form."""

import json
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from typing import Any

from jennie_cli.engine.errors import BadFile, InputError

_KEYS = {"date", "kind", "open", "close", "reason", "source"}


class DayKind(StrEnum):
    """What an override says of its day; `hours` never opens a closed day."""

    CLOSED = "closed"
    OPEN = "open"
    HOURS = "hours"


@dataclass(frozen=True, slots=True, kw_only=True)
class DayOverride:
    """One day that differs; `open` and `close` are KST wall times, both or neither.

    InputError when the hours do not fit the kind or a text is not one printable line.
    """

    day: date
    kind: DayKind
    reason: str
    source: str
    open: time | None = None
    close: time | None = None

    def __post_init__(self) -> None:
        """Refuse contradictions at birth."""
        if not (self.reason + self.source).isprintable():
            raise InputError(f"{self.day}: reason and source are one line of printable text.")
        given = (self.open is not None) + (self.close is not None)
        if (
            given
            not in {DayKind.CLOSED: (0,), DayKind.OPEN: (0, 2), DayKind.HOURS: (2,)}[self.kind]
        ):
            raise InputError(
                f"{self.day}: the hours do not fit a day of kind '{self.kind}'.",
                hint="closed takes none, hours takes open and close, open takes both or none.",
            )
        if self.open is not None and self.close is not None and self.open >= self.close:
            raise InputError(f"{self.day}: it would close at {self.close} before it opens.")


def parse_overrides(text: str) -> tuple[DayOverride, ...]:
    """Return the [[day]] entries of a TOML text, in order; BadFile when it holds anything else."""
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadFile(f"The list of days is not TOML: {error}") from error
    entries = content.get("day", [])
    if set(content) - {"day"} or not isinstance(entries, list):
        raise BadFile(
            f"The list of days holds {', '.join(sorted(content))}.",
            hint="It takes [[day]] entries and nothing else.",
        )
    return tuple(_entry(entry) for entry in entries)


def format_overrides(overrides: Iterable[DayOverride]) -> str:
    """Return the TOML text that `parse_overrides` reads back as the same values."""
    return "\n".join(_block(one) for one in overrides)


def _entry(entry: Any) -> DayOverride:
    if not isinstance(entry, dict) or set(entry) - _KEYS or not {"date", "kind"} <= set(entry):
        raise BadFile(f"Not a [[day]] entry: {entry}", hint=f"Its keys are {sorted(_KEYS)}.")
    day, kind = entry["date"], entry["kind"]
    reason, source = entry.get("reason", ""), entry.get("source", "")
    hours = (entry.get("open"), entry.get("close"))
    if not isinstance(day, date) or isinstance(day, datetime) or kind not in tuple(DayKind):
        raise BadFile(
            f"Not a day or not a kind: {day}, {kind}",
            hint="date = 2026-11-19, kind = one of closed, open, hours.",
        )
    if not (isinstance(reason, str) and isinstance(source, str)):
        raise BadFile(f"{day}: reason and source are texts.")
    if any(hour is not None and not isinstance(hour, time) for hour in hours):
        raise BadFile(f"{day}: open and close are times.", hint="open = 10:00:00")
    try:
        return DayOverride(
            day=day,
            kind=DayKind(kind),
            reason=reason,
            source=source,
            open=hours[0],
            close=hours[1],
        )
    except InputError as error:
        raise BadFile(error.message, hint=error.hint) from error


def _block(one: DayOverride) -> str:
    lines = ["[[day]]", f"date = {one.day.isoformat()}", f'kind = "{one.kind}"']
    lines += [
        f"{name} = {hour.isoformat()}"
        for name, hour in (("open", one.open), ("close", one.close))
        if hour is not None
    ]
    # a JSON string of printable characters is a TOML basic string
    lines += [
        f"{name} = {json.dumps(words, ensure_ascii=False)}"
        for name, words in (("reason", one.reason), ("source", one.source))
    ]
    return "\n".join(lines) + "\n"
