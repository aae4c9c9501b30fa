"""The ledger as tables: what SQL readers find, and that it always is what the journal says."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, text

from jennie_cli.adapters.sql import SqlLedgerView
from jennie_cli.engine.execution import orders
from jennie_cli.engine.model import Side
from jennie_cli.engine.portfolio import Costs
from jennie_cli.engine.store import (
    CashSet,
    DayEnded,
    Foreign,
    LedgerEvent,
    MemoryLedger,
    NoticeSeen,
    PositionSet,
)
from jennie_cli.testing import every_event, order_events

DAY = date(2026, 3, 3)


def bought(number: str, price: int) -> NoticeSeen:
    """Ten shares bought at nine."""
    notice = order_events("o1", number)[3]
    assert isinstance(notice, NoticeSeen)
    return replace(notice, notice=replace(notice.notice, price=price))


def view(engine: Engine, profile: str = "sim") -> SqlLedgerView:
    """A view over the test's database."""
    return SqlLedgerView(engine, profile=profile, orders=orders, costs=Costs())


def rows(engine: Engine, query: str) -> Sequence[Any]:
    """Return the rows of a query as tuples."""
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def sold(number: str, *, code: str = "005930", qty: int = 4) -> NoticeSeen:
    """A sale made elsewhere, ten minutes later, at 71,000 won."""
    before = bought(number, 71_000).notice
    at = before.at + timedelta(minutes=10)
    notice = replace(before, code=code, side=Side.SELL, qty=qty, at=at)
    return NoticeSeen(at=notice.at, notice=notice)


def story() -> list[LedgerEvent]:
    """Ten shares bought by an order, four sold by hand elsewhere, a baseline of another code."""
    foreign = Foreign(at=sold("2").at, broker_id="2", day=DAY)
    return [*order_events("o1", "1"), sold("2"), foreign, every_event()[12]]


def test_events_stand_with_what_they_speak_of(engine: Engine) -> None:
    """Order, number and code are columns, also where the event names only one of them."""
    view(engine).lay(MemoryLedger().append(story()))
    found = rows(
        engine, "SELECT number, kind, order_id, day, broker_id, code FROM ledger_event ORDER BY 1"
    )
    assert [
        (1, "intended", "o1", None, None, "005930"),
        (2, "sending", "o1", None, None, "005930"),
        (3, "taken", "o1", None, "1", "005930"),
        (4, "notice", None, 20260303, "1", "005930"),
        (5, "notice", None, 20260303, "2", "005930"),
        (6, "foreign", None, 20260303, "2", "005930"),
        (7, "position_set", None, None, None, "000660"),
    ] == found


def test_orders_fills_and_trades_are_what_the_folds_say(engine: Engine) -> None:
    """The order is filled; the sale carries its cost, its profit, its tax and no order."""
    view(engine).lay(MemoryLedger().append(story()))
    assert [("o1", "FILLED", 10, 700_000, '["1"]')] == rows(
        engine, "SELECT order_id, state, filled_qty, filled_amount, broker_ids FROM orders"
    )
    assert [
        ("2026-03-03:1:090000:70000:10", "o1", "buy", 700_000, 98, 0, None, None),
        ("2026-03-03:2:091000:71000:4", None, "sell", 284_000, 40, 568, 280_000, 4_000),
    ] == rows(
        engine,
        "SELECT fill_key, order_id, side, amount, fee, tax, cost, profit FROM fills"
        " ORDER BY filled_at",
    )
    assert [
        ("o1", "BUY", 10, 70_000.0, None, "MANUAL"),
        ("2026-03-03:2", "SELL", 4, 71_000.0, 4_000, "EXTERNAL"),
    ] == rows(
        engine,
        "SELECT log_id, trade_type, quantity, price, profit, reason FROM tradelog"
        " ORDER BY trade_timestamp",
    )
    assert rows(engine, "SELECT key_metrics FROM tradelog WHERE log_id = 'o1'")[0][0].startswith(
        '[{"rule":"order.cash","value":995000,'
    )


