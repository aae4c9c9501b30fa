"""Orders leave as KIS wants them, and its records come back as broker orders."""

import asyncio
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from tests.unit.adapters.kis.answering import ACCOUNT, Answers, answer, clock, failure

from jennie_cli.adapters.kis.answers import Row, UnreadableAnswer
from jennie_cli.adapters.kis.caller import Reply
from jennie_cli.adapters.kis.orders import KisOrders, OrderRowsMissing
from jennie_cli.engine.broker import (
    Acknowledged,
    BrokerBusy,
    BrokerRefused,
    BrokerUnavailable,
    OrderTicket,
)
from jennie_cli.engine.clock import KST
from jennie_cli.engine.errors import OutcomeUnknown
from jennie_cli.engine.model import BrokerOrder, OrderType, Side, Venue
from jennie_cli.kis_wire import TRS

DAY = date(2026, 11, 23)
AT = datetime(2026, 11, 23, 10, 0, 1, tzinfo=KST)
BUY = OrderTicket(code="005930", side=Side.BUY, type=OrderType.LIMIT, qty=10, price=71000)
SELL = OrderTicket(code="0167A0", side=Side.SELL, type=OrderType.MARKET, qty=3)
TAKEN = {"KRX_FWDG_ORD_ORGNO": "06010", "ODNO": "0001569157", "ORD_TMD": "100001"}
ROW = Acknowledged(broker_id="1569157", branch="06010", at=AT)


def _orders(*replies: Reply, paper: bool = False) -> tuple[KisOrders, Answers]:
    caller = Answers([*replies], paper=paper)
    return KisOrders(caller, ACCOUNT, clock()), caller


def _place(ticket: OrderTicket, *replies: Reply) -> tuple[Acknowledged, Answers]:
    orders, caller = _orders(*replies)
    return asyncio.run(orders.place(ticket)), caller


def test_a_buy_carries_every_key_as_text() -> None:
    """All documented keys are there in upper case, unused ones blank, none with decimals."""
    row, caller = _place(BUY, answer(output=TAKEN))
    expected = {
        "CANO": "12345678",
        "ACNT_PRDT_CD": "01",
        "PDNO": "005930",
        "ORD_DVSN": "00",
        "ORD_QTY": "10",
        "ORD_UNPR": "71000",
        "EXCG_ID_DVSN_CD": "KRX",
        "SLL_TYPE": "",
        "CNDT_PRIC": "",
    }
    assert (row, "order_buy", expected) == (ROW, caller.asked[0].tr, caller.asked[0].body)


def test_a_market_sell_names_no_price() -> None:
    """A sell has its own TR and is an ordinary one; without a price ORD_UNPR is 0."""
    _, caller = _place(SELL, answer(output=[TAKEN]))
    body = caller.asked[0].body
    assert ("order_sell", "01", "01", "0", "3") == (
        caller.asked[0].tr,
        body["SLL_TYPE"],
        body["ORD_DVSN"],
        body["ORD_UNPR"],
        body["ORD_QTY"],
    )


@pytest.mark.parametrize(("qty", "flag"), [(10, "Y"), (4, "N")], ids=["all that is left", "a part"])
def test_a_cancel_names_the_order_and_how_much(qty: int, flag: str) -> None:
    """The whole ticket means all that is left; the venue is that of the order."""
    orders, caller = _orders(answer(output={**TAKEN, "ODNO": "0000000099"}))
    ticket = replace(BUY, venue=Venue.SOR)
    row = asyncio.run(orders.cancel(ROW, ticket, qty=qty))
    body = caller.asked[0].body
    assert ("99", "0001569157", "06010", "02", "00", str(qty), "0", flag, "SOR", "") == (
        row.broker_id,
        *(
            body[key]
            for key in (
                "ORGN_ODNO",
                "KRX_FWDG_ORD_ORGNO",
                "RVSE_CNCL_DVSN_CD",
                "ORD_DVSN",
                "ORD_QTY",
                "ORD_UNPR",
                "QTY_ALL_ORD_YN",
                "EXCG_ID_DVSN_CD",
                "CNDT_PRIC",
            )
        ),
    )


