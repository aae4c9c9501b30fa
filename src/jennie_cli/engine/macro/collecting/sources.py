"""The port to where macro figures come from: figures and headlines, each with source and moment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol


class Topic(StrEnum):
    """What a headline is read for."""

    GLOBAL = "global"
    KOREA = "korea"
    POLITICS = "politics"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One figure as a source gave it, in the unit of its field; `as_of` is when it was true.

    What stands for a month or a quarter is as of the end of that time.
    """

    field: str
    value: float
    source: str
    as_of: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One headline as plain text, with when it was published."""

    topic: Topic
    title: str
    source: str
    at: datetime
    summary: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """What one source gave; `failed` says of a figure or a feed why it is not among it."""

    readings: tuple[Reading, ...] = ()
    items: tuple[Item, ...] = ()
    failed: Mapping[str, str] = field(default_factory=dict)


class MacroSource(Protocol):
    """One place that knows some of the figures."""

    @property
    def name(self) -> str:
        """The short name that settings, records and pages know it by."""
        ...

    @property
    def fields(self) -> frozenset[str]:
        """The figures it can give; the sentiment of news stands for its headlines."""
        ...

    async def collect(self, day: date, now: datetime) -> Gathered:
        """Return what is known at `now`; `day` is the Korean trading day that is asked about.

        Raises OutsideError when nothing at all could be had.
        """
        ...
