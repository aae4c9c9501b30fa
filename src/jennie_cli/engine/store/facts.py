"""The port to facts about the market: typed columns in, "as of" columns out.

Every datum carries `known_at`, the moment one could first have known it, and its `source`.
A reader always says as of when it asks, so nothing from the future can leak into the past.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Protocol

from numpy.typing import NDArray

from jennie_cli.engine.store.panels import DailyPanel, FlowPanel

Columns = Mapping[str, NDArray[Any]]
"""Equally long arrays by column name. Text and dates are object arrays; a missing value is None
in object columns and NaN in float columns; whole numbers that are never missing are int64.
A writer may give dates as datetime64[D], which is faster; a reader always gets objects."""


class Dataset(StrEnum):
    """The tables of facts; the text is the table's name."""

    STOCK_MASTER = "stock_master"
    DAILY_BARS = "daily_bars"
    MINUTE_BARS = "minute_bars"
    MARKET_CAPS = "market_caps"
    INDEX_DAILY = "index_daily"
    MARKET_BREADTH = "market_breadth"
    INDEX_VALUATION = "index_valuation"
    TRADING_DAYS = "trading_days"
    FLOWS_STOCK = "flows_stock"
    FLOWS_MARKET = "flows_market"
    FINANCIALS_QUARTERLY = "financials_quarterly"
    FUNDAMENTALS_ANNUAL = "fundamentals_annual"
    CONSENSUS = "consensus"
    HEADLINES = "headlines"
    DISCLOSURES = "disclosures"
    CHANNEL_POSTS = "channel_posts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Validated rows of one dataset, each key once. `columns` always include known_at (int64
    epoch seconds UTC) and source (object, short text); an optional column may be left out.
    """

    dataset: Dataset
    columns: Columns

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(next(iter(self.columns.values()), ()))


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteCount:
    """What one write did to a dataset."""

    dataset: Dataset
    new: int
    changed: int
    unchanged: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What a dataset holds."""

    dataset: Dataset
    rows: int
    codes: int
    first: date | None
    last: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRecord:
    """A file that was imported: its content's hash, what it held, and rows rejected by reason."""

    name: str
    sha256: str
    dataset: Dataset
    rows: int
    at: datetime
    rejected: Mapping[str, int] = field(default_factory=dict)


class FactStore(Protocol):
    """Keeps facts. Writing is all or nothing over every batch of one call."""

    def write(
        self, batches: Iterable[Batch], *, files: Iterable[FileRecord] = ()
    ) -> tuple[WriteCount, ...]:
        """Insert or update by key in one transaction. Writing the same rows twice changes nothing.

        `files` are remembered with the rows, so that the same content need not be read again;
        they are asked for once the batches have been.

        A missing value never overwrites a known one; known_at stays the earliest it ever was.
        Raises StorageFull, HomeNotWritable, HomeBusy.
        """
        ...

    def read(
        self,
        dataset: Dataset,
        *,
        as_of: datetime,
        codes: Sequence[str] | None = None,
        since: date | None = None,
    ) -> Columns:
        """Return rows known at `as_of`, ordered by key; `since` is the first date wanted."""
        ...

    def daily(self, *, as_of: datetime, days: int) -> DailyPanel:
        """Return the newest `days` trading days of all stocks known at `as_of`."""
        ...

    def flows(self, panel: DailyPanel) -> FlowPanel:
        """Return investor flows on the axes of `panel` (already bounded by its as-of)."""
        ...

    def last_day(self, *, as_of: datetime) -> date | None:
        """Return the newest day with daily bars known at `as_of`, None in an empty store."""
        ...

    def imported(self) -> Mapping[str, FileRecord]:
        """Return the imported files by their sha256, in the order they were written."""
        ...

    def coverage(self) -> tuple[Coverage, ...]:
        """Return one row per dataset that holds anything."""
        ...
