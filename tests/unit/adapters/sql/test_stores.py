"""The SQL stores sit the exams on real SQLite files, through both ways of writing."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from jennie_cli.adapters.bars import MinuteFiles, PanelFiles
from jennie_cli.adapters.sql import SqlFacts, SqlRuns, connect, writing
from jennie_cli.engine.store import FactStore, RunStore
from jennie_cli.testing import FactsExam, RunsExam


class _InAHome:
    """Gives each test a folder and closes its databases."""

    home: Path
    engines: list[Engine]

    @pytest.fixture(autouse=True)
    def _home(self, tmp_path: Path) -> Iterator[None]:
        self.home = tmp_path
        self.engines = []
        yield
        for engine in self.engines:
            engine.dispose()

    def engine(self) -> Engine:
        self.engines.append(connect(f"sqlite:///{self.home / 'jennie.sqlite'}"))
        return self.engines[-1]


class TestSqlFacts(_InAHome, FactsExam):
    """SqlFacts sits the exam with SQLite's own upsert."""

    def make(self) -> FactStore:
        """Return an empty store in a fresh file."""
        return SqlFacts(
            self.engine(),
            panels=PanelFiles(self.home / "panel"),
            minutes=MinuteFiles(self.home / "minutes"),
        )


class TestComparedFacts(TestSqlFacts):
    """SqlFacts sits the exam with the way of writing that other databases take."""

    @pytest.fixture(autouse=True)
    def _compared(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(writing, "_lay_sqlite", writing.lay_compared)


class TestSqlRuns(_InAHome, RunsExam):
    """SqlRuns sits the exam."""

    def make(self) -> RunStore:
        """Return an empty store in a fresh file."""
        return SqlRuns(self.engine())