def test_a_modify_names_the_new_price() -> None:
    """A modify is a limit order at the new price."""
    orders, caller = _orders(answer(output=TAKEN))
    asyncio.run(orders.modify(ROW, BUY, price=70500, qty=6))
    body = caller.asked[0].body
    assert ("order_change", "01", "00", "70500", "6", "N") == (
        caller.asked[0].tr,
        body["RVSE_CNCL_DVSN_CD"],
        body["ORD_DVSN"],
        body["ORD_UNPR"],
        body["ORD_QTY"],
        body["QTY_ALL_ORD_YN"],
    )


def test_a_refusal_keeps_code_and_words() -> None:
    """A business no is BrokerRefused, on one line and without account numbers."""
    with pytest.raises(BrokerRefused) as refusal:
        _place(BUY, failure("APBK0952", "주문가능금액을\n초과 12345678-01   ", rt_cd="7"))
    assert "APBK0952" == refusal.value.broker_code
    assert "KIS (APBK0952): 주문가능금액을 초과 …" == refusal.value.message


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (failure("IGW00007", status=500), BrokerRefused),
        (failure("OPSQ2000", rt_cd="2"), BrokerRefused),
        (failure("EGW00201", status=500), BrokerBusy),
        (failure("EGW00123", status=500), BrokerUnavailable),
        (failure("EGW00301", status=500), OutcomeUnknown),
        (failure("EGW00001", status=500), OutcomeUnknown),
        (failure("EGW09999", status=500), OutcomeUnknown),
        (failure("IGW00009", rt_cd="0"), OutcomeUnknown),
        (failure("90020000"), OutcomeUnknown),
        (Reply(status=500, head={}, body={}), OutcomeUnknown),
        (answer(), OutcomeUnknown),
        (answer(output=[]), OutcomeUnknown),
        (answer(output=[TAKEN, TAKEN]), OutcomeUnknown),
        (answer(output={**TAKEN, "ODNO": "   "}), OutcomeUnknown),
        (answer(output={**TAKEN, "ODNO": "0000000000"}), OutcomeUnknown),
        (answer(output={**TAKEN, "ODNO": 7}), OutcomeUnknown),
        (failure("MCA00099", status=500), OutcomeUnknown),
        (failure("APBK7777", rt_cd="7", status=502), OutcomeUnknown),
        (replace(answer(output=TAKEN), status=502), OutcomeUnknown),
        (answer(output=None), OutcomeUnknown),
    ],
)
def test_every_other_answer_says_what_may_be_done(reply: Reply, error: type[Exception]) -> None:
    """Surely not taken, surely never there, or unknown: nothing is left to guess."""
    with pytest.raises(error):
        _place(BUY, reply)


def test_lower_case_keys_of_a_change_are_read() -> None:
    """The documents print a change's output in lower case; both are read, the branch too."""
    orders, _ = _orders(answer(output={key.lower(): value for key, value in TAKEN.items()}))
    assert ROW == asyncio.run(orders.cancel(ROW, BUY, qty=10))


@pytest.mark.parametrize("told", ["", "90100", "10:00", None])
def test_a_known_number_is_kept_though_its_time_cannot_be_read(told: str | None) -> None:
    """The clock tells the time instead; an order with a number is not lost."""
    row, _ = _place(BUY, answer(output={**TAKEN, "ORD_TMD": told}))
    assert replace(ROW, at=clock().now()) == row


@pytest.mark.parametrize(
    "other", [{"ord_gno_brno": "00950"}, {"pdno": "000660"}, {"sll_buy_dvsn_cd": "01"}]
)
@pytest.mark.parametrize("name", ["orders", "open_orders"])
def test_two_orders_with_one_number_are_not_told_as_one(name: str, other: dict[str, str]) -> None:
    """A number is unique within a branch only: neither order is believed."""
    row = _told(psbl_qty="6")
    orders, _ = _orders(answer(output=[row, row | other], output1=[row, row | other], output2={}))
    with pytest.raises(UnreadableAnswer, match="two orders under the number 7"):
        asyncio.run(orders.orders(DAY) if name == "orders" else orders.open_orders())


