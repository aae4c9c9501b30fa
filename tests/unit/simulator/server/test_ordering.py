"""Orders, changes and the account's own lists, as the ledger answers them."""

import pytest
from tests.unit.simulator.server.conftest import CODES, PRICE, Bench, MakeBench

from jennie_cli.kis_wire import TRS

FAR = PRICE - 10_000


def _bytes(text: str) -> int:
    return len(text.encode("cp949"))


def test_an_accepted_order_has_ten_digits_and_a_padded_message(bench: Bench) -> None:
    """The keys of its output are capital letters."""
    body = bench.order(price=FAR).json()
    assert ("0", "APBK0013", 80) == (body["rt_cd"], body["msg_cd"], _bytes(body["msg1"]))
    assert TRS["order_buy"].outputs["output"].fields == tuple(body["output"])
    assert ("0000000001", "091000") == (body["output"]["ODNO"], body["output"]["ORD_TMD"])


def test_paper_names_each_kind_of_order_in_its_answer(make_bench: MakeBench) -> None:
    """Buy, modify, cancel and sell have a code each."""
    bench = make_bench(paper=True)
    bought = bench.order(qty=2).json()
    bench.pass_time(60)
    resting = bench.order(price=FAR).json()
    changed = bench.change(resting["output"]["ODNO"], cancel=False, price=FAR - 100).json()
    gone = bench.change(changed["output"]["ODNO"], cancel=True).json()
    sold = bench.order("sell", qty=1).json()
    assert ["40600000", "40600000", "40620000", "40630000", "40590000"] == [
        body["msg_cd"] for body in (bought, resting, changed, gone, sold)
    ]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"ORD_UNPR": "60000.0"}, "IGW00007"),
        ({"ORD_QTY": "one"}, "IGW00007"),
        ({"ORD_UNPR": str(FAR + 1)}, "APBK0506"),
        ({"ORD_QTY": "100000"}, "APBK0952"),
        ({"PDNO": "999999"}, "APBK0656"),
        ({"ORD_DVSN": "99"}, "APBK0963"),
        ({"EXCG_ID_DVSN_CD": "NXT"}, "APBK3013"),
        ({"CANO": "1234"}, "OPSQ2000"),
    ],
)
def test_an_order_the_ledger_does_not_take(change: dict[str, str], code: str, bench: Bench) -> None:
    """Each reason has its own code, and no number is spent."""
    assert code == bench.order("buy", price=FAR, more=change).json()["msg_cd"]
    assert "0000000001" == bench.order(price=FAR).json()["output"]["ODNO"]


def test_a_body_without_a_required_key_breaks_the_message(bench: Bench) -> None:
    """So does a number that is no text."""
    headers = bench.headers | {"tr_id": "TTTC0012U"}
    whole = {
        "CANO": "12345678",
        "ACNT_PRDT_CD": "01",
        "PDNO": CODES[0],
        "ORD_DVSN": "00",
        "ORD_QTY": "1",
        "ORD_UNPR": str(FAR),
    }
    lacking = {k: v for k, v in whole.items() if k != "ORD_UNPR"}
    for body in (lacking, whole | {"ORD_QTY": 1}):
        answer = bench.call("POST", TRS["order_buy"].path, json=body, headers=headers)
        assert (500, "IGW00007") == (answer.status_code, answer.json()["msg_cd"])
    bench.wall.advance(1)
    answer = bench.call("POST", TRS["order_buy"].path, json=whole, headers=headers)
    assert "0" == answer.json()["rt_cd"]


def test_a_refusal_of_the_ledger_is_http_200_with_result_code_7(bench: Bench) -> None:
    """Its words are padded too."""
    answer = bench.order(price=FAR + 1)
    body = answer.json()
    assert (200, "7", 80) == (answer.status_code, body["rt_cd"], _bytes(body["msg1"]))


def test_filled_shares_are_in_the_balance_and_the_cash_of_the_day_after_tomorrow(
    bench: Bench,
) -> None:
    """The deposit does not move, the settled cash does, fee included."""
    bench.order(qty=3)
    bench.pass_time(30)
    body = bench.ask("balance").json()
    (held,), (cash,) = body["output1"], body["output2"]
    cost = int(held["pchs_amt"])
    assert ("3", f"{cost / 3:.4f}"[:-1]) == (held["hldg_qty"], held["pchs_avg_pric"][:-1])
    assert "100000000" == cash["dnca_tot_amt"]
    assert 100_000_000 - cost - int(cash["thdt_tlex_amt"]) == int(cash["prvs_rcdl_excc_amt"])
    assert int(cash["nass_amt"]) == int(cash["prvs_rcdl_excc_amt"]) + int(cash["evlu_amt_smtl_amt"])


def test_open_orders_come_in_pages_of_fifty(bench: Bench) -> None:
    """The header says that more follows; the cursor of the last page is blank."""
    for _ in range(60):
        assert "0" == bench.order(price=FAR).json()["rt_cd"]
    first = bench.ask("open_orders")
    body = first.json()
    assert ("F", 50, 100) == (
        first.headers["tr_cont"],
        len(body["output"]),
        len(body["ctx_area_nk100"]),
    )
    cursor = {"CTX_AREA_NK100": body["ctx_area_nk100"], "CTX_AREA_FK100": body["ctx_area_fk100"]}
    last = bench.ask("open_orders", cursor, turn=True)
    assert ("E", 10, "") == (
        last.headers["tr_cont"],
        len(last.json()["output"]),
        last.json()["ctx_area_nk100"].strip(),
    )
    numbers = {row["odno"] for page in (body, last.json()) for row in page["output"]}
    assert 60 == len(numbers)


