"""The exam of MacroStore: subclass it in a test module and give `make`."""

from abc import ABC, abstractmethod
from dataclasses import replace
from datetime import datetime, timedelta

from jennie_cli.engine.clock import KST
from jennie_cli.engine.macro.collecting import (
    Figure,
    Gap,
    Item,
    MacroRecord,
    MacroStore,
    Scope,
    Topic,
    politics_of,
)

SEVEN = datetime(2026, 3, 4, 7, 0, 0, 123_456, tzinfo=KST)
DAY = timedelta(days=1)
_FRED = Figure(value=4.25, source="fred", as_of=SEVEN - DAY)
_NEWS = Item(topic=Topic.POLITICS, title="Missile launch near the coast", source="bbc", at=SEVEN)
RECORD = MacroRecord(
    day=SEVEN.date(),
    at=SEVEN,
    scope=Scope.FULL,
    figures={
        "fed_rate": _FRED,
        "bok_rate": replace(_FRED, value=2.5, source="ecos"),
        "treasury_2y": replace(_FRED, value=3.9),
        "treasury_10y": replace(_FRED, value=4.2),
        "vix": Figure(value=17.25, source="yahoo", as_of=SEVEN - timedelta(hours=1)),
        "kospi_index": Figure(value=6_500.5, source="naver", as_of=SEVEN - DAY),
    },
    politics=politics_of((_NEWS,), SEVEN),
    politics_at=SEVEN,
    sources=("ecos", "fred", "naver", "yahoo"),
    missing={"ewy": Gap(why="no_key", said="finnhub"), "gold": Gap(why="stale")},
    stale=("gold",),
    rejected=("spy 900 (finnhub): 600 before",),
    baseline={"spy": Figure(value=600.0, source="finnhub", as_of=SEVEN - DAY)},
    freshness_ratio=0.61,
    completeness_ratio=0.86,
)
EMPTY = MacroRecord(day=SEVEN.date() - DAY, at=SEVEN - DAY, scope=Scope.QUICK, figures={})


class MacroExam(ABC):
    """Numbered questions about snapshots. Each test starts empty."""

    @abstractmethod
    def make(self) -> MacroStore:
        """Return the snapshots of one market; every call within a test reaches the same."""

    def test_01_nothing_kept_nothing_found(self) -> None:
        """Neither of a moment nor of a day."""
        assert self.make().newest(SEVEN) is None
        assert self.make().of(SEVEN.date(), SEVEN) is None

    def test_02_a_snapshot_comes_back_as_it_was(self) -> None:
        """Every figure with its source and its moment, to the microsecond; an empty one as well."""
        self.make().put(RECORD)
        self.make().put(EMPTY)
        assert RECORD == self.make().of(RECORD.day, SEVEN)
        assert EMPTY == self.make().of(EMPTY.day, SEVEN)

    def test_03_every_run_of_a_day_is_kept(self) -> None:
        """What was known in the morning is what the morning is told, whatever noon brought."""
        noon = replace(RECORD, at=SEVEN + timedelta(hours=5), figures={"vix": _FRED})
        self.make().put(noon)
        self.make().put(RECORD)
        half_past = SEVEN + timedelta(minutes=30)
        asked = (SEVEN, half_past, noon.at, SEVEN + DAY)
        assert [RECORD, RECORD, noon, noon] == [self.make().newest(at) for at in asked]
        assert [RECORD, RECORD, noon, noon] == [self.make().of(RECORD.day, at) for at in asked]
        assert self.make().of(RECORD.day, SEVEN - timedelta(microseconds=1)) is None

    def test_04_nothing_later_is_known(self) -> None:
        """The snapshot of a moment is the newest that was taken by then."""
        self.make().put(RECORD)
        self.make().put(EMPTY)
        assert RECORD == self.make().newest(SEVEN + DAY)
        assert RECORD == self.make().newest(SEVEN)
        assert EMPTY == self.make().newest(SEVEN - timedelta(microseconds=1))
        assert self.make().newest(SEVEN - 2 * DAY) is None

    def test_05_a_moment_has_one_snapshot(self) -> None:
        """The last one put."""
        again = replace(RECORD, figures={"vix": _FRED})
        self.make().put(RECORD)
        self.make().put(again)
        assert again == self.make().newest(SEVEN)
