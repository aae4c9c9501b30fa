"""The columns of every dataset, once: the tables, the importer, the generator and the readers
all take them from here. `known_at` and `source` come last in each and are not repeated below.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from jennie_cli.engine.store.facts import Dataset

Kind = Literal["text", "date", "int", "float", "bool", "moment"]
"""text, date: object arrays (str, datetime.date); int: int64; float: float64, NaN = missing;
bool: numpy bool; moment: int64 epoch seconds UTC. A missing optional int is stored as float."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: its kind, its unit in words, and whether a row without it is worthless."""

    name: str
    kind: Kind
    unit: str = ""
    required: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """The columns of a dataset and the key that makes a row unique. The key is required."""

    key: tuple[str, ...]
    columns: tuple[Column, ...]

    def names(self) -> tuple[str, ...]:
        """Return every column name, known_at and source last."""
        return (*(c.name for c in self.columns), "known_at", "source")

    def values(self) -> tuple[str, ...]:
        """Return the columns that are neither key nor provenance."""
        return tuple(c.name for c in self.columns if c.name not in self.key)

    def kinds(self) -> dict[str, Kind]:
        """Return the kind of every column by name, in the order of names()."""
        kinds: dict[str, Kind] = {c.name: c.kind for c in self.columns}
        return {**kinds, "known_at": "moment", "source": "text"}

    def required(self) -> tuple[str, ...]:
        """Return the columns no row may lack, known_at and source included."""
        return (*(c.name for c in self.columns if c.required), "known_at", "source")

    @property
    def subject(self) -> str | None:
        """Return the column that a reader's `codes` name: code, index_code or market."""
        names = {c.name for c in self.columns}
        return next((n for n in ("code", "index_code", "market") if n in names), None)

    @property
    def when(self) -> str:
        """Return the column that a reader's `since` bounds: date, else a moment, else known_at."""
        names = [c.name for c in self.columns if c.kind == "moment"]
        return "date" if any(c.name == "date" for c in self.columns) else (*names, "known_at")[0]


def _schema(key: str, *columns: Column) -> Schema:
    return Schema(key=tuple(key.split()), columns=columns)


def _text(name: str, *, required: bool = False) -> Column:
    return Column(name=name, kind="text", required=required)


def _float(name: str, unit: str) -> Column:
    return Column(name=name, kind="float", unit=unit)


def _int(name: str, unit: str) -> Column:
    return Column(name=name, kind="int", unit=unit, required=True)


_CODE = _text("code", required=True)
_DATE = Column(name="date", kind="date", required=True)
_MARKET = _text("market", required=True)
_PRICES = tuple(_int(n, "KRW") for n in ("open", "high", "low", "close"))
_VOLUME = _int("volume", "shares")

