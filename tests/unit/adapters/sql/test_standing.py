"""What stands in a real SQLite file: the exam, accounts, changes, damage."""

import pytest
from sqlalchemy import Engine, text
from tests.unit.adapters.sql.reopening import Reopening

from jennie_cli.adapters.sql import SqlStanding
from jennie_cli.engine.errors import OutsideError
from jennie_cli.engine.store import Standing
from jennie_cli.testing import StandingExam
from jennie_cli.testing.standing_exam import EVERY, NINE, SOLD, WATCHED


class TestSqlStanding(Reopening, StandingExam):
    """SqlStanding sits the exam."""

    def make(self) -> Standing:
        """Return another holder of one file, as another process would have it."""
        return SqlStanding(self.reopened(), profile="sim")


def test_accounts_of_one_home_do_not_touch_each_other(engine: Engine) -> None:
    """A stock to be sold from the invented account is not sold from the real one."""
    sim, live = (SqlStanding(engine, profile=name) for name in ("sim", "live"))
    sim.put(*EVERY)
    assert ((), ()) == (live.all(), live.drop(SOLD, who="cli", at=NINE))
    assert EVERY == sim.all()


def test_every_change_is_kept_with_who_made_it(engine: Engine) -> None:
    """What was not there leaves no trace of its taking back."""
    standing = SqlStanding(engine, profile="sim")
    standing.put(SOLD)
    standing.drop(SOLD, WATCHED, who="session", at=NINE)
    with engine.connect() as connection:
        found = connection.execute(
            text("SELECT kind, same, put, who FROM standing_change ORDER BY id")
        ).all()
    assert [
        ("liquidation", "000660", 1, "bot"),
        ("liquidation", "000660", 0, "session"),
    ] == [tuple(row) for row in found]


@pytest.mark.parametrize(
    "damage",
    ["kind = 'wish'", "body = 'no json'", """body = '{"code": 1}'"""],
)
def test_a_damaged_row_is_no_empty_answer(engine: Engine, damage: str) -> None:
    """Nobody may take it for nothing asked."""
    standing = SqlStanding(engine, profile="sim")
    standing.put(SOLD)
    with engine.begin() as connection:
        connection.execute(text(f"UPDATE standing_ask SET {damage}"))  # noqa: S608  # ours
    with pytest.raises(OutsideError, match="standing_ask"):
        standing.all()