def test_the_days_orders_tell_what_became_of_each(bench: Bench) -> None:
    """A filled one, a modified one and its cancel, by their numbers."""
    bench.order(qty=2)
    resting = bench.order(price=FAR, qty=5).json()["output"]["ODNO"]
    changed = bench.change(resting, cancel=False, price=FAR - 100).json()["output"]["ODNO"]
    bench.change(changed, cancel=True)
    bench.pass_time(30)
    dates = {"INQR_STRT_DT": "20250630", "INQR_END_DT": "20250630"}
    asked = dates | {"SLL_BUY_DVSN_CD": "00", "INQR_DVSN": "01", "EXCG_ID_DVSN_CD": "ALL"}
    rows = bench.ask("day_orders", asked).json()["output1"]
    assert ["", "", resting, changed] == [row["orgn_odno"] for row in rows]
    assert ["2", "0", "0", "0"] == [row["tot_ccld_qty"] for row in rows]
    assert ["0", "0", "0", "0"] == [row["rmn_qty"] for row in rows]
    assert ["N", "N", "Y", "Y"] == [row["cncl_yn"] for row in rows]
    filled = bench.ask("day_orders", asked | {"CCLD_DVSN": "01"}).json()["output1"]
    assert [rows[0]["odno"]] == [row["odno"] for row in filled]


def test_changing_what_is_gone_is_refused_by_name(bench: Bench) -> None:
    """An unknown original and a filled one have different codes."""
    number = bench.order(qty=1).json()["output"]["ODNO"]
    bench.pass_time(30)
    assert "APBK0927" == bench.change(number, cancel=True).json()["msg_cd"]
    assert "APBK0344" == bench.change("0000009999", cancel=True).json()["msg_cd"]


def test_a_market_buy_is_measured_at_the_upper_limit(bench: Bench) -> None:
    """Its unit price is the limit, and the quantity fits into the cash with the fee."""
    asked = {"PDNO": CODES[0], "ORD_DVSN": "01", "ORD_UNPR": ""}
    told = bench.ask("buying_power", asked).json()["output"]
    unit, qty = int(told["psbl_qty_calc_unpr"]), int(told["nrcvb_buy_qty"])
    assert unit == bench.server.play.exchange.board(CODES[0]).upper_limit
    assert unit * qty < 100_000_000 < unit * (qty + 1) * 1.001


def test_before_the_session_paper_and_real_say_so_in_their_own_codes(
    make_bench: MakeBench,
) -> None:
    """Too early in the morning, too late in the evening."""
    from tests.unit.simulator.server.conftest import OPEN

    early, late = OPEN.replace(hour=7), OPEN.replace(hour=20)
    assert "40570000" == make_bench(paper=True, start=early).order().json()["msg_cd"]
    assert "40580000" == make_bench(paper=True, start=late).order().json()["msg_cd"]
    assert "APBK0918" == make_bench(start=late).order().json()["msg_cd"]


def test_what_was_traded_is_listed_with_its_profit(bench: Bench) -> None:
    """Sold at once, the round trip costs fee and tax."""
    bench.order(qty=2)
    bench.pass_time(60)
    bench.order("sell", qty=2)
    bench.pass_time(60)
    asked = {"INQR_STRT_DT": "20250630", "INQR_END_DT": "20250630"}
    body = bench.ask("period_trade_profit", asked).json()
    (row,) = body["output1"]
    assert (f"00000A{CODES[0]}", "2", "2") == (row["pdno"], row["buy_qty"], row["sll_qty"])
    gain = int(row["sll_amt"]) - int(row["buy_amt"]) - int(row["fee"]) - int(row["tl_tax"])
    assert gain == int(row["rlzt_pfls"]) == int(body["output2"]["tot_rlzt_pfls"])


@pytest.mark.parametrize("number", ["abc", "²", "-1"])
def test_a_number_that_is_none_is_told_so(number: str, bench: Bench) -> None:
    """OPSQ2002, and no crash."""
    bench.order()
    asked = {"INQR_STRT_DT": "20250630", "INQR_END_DT": "20250630", "ODNO": number}
    assert "OPSQ2002" == bench.ask("day_orders", asked).json()["msg_cd"]


def test_an_order_says_first_how_it_went(bench: Bench) -> None:
    """Then what it was given; a trigger that its kind has no use for does no harm."""
    told = bench.order(more={"CNDT_PRIC": "70000"}).json()
    assert ["rt_cd", "msg_cd", "msg1", "output"] == [*told]


def test_a_stop_is_moved_as_acknowledged(bench: Bench) -> None:
    """The list shows the trigger that counts; a plain order is refused a trigger by name."""
    board = bench.server.play.exchange.board(CODES[0])
    far = board.last + 1_000
    stop = {"ORD_DVSN": "22", "CNDT_PRIC": str(far)}
    number = bench.order(price=far, more=stop).json()["output"]["ODNO"]
    body = {
        "ORGN_ODNO": number,
        "RVSE_CNCL_DVSN_CD": "01",
        "ORD_QTY": "0",
        "ORD_UNPR": str(far + 200),
        "QTY_ALL_ORD_YN": "Y",
    }
    moved = bench.ask("order_change", body | stop | {"CNDT_PRIC": str(far + 100)}).json()
    assert "0" == moved["rt_cd"]
    (row,) = bench.ask("open_orders", {"INQR_DVSN_2": "0"}).json()["output"]
    assert (str(far + 100), "22") == (row["stpm_cndt_pric"], row["ord_dvsn_cd"])
    limit = bench.order(price=board.last - 1_000).json()["output"]["ODNO"]
    assert "7" == bench.ask("order_change", body | stop | {"ORGN_ODNO": limit}).json()["rt_cd"]
