"""Orders, fills, holdings, differences: what is read, and how it looks."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len
from rich.console import Console
from tests.unit.commands.trading.counter import Counter
from tests.unit.commands.trading.test_ordering import ROW
from tests.unit.engine.risk.cases import PRICE, STOCK
from tests.unit.engine.trading.little_room import OTHER
from tests.unit.engine.trading.whole_room import WholeRoom

from jennie_cli.commands.trading import documents, reconciling
from jennie_cli.commands.view.orders import account_page, fills_page, orders_page, won
from jennie_cli.engine.broker import Fault
from jennie_cli.engine.errors import OutsideError
from jennie_cli.engine.execution import (
    Difference,
    DifferenceKind,
    Reconciliation,
    RecordsUnsettled,
)


@pytest.fixture
def counter(tmp_path: Path) -> Counter:
    """Return a counter over a real order life and an in-memory broker."""
    made = Counter(tmp_path)
    room = WholeRoom()
    asyncio.run(room.lives.recover())
    made.house.room = room
    return made


def whole(counter: Counter) -> WholeRoom:
    """Return the room behind the counter."""
    assert isinstance(counter.room, WholeRoom)
    return counter.room


def buy(counter: Counter, qty: int = 10, price: int = PRICE) -> dict[str, Any]:
    """Buy and return the order's row."""
    heard = counter.call("buy", STOCK.code, str(qty), "--limit", str(price), "--yes")
    row: dict[str, Any] = heard.document["order"]
    return row


def put_at_the_broker(room: WholeRoom, code: str, qty: int) -> None:
    """Let the broker hold shares that no order of ours explains."""
    room.broker._books._start[code] = (qty, qty * 1_000)


def test_orders_are_rows_of_the_promised_shape(counter: Counter) -> None:
    """One row an order, oldest first, with exactly the promised keys."""
    filled, resting = buy(counter), buy(counter, 5, 60_000)
    rows = counter.call("orders").document["orders"]
    assert [filled, resting] == rows
    assert {frozenset(ROW)} == {frozenset(r) for r in rows}
    assert (("FILLED", 71_000), ("WORKING", None)) == tuple(
        (r["state"], r["avg_price"]) for r in rows
    )


def test_orders_of_other_days_are_left_out_unless_they_are_open(counter: Counter) -> None:
    """--all shows every order there ever was."""
    buy(counter)
    assert [] == counter.call("orders").document["orders"][1:]
    counter.room.clock.advance(24 * 3600)
    assert [] == counter.call("orders").document["orders"]
    assert 1 == len(counter.call("orders", "--all").document["orders"])
    assert "오늘 낸 주문도" in counter.page("orders").out


def test_the_page_of_orders_is_one_line_each(counter: Counter) -> None:
    """Names, sides and states in words, in Korean and in English."""
    made = buy(counter)
    korean, english = counter.page("orders").out, counter.page("orders", lang="en").out
    assert made["id"] in korean
    assert [w in korean for w in ("주문", STOCK.name, "매수", "체결", "71,000")] == [True] * 5
    assert [w in english for w in ("order", STOCK.name, "buy", "filled")] == [True] * 4
    assert "주문이 없습니다." in str(drawn(orders_page([], str, "ko", everything=True), 80))


def test_an_order_of_unknown_fate_is_explained_below_the_table(counter: Counter) -> None:
    """A person is told not to order again."""
    faults = whole(counter).broker.faults
    whole(counter).broker.on_notice = lambda _: faults.inject(Fault.READ_FAILS, 1_000)
    faults.inject(Fault.LOST_AFTER)
    heard = counter.call("buy", STOCK.code, "10", "--yes")
    assert (7, "UNKNOWN") == (heard.code, heard.document["order"]["state"])
    assert "trade reconcile" in heard.error["message"]
    faults.clear()
    page = counter.page("orders").out
    assert "결과를 모릅니다. 다시 주문하지 마세요." in page
    assert "증권사 기록에서 찾아보기: jennie trade reconcile" in page


