"""What the sages are shown: one frozen value, gathered by wiring from what sources there are."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from jennie_cli.engine.council.technicals import IndexTechnicals
from jennie_cli.engine.model import PoliticalRisk


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure of the snapshot with its unit, who told it and for when."""

    value: float
    unit: str = ""
    source: str = ""
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PoliticalHeadline:
    """A headline that may matter; `kind` is what the collector filed it under."""

    at: datetime
    source: str
    title: str
    kind: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One post of the briefing channel."""

    at: datetime
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """A text that the archive had on the market."""

    at: datetime
    source: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SectorMove:
    """A fine sector, its group, and its mean changes in percent, None where unknown."""

    fine: str
    group: str
    day_pct: float | None = None
    week_pct: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """All that is known at `at` for the session of `day`.

    `figures` are the snapshot's by the names of its record (vix, kospi_change_pct, ...), without
    those nobody knows; `taken_at` is when it was taken. `political` is the feed's own level.
    """

    day: date
    at: datetime
    figures: Mapping[str, Figure] = field(default_factory=dict)
    taken_at: datetime | None = None
    completeness_pct: int | None = None
    missing: tuple[str, ...] = ()
    vix_regime: str | None = None
    political: PoliticalRisk | None = None
    headlines: tuple[PoliticalHeadline, ...] = ()
    briefing: tuple[Post, ...] = ()
    channel: str = ""
    sectors: tuple[SectorMove, ...] = ()
    technicals: tuple[IndexTechnicals, ...] = ()
    remembered: tuple[Remembered, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether there is neither a snapshot nor a briefing, so that nobody need be asked."""
        return not self.figures and not self.briefing

    def known(self, name: str) -> float | None:
        """Return a figure of the snapshot, None where nobody told it."""
        figure = self.figures.get(name)
        return None if figure is None else figure.value

    def stale(self, hours: int) -> bool:
        """Whether the snapshot is older than so many hours, or of unknown age."""
        if not self.figures:
            return False
        return self.taken_at is None or self.at - self.taken_at > timedelta(hours=hours)

    def recent(self, *, hours: int, most: int) -> tuple[PoliticalHeadline, ...]:
        """Return the newest headlines of the last hours, newest first."""
        since = self.at - timedelta(hours=hours)
        within = [h for h in self.headlines if since <= h.at <= self.at]
        return tuple(sorted(within, key=lambda h: h.at, reverse=True)[:most])
