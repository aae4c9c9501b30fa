"""Macro snapshots in SQL: every run, for each profile and market."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Engine, text

from jennie_cli.adapters.sql.engine import reading, where_of, writing
from jennie_cli.adapters.sql.inserting import insert_rows
from jennie_cli.adapters.sql.moments import day_number, micros, moment
from jennie_cli.engine.macro import vix_regime
from jennie_cli.engine.macro.collecting import (
    MacroRecord,
    SnapshotDamaged,
    rate_differential,
    read_record,
    treasury_spread,
)
from jennie_cli.engine.store.codec import to_json

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
        """Keep a snapshot; one taken at the same moment is replaced."""
        row = {**self._whose, **_row(record)}
        which = {**self._whose, "day": row["day"], "at": row["at"]}
        with writing(self._engine) as connection:
            connection.execute(
                text(f"DELETE FROM enhanced_macro_snapshot{_WHOSE} AND day = :day AND at = :at"),  # noqa: S608  # a constant of ours
                which,
            )
            insert_rows(connection, "enhanced_macro_snapshot", [row])

    def newest(self, at: datetime) -> MacroRecord | None:
        """Return the snapshot taken last by a moment. Raises OutsideError, SnapshotDamaged."""
        return self._last("", at=micros(at))

    def of(self, day: date, by: datetime) -> MacroRecord | None:
        """Return the last snapshot of a day by a moment. Raises OutsideError, SnapshotDamaged."""
        return self._last(" AND day = :day", at=micros(by), day=day_number(day))

    def _last(self, which: str, **bounds: int) -> MacroRecord | None:
        with reading(self._engine) as connection:
            found = connection.execute(
                text(
                    f"SELECT at, body FROM enhanced_macro_snapshot{_WHOSE}{which}"  # noqa: S608  # constants of ours
                    " AND at <= :at ORDER BY day DESC, at DESC LIMIT 1"
                ),
                {**self._whose, **bounds},
            ).first()
        if found is None:
            return None
        at, body = moment(found.at), found.body
        try:
            return read_record(body, at)
        except ValueError as error:
            where = f"enhanced_macro_snapshot of {where_of(self._engine)}"
            raise SnapshotDamaged(where, at, str(error)) from None


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
