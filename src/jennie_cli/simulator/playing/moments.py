"""What a play adds to the happenings of its exchange, and what may be done to its market."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from jennie_cli.simulator.brokerage import Reason, Taken


@dataclass(frozen=True, slots=True, kw_only=True)
class DayOpened:
    """A trading day began at its midnight: cash settled, listings and numbers are new."""

    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Scripted:
    """A line of the script was carried out: it has a number, or a reason why it has none."""

    at: datetime
    label: str
    taken: Taken | None = None
    refused: Reason | None = None


class DisturbanceKind(StrEnum):
    """What may befall a market."""

    HALT = "halt"
    RESUME = "resume"
    BREAK = "break"


@dataclass(frozen=True, slots=True, kw_only=True)
class Disturbance:
    """A halt or resumption of `code`, or a break of the whole market for some `minutes`."""

    kind: DisturbanceKind
    code: str = ""
    minutes: int = 20
