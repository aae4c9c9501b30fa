"""Macro snapshots in a real SQLite file: the exam, whose they are, columns, damage."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine, text
from tests.unit.adapters.sql.reopening import Reopening

from jennie_cli.adapters.sql import SqlMacro
from jennie_cli.engine.macro.collecting import MacroStore, SnapshotDamaged, newest_sound
from jennie_cli.engine.store.codec import to_json
from jennie_cli.testing import MacroExam
from jennie_cli.testing.macro_exam import EMPTY, RECORD, SEVEN


class TestSqlMacro(Reopening, MacroExam):
    """SqlMacro sits the exam."""

    def make(self) -> MacroStore:
        """Return another holder of one file, as another process would have it."""
        return SqlMacro(self.reopened(), profile="sim", market="generated")


def test_an_invented_world_is_never_taken_for_the_real_one(engine: Engine) -> None:
    """Neither by profile nor by market."""
    invented = SqlMacro(engine, profile="sim", market="generated")
    invented.put(RECORD)
    for profile, market in (("sim", "imported"), ("live", "generated"), ("live", "imported")):
        assert SqlMacro(engine, profile=profile, market=market).newest(SEVEN) is None
    assert RECORD == invented.newest(SEVEN)


def test_columns_tell_a_database_what_the_record_says(engine: Engine) -> None:
    """Derived figures too; what is not known is NULL."""
    store = SqlMacro(engine, profile="live", market="imported")
    store.put(RECORD)
    store.put(EMPTY)
    with engine.connect() as connection:
        rows = connection.execute(
            text(
                "SELECT day, kospi_index, vix_regime, rate_differential, treasury_spread,"
                " political_risk_level, political_alert_count, gold_known FROM ("
                " SELECT *, usd_krw IS NOT NULL AS gold_known FROM enhanced_macro_snapshot)"
                " ORDER BY day"
            )
        ).all()
    assert [
        (20260303, None, None, None, None, None, None, 0),
        (20260304, 6500.5, "normal", 1.75, 0.3, "low", 1, 0),
    ] == [tuple(row) for row in rows]


_NO_VALUE = """{"gold": {"value": null, "source": "yahoo", "as_of": "2026-03-04T06:00:00+09:00"}}"""


@pytest.mark.parametrize(
    "damage",
    [
        "no json",
        "[]",
        '{"day": "2026-03-04"}',
        '{"day": 7}',
        to_json(replace(RECORD, at=SEVEN - timedelta(hours=1))),
        to_json(RECORD).replace('"figures":{', f'"figures":{_NO_VALUE[:-1]},', 1),
    ],
)
def test_a_damaged_row_is_no_empty_answer(engine: Engine, damage: str) -> None:
    """It is named with its table and its moment, and what was kept before can still be had."""
    store = SqlMacro(engine, profile="sim", market="generated")
    store.put(EMPTY)
    store.put(RECORD)
    with engine.begin() as connection:
        connection.execute(
            text("UPDATE enhanced_macro_snapshot SET body = :body WHERE day = 20260304"),
            {"body": damage},
        )
    told = r"2026-03-04 07:00:00 in enhanced_macro_snapshot"
    with pytest.raises(SnapshotDamaged, match=told) as caught:
        store.newest(SEVEN)
    assert SEVEN == caught.value.at
    with pytest.raises(SnapshotDamaged, match=told):
        store.of(RECORD.day, SEVEN)
    assert (EMPTY, (caught.value.message,)) == newest_sound(store, SEVEN)
