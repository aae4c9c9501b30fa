"""What an account holds, may spend, may sell and has ordered, as the ledger prints it."""

from datetime import date

from jennie_cli.engine.model import Market, Side
from jennie_cli.kis_wire.codes import SIDES
from jennie_cli.kis_wire.msgs import refusal
from jennie_cli.kis_wire.text import long_code
from jennie_cli.simulator.brokerage import Balance, HoldingRecord, OrderRow, Rejection, RowKind
from jennie_cli.simulator.brokerage.records import average
from jennie_cli.simulator.server.asked import Asked, Hall, paged
from jennie_cli.simulator.server.envelope import Page, Turned, turned
from jennie_cli.simulator.server.faults import Fault
from jennie_cli.simulator.server.figures import change_pct, clock_text, pct

_DONE, _MORE, _NONE = "KIOK0510", "KIOK0500", "KIOK0560"
_PAPER_DONE, _PAPER_NONE = "20310000", "70070000"
_MARKET = "01"
_DIVISION_NAMES = {
    "00": "지정가",
    "01": "시장가",
    "02": "조건부지정가",
    "03": "최유리지정가",
    "04": "최우선지정가",
    "11": "IOC지정가",
    "12": "FOK지정가",
    "13": "IOC시장가",
    "14": "FOK시장가",
    "15": "IOC최유리",
    "16": "FOK최유리",
    "22": "스톱지정가",
}
_CONDITIONS = {"11": "IOC", "13": "IOC", "15": "IOC", "12": "FOK", "14": "FOK", "16": "FOK"}
_SIDE_NAMES = {Side.BUY: "현금매수", Side.SELL: "현금매도"}
_KIND_NAMES = {RowKind.NEW: "", RowKind.MODIFY: "정정*", RowKind.CANCEL: "취소*"}


def balance(hall: Hall, asked: Asked) -> Page:
    """inquire-balance: holdings page by page, and the cash with every page."""
    account = hall.account(asked)
    told = hall.play.brokerage.balance(account)
    rows = () if hall.faults.strike(Fault.EMPTY_HOLDINGS, asked.tr.path) else told.holdings
    chosen, following = paged(asked, rows, paper=hall.paper)
    return Page(
        outputs={"output1": [_holding(h) for h in rows[chosen]], "output2": [_cash(told)]},
        code=_code(hall, following, empty=False),
        condition=_condition(asked, "AFHR_FLPR_YN", "INQR_DVSN", "UNPR_DVSN", "PRCS_DVSN"),
        following=following,
    )


def _code(hall: Hall, following: str, *, empty: bool) -> str:
    if hall.paper:
        return _PAPER_NONE if empty else _PAPER_DONE
    return _MORE if following else _NONE if empty else _DONE


def _condition(asked: Asked, *names: str) -> str:
    words = (asked.fields.get(name, "") for name in ("CANO", "ACNT_PRDT_CD", *names))
    return "".join(f"{word}^" for word in words)


def _holding(held: HoldingRecord) -> dict[str, str]:
    return {
        "pdno": held.code,
        "prdt_name": held.name,
        "trad_dvsn_name": "현금",
        "bfdy_buy_qty": str(held.yesterday[0]),
        "bfdy_sll_qty": str(held.yesterday[1]),
        "thdt_buyqty": str(held.today[0]),
        "thdt_sll_qty": str(held.today[1]),
        "hldg_qty": str(held.qty),
        "ord_psbl_qty": str(held.sellable),
        "pchs_avg_pric": str(held.average),
        "pchs_amt": str(held.cost),
        "prpr": str(held.price),
        "evlu_amt": str(held.value),
        "evlu_pfls_amt": str(held.profit),
        "evlu_pfls_rt": pct(held.profit, held.cost),
        "evlu_erng_rt": "0.00000000",
        "loan_amt": "0",
        "stln_slng_chgs": "0",
        "fltt_rt": f"{(held.price / held.base - 1) * 100 if held.base else 0.0:.8f}",
        "bfdy_cprs_icdc": str(held.price - held.base),
        "sbst_pric": "0",
        "stck_loan_unpr": "0.0000",
    }


