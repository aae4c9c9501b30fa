"""Macro snapshots in SQL, one a day for each profile and market."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Engine, text

from jennie_cli.adapters.sql.engine import reading, where_of, writing
from jennie_cli.adapters.sql.inserting import insert_rows
from jennie_cli.adapters.sql.moments import day_number, micros
from jennie_cli.engine.errors import OutsideError
from jennie_cli.engine.macro import vix_regime
from jennie_cli.engine.macro.collecting import (
    MacroRecord,
    rate_differential,
    treasury_spread,
)
from jennie_cli.engine.store.codec import from_json, to_json

_WHOSE = " WHERE profile = :profile AND market = :market"
_FIGURES = (
    "fed_rate",
    "treasury_2y",
    "treasury_10y",
    "vix",
    "usd_krw",
    "bok_rate",
    "kospi_index",
    "kospi_change_pct",
    "kosdaq_index",
    "kosdaq_change_pct",
    "kospi_foreign_net",
    "kosdaq_foreign_net",
    "kospi_institutional_net",
    "kospi_retail_net",
    "global_news_sentiment",
    "korea_news_sentiment",
)
"""The figures that have a column of their own."""


class SqlMacro:
    """Snapshots over any SQLAlchemy engine that `connect` returned."""

    def __init__(self, engine: Engine, *, profile: str, market: str) -> None:
        """`profile` and `market` tell apart what must never be taken for one another."""
        self._engine = engine
        self._whose = {"profile": profile, "market": market}

    def put(self, record: MacroRecord) -> None:
        """Keep the snapshot of its day."""
        row = {**self._whose, **_row(record)}
        with writing(self._engine) as connection:
            connection.execute(
                text(f"DELETE FROM enhanced_macro_snapshot{_WHOSE} AND day = :day"),  # noqa: S608  # a constant of ours
                {**self._whose, "day": row["day"]},
            )
            insert_rows(connection, "enhanced_macro_snapshot", [row])

    def newest(self, at: datetime) -> MacroRecord | None:
        """Return the snapshot taken last by a moment. Raises OutsideError, also when damaged."""
        return self._first(" AND at <= :bound ORDER BY at DESC", micros(at))

    def of(self, day: date) -> MacroRecord | None:
        """Return the snapshot of a day. Raises OutsideError, also when damaged."""
        return self._first(" AND day = :bound", day_number(day))

    def _first(self, which: str, bound: int) -> MacroRecord | None:
        with reading(self._engine) as connection:
            body = connection.execute(
                text(f"SELECT body FROM enhanced_macro_snapshot{_WHOSE}{which}"),  # noqa: S608  # constants of ours
                {**self._whose, "bound": bound},
            ).scalar()
        if body is None:
            return None
        try:
            return from_json(MacroRecord, body)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise OutsideError(
                f"A row of enhanced_macro_snapshot in {where_of(self._engine)} cannot be read: "
                f"{type(error).__name__}.",
                hint="Was it changed by hand? Delete that row and collect again.",
            ) from None


def _row(record: MacroRecord) -> Mapping[str, Any]:
    politics, regime = record.politics, vix_regime(record.value("vix"))
    return {
        **{name: record.value(name) for name in _FIGURES},
        "day": day_number(record.day),
        "at": micros(record.at),
        "treasury_spread": treasury_spread(record),
        "vix_regime": regime.value if regime else None,
        "rate_differential": rate_differential(record),
        "political_risk_score": politics.score if politics else None,
        "political_risk_level": politics.level.value if politics else None,
        "political_alert_count": politics.count if politics else None,
        "data_freshness": record.freshness_ratio,
        "completeness_score": record.completeness_ratio,
        "body": to_json(record),
    }
