"""What the council wrote in a real SQLite file: the exam, accounts, damage."""

import pytest
from sqlalchemy import Engine, text
from tests.unit.adapters.sql.reopening import Reopening

from jennie_cli.adapters.sql import SqlInsights
from jennie_cli.engine.errors import OutsideError
from jennie_cli.engine.store import InsightStore
from jennie_cli.testing import InsightsExam
from jennie_cli.testing.insights_exam import FULL, WROTE


class TestSqlInsights(Reopening, InsightsExam):
    """SqlInsights sits the exam."""

    def make(self) -> InsightStore:
        """Return another holder of one file, as another process would have it."""
        return SqlInsights(self.reopened(), profile="sim", market="generated")


def test_an_invented_world_is_never_read_as_the_real_one(engine: Engine) -> None:
    """What the sages said of a generated market moves nothing elsewhere, and both may be kept."""
    sim, drawn, live = (
        SqlInsights(engine, profile=p, market=m)
        for p, m in (("sim", "generated"), ("sim", "imported"), ("live", "imported"))
    )
    sim.save(FULL)
    day = FULL.insight_date
    for other in (drawn, live):
        assert (None, None, ()) == (other.on(day), other.newest(WROTE), other.runs(day))


def test_the_day_is_a_row_that_any_sql_shell_can_read(engine: Engine) -> None:
    """Columns bear the names of DAILY_MACRO_INSIGHT, and raw answers are there whole."""
    SqlInsights(engine, profile="sim", market="generated").save(FULL)
    with engine.connect() as connection:
        row = connection.execute(text("SELECT * FROM daily_macro_insight")).mappings().one()
    assert (20260304, 110, "medium", '["VCP_BREAKOUT","MOMENTUM"]', 184_210) == (
        row["insight_date"],
        row["position_size_pct"],
        row["political_risk_level"],
        row["strategies_to_avoid"],
        row["council_cost_usd_micro"],
    )
    assert len(row["raw_council_output"]) > 12_000


@pytest.mark.parametrize(
    ("table", "damage"),
    [
        ("daily_macro_insight", "sector_signals = 'no json'"),
        ("daily_macro_insight", "sentiment_score = 400"),
        ("daily_macro_insight", "political_risk_level = 'awful'"),
        ("council_run", "body = 'no json'"),
        ("council_run", """body = '{"profile": 1}'"""),
    ],
)
def test_a_damaged_row_is_no_insight(engine: Engine, table: str, damage: str) -> None:
    """It is named, and not taken for a day without a council."""
    store = SqlInsights(engine, profile="sim", market="generated")
    store.save(FULL)
    with engine.begin() as connection:
        connection.execute(text(f"UPDATE {table} SET {damage}"))  # noqa: S608  # ours
    with pytest.raises(OutsideError, match=table):
        _ = store.newest(WROTE) if table == "council_run" else store.on(FULL.insight_date)
