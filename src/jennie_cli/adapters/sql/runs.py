"""The RunStore in SQL: a run whole, its losers too, and its watchlist keyed by run."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, text

from jennie_cli.adapters.sql.engine import reading, writing
from jennie_cli.adapters.sql.inserting import insert_rows
from jennie_cli.adapters.sql.moments import day_number
from jennie_cli.adapters.sql.run_rows import record_rows
from jennie_cli.engine.clock import KST
from jennie_cli.engine.model import WatchlistEntry
from jennie_cli.engine.rules import RuleCount
from jennie_cli.engine.store import ScoredStock, ScoutRun
from jennie_cli.engine.store.codec import from_json
from jennie_cli.engine.store.memory import unknown_run

_OF_A_RUN = (
    "scout_run",
    "daily_quant_score",
    "shadow_radar_log",
    "llm_decision_ledger",
    "watchlist_history",
    "rule_count",
)
_HEADERS = "SELECT detail FROM scout_run"
_RUN_IDS = "SELECT run_id, trade_date FROM scout_run"
_NEWEST = "ORDER BY generated_at DESC, run_id DESC"


class SqlRuns:
    """A RunStore over any SQLAlchemy engine that `connect` returned."""

    def __init__(self, engine: Engine) -> None:
        """`engine` comes from `connect`."""
        self._engine = engine

    def save(self, run: ScoutRun, watchlist: tuple[WatchlistEntry, ...]) -> None:
        """Keep the run whole or not at all; saving an id again replaces it."""
        with writing(self._engine) as connection:
            for table in _OF_A_RUN:
                _execute(connection, f"DELETE FROM {table} WHERE run_id = :run", run=run.run_id)  # noqa: S608  # names of ours
            for table, rows in record_rows(run, watchlist).items():
                insert_rows(connection, table, rows)
            if _active(connection) == run.run_id:
                _execute(connection, "DELETE FROM watchlist")
                shared = "run_id, code, list_rank, name, is_tradable, trade_tier, hybrid_score"
                _execute(
                    connection,
                    f"INSERT INTO watchlist ({shared}, detail) SELECT {shared}, detail"  # noqa: S608  # names of ours
                    " FROM watchlist_history WHERE run_id = :run",
                    run=run.run_id,
                )

    def load(self, run_id: str | None = None) -> ScoutRun:
        """Return a run whole, the newest by default."""
        with reading(self._engine) as connection:
            run = self._header(connection, run_id)
            found = _execute(
                connection,
                "SELECT detail FROM daily_quant_score WHERE run_id = :run ORDER BY position",
                run=run.run_id,
            ).all()
        return replace(run, stocks=tuple(from_json(ScoredStock, d) for (d,) in found))

    def watchlist(self, run_id: str | None = None) -> tuple[WatchlistEntry, ...]:
        """Return a run's watchlist by rank, the active one by default."""
        with reading(self._engine) as connection:
            wanted = run_id or _active(connection)
            if wanted is None:
                raise unknown_run(None)
            run = self._header(connection, wanted)
            found = _execute(
                connection,
                "SELECT detail FROM watchlist_history WHERE run_id = :run ORDER BY list_rank",
                run=run.run_id,
            ).all()
        return tuple(from_json(WatchlistEntry, d) for (d,) in found)

    def recent(self, limit: int) -> tuple[ScoutRun, ...]:
        """Return the newest runs first, without their stocks."""
        with reading(self._engine) as connection:
            found = _execute(connection, f"{_HEADERS} {_NEWEST} LIMIT :limit", limit=limit).all()
        return tuple(from_json(ScoutRun, d) for (d,) in found)

    def run_ids(self, prefix: str) -> tuple[str, ...]:
        """Return the ids of all runs that start with `prefix`."""
        with reading(self._engine) as connection:
            found = _execute(
                connection,
                "SELECT run_id FROM scout_run WHERE run_id >= :low AND run_id < :high",
                low=prefix,
                high=prefix + "\uffff",
            ).all()
        return tuple(run_id for (run_id,) in found)

    def hybrid_scores(
        self, before: datetime, runs: int, *, market: str, scorer: str
    ) -> tuple[Mapping[str, float], ...]:
        """Return code -> hybrid of the last standing run of each of the previous `runs` dates."""
        with reading(self._engine) as connection:
            found = _execute(
                connection,
                f"{_RUN_IDS} WHERE standing AND market = :market AND scorer = :scorer"
                f" AND trade_date < :day {_NEWEST}",
                market=market,
                scorer=scorer,
                day=day_number(before.astimezone(KST).date()),
            ).all()
            last: dict[int, str] = {}
            for run_id, day in found:
                last.setdefault(day, run_id)
            return tuple(_hybrids(connection, last[d]) for d in sorted(last, reverse=True)[:runs])

    def rule_totals(self) -> tuple[RuleCount, ...]:
        """Return the rule counts summed over all stored runs."""
        with reading(self._engine) as connection:
            found = _execute(
                connection,
                "SELECT rule, sum(asked), sum(fired) FROM rule_count GROUP BY rule ORDER BY rule",
            ).all()
        return tuple(RuleCount(rule=r, asked=int(a), fired=int(f)) for r, a, f in found)

    @staticmethod
    def _header(connection: Connection, run_id: str | None) -> ScoutRun:
        where = "WHERE run_id = :run" if run_id else ""
        found = _execute(
            connection,
            f"{_HEADERS} {where} {_NEWEST} LIMIT 1",
            **({"run": run_id} if run_id else {}),
        ).scalar()
        if found is None:
            raise unknown_run(run_id)
        return from_json(ScoutRun, found)


def _active(connection: Connection) -> str | None:
    """Return the standing run of the latest session, the newest of that session."""
    latest = "WHERE standing ORDER BY trade_date DESC, generated_at DESC, run_id DESC LIMIT 1"
    found: str | None = _execute(connection, f"SELECT run_id FROM scout_run {latest}").scalar()  # noqa: S608  # names of ours
    return found


def _hybrids(connection: Connection, run_id: str) -> dict[str, float]:
    found = _execute(
        connection,
        "SELECT code, hybrid_score FROM daily_quant_score"
        " WHERE run_id = :run AND hybrid_score IS NOT NULL",
        run=run_id,
    )
    return {row.code: row.hybrid_score for row in found}


def _execute(connection: Connection, statement: str, **values: Any) -> Any:
    return connection.execute(text(statement), values)