def test_fills_carry_fee_tax_and_whose_they_are(counter: Counter) -> None:
    """A sale pays tax; a fill of another day is not shown today."""
    buy(counter)
    counter.call("sell", STOCK.code, "10", "--limit", str(PRICE), "--yes")
    bought, sold = counter.call("fills").document["fills"]
    assert ("buy", 710_000, 100, 0) == tuple(bought[k] for k in ("side", "amount", "fee", "tax"))
    assert ("sell", STOCK.name, False) == tuple(sold[k] for k in ("side", "name", "external"))
    assert (100, 71_000) == (sold["fee"], sold["price"])
    assert sold["tax"] > 0
    page = counter.page("fills").out
    assert "total" == bought["source"]
    assert [
        w in page for w in ("~10:00", "~ 체결 시각이 아니라", "매도", "710,000", STOCK.name)
    ] == [True] * 5
    assert [] == counter.call("fills", "--date", "2025-06-27").document["fills"]
    counter.room.clock.advance(24 * 3600)
    assert "체결이 없습니다." in counter.page("fills").out
    assert 2 == len(counter.call("fills", "--all").document["fills"])
    assert "06-30 10:00" in counter.page("fills", "--all").out


def test_positions_and_balance_have_the_promised_shape(counter: Counter) -> None:
    """Both answer the same document."""
    told = counter.call("positions").document
    assert told == counter.call("balance").document
    assert {"positions", "cash", "orderable_cash", "settled_cash_d2", "total"} == told.keys()
    held = {"code": STOCK.code, "qty": 100, "avg_price": 70_000, "price": PRICE}
    assert held | {"value": 7_100_000, "pnl": 100_000, "pnl_pct": 1.43, "stop_price": None} == {
        k: v for k, v in told["positions"][0].items() if k != "name"
    }
    assert (100_000_000, 107_100_000) == (told["orderable_cash"], told["total"])


def test_the_page_of_holdings_says_when_the_ledger_disagrees(counter: Counter) -> None:
    """Shares that appear at the broker alone are counted, and the way out is named."""
    agreed = counter.page("balance").out
    assert "reconcile" not in agreed
    assert "주문 가능 100,000,000원" in agreed
    put_at_the_broker(whole(counter), OTHER.code, 3)
    assert "장부와 다른 것 1건" in counter.page("balance").out


def test_cash_that_nobody_tells_is_unknown_and_not_zero() -> None:
    """A null in the document is a word on the page."""
    assert ("모름", "unknown") == (won(None, "ko"), won(None, "en"))
    empty = {
        "positions": [],
        "cash": 1,
        "orderable_cash": None,
        "settled_cash_d2": 1,
        "total": 1,
    }
    page = str(drawn(account_page(empty, "ko", notes=()), 80))
    assert "가지고 있는 주식이 없습니다." in page
    assert "주문 가능 모름" in page


def test_an_average_is_whole_or_has_four_decimals() -> None:
    """Nothing filled has no average."""
    found = [documents.average(*pair) for pair in ((710_000, 10), (100, 3), (0, 0))]
    assert [71_000, 33.3333, None] == found


def test_a_ledger_that_agrees_says_so(counter: Counter) -> None:
    """No difference, nothing unresolved, exit code 0."""
    heard = counter.call("reconcile")
    assert (0, [], []) == (heard.code, heard.document["differences"], heard.document["unresolved"])
    assert "같습니다" in counter.page("reconcile").out


def test_differences_are_told_and_taken_over_only_when_asked(counter: Counter) -> None:
    """Without --apply nothing changes; with it the ledger holds the broker's figures."""
    put_at_the_broker(whole(counter), OTHER.code, 3)
    page = counter.page("reconcile")
    assert f"장부에 없음  {OTHER.name} {OTHER.code}: 장부 0주 · 증권사 3주" in page.out
    assert "jennie trade reconcile --apply" in page.out
    (only,) = counter.call("reconcile").document["differences"]
    assert ("only_broker", 0, 3) == (only["kind"], only["ledger"], only["broker"])
    applied = counter.page("reconcile", "--apply", lang="en")
    assert (0, True) == (applied.code, "corrected" in applied.out)
    assert [] == counter.call("reconcile").document["differences"]