def _cash(told: Balance) -> dict[str, str]:
    return {
        "dnca_tot_amt": str(told.deposit),
        "nxdy_excc_amt": str(told.next_day_cash),
        "prvs_rcdl_excc_amt": str(told.cash),
        "cma_evlu_amt": "0",
        "bfdy_buy_amt": str(told.before.bought),
        "thdt_buy_amt": str(told.today.bought),
        "nxdy_auto_rdpt_amt": "0",
        "bfdy_sll_amt": str(told.before.sold),
        "thdt_sll_amt": str(told.today.sold),
        "d2_auto_rdpt_amt": "0",
        "bfdy_tlex_amt": str(told.before.costs),
        "thdt_tlex_amt": str(told.today.costs),
        "tot_loan_amt": "0",
        "scts_evlu_amt": str(told.value),
        "tot_evlu_amt": str(told.worth),
        "nass_amt": str(told.worth),
        "pchs_amt_smtl_amt": str(told.cost),
        "evlu_amt_smtl_amt": str(told.value),
        "evlu_pfls_smtl_amt": str(told.value - told.cost),
        "tot_stln_slng_chgs": "0",
        "bfdy_tot_asst_evlu_amt": str(told.worth_before),
        "asst_icdc_amt": str(told.worth - told.worth_before),
        "asst_icdc_erng_rt": "0.00000000",
    }


def buying_power(hall: Hall, asked: Asked) -> Page:
    """inquire-psbl-order: cash only, so that what may be bought never leaves a receivable."""
    account = hall.account(asked)
    price = asked.word("ORD_UNPR", "")
    try:
        power = hall.play.brokerage.buying_power(
            account,
            code=asked.word("PDNO", ""),
            division=asked.word("ORD_DVSN", _MARKET) or _MARKET,
            price=int(price) if price.isdecimal() else 0,
        )
    except Rejection as rejection:
        raise Turned(refusal(rejection.reason, paper=hall.paper)) from None
    answer = {
        "ord_psbl_cash": str(power.orderable),
        "ord_psbl_sbst": "0",
        "ruse_psbl_amt": str(power.reusable),
        "fund_rpch_chgs": "0",
        "psbl_qty_calc_unpr": str(power.unit),
        "nrcvb_buy_amt": str(power.amount),
        "nrcvb_buy_qty": str(power.qty),
        "max_buy_amt": str(power.amount),
        "max_buy_qty": str(power.qty),
        "cma_evlu_amt": "0",
        "ovrs_re_use_amt_wcrc": "0",
        "ord_psbl_frcr_amt_wcrc": "0",
    }
    return Page(outputs={"output": answer}, code=_code(hall, "", empty=False))


def sellable(hall: Hall, asked: Asked) -> Page:
    """inquire-psbl-sell: what of a code may be sold now."""
    account = hall.account(asked)
    told = hall.play.brokerage.sellable(account, asked.word("PDNO"))
    value = told.held * told.price
    answer = {
        "pdno": told.code,
        "prdt_name": told.name,
        "buy_qty": str(told.bought),
        "sll_qty": str(told.sold),
        "cblc_qty": str(told.held),
        "nsvg_qty": "0",
        "ord_psbl_qty": str(told.free),
        "pchs_avg_pric": str(average(told.cost, told.held)),
        "pchs_amt": str(told.cost),
        "now_pric": str(told.price),
        "evlu_amt": str(value),
        "evlu_pfls_amt": str(value - told.cost),
        "evlu_pfls_rt": pct(value - told.cost, told.cost),
    }
    return Page(outputs={"output": answer}, code="KIOK0420")


