"""Evaluations in a real SQLite file: the exam, whole transactions, damage, other databases."""

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.dialects import mysql, postgresql
from sqlalchemy.schema import CreateTable
from sqlmodel import SQLModel
from tests.unit.adapters.sql.reopening import Reopening

from jennie_cli.adapters.sql import SqlEvaluations, connect, tables_evaluations
from jennie_cli.engine.errors import OutsideError
from jennie_cli.engine.model import Side
from jennie_cli.engine.rules import RuleCount
from jennie_cli.engine.store import Evaluations, Judging
from jennie_cli.testing import EvaluationsExam
from jennie_cli.testing.evaluations_exam import NINE, SAMSUNG, gates, stamped


class TestSqlEvaluations(Reopening, EvaluationsExam):
    """SqlEvaluations sits the exam."""

    def make(self) -> Evaluations:
        """Return another holder of one file, as another process would have it."""
        return SqlEvaluations(self.reopened(), profile="sim")


def rows(engine: Engine, table: str) -> int:
    """Return how many rows a table has."""
    with engine.connect() as connection:
        return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar() or 0)  # noqa: S608  # names of ours


def test_accounts_of_one_home_do_not_touch_each_other(engine: Engine) -> None:
    """What one profile judged, another knows nothing of, nor of how often."""
    sim, paper = (SqlEvaluations(engine, profile=name) for name in ("sim", "paper"))
    sim.keep([gates(NINE, 50.0, SAMSUNG)], [stamped(NINE)])
    found = paper.at(SAMSUNG, NINE)
    assert ({}, {}, None) == (found.judged, found.stamps, paper.last(NINE))
    paper.keep([gates(NINE, 80.0, SAMSUNG)])
    day = NINE.date()
    assert [0, 1] == [
        next(c.fired for c in store.counts(day, day) if c.rule == "gate.rsi")
        for store in (sim, paper)
    ]


def test_what_is_cut_short_leaves_nothing(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sheets without their counts are not kept; the next minute is kept whole."""
    store = SqlEvaluations(engine, profile="sim")
    store.keep([gates(NINE, 50.0, SAMSUNG)])

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    later = NINE + timedelta(minutes=1)
    with monkeypatch.context() as patch:
        patch.setattr(SqlEvaluations, "_add", killed)
        with pytest.raises(KeyboardInterrupt):
            store.keep([gates(later, 60.0, SAMSUNG)], [stamped(later)])
    assert (1, 2) == (rows(engine, "evaluation"), rows(engine, "evaluation_count"))
    store.keep([gates(later, 60.0, SAMSUNG)])
    counts = store.counts(NINE.date(), NINE.date())
    assert RuleCount(rule="gate.rsi", asked=2, fired=0) in counts


def test_a_reader_sees_what_was_kept_while_the_session_writes(
    engine: Engine, tmp_path: Path
) -> None:
    """A write under way neither blocks another process's reading nor shows in it."""
    SqlEvaluations(engine, profile="sim").keep([gates(NINE, 50.0, SAMSUNG)])
    other = connect(f"sqlite:///{tmp_path / 'jennie.sqlite'}")
    with engine.connect().execution_options(jennie_write=True) as writer, writer.begin():
        writer.execute(text("DELETE FROM evaluation"))
        reader = SqlEvaluations(other, profile="sim")
        assert Judging.GATES in reader.at(SAMSUNG, NINE).judged
        writer.rollback()
    other.dispose()


SESSION = """
import sys
from datetime import timedelta
from jennie_cli.adapters.sql import SqlEvaluations, connect
from jennie_cli.testing.evaluations_exam import NINE, SAMSUNG, gates
store = SqlEvaluations(connect(sys.argv[1]), profile="sim")
for minute in range(100_000):
    store.keep([gates(NINE + timedelta(milliseconds=minute), 80.0, SAMSUNG)])
    print(minute, flush=True)
"""


def test_a_killed_session_leaves_whole_minutes(engine: Engine, tmp_path: Path) -> None:
    """What was kept before the kill is there, and the counts are those of the sheets."""
    url = f"sqlite:///{tmp_path / 'jennie.sqlite'}"
    with subprocess.Popen([sys.executable, "-c", SESSION, url], stdout=subprocess.PIPE) as session:
        assert session.stdout is not None
        told = [session.stdout.readline() for _ in range(20)]
        session.kill()
    assert b"19\n" == told[-1]
    store, minutes = SqlEvaluations(engine, profile="sim"), rows(engine, "evaluation")
    assert minutes >= len(told)
    counts = {c.rule: (c.asked, c.fired) for c in store.counts(NINE.date(), NINE.date())}
    assert {"gate.rsi": (minutes, minutes), "gate.last_entry": (minutes, 0)} == counts
    assert NINE + timedelta(milliseconds=minutes - 1) == store.last(NINE + timedelta(days=1))


@pytest.mark.parametrize("kind", ["gates", "stamp"])
@pytest.mark.parametrize("body", [b"", b"\x00", b"{}", b"\x80\x04K\x01."])
def test_a_damaged_record_is_named(engine: Engine, kind: str, body: bytes) -> None:
    """Reading it is an error that says what to do; other moments are read as before."""
    store = SqlEvaluations(engine, profile="sim")
    store.keep([gates(NINE - timedelta(hours=1), 50.0, SAMSUNG)])
    store.keep([gates(NINE, 50.0, SAMSUNG)], [stamped(NINE, side=Side.SELL)])
    with engine.begin() as connection:
        connection.execute(
            text("UPDATE evaluation SET body = :body WHERE kind = :kind AND id > 1"),
            {"body": body, "kind": kind},
        )
    with pytest.raises(OutsideError, match="cannot be read") as error:
        store.at(SAMSUNG, NINE)
    assert error.value.hint
    assert Judging.GATES in store.at(SAMSUNG, NINE - timedelta(hours=1)).judged


def test_other_databases_take_a_sheet_of_any_size() -> None:
    """MariaDB's plain BLOB would cut a sheet at 64 KiB; the length asks for a larger one."""
    name = tables_evaluations.EvaluationRow.__tablename__
    table = SQLModel.metadata.tables[str(name)]
    assert "body BLOB(16777215)" in str(CreateTable(table).compile(dialect=mysql.dialect()))
    assert "body BYTEA" in str(CreateTable(table).compile(dialect=postgresql.dialect()))  # type: ignore[no-untyped-call]