def test_holdings_that_vanish_are_not_believed(counter: Counter) -> None:
    """The page says so instead of offering to take it over."""
    put_at_the_broker(whole(counter), STOCK.code, 0)
    page = counter.page("reconcile")
    assert "믿지 않습니다" in page.out
    assert "--apply" not in page.out
    assert counter.call("reconcile").document["vanished"]


def test_an_order_that_stays_unresolved_is_an_exit_code(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit code 7 names the orders, with the whole report."""

    async def compared(*, apply: bool) -> Reconciliation:
        return Reconciliation(
            at=counter.room.clock.now(),
            differences=(),
            unresolved=("0630-1",),
            vanished=False,
            applied=apply,
        )

    monkeypatch.setattr(counter.room.lives, "reconcile", compared)
    heard = counter.call("reconcile")
    assert (7, "outcome_unknown", ["0630-1"]) == (
        heard.code,
        heard.error["code"],
        heard.document["unresolved"],
    )
    page = counter.page("reconcile")
    assert (7, True) == (page.code, "결과를 모르는 주문: 0630-1" in page.err)
    assert "같습니다" not in page.out
    assert "아직 같다고 할 수 없습니다" in page.out


def test_taking_over_waits_for_an_order_of_unknown_outcome(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not suggested, and asking for it is refused in words with exit code 7."""
    cash = Difference(kind=DifferenceKind.CASH, code="", ledger=1_000, broker=2_000)

    async def compared(*, apply: bool) -> Reconciliation:
        if apply:
            raise RecordsUnsettled("Order 0630-1 is UNKNOWN.", hint="later")
        return Reconciliation(
            at=counter.room.clock.now(),
            differences=(cash,),
            unresolved=("0630-1",),
            vanished=False,
            applied=False,
        )

    monkeypatch.setattr(counter.room.lives, "reconcile", compared)
    seen = counter.page("reconcile")
    assert (7, True) == (seen.code, "정해진 뒤에야" in seen.out)
    assert "--apply" not in seen.out + seen.err
    taken = counter.page("reconcile", "--apply")
    assert (7, True) == (taken.code, "장부를 고치지 않았습니다: 0630-1" in taken.err)


def test_cash_is_told_in_won_and_without_a_code() -> None:
    """A difference of cash belongs to no stock."""
    cash = Difference(kind=DifferenceKind.CASH, code="", ledger=1_000, broker=2_000)
    assert "cash differs: ledger KRW 1,000 · broker KRW 2,000" == reconciling.difference_line(
        cash, str, "en"
    )


def test_a_failure_of_the_broker_rises(counter: Counter) -> None:
    """Main makes exit code 6 of it; nothing is taken for an empty account."""
    whole(counter).broker.faults.inject(Fault.READ_FAILS, 9)
    with pytest.raises(OutsideError):
        counter.call("balance")


def drawn(page: Any, width: int) -> str:
    """Return what a terminal of this width shows."""
    console = Console(width=width, highlight=False, emoji=False, markup=False)
    with console.capture() as shown:
        console.print(page)
    return shown.get()


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_every_table_fits_eighty_columns(counter: Counter, lang: str) -> None:
    """Long names give way; figures and ids stay whole."""
    buy(counter)
    room = whole(counter)
    booked = room.portfolio().booked
    long = "아주아주긴이름의종목입니다"
    fills = [documents.fill_document(b, long) for b in booked]
    state = asyncio.run(room.account.state())
    account = documents.account_document(state, 100_000_000)
    account["positions"][0]["name"] = long
    pages = (
        orders_page(room.desk.orders(), lambda _: long, lang, everything=False),
        fills_page(fills, lang, today=room.clock.now().date()),
        account_page(account, lang, notes=()),
    )
    shown = [drawn(p, 80) for p in pages]
    assert 80 >= max(cell_len(line.rstrip()) for page in shown for line in page.splitlines())
    assert room.desk.orders()[0].order_id in shown[0]
    assert "710,000" in shown[1]
