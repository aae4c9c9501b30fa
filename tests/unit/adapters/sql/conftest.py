"""A real SQLite home for the tests of the SQL stores."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from jennie_cli.adapters.bars import MinuteFiles, PanelFiles
from jennie_cli.adapters.sql import SqlFacts, connect


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """A migrated SQLite file."""
    opened = connect(f"sqlite:///{tmp_path / 'jennie.sqlite'}")
    yield opened
    opened.dispose()


@pytest.fixture
def facts(engine: Engine, tmp_path: Path) -> SqlFacts:
    """An empty store with its panels and minute files beside it."""
    return SqlFacts(
        engine, panels=PanelFiles(tmp_path / "panel"), minutes=MinuteFiles(tmp_path / "minutes")
    )