def test_notices_are_offered_only_while_somebody_listens() -> None:
    """The capability follows the stream."""
    hears = [False, True]
    orders = KisOrders(Answers([]), ACCOUNT, clock(), hears=lambda: hears.pop(0))
    assert [False, True] == [orders.capabilities.notices, orders.capabilities.notices]


def _told(**fields: str) -> dict[str, str]:
    row = {
        "ord_dt": "20261123",
        "ord_gno_brno": "06010",
        "odno": "0000000007",
        "orgn_odno": "",
        "sll_buy_dvsn_cd": "02",
        "sll_buy_dvsn_cd_name": "현금매수",
        "pdno": "005930",
        "ord_qty": "10",
        "ord_unpr": "71000",
        "ord_tmd": "100001",
        "tot_ccld_qty": "4",
        "tot_ccld_amt": "283900",
        "ord_dvsn_cd": "00",
        "cncl_cfrm_qty": "0",
        "rmn_qty": "6",
        "rjct_qty": "0",
        "excg_id_dvsn_cd": "KRX",
        "a_field_of_tomorrow": "x",
    }
    return row | fields


OURS = BrokerOrder(
    broker_id="7",
    branch="06010",
    day=DAY,
    ordered_at=AT,
    code="005930",
    side=Side.BUY,
    type=OrderType.LIMIT,
    qty=10,
    price=71000,
    filled_qty=4,
    filled_amount=283900,
    remaining_qty=6,
)


def _read(*rows: dict[str, Any], paper: bool = False) -> tuple[BrokerOrder, ...]:
    orders, _ = _orders(answer(output1=[*rows], output2={"tot_ord_qty": "10"}), paper=paper)
    return asyncio.run(orders.orders(DAY))


def test_a_row_is_read_whole() -> None:
    """Numbers, times, side and venue of a row; unknown fields do not matter."""
    assert (OURS,) == _read(_told())


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"ord_dvsn_cd": "01", "ord_unpr": "0"}, {"type": OrderType.MARKET, "price": None}),
        ({"ord_dvsn_cd": "79", "ord_unpr": "0"}, {"type": OrderType.MARKET, "price": None}),
        ({"ord_dvsn_cd": "79"}, {}),
        ({"sll_buy_dvsn_cd": "01"}, {"side": Side.SELL}),
        ({"excg_id_dvsn_cd": "SOR"}, {"venue": Venue.SOR}),
        ({"excg_id_dvsn_cd": ""}, {}),
        ({"rjct_qty": "6", "rmn_qty": "0"}, {"rejected_qty": 6, "remaining_qty": 0}),
        (
            {"orgn_odno": "0000000003", "sll_buy_dvsn_cd_name": "현금매수정정*"},
            {"original_id": "3"},
        ),
        (
            {"orgn_odno": "0000000003", "sll_buy_dvsn_cd_name": "현금매수취소*"},
            {"original_id": "3", "cancels": True},
        ),
        (
            {
                "orgn_odno": "3",
                "ord_unpr": "0",
                "rmn_qty": "0",
                "tot_ccld_qty": "0",
                "tot_ccld_amt": "0",
            },
            {
                "original_id": "3",
                "cancels": True,
                "price": None,
                "remaining_qty": 0,
                "filled_qty": 0,
                "filled_amount": 0,
            },
        ),
        (
            {"cncl_yn": "Y", "cncl_cfrm_qty": "6", "rmn_qty": "0"},
            {"cancelled_qty": 6, "remaining_qty": 0},
        ),
        (
            {"cncl_yn": "Y", "rmn_qty": "0", "rjct_qty": "1"},
            {"cancelled_qty": 5, "remaining_qty": 0, "rejected_qty": 1},
        ),
        ({"cncl_yn": "Y"}, {}),
        ({"cncl_yn": "N", "rmn_qty": "0"}, {"remaining_qty": 0}),
        (
            {
                "cncl_yn": "Y",
                "orgn_odno": "3",
                "sll_buy_dvsn_cd_name": "현금매수취소*",
                "rmn_qty": "0",
            },
            {"original_id": "3", "cancels": True, "remaining_qty": 0},
        ),
    ],
)
def test_a_row_tells_what_became_of_the_order(
    fields: dict[str, str], expected: dict[str, Any]
) -> None:
    """Kinds, changes, cancels and refusals are read from their own fields."""
    assert (replace(OURS, **expected),) == _read(_told(**fields))