SCHEMAS: Mapping[Dataset, Schema] = {
    # kind and status hold SecurityKind and StockStatus; status_since says from when it is known
    Dataset.STOCK_MASTER: _schema(
        "code",
        _CODE,
        _text("name", required=True),
        _MARKET,
        _text("kind", required=True),
        _text("status", required=True),
        _text("sector_fine"),
        _text("sector_source"),
        _float("shares", "listed shares"),
        Column(name="listed_on", kind="date"),
        Column(name="delisted_on", kind="date"),
        Column(name="status_since", kind="date"),
    ),
    # a halted day is kept with open = high = low = 0, volume = 0 and the carried close
    Dataset.DAILY_BARS: _schema("code date", _CODE, _DATE, *_PRICES, _VOLUME),
    # time is HHMM as the start label of the minute
    Dataset.MINUTE_BARS: _schema(
        "code date time", _CODE, _DATE, _int("time", "HHMM"), *_PRICES, _VOLUME
    ),
    Dataset.MARKET_CAPS: _schema(
        "code date",
        _CODE,
        _DATE,
        _MARKET,
        _int("close", "KRW, as traded"),
        _int("volume", "shares"),
        _int("value", "KRW traded"),
        _int("market_cap", "KRW"),
        _int("shares", "listed shares"),
    ),
    Dataset.INDEX_DAILY: _schema(
        "index_code date",
        _text("index_code", required=True),
        _DATE,
        _float("open", "points"),
        _float("high", "points"),
        _float("low", "points"),
        _float("close", "points"),
        _float("volume", "shares"),
        _float("value", "KRW"),
    ),
    Dataset.MARKET_BREADTH: _schema(
        "market date",
        _MARKET,
        _DATE,
        _float("up", "issues"),
        _float("flat", "issues"),
        _float("down", "issues"),
        _float("new_highs", "issues"),
        _float("new_lows", "issues"),
    ),
    Dataset.INDEX_VALUATION: _schema(
        "index_code date",
        _text("index_code", required=True),
        _DATE,
        _float("close", "points"),
        _float("per", "times"),
        _float("fwd_per", "times"),
        _float("pbr", "times"),
        _float("div_yield", "pct"),
    ),
    Dataset.TRADING_DAYS: _schema("date", _DATE),
    Dataset.FLOWS_STOCK: _schema(
        "code date",
        _CODE,
        _DATE,
        _float("foreign_net", "shares"),
        _float("inst_net", "shares"),
        _float("indiv_net", "shares"),
        _float("foreign_pct", "pct of listed shares"),
    ),
    Dataset.FLOWS_MARKET: _schema(
        "market date",
        _MARKET,
        _DATE,
        *(
            _float(n, "KRW 100 million")
            for n in (
                "indiv",
                "foreign",
                "inst",
                "securities",
                "insurance",
                "trust",
                "bank",
                "other_fin",
                "pension",
                "other_corp",
            )
        ),
    ),
    # quarter is YYYYQn; single quarter, not cumulative; roe annualised by the publisher
    Dataset.FINANCIALS_QUARTERLY: _schema(
        "code quarter",
        _CODE,
        _text("quarter", required=True),
        _text("rep_type"),
        _float("revenue", "KRW 100 million"),
        _float("op_income", "KRW 100 million"),
        _float("opm", "pct"),
        _float("net_income", "KRW 100 million"),
        _float("equity", "KRW 100 million"),
        _float("eps", "KRW a share, single quarter"),
        _float("roe", "pct, annualised"),
    ),
    Dataset.FUNDAMENTALS_ANNUAL: _schema(
        "code year",
        _CODE,
        _int("year", "fiscal year"),
        _float("roe", "pct"),
        _float("debt_ratio", "pct"),
        _float("cur_ratio", "pct"),
        _float("op_margin", "pct"),
        _float("revenue_yoy", "pct"),
        _float("op_income_yoy", "pct"),
        _float("net_income", "KRW"),
        _float("total_equity", "KRW"),
        _float("total_debt", "KRW"),
        _float("total_asset", "KRW"),
        _float("revenue", "KRW"),
        _float("op_income", "KRW"),
    ),
    Dataset.CONSENSUS: _schema(
        "code date",
        _CODE,
        _DATE,
        _float("fwd_per", "times"),
        _float("fwd_eps", "KRW a share"),
        _float("fwd_roe", "pct"),
        _float("foreign_pct", "pct of listed shares"),
    ),
    # id is a hash of url (or of code, time and title); label as its author gave it;
    # sentiment 0..100, 50 neutral, missing until something judged it; judged_at is missing where
    # the sentiment came with the headline
    Dataset.HEADLINES: _schema(
        "id",
        _text("id", required=True),
        Column(name="published_at", kind="moment", required=True),
        _text("code"),
        _text("title", required=True),
        _text("publisher"),
        _text("url"),
        _text("label"),
        _float("importance", "0..100 by the publisher"),
        _float("sentiment", "0..100"),
        _float("judged_at", "epoch seconds UTC"),
    ),
    Dataset.DISCLOSURES: _schema(
        "id",
        _text("id", required=True),
        Column(name="disclosed_at", kind="moment", required=True),
        _text("code"),
        _text("report_name", required=True),
        _text("category"),
        _text("rcept_no"),
        _text("url"),
    ),
    Dataset.CHANNEL_POSTS: _schema(
        "channel post",
        _text("channel", required=True),
        _int("post", "number"),
        Column(name="posted_at", kind="moment", required=True),
        _text("text", required=True),
    ),
}