def open_orders(hall: Hall, asked: Asked) -> Page:
    """inquire-psbl-rvsecncl: orders that can still be changed, newest first."""
    account = hall.account(asked)
    side = asked.word("INQR_DVSN_2", "0")
    rows = [
        r
        for r in _listed(hall, asked, hall.play.brokerage.open_orders(account))
        if side in {"0", ""} or SIDES[r.side] == f"0{side}"
    ]
    chosen, following = paged(asked, rows, paper=hall.paper)
    return Page(
        outputs={"output": [_open(hall, r) for r in rows[chosen]]},
        code=_code(hall, following, empty=not rows),
        condition=_condition(asked, "INQR_DVSN_1", "INQR_DVSN_2"),
        following=following,
    )


def _open(hall: Hall, row: OrderRow) -> dict[str, str]:
    return {
        **_numbered(hall, row),
        "rvse_cncl_dvsn_name": _SIDE_NAMES[row.side] + _KIND_NAMES[row.kind],
        "psbl_qty": str(row.remaining),
        "excg_id_dvsn_name": "한국거래소",
        "stpm_cndt_pric": str(row.trigger),
        "stpm_efct_occr_yn": "N",
    }


def _numbered(hall: Hall, row: OrderRow) -> dict[str, str]:
    """Return the fields that both order lists share."""
    at = hall.book.place(row.code)
    kosdaq = at is not None and hall.book.market(at) is Market.KOSDAQ
    return {
        "ord_gno_brno": row.branch,
        "odno": f"{row.number:010}",
        "orgn_odno": f"{row.original:010}" if row.original else "",
        "ord_dvsn_name": _DIVISION_NAMES.get(row.division, ""),
        "pdno": row.code,
        "prdt_name": row.name,
        "ord_qty": str(row.qty),
        "ord_unpr": str(row.price),
        "ord_tmd": clock_text(row.at_ms),
        "tot_ccld_qty": str(row.filled_qty),
        "tot_ccld_amt": str(row.filled_amount),
        "sll_buy_dvsn_cd": SIDES[row.side],
        "ord_dvsn_cd": row.division,
        "excg_dvsn_cd": "03" if kosdaq else "02",
        "excg_id_dvsn_cd": "KRX",
    }


def _listed(hall: Hall, asked: Asked, rows: tuple[OrderRow, ...]) -> list[OrderRow]:
    """Return rows newest first, without those that a fault keeps back."""
    if hall.faults.strike(Fault.EMPTY_ORDERS, asked.tr.path):
        return []
    late = hall.faults.standing(Fault.LATE_ORDERS, asked.tr.path)
    if late is None:
        return [*reversed(rows)]
    newest = hall.now_ms - late.ms
    return [r for r in reversed(rows) if r.day < hall.day or r.at_ms <= newest]


def day_orders(hall: Hall, asked: Asked) -> Page:
    """inquire-daily-ccld: the orders of some days and what became of them."""
    account = hall.account(asked)
    start, end = asked.day("INQR_STRT_DT"), asked.day("INQR_END_DT", date.max)
    rows = _listed(hall, asked, hall.play.brokerage.orders(account, start, end))
    if asked.word("INQR_DVSN", "00") == "01":
        rows.reverse()
    if not (number := asked.word("ODNO", "") or "0").isdecimal():
        raise turned("OPSQ2002")
    rows = [row for row in rows if _wanted(asked, row) and int(number) in {0, row.number}]
    chosen, following = paged(asked, rows, paper=hall.paper)
    return Page(
        outputs={
            "output1": [_order(hall, r) for r in rows[chosen]],
            "output2": _totals(rows),
        },
        code=_code(hall, following, empty=not rows),
        condition=_condition(asked, "INQR_STRT_DT", "INQR_END_DT", "SLL_BUY_DVSN_CD", "CCLD_DVSN"),
        following=following,
    )