def test_the_misspelt_cancelled_quantity_is_read() -> None:
    """One form of the answer writes cnc_cfrm_qty."""
    row = _told(cnc_cfrm_qty="6", rmn_qty="0")
    del row["cncl_cfrm_qty"]
    assert 6 == _read(row)[0].cancelled_qty


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("odno", ""),
        ("odno", "A1"),
        ("ord_qty", ""),
        ("ord_qty", "ten"),
        ("tot_ccld_qty", "-1"),
        ("tot_ccld_amt", None),
        ("rmn_qty", "1.5"),
        ("rjct_qty", 0),
        ("ord_dt", "2026"),
        ("ord_tmd", ""),
        ("sll_buy_dvsn_cd", "03"),
        ("excg_id_dvsn_cd", "NYSE"),
        ("cncl_cfrm_qty", ""),
    ],
)
def test_a_row_that_cannot_be_read_is_named(name: str, value: Any) -> None:
    """A missing, blank or odd field is an error that names the field, never a zero."""
    with pytest.raises(UnreadableAnswer, match=name):
        _read(_told() | {name: value})


def test_pages_are_followed_to_the_last() -> None:
    """F and M ask for the next page with the cursors of the last; rows come once, oldest first."""
    first = answer(
        "F", output1=[_told()], output2={}, ctx_area_fk100="A^".ljust(100), ctx_area_nk100="B"
    )
    last = answer(
        "D",
        output1=[_told(odno="0000000003", ord_tmd="093000"), _told(tot_ccld_qty="5")],
        output2={"tot_ord_qty": "20"},
        ctx_area_nk100=" " * 100,
    )
    orders, caller = _orders(first, last)
    found = asyncio.run(orders.orders(DAY))
    assert [("3", 4), ("7", 5)] == [(o.broker_id, o.filled_qty) for o in found]
    assert [False, True] == [a.next_page for a in caller.asked]
    assert ("A^", "B", "ALL") == (
        caller.asked[1].query["CTX_AREA_FK100"],
        caller.asked[1].query["CTX_AREA_NK100"],
        caller.asked[1].query["EXCG_ID_DVSN_CD"],
    )


def test_pages_without_an_end_are_an_error() -> None:
    """A cursor that stands still is refused, and so is one that always moves on."""
    same: dict[str, Any] = {
        "output1": [_told()],
        "output2": {},
        "ctx_area_fk100": "A",
        "ctx_area_nk100": "B",
    }
    orders, caller = _orders(*[answer("M", **same)] * 3)
    with pytest.raises(UnreadableAnswer, match="no way to the next"):
        asyncio.run(orders.orders(DAY))
    assert 2 == len(caller.asked)
    endless = [answer("M", **(same | {"ctx_area_nk100": str(n)})) for n in range(300)]
    orders, _ = _orders(*endless)
    with pytest.raises(UnreadableAnswer, match="more than 200 pages"):
        asyncio.run(orders.orders(DAY))


@pytest.mark.parametrize("name", ["orders", "open_orders"])
@pytest.mark.parametrize("cursor", ["", "^^", " " * 100, None])
@pytest.mark.parametrize(("head", "code"), [("M", "KIOK0510"), ("", "KIOK0500"), ("D", "KIOK0500")])
def test_half_a_list_is_never_taken_for_the_whole(
    name: str, cursor: str | None, head: str, code: str
) -> None:
    """Header or code say that more follows, but no cursor tells where."""
    row = _told(psbl_qty="6")
    body: dict[str, Any] = {"output": [row], "output1": [row], "output2": {}, "msg_cd": code}
    if cursor is not None:
        body |= {"ctx_area_fk100": "A^", "ctx_area_nk100": cursor}
    orders, _ = _orders(answer(head, **body))
    with pytest.raises(UnreadableAnswer, match="no way to the next"):
        asyncio.run(orders.orders(DAY) if name == "orders" else orders.open_orders())


