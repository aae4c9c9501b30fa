"""What a run leaves in the tables that research and people read with plain SQL."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Engine, text
from tests.unit.engine.analyst.opinions import opinion

from jennie_cli.adapters.sql import SqlRuns
from jennie_cli.engine.model import FactCheck, LlmStatus
from jennie_cli.engine.store import ScoutRun
from jennie_cli.testing import make_run, make_watchlist


def rows(engine: Engine, query: str) -> Sequence[Any]:
    """Return the rows of a query as tuples."""
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def test_losers_keep_their_stage_rule_figure_and_price(engine: Engine) -> None:
    """A dropped name is in the scores and in the log of rejections."""
    SqlRuns(engine).save(make_run(), make_watchlist())
    assert [("005930", None, 14.0, 1), ("000020", "quant.cut", None, None)] == rows(
        engine,
        "SELECT code, drop_rule, momentum_score, list_rank FROM daily_quant_score"
        " ORDER BY position",
    )
    assert [("000020", "quant_cut", "quant.cut", "41", "60.5", 6300)] == rows(
        engine,
        "SELECT code, rejection_stage, rejection_rule, rule_value, rule_limit, price"
        " FROM shadow_radar_log",
    )


@pytest.mark.parametrize(
    ("status", "tradable", "decision"),
    [
        (LlmStatus.FALLBACK, True, "NO_DECISION"),
        (LlmStatus.OK, True, "BUY"),
        (LlmStatus.SIMULATED, False, "HOLD"),
    ],
)
def test_the_ledger_says_what_a_model_decided(
    engine: Engine, status: LlmStatus, decision: str, *, tradable: bool
) -> None:
    """Without a model's word there is no decision to judge a model by."""
    run = make_run()
    chosen = replace(run.stocks[0], llm_status=status, is_tradable=tradable)
    SqlRuns(engine).save(replace(run, stocks=(chosen, run.stocks[1])), ())
    found = rows(engine, "SELECT code, final_decision FROM llm_decision_ledger")
    assert [("005930", decision)] == found


def test_the_ledger_says_who_judged_and_why(engine: Engine) -> None:
    """Reason, model, hash and cost stand in columns, a provider's long names cut to theirs."""
    run = make_run()
    said = opinion(72, model="m" * 300, usd_micro=15, fact_check=FactCheck.PASSED)
    judged = replace(run.stocks[0], llm_status=LlmStatus.OK, opinion=said)
    lost = replace(run.stocks[1], llm_status=LlmStatus.FALLBACK, llm_failure="timeout")
    SqlRuns(engine).save(replace(run, stocks=(judged, lost)), ())
    columns = "reason, provider, model, prompt_sha256, reply_key, usd_micro, fact_check, failure"
    query = f"SELECT {columns} FROM llm_decision_ledger ORDER BY usd_micro IS NULL"  # noqa: S608  # names above
    assert [
        (said.reason, "scripted", "m" * 100, "ab" * 32, "cd" * 32, 15, "PASSED", None),
        (*[None] * 7, "timeout"),
    ] == rows(engine, query)


def test_the_watchlist_is_the_newest_runs_and_history_keeps_all(engine: Engine) -> None:
    """Saving an older run again does not bring its list back."""
    runs = SqlRuns(engine)
    for run_id, minute in (("new", 50), ("old", 10)):
        runs.save(make_run(run_id, minute=minute), make_watchlist())
    assert [("new",)] == rows(engine, "SELECT run_id FROM watchlist")
    assert [("new",), ("old",)] == rows(
        engine, "SELECT run_id FROM watchlist_history ORDER BY run_id"
    )


def test_a_run_that_fails_to_save_leaves_nothing(engine: Engine) -> None:
    """A refused row takes the whole run with it."""
    run: ScoutRun = make_run()
    twice = replace(run, stocks=(run.stocks[0], run.stocks[0]))
    runs = SqlRuns(engine)
    with pytest.raises(Exception, match="UNIQUE"):
        runs.save(twice, make_watchlist())
    for table in ("scout_run", "daily_quant_score", "watchlist", "rule_count"):
        assert [] == rows(engine, f"SELECT 1 FROM {table}")  # noqa: S608  # names above
