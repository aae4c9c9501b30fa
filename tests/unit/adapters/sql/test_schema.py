"""Tables, migrations and the port's schema say the same thing."""

import subprocess
import sys
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import (
    BigInteger,
    Boolean,
    Engine,
    Float,
    Inspector,
    Integer,
    String,
    create_engine,
    inspect,
)
from sqlmodel import SQLModel

from jennie_cli.adapters.sql import (
    SqlMacro,
    connect,
    tables_assets,
    tables_briefings,
    tables_evaluations,
    tables_facts,
    tables_insights,
    tables_ledger,
    tables_macro,
    tables_models,
    tables_news,
    tables_records,
    tables_standing,
)
from jennie_cli.adapters.sql.engine import HEAD
from jennie_cli.adapters.sql.migrate import upgrade
from jennie_cli.adapters.sql.migrations.versions import (
    v0010_macro_runs,
    v0011_news,
    v0012_assets,
    v0013_briefings,
)
from jennie_cli.adapters.sql.moments import micros
from jennie_cli.engine.errors import SettingsError
from jennie_cli.engine.store import SCHEMAS, Dataset
from jennie_cli.testing.macro_exam import RECORD

KINDS = {
    "text": String,
    "date": Integer,
    "int": BigInteger,
    "float": Float,
    "bool": Boolean,
    "moment": BigInteger,
}
IN_TABLES = [d for d in Dataset if d is not Dataset.MINUTE_BARS]


@pytest.mark.parametrize("dataset", IN_TABLES)
def test_every_dataset_has_the_table_its_schema_describes(dataset: Dataset) -> None:
    """Names, order, keys, kinds and necessity of the columns are those of the schema."""
    schema, table = SCHEMAS[dataset], SQLModel.metadata.tables[dataset.value]
    assert schema.names() == tuple(table.columns.keys())
    assert schema.key == tuple(c.name for c in table.primary_key.columns)
    for name, kind in schema.kinds().items():
        assert isinstance(table.columns[name].type, KINDS[kind])
        assert (name in schema.required()) == (not table.columns[name].nullable)


def test_no_fact_table_is_without_a_dataset() -> None:
    """The modules of tables hold nothing that neither port nor record needs."""
    of_facts = {
        c.__tablename__
        for c in vars(tables_facts).values()
        if c.__class__.__name__ == "SQLModelMetaclass" and c is not SQLModel
    }
    assert {d.value for d in IN_TABLES} == of_facts
    assert tables_records.ScoutRunRow.__tablename__ == "scout_run"
    assert tables_ledger.OrderRow.__tablename__ == "orders"
    assert tables_evaluations.EvaluationRow.__tablename__ == "evaluation"
    assert tables_insights.DailyMacroInsight.__tablename__ == "daily_macro_insight"
    assert tables_assets.DailyAssetSnapshot.__tablename__ == "daily_asset_snapshot"
    assert tables_briefings.DailyBriefingLog.__tablename__ == "daily_briefing_log"
    assert tables_news.StockNewsSentiment.__tablename__ == "stock_news_sentiment"
    assert tables_models.ReplyLogRow.__tablename__ == "reply_log"
    assert tables_standing.StandingAsk.__tablename__ == "standing_ask"
    assert tables_macro.EnhancedMacroSnapshot.__tablename__ == "enhanced_macro_snapshot"


def test_migrations_lead_to_the_declared_tables(engine: Engine) -> None:
    """A freshly migrated database differs in nothing from the declared tables."""
    with engine.connect() as connection, connection.begin():
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert [] == compare_metadata(context, SQLModel.metadata)


def test_text_columns_have_lengths(engine: Engine) -> None:
    """MariaDB refuses text of no length in a key and cuts longer text off silently."""
    for table in SQLModel.metadata.tables.values():
        for column in table.columns:
            if isinstance(column.type, String):
                assert column.type.length, f"{table.name}.{column.name}"
    assert "daily_bars" in inspect(engine).get_table_names()


def test_the_expected_revision_is_the_newest() -> None:
    """The revision compared on opening is the head of the shipped scripts."""
    scripts = ScriptDirectory(str(files("jennie_cli.adapters.sql") / "migrations"))
    assert HEAD == scripts.get_current_head()