def _wanted(asked: Asked, row: OrderRow) -> bool:
    side, code = asked.word("SLL_BUY_DVSN_CD", "00"), asked.word("PDNO", "")
    filled = asked.word("CCLD_DVSN", "00")
    venue = asked.word("EXCG_ID_DVSN_CD", "KRX")
    return (
        side in {"", "00", SIDES[row.side]}
        and code in {"", row.code}
        and (filled != "01" or row.filled_qty > 0)
        and (filled != "02" or row.remaining > 0)
        and venue in {"", "KRX", "ALL"}
    )


def _order(hall: Hall, row: OrderRow) -> dict[str, str]:
    average = row.filled_amount / row.filled_qty if row.filled_qty else 0
    cancelled = row.kind is RowKind.CANCEL or (row.cancelled > 0 and not row.remaining)
    return {
        **_numbered(hall, row),
        "ord_dt": f"{row.day:%Y%m%d}",
        "sll_buy_dvsn_cd_name": _SIDE_NAMES[row.side] + _KIND_NAMES[row.kind],
        "avg_prvs": f"{average:.0f}" if average == int(average) else f"{average:.4f}",
        "cncl_yn": "Y" if cancelled else "N",
        "cncl_cfrm_qty": str(row.cancelled),
        "rmn_qty": str(row.remaining),
        "rjct_qty": str(row.rejected),
        "ccld_cndt_name": _CONDITIONS.get(row.division, "없음"),
        "ordr_empno": "OpnAPI",
        "prdt_type_cd": "300",
        "ord_orgno": row.branch,
        "stpm_cndt_pric": str(row.trigger),
    }


def _totals(rows: list[OrderRow]) -> dict[str, str]:
    shares, won = sum(r.filled_qty for r in rows), sum(r.filled_amount for r in rows)
    return {
        "tot_ord_qty": str(sum(r.qty for r in rows if r.kind is not RowKind.CANCEL)),
        "tot_ccld_qty": str(shares),
        "tot_ccld_amt": str(won),
        "prsm_tlex_smtl": str(sum(r.fee + r.tax for r in rows)),
        "pchs_avg_pric": f"{won / shares if shares else 0:.4f}",
    }


def period_trade_profit(hall: Hall, asked: Asked) -> Page:
    """inquire-period-trade-profit: what was traded by day and code, newest first."""
    account = hall.account(asked)
    start, end = asked.day("INQR_STRT_DT"), asked.day("INQR_END_DT", date.max)
    kept = hall.play.brokerage.profits(account, start, end)
    code = asked.word("PDNO", "")
    rows = [p for p in reversed(kept) if code in {"", p.code}]
    chosen, following = paged(asked, rows, paper=hall.paper)
    return Page(
        outputs={
            "output1": [
                {
                    "trad_dt": f"{p.day:%Y%m%d}",
                    "pdno": long_code(p.code),
                    "prdt_name": p.name,
                    "trad_dvsn_name": "현금",
                    "hldg_qty": str(p.left.qty),
                    "pchs_unpr": f"{p.removed / p.sold if p.sold else 0:.4f}",
                    "buy_qty": str(p.bought),
                    "buy_amt": str(p.buy_amount),
                    "sll_pric": f"{p.sell_amount / p.sold if p.sold else 0:.0f}",
                    "sll_qty": str(p.sold),
                    "sll_amt": str(p.sell_amount),
                    "rlzt_pfls": str(p.realized),
                    "pfls_rt": change_pct(p.removed + p.realized, p.removed),
                    "fee": str(p.fee),
                    "tl_tax": str(p.tax),
                    "loan_int": "0",
                }
                for p in rows[chosen]
            ],
            "output2": {
                "tot_rlzt_pfls": str(sum(p.realized for p in rows)),
                "tot_fee": str(sum(p.fee for p in rows)),
                "tot_tltx": str(sum(p.tax for p in rows)),
                "tot_pftrt": change_pct(
                    sum(p.removed + p.realized for p in rows), sum(p.removed for p in rows)
                ),
            },
        },
        code=_code(hall, following, empty=not rows),
        condition=_condition(asked, "INQR_STRT_DT", "INQR_END_DT"),
        following=following,
    )
