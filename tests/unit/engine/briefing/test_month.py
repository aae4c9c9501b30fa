"""The month on paper."""

import csv
from datetime import date, datetime

from jennie_cli.engine.briefing import month_lines
from jennie_cli.engine.clock import KST
from jennie_cli.engine.model import Fill, Side
from jennie_cli.engine.portfolio import BookedFill


def booked(side: Side, day: date, *, cost: int | None = None) -> BookedFill:
    """Return three shares traded on a day for 30,000 won."""
    fill = Fill(
        key=f"{day}:1",
        broker_id="1",
        order_id=None,
        code="900010",
        side=side,
        qty=3,
        amount=30_000,
        at=datetime(day.year, day.month, day.day, 9, 5, 7, tzinfo=KST),
        source="notice",
    )
    return BookedFill(fill=fill, day=day, fee=4, tax=60, cost=cost)


FILLS = (
    booked(Side.BUY, date(2026, 2, 27)),
    booked(Side.BUY, date(2026, 3, 3)),
    booked(Side.SELL, date(2026, 3, 4), cost=28_000),
    booked(Side.SELL, date(2026, 3, 5)),
)


def lines(name: str) -> list[list[str]]:
    """Return March without its head, the stock called `name`."""
    made = month_lines(FILLS, year=2026, month=3, name=lambda _: name)
    return list(csv.reader(made.splitlines()))[1:]


def test_a_month_has_its_own_fills_and_unknown_profit_is_empty() -> None:
    """February is left out; a sale of unknown cost earned nobody knows what."""
    assert [
        ["2026-03-03", "09:05:07", "900010", "가온", "buy", "3", "30000", "4", "60", ""],
        ["2026-03-04", "09:05:07", "900010", "가온", "sell", "3", "30000", "4", "60", "2000"],
        ["2026-03-05", "09:05:07", "900010", "가온", "sell", "3", "30000", "4", "60", ""],
    ] == lines("가온")


def test_a_name_is_no_formula_of_a_spreadsheet() -> None:
    """Names come from files of others."""
    assert {"'=1+1"} == {row[3] for row in lines("=1+1")}