@pytest.mark.parametrize("step", [1, 2, 3, 7])
def test_laying_in_pieces_or_twice_ends_in_the_same_rows(engine: Engine, step: int) -> None:
    """Whatever the pieces, and whatever was laid before."""
    kept = MemoryLedger().append(story())
    mine = view(engine)
    for start in range(0, len(kept), step):
        mine.lay(kept[: start + step])
        mine.lay(kept[: start + step])
    assert kept[-1] == mine.last()
    tables = ("ledger_event", "orders", "fills", "tradelog")
    pieces = [rows(engine, f"SELECT * FROM {t} ORDER BY 1, 2") for t in tables]  # noqa: S608  # constants
    mine.clear()
    assert mine.last() is None
    mine.lay(kept)
    assert pieces == [rows(engine, f"SELECT * FROM {t} ORDER BY 1, 2") for t in tables]  # noqa: S608  # constants


def test_a_laying_cut_short_is_finished_by_the_next(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Events laid without their orders and fills are not taken for done."""
    kept, mine = MemoryLedger().append(story()), view(engine)
    with monkeypatch.context() as patch:
        patch.setattr(SqlLedgerView, "_derive", killed)
        with pytest.raises(KeyboardInterrupt):
            mine.lay(kept)
    assert (kept[-1], []) == (mine.last(), rows(engine, "SELECT * FROM fills"))
    mine.lay(())
    assert [(2,)] == rows(engine, "SELECT count(*) FROM fills")


def killed(*_: object) -> None:
    """Stand for the moment of a kill."""
    raise KeyboardInterrupt


def test_accounts_of_one_home_do_not_touch_each_other(engine: Engine) -> None:
    """The same numbers and orders in another profile are another account's."""
    sim, paper = view(engine), view(engine, "paper")
    kept = MemoryLedger().append(story())
    sim.lay(kept)
    assert paper.last() is None
    paper.lay(kept[:4])
    counts = "SELECT profile, count(*) FROM {} GROUP BY profile ORDER BY profile"
    for table, expected in {"ledger_event": (4, 7), "orders": (1, 1), "fills": (1, 2)}.items():
        found = rows(engine, counts.format(table))
        assert [("paper", expected[0]), ("sim", expected[1])] == found
    paper.lay(MemoryLedger().append([*story()[:4], DayEnded(at=bought("1", 1).at, day=DAY)]))
    paper.clear()
    assert (kept[-1], None) == (sim.last(), paper.last())
    assert [("sim", 2)] == rows(engine, counts.format("fills"))


def test_late_evidence_of_a_code_changes_only_its_rows(engine: Engine) -> None:
    """A row of another code stays as it is; the profit of the sale follows the new buy."""
    ledger, mine = MemoryLedger(), view(engine)
    mine.lay(ledger.append([*story(), *order_events("o2", "8", code="000660")]))
    mine.lay(ledger.append([*order_events("o3", "9")[:3], bought("9", 70_100)]))
    assert [(280_200, 3_800)] == rows(engine, "SELECT cost, profit FROM fills WHERE side = 'sell'")
    assert [("o1",), ("o2",), ("o3",)] == rows(engine, "SELECT order_id FROM orders ORDER BY 1")


def test_the_end_of_a_day_reaches_every_order_that_was_open(engine: Engine) -> None:
    """The event names no code, yet the order of that day is over."""
    ledger, mine = MemoryLedger(), view(engine)
    mine.lay(ledger.append(order_events("o1", "1")[:3]))
    before = rows(engine, "SELECT state FROM orders")
    mine.lay(ledger.append([DayEnded(at=bought("1", 1).at + timedelta(hours=7), day=DAY)]))
    assert ([("WORKING",)], [("EXPIRED",)]) == (before, rows(engine, "SELECT state FROM orders"))


def test_a_hole_before_the_events_is_refused(engine: Engine) -> None:
    """Rows of a ledger with a gap would be rows of nothing."""
    kept = MemoryLedger().append(story())
    with pytest.raises(ValueError, match="event 2 does not follow 0"):
        view(engine).lay(kept[1:])
    assert view(engine).last() is None


def test_events_of_no_code_make_no_rows_but_their_own(engine: Engine) -> None:
    """Cash and numbers nobody else spoke of are kept as events."""
    cash, foreign = every_event()[11], every_event()[8]
    assert isinstance(cash, CashSet)
    assert isinstance(every_event()[12], PositionSet)
    view(engine).lay(MemoryLedger().append([cash, foreign]))
    assert [("cash_set", None), ("foreign", None)] == rows(
        engine, "SELECT kind, code FROM ledger_event ORDER BY number"
    )
    assert [] == rows(engine, "SELECT * FROM fills")
