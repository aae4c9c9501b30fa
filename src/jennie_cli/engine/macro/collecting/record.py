"""One day's macro snapshot: each figure with its source and moment, and what is missing and why."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from jennie_cli.engine.macro.collecting.politics import Politics
from jennie_cli.engine.model import MacroSnapshot


class Scope(StrEnum):
    """How much is asked for."""

    FULL = "full"
    QUICK = "quick"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A value in the unit of its field, who gave it, and when it was true."""

    value: float
    source: str
    as_of: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Why a figure is not known: a short code in `why`, and what its source said."""

    why: str
    said: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MacroRecord:
    """The macro side of one Korean day as it was known `at` a moment.

    `figures` and `missing` are by name of a field; `stale` names what was known and has grown too
    old, `rejected` tells in words what was not believed. `baseline` keeps the last believed value
    of levels that are missing, to tell a leap by. `freshness_ratio` and `completeness_ratio` are
    0..1.
    """

    day: date
    at: datetime
    scope: Scope
    figures: Mapping[str, Figure]
    politics: Politics | None = None
    politics_at: datetime | None = None
    sources: tuple[str, ...] = ()
    missing: Mapping[str, Gap] = field(default_factory=dict)
    stale: tuple[str, ...] = ()
    rejected: tuple[str, ...] = ()
    baseline: Mapping[str, Figure] = field(default_factory=dict)
    freshness_ratio: float = 0.0
    completeness_ratio: float = 0.0

    def value(self, name: str) -> float | None:
        """Return a figure by the name of its field, None where it is not known."""
        figure = self.figures.get(name)
        return None if figure is None else figure.value

    def believed(self, name: str) -> Figure | None:
        """Return a figure as it was last believed, be it missing now; None without one."""
        return self.figures.get(name, self.baseline.get(name))


class KrwPressure(StrEnum):
    """Where the difference of interest rates pushes the won."""

    WEAKNESS = "weakness"
    NEUTRAL = "neutral"
    STRENGTH = "strength"


_HIGH_POLITICS = frozenset({"high", "critical"})


def treasury_spread(record: MacroRecord) -> float | None:
    """Return the US 10-year less the 2-year yield, percent points."""
    return _difference(record, "treasury_10y", "treasury_2y")


def rate_differential(record: MacroRecord) -> float | None:
    """Return the Fed's rate less the Bank of Korea's, percent points."""
    return _difference(record, "fed_rate", "bok_rate")


def krw_pressure(record: MacroRecord) -> KrwPressure | None:
    """Return weakness above a difference of 1.5, strength below -0.5."""
    difference = rate_differential(record)
    if difference is None:
        return None
    if difference > 1.5:
        return KrwPressure.WEAKNESS
    return KrwPressure.STRENGTH if difference < -0.5 else KrwPressure.NEUTRAL


def is_risk_off(record: MacroRecord) -> bool | None:
    """Return whether at least two figures speak of flight: VIX from 35, spread below -0.5, dollar
    index above 110, global news below -0.5, politics high or critical. None where none is known.
    """
    vix, spread, dollar, news = (
        record.value("vix"),
        treasury_spread(record),
        record.value("dxy_index"),
        record.value("global_news_sentiment"),
    )
    signals = (
        None if vix is None else vix >= 35,
        None if spread is None else spread < -0.5,
        None if dollar is None else dollar > 110,
        None if news is None else news < -0.5,
        None if record.politics is None else record.politics.level in _HIGH_POLITICS,
    )
    known = [signal for signal in signals if signal is not None]
    return sum(known) >= 2 if known else None


def as_snapshot(record: MacroRecord) -> MacroSnapshot:
    """Return the small reading that sessions use. Its moment is that of the KOSPI figure, of the
    record without one; the news are the world's, Korea's where the world's are not known.
    """
    kospi = record.figures.get("kospi_change_pct")
    news = record.value("global_news_sentiment")
    return MacroSnapshot(
        at=record.at if kospi is None else kospi.as_of,
        kospi_change_pct=record.value("kospi_change_pct"),
        vix_points=record.value("vix"),
        spread_pct=treasury_spread(record),
        news_sentiment_score=record.value("korea_news_sentiment") if news is None else news,
        political=record.politics.level if record.politics else None,
    )


def _difference(record: MacroRecord, more: str, less: str) -> float | None:
    one, other = record.value(more), record.value(less)
    return None if one is None or other is None else round(one - other, 4)
