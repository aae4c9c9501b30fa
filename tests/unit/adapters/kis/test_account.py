"""Holdings, cash, buying power and sellable shares, or a named error."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from tests.unit.adapters.kis.answering import ACCOUNT, Answers, answer, failure

from jennie_cli.adapters.kis.account import KisAccount
from jennie_cli.adapters.kis.answers import UnreadableAnswer
from jennie_cli.adapters.kis.caller import Reply
from jennie_cli.engine.broker import AccountState, BrokerUnavailable, BuyingPower, Holding
from jennie_cli.engine.model import OrderType

TOTALS = {"dnca_tot_amt": "1000000", "prvs_rcdl_excc_amt": "290000", "nass_amt": "0"}


def _held(code: str = "005930", qty: str = "10", **fields: str) -> dict[str, str]:
    row = {
        "pdno": code,
        "prdt_name": "가나전자",
        "hldg_qty": qty,
        "ord_psbl_qty": qty,
        "pchs_amt": "700000",
        "prpr": "71000",
        "evlu_amt": "710000",
        "loan_dt": "",
    }
    return row | fields


HELD = Holding(
    code="005930",
    name="가나전자",
    qty=10,
    sellable_qty=10,
    cost=700000,
    price=71000,
    value=710000,
)


def _state(*replies: Reply) -> AccountState:
    return asyncio.run(KisAccount(Answers([*replies]), ACCOUNT).state())


def test_the_account_is_read_whole() -> None:
    """Cash is that of D+2, the total is cash and holdings, sold-out rows are left out."""
    state = _state(answer(output1=[_held(), _held("000660", "0")], output2=[TOTALS]))
    expected = AccountState(holdings=(HELD,), deposit=1000000, settled_cash=290000, total=1000000)
    assert expected == state


def test_totals_may_come_as_an_object_and_rows_on_several_pages() -> None:
    """Both shapes of output2 are read, and the pages are put together."""
    first = answer("F", output1=[_held()], output2=[TOTALS], ctx_area_nk100="n")
    last = answer("", output1=[_held("000660")], output2=TOTALS)
    state = _state(first, last)
    assert ["005930", "000660"] == [h.code for h in state.holdings]


def test_shares_bought_on_credit_are_held_but_not_sellable() -> None:
    """Rows of one code are put together; a cash order cannot sell the credit part."""
    credit = _held(qty="3", loan_dt="20260105", pchs_amt="200000", evlu_amt="213000")
    (holding,) = _state(answer(output1=[_held(), credit], output2=TOTALS)).holdings
    assert (13, 10, 900000, 923000) == (
        holding.qty,
        holding.sellable_qty,
        holding.cost,
        holding.value,
    )


def test_an_empty_account_is_an_answer() -> None:
    """No rows with totals is an account without holdings."""
    assert () == _state(answer(output1=[], output2=[TOTALS])).holdings


@pytest.mark.parametrize(
    "reply",
    [
        failure("KIOK0560", rt_cd="7"),
        failure("EGW00215", status=500),
        failure("OPSQ2000", rt_cd="2"),
        answer(output1=[_held()]),
        answer(output1=[_held()], output2=[]),
        answer(output1="", output2=[{}]),
        answer(output1=None, output2=TOTALS),
        answer(output1="", output2=TOTALS),
        answer("M", output1=[_held()], output2=TOTALS, ctx_area_nk100=" " * 100),
        answer(output1=[_held()], output2=TOTALS, msg_cd="KIOK0500"),
        replace(answer(output1=[_held()], output2=TOTALS), status=502),
        answer(output1=[_held(hldg_qty="")], output2=TOTALS),
        answer(output1=[_held(evlu_amt="-1")], output2=TOTALS),
        answer(output1=[_held()], output2={"dnca_tot_amt": "1"}),
        answer(output1="gone", output2=TOTALS),
        answer(output1=["gone"], output2=TOTALS),
    ],
)
def test_a_failure_is_never_an_account_without_holdings(reply: Reply) -> None:
    """Whatever cannot be read is BrokerUnavailable."""
    with pytest.raises(BrokerUnavailable):
        _state(reply)


def test_buying_power_is_asked_for_the_order_that_is_meant() -> None:
    """Only cash without receivables counts; the query names type and price."""
    row = {
        "nrcvb_buy_amt": "1071773",
        "nrcvb_buy_qty": "15",
        "psbl_qty_calc_unpr": "71000",
        "ord_psbl_cash": "9999999",
        "max_buy_qty": "99",
    }
    caller = Answers([answer(output=row)] * 2)
    account = KisAccount(caller, ACCOUNT)
    told = asyncio.run(account.buying_power("005930", type_=OrderType.LIMIT, price=71000))
    asyncio.run(account.buying_power("005930", type_=OrderType.MARKET, price=None))
    assert BuyingPower(cash=1071773, qty=15, unit_price=71000) == told
    assert [("00", "71000"), ("01", "0")] == [
        (a.query["ORD_DVSN"], a.query["ORD_UNPR"]) for a in caller.asked
    ]


@pytest.mark.parametrize("missing", ["nrcvb_buy_amt", "nrcvb_buy_qty", "psbl_qty_calc_unpr"])
def test_missing_cash_is_no_zero_and_no_other_figure(missing: str) -> None:
    """Without the cash figures there is no answer, whatever else was told."""
    row = {
        "nrcvb_buy_amt": "1",
        "nrcvb_buy_qty": "1",
        "psbl_qty_calc_unpr": "1",
        "ord_psbl_cash": "9",
    }
    account = KisAccount(Answers([answer(output=row | {missing: ""})]), ACCOUNT)
    with pytest.raises(UnreadableAnswer, match=missing):
        asyncio.run(account.buying_power("005930", type_=OrderType.LIMIT, price=1))


@pytest.mark.parametrize("name", ["output", "output1"])
def test_sellable_shares_come_under_either_name(name: str) -> None:
    """The document says output1, the wire output."""
    parts: dict[str, Any] = {name: {"ord_psbl_qty": "7"}}
    account = KisAccount(Answers([answer(**parts)]), ACCOUNT)
    assert 7 == asyncio.run(account.sellable("005930"))


def test_sellable_of_what_is_not_listed_is_told_by_the_balance() -> None:
    """No row is no proof: the balance decides, and paper asks nothing else."""
    balance = answer(output1=[_held()], output2=TOTALS)
    real = Answers([failure("KIOK0560", rt_cd="0"), balance])
    assert 0 == asyncio.run(KisAccount(real, ACCOUNT).sellable("000660"))
    paper = Answers([balance], paper=True)
    assert 10 == asyncio.run(KisAccount(paper, ACCOUNT).sellable("005930"))
    assert ["sellable", "balance", "balance"] == [a.tr for a in (*real.asked, *paper.asked)]