def test_a_code_that_promises_more_is_followed_like_the_header() -> None:
    """KIOK0500 with a fresh cursor asks for the next page."""
    first = answer(
        output=[_told(psbl_qty="6")], msg_cd="KIOK0500", ctx_area_fk100="A", ctx_area_nk100="B"
    )
    orders, caller = _orders(first, answer(output=[_told(odno="8", psbl_qty="6")]))
    assert ["7", "8"] == [o.broker_id for o in asyncio.run(orders.open_orders())]
    assert [False, True] == [a.next_page for a in caller.asked]


@pytest.mark.parametrize("nothing", [None, ""])
def test_rows_that_are_null_are_none_only_where_nothing_is_to_show(nothing: object) -> None:
    """An answer that claims success without its table is an error."""
    orders, _ = _orders(answer(output1=nothing, output2={}))
    with pytest.raises(UnreadableAnswer, match="without output1"):
        asyncio.run(orders.orders(DAY))
    empty = failure("KIOK0560", rt_cd="0")
    told = replace(empty, body={**empty.body, "output1": nothing, "output2": nothing})
    orders, _ = _orders(told)
    assert () == asyncio.run(orders.orders(DAY))


@pytest.mark.parametrize(
    "reply",
    [
        failure("KIOK0560", rt_cd="0"),
        failure("KIOK0560", rt_cd="7"),
        failure("70070000", rt_cd="0"),
    ],
)
def test_no_orders_is_an_answer(reply: Reply) -> None:
    """Nothing to show is an empty list, whatever its result code."""
    orders, _ = _orders(reply)
    assert () == asyncio.run(orders.orders(DAY))


@pytest.mark.parametrize(
    "reply", [failure("EGW00201", status=500), failure("APBK0919", rt_cd="7"), answer()]
)
def test_a_failure_is_never_an_empty_list(reply: Reply) -> None:
    """Reading orders raises BrokerUnavailable, also for an answer without its table."""
    orders, _ = _orders(reply)
    with pytest.raises(BrokerUnavailable):
        asyncio.run(orders.orders(DAY))


def test_totals_without_rows_are_a_fault_of_the_host() -> None:
    """Paper trading may count orders it does not list: an error, and no such capability then."""
    empty = failure("70070000", rt_cd="0")
    told = replace(empty, body={**empty.body, "output1": [], "output2": {"tot_ord_qty": "10"}})
    orders, caller = _orders(told, paper=True)
    assert orders.capabilities.order_rows
    with pytest.raises(OrderRowsMissing):
        asyncio.run(orders.orders(DAY))
    assert not orders.capabilities.order_rows
    assert "KRX" == caller.asked[0].query["EXCG_ID_DVSN_CD"]


def test_open_orders_carry_the_day_they_do_not_tell() -> None:
    """Rows of the open list have no date: it is the clock's day."""
    row = {k: v for k, v in _told(psbl_qty="6").items() if k not in {"ord_dt", "rmn_qty"}}
    orders, caller = _orders(answer(output=[row]))
    assert (OURS,) == asyncio.run(orders.open_orders())
    assert "open_orders" == caller.asked[0].tr


def test_paper_cannot_list_open_orders() -> None:
    """The paper host is not asked; its capabilities say so."""
    orders, caller = _orders(paper=True)
    with pytest.raises(BrokerUnavailable):
        asyncio.run(orders.open_orders())
    assert [] == caller.asked
    paper, real = orders.capabilities, _orders()[0].capabilities
    assert (False, False, True, (Venue.KRX,)) == (
        paper.open_orders,
        paper.sellable,
        paper.order_rows,
        paper.venues,
    )
    assert (True, True, True) == (real.open_orders, real.sellable, real.order_rows)


def test_the_account_is_never_printed() -> None:
    """No repr of an account number, an answer or its row shows it."""
    assert "12345678" not in repr(ACCOUNT)
    echoed = answer(ctx_area_fk100="12345678^01^N^")
    assert "12345678" not in repr(echoed)
    assert "12345678" not in repr(Row(tr=TRS["balance"], fields=echoed.body))