def test_a_current_database_is_opened_without_the_migration_tool(tmp_path: Path) -> None:
    """The second opening imports neither Alembic nor the models."""
    url = f"sqlite:///{tmp_path / 'jennie.sqlite'}"
    connect(url).dispose()
    code = (
        "import sys; from jennie_cli.adapters.sql import connect; connect(sys.argv[1]).dispose();"
        "print([m for m in ('alembic', 'sqlmodel', 'pandas') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, url], capture_output=True, text=True, check=True
    )
    assert "[]" == done.stdout.strip()


def test_a_database_of_a_newer_program_is_refused(tmp_path: Path) -> None:
    """The next act is to upgrade; the database stays as it is."""
    url = f"sqlite:///{tmp_path / 'jennie.sqlite'}"
    engine = connect(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    engine.dispose()
    with pytest.raises(SettingsError, match=r"written by a newer jennie \(schema 9999\)"):
        connect(url)


@pytest.mark.parametrize("version", [f"{n:04}" for n in range(1, 11)])
def test_a_database_of_a_version_before_is_carried_over(tmp_path: Path, version: str) -> None:
    """Opening it adds the tables it lacks and keeps what was there."""
    url = f"sqlite:///{tmp_path / 'jennie.sqlite'}"
    engine = create_engine(url)
    upgrade(engine, version)
    with engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO config VALUES ('lang', 'en', 0, 'cli')")
        assert version_of(inspect(connection)) == version
    engine.dispose()
    engine = connect(url)
    with engine.connect() as connection:
        kept = connection.exec_driver_sql("SELECT config_value FROM config").scalar()
        assert ("en", HEAD) == (kept, version_of(inspect(connection)))
    engine.dispose()


YOUNGEST = {
    "daily_briefing_log": "0013",
    "daily_asset_snapshot": "0012",
    "stock_news_sentiment": "0011",
}
BROUGHT = {
    "council_run": "0008",
    "enhanced_macro_snapshot": "0007",
    "reply_log": "0006",
    "evaluation_stock": "0005",
    "standing_ask": "0004",
    "evaluation": "0003",
    "fills": "0002",
}


def version_of(found: Inspector) -> str:
    """Return the revision that brought the newest of the tables, or of the ledger's columns."""
    tables = found.get_table_names()
    young = next((version for table, version in YOUNGEST.items() if table in tables), None)
    if young is not None:
        return young
    if "enhanced_macro_snapshot" in tables and "at" in _macro_key(found):
        return "0010"
    if "fact_check" in {c["name"] for c in found.get_columns("llm_decision_ledger")}:
        return "0009"
    return next((version for table, version in BROUGHT.items() if table in tables), "0001")


def _macro_key(found: Inspector) -> list[str]:
    return found.get_pk_constraint("enhanced_macro_snapshot")["constrained_columns"]


def test_the_last_steps_can_be_taken_back(engine: Engine) -> None:
    """Tables go, and since when news is judged; of each day the last snapshot stays."""
    store = SqlMacro(engine, profile="sim", market="generated")
    for hour in (7, 12):
        store.put(replace(RECORD, at=RECORD.at.replace(hour=hour)))
    with engine.begin() as connection:
        with Operations.context(MigrationContext.configure(connection)):
            v0013_briefings.downgrade()
            v0012_assets.downgrade()
            v0011_news.downgrade()
        assert "0010" == version_of(inspect(connection))
        with Operations.context(MigrationContext.configure(connection)):
            v0010_macro_runs.downgrade()
        assert "0009" == version_of(inspect(connection))
        kept = connection.exec_driver_sql("SELECT day, at FROM enhanced_macro_snapshot").all()
        assert [(20260304, micros(RECORD.at.replace(hour=12)))] == [tuple(row) for row in kept]
        with Operations.context(MigrationContext.configure(connection)):
            v0010_macro_runs.upgrade()
            v0011_news.upgrade()
            v0012_assets.upgrade()
            v0013_briefings.upgrade()
        assert HEAD == version_of(inspect(connection))
    assert 12 == getattr(store.newest(RECORD.at.replace(hour=13)), "at", RECORD.at).hour
