"""Replies and their cost in a real SQLite file: the exams, two processes at once, the bus."""

import asyncio
import logging
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine, event
from tests.unit.adapters.sql.reopening import Reopening

from jennie_cli.adapters.sql import SqlReplyLog, SqlUsageBook, connect
from jennie_cli.engine.bus import MemoryBus
from jennie_cli.engine.bus.names import LLM_STATS
from jennie_cli.engine.errors import JennieError
from jennie_cli.engine.llm import ReplyLog, UsageBook
from jennie_cli.testing import ReplyLogExam, UsageBookExam
from jennie_cli.testing.replies_exam import ASKED, NOON, USED

COUNTING = """
import asyncio, sys
from dataclasses import replace
from jennie_cli.adapters.sql import SqlUsageBook, connect
from jennie_cli.testing.replies_exam import USED

engine = connect(sys.argv[1])
book = SqlUsageBook(engine)

async def count() -> None:
    for number in range(100):
        await book.add(replace(USED, usd_micro=number))

asyncio.run(count())
engine.dispose()
"""


class TestSqlReplyLog(Reopening, ReplyLogExam):
    """SqlReplyLog sits the exam."""

    def make(self) -> ReplyLog:
        """Return another holder of one file, as another process would have it."""
        return SqlReplyLog(self.reopened())


class TestSqlUsageBook(Reopening, UsageBookExam):
    """SqlUsageBook sits the exam."""

    def make(self) -> UsageBook:
        """Return another holder of one file, as another process would have it."""
        return SqlUsageBook(self.reopened())


def test_two_processes_lose_no_call(tmp_path: Path) -> None:
    """A hundred calls each, counted at once into one row, are two hundred."""
    url = f"sqlite:///{tmp_path / 'jennie.sqlite'}"
    connect(url).dispose()
    both = [subprocess.Popen([sys.executable, "-c", COUNTING, url]) for _ in range(2)]
    assert [0, 0] == [one.wait() for one in both]
    engine = connect(url)
    [total] = SqlUsageBook(engine).totals(NOON.date(), NOON.date())
    assert (200, 200_000, 2 * 4_950) == (total.calls, total.tokens_in, total.usd_micro)
    engine.dispose()


def test_a_row_that_another_made_meanwhile_is_added_to(engine: Engine) -> None:
    """Where a database lets two look for a row at once, the second adds to the first one's."""
    first = SqlUsageBook(engine)
    asyncio.run(first.add(USED))

    def blind(*told: object) -> tuple[object, object]:
        statement, given = told[2], told[3]
        if not blinded and str(statement).startswith("UPDATE llm_usage_daily"):
            blinded.append(True)
            return str(statement).replace("WHERE", "WHERE 1 = 0 AND"), given
        return statement, given

    blinded: list[bool] = []
    event.listen(engine, "before_cursor_execute", blind, retval=True)
    asyncio.run(first.add(USED))
    assert [2] == [t.calls for t in first.totals(NOON.date(), NOON.date())]


def test_what_cannot_be_counted_is_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The call was paid for: its answer is not lost for the count."""
    engine = connect(f"sqlite:///{tmp_path / 'jennie.sqlite'}")
    with engine.begin() as connection:
        connection.exec_driver_sql("PRAGMA query_only = 1")
    asyncio.run(SqlUsageBook(engine).add(USED))
    assert "was not counted" in caplog.text
    with pytest.raises(JennieError):
        SqlReplyLog(engine).add(ASKED)
    engine.dispose()


async def _told(engine: Engine, bus: MemoryBus) -> list[dict[str, str]]:
    book = SqlUsageBook(engine, bus.keys)
    await book.add(USED)
    await book.add(replace(USED, service="person", failed=True))
    parts = ("scout", "person", "model:deepseek-chat")
    return [dict(await bus.keys.get_hash(LLM_STATS.of(f"2026-11-23:{p}"))) for p in parts]


def test_the_bus_hears_by_service_and_by_model(engine: Engine) -> None:
    """The hashes hold what the table holds, over everything else."""
    scout, person, model = asyncio.run(_told(engine, MemoryBus()))
    assert {
        "calls": "1",
        "tokens_in": "1000",
        "tokens_out": "100",
        "usd_micro": "380",
        "errors": "0",
        "failovers": "0",
        "latency_ms_sum": "1500",
    } == scout
    assert ("1", "2", "1") == (person["errors"], model["calls"], model["errors"])


def test_a_dead_bus_fails_nothing(engine: Engine, caplog: pytest.LogCaptureFixture) -> None:
    """The table counts on, and no warning is given for each call."""
    bus = MemoryBus()
    bus.switch.down = True
    book = SqlUsageBook(engine, bus.keys)
    asyncio.run(book.add(USED))
    assert 380 == book.spent(NOON.date(), "scout")
    assert [] == [r for r in caplog.records if r.levelno >= logging.WARNING]
