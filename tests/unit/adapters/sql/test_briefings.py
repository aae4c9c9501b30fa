"""Briefings in a real SQLite file: the exam, accounts apart, and damage."""

import pytest
from sqlalchemy import Engine
from tests.unit.adapters.sql.reopening import Reopening

from jennie_cli.adapters.sql.briefings import SqlBriefings
from jennie_cli.engine.briefing import BriefingLog
from jennie_cli.engine.errors import OutsideError
from jennie_cli.testing import BriefingLogExam
from jennie_cli.testing.briefings_exam import WHOLE


class TestSqlBriefings(Reopening, BriefingLogExam):
    """SqlBriefings sits the exam."""

    def make(self) -> BriefingLog:
        """Return another holder of one file, as another process would have it."""
        return SqlBriefings(self.reopened(), profile="sim", market="generated")


def test_accounts_and_markets_of_one_home_do_not_mix(engine: Engine) -> None:
    """What was told of the invented account is not told of the real one."""
    worlds = (("sim", "generated"), ("sim", "imported"), ("live", "generated"))
    sim, other, live = (SqlBriefings(engine, profile=p, market=m) for p, m in worlds)
    sim.add(WHOLE)
    assert (WHOLE, None, None) == (sim.newest(), other.newest(), live.newest(WHOLE.day))


@pytest.mark.parametrize("body", ["", "{}", '{"day": 3}', "[1]"])
def test_a_row_changed_by_hand_is_named(engine: Engine, body: str) -> None:
    """The hint says what writes it anew."""
    log = SqlBriefings(engine, profile="sim", market="generated")
    log.add(WHOLE)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE daily_briefing_log SET body = ?", (body,))
    with pytest.raises(OutsideError, match="cannot be read") as caught:
        log.newest()
    assert "briefing run" in caught.value.hint
