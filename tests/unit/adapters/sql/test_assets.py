"""Snapshots in a real SQLite file: the exam, and accounts apart."""

from sqlalchemy import Engine
from tests.unit.adapters.sql.reopening import Reopening

from jennie_cli.adapters.sql.assets import SqlAssets
from jennie_cli.engine.briefing import Assets
from jennie_cli.testing import AssetsExam
from jennie_cli.testing.assets_exam import EARNED, WORTH


class TestSqlAssets(Reopening, AssetsExam):
    """SqlAssets sits the exam."""

    def make(self) -> Assets:
        """Return another holder of one file, as another process would have it."""
        return SqlAssets(self.reopened(), profile="sim")


def test_accounts_of_one_home_do_not_mix(engine: Engine) -> None:
    """What the invented account was worth is nothing the real one earned."""
    sim, live = (SqlAssets(engine, profile=name) for name in ("sim", "live"))
    sim.put(WORTH)
    assert (None, False) == (live.on(WORTH.day), live.settle(WORTH.day, EARNED))
    assert sim.on(WORTH.day) == WORTH
