"""Every macro figure by name: its unit, what it can be at all, and how long it may be used."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources

GLOBAL_NEWS = "global_news_sentiment"
KOREA_NEWS = "korea_news_sentiment"

REQUIRED: frozenset[str] = frozenset(
    {"fed_rate", "treasury_10y", "vix", "usd_krw", "bok_rate", "kospi_index"}
)
"""A snapshot that lacks more than half of these is none."""

ESSENTIAL: frozenset[str] = REQUIRED | {"kosdaq_index"}
"""What completeness counts. The dollar index takes the place of the 10-year yield where only it
is there.
"""


class FieldKind(StrEnum):
    """How fast a figure ages."""

    MARKET = "market"
    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    NEWS = "news"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One figure. `low` and `high` are what it can be at all; `move` says that it is a level, of
    which a leap from the last stored value is refused; `quick` that the quick mode wants it too.

    Units: pct, change_pct, points, USD, KRW, JPY, CNY, eok (KRW 100 million), sentiment (-1..1),
    count, thousand, usd_bn, usd_mn, krw_bn.
    """

    name: str
    unit: str
    kind: FieldKind
    low: float | None = None
    high: float | None = None
    move: bool = False
    quick: bool = False

    def can_be(self, value: float) -> bool:
        """Whether the figure can have a value at all; a level is above nought."""
        floor = 0.0 if self.move else self.low
        return not (
            (floor is not None and value < floor)
            or (self.high is not None and value > self.high)
            or (self.move and value == 0)
        )


@cache
def fields() -> Mapping[str, Field]:
    """Return every figure by name, in the order in which a page tells them."""
    source = resources.files(__package__).joinpath("fields.toml")
    rows = tomllib.loads(source.read_text(encoding="utf-8"))
    return {n: Field(name=n, **{**row, "kind": FieldKind(row["kind"])}) for n, row in rows.items()}


def quick_fields() -> frozenset[str]:
    """Return what the quick mode asks for."""
    return frozenset(n for n, field in fields().items() if field.quick)
