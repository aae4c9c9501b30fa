"""When each kind of row could first have been known."""

from datetime import date, datetime

import pytest
from tests.unit.engine.data.conftest import Desk, Table, bar_table, master_table

from jennie_cli.engine.clock import KST
from jennie_cli.engine.store import Dataset


def at(*when: int) -> datetime:
    """Return a KST moment."""
    return datetime(*when, tzinfo=KST)  # type: ignore[misc,arg-type]


BAR = ("005930", "2025-06-27", 1, 1, 1, 1, 1)


@pytest.mark.parametrize(
    ("dataset", "table", "known"),
    [
        (Dataset.DAILY_BARS, bar_table(BAR), at(2025, 6, 27, 15, 30)),
        # the exam day closes an hour later
        (
            Dataset.DAILY_BARS,
            bar_table(("005930", "2025-11-13", 1, 1, 1, 1, 1)),
            at(2025, 11, 13, 16, 30),
        ),
        (
            Dataset.MINUTE_BARS,
            {**bar_table(BAR), "time": ["1015"]},
            at(2025, 6, 27, 10, 16),
        ),
        (
            Dataset.FLOWS_STOCK,
            {"code": ["005930"], "date": ["20250627"], "foreign_net": ["1"], "inst_net": ["1"]},
            at(2025, 6, 27, 18, 0),
        ),
        (
            Dataset.FINANCIALS_QUARTERLY,
            {"code": ["005930"], "quarter": ["2025Q1"], "revenue": ["1"], "op_income": ["1"]},
            at(2025, 5, 15, 18, 0),
        ),
        (
            Dataset.FINANCIALS_QUARTERLY,
            {"code": ["005930"], "quarter": ["2024Q4"], "revenue": ["1"], "op_income": ["1"]},
            at(2025, 3, 31, 18, 0),
        ),
        # received on a Friday evening, usable from Monday's open
        (
            Dataset.FUNDAMENTALS_ANNUAL,
            {
                "code": ["005930"],
                "analysis_year": ["2024"],
                "rcept_dt": ["20250314"],
                "roe": ["1"],
            },
            at(2025, 3, 17, 9, 0),
        ),
        (Dataset.TRADING_DAYS, {"trading_date": ["2025-06-27"]}, at(2025, 1, 1)),
        (
            Dataset.HEADLINES,
            {"published_at": ["2025-06-26T23:00:00Z"], "title": ["t"]},
            at(2025, 6, 27, 8, 0),
        ),
        (
            Dataset.CHANNEL_POSTS,
            {"channel": ["c"], "post": [7], "ts": ["2025-06-27 08:00 KST"], "text": ["x"]},
            at(2025, 6, 27, 8, 0),
        ),
        (Dataset.STOCK_MASTER, master_table("005930"), at(1970, 1, 1, 9, 0)),
    ],
)
def test_nothing_is_known_before_its_moment(
    desk: Desk, dataset: Dataset, table: Table, known: datetime
) -> None:
    """A row is there at its moment and not a second before."""
    desk.put(file=table).run()
    before = datetime.fromtimestamp(known.timestamp() - 1, KST)
    assert 0 == len(desk.facts.read(dataset, as_of=before)["known_at"])
    assert 1 == len(desk.facts.read(dataset, as_of=known)["known_at"])


@pytest.mark.parametrize("quarter", ["2025Q5", "25Q1", "2025-1", "Q1"])
def test_a_quarter_that_is_none_is_rejected(desk: Desk, quarter: str) -> None:
    """Only YYYYQn is a quarter."""
    table = {"code": ["005930"], "quarter": [quarter], "revenue": ["1"], "op_income": ["1"]}
    (file,) = desk.put(file=table).run().files
    assert {"bad_quarter": 1} == dict(file.rejected)


def test_a_receipt_without_a_day_is_rejected(desk: Desk) -> None:
    """Without its receipt nobody can say when an annual account was known."""
    table = {
        "code": ["005930"],
        "analysis_year": ["2024"],
        "rcept_dt": ["soon"],
        "roe": ["1"],
    }
    (file,) = desk.put(file=table).run().files
    assert {"bad_date": 1} == dict(file.rejected)


@pytest.mark.parametrize(
    ("day", "time", "reason"),
    [
        ("2025-06-27", "0859", "off_session"),
        ("2025-06-27", "1531", "off_session"),
        ("2025-06-27", "1275", "bad_time"),
        ("2025-11-13", "0930", "off_session"),
    ],
)
def test_minutes_outside_the_session_are_rejected(
    desk: Desk, day: str, time: str, reason: str
) -> None:
    """A minute lies in the hours of its own day, late openings included."""
    table = {**bar_table(("005930", day, 1, 1, 1, 1, 1)), "time": [time]}
    (file,) = desk.put(file=table).run().files
    assert {reason: 1} == dict(file.rejected)


def test_percentages_over_a_hundred_are_rejected(desk: Desk) -> None:
    """Nobody holds more than all shares."""
    table = {
        "code": ["005930", "000020"],
        "date": ["2025-06-27"] * 2,
        "foreign_net": ["1", "1"],
        "inst_net": ["1", "1"],
        "foreign_pct": ["100.01", "100"],
    }
    (file,) = desk.put(file=table).run().files
    assert {"pct_over_100": 1} == dict(file.rejected)
    assert [date(2025, 6, 27)] == [c.last for c in desk.facts.coverage()]
