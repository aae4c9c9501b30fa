"""One database file, opened anew for every call as another process would."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from jennie_cli.adapters.sql import connect


class Reopening:
    """Gives an exam a file of its own; every engine ends with the test."""

    home: Path
    engines: list[Engine]

    @pytest.fixture(autouse=True)
    def _home(self, tmp_path: Path) -> Iterator[None]:
        self.home, self.engines = tmp_path, []
        yield
        for engine in self.engines:
            engine.dispose()

    def reopened(self) -> Engine:
        """Return another engine on the file."""
        self.engines.append(connect(f"sqlite:///{self.home / 'jennie.sqlite'}"))
        return self.engines[-1]
