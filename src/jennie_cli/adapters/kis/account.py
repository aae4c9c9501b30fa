"""The account at KIS: what is held, what may be spent, what may be sold."""

from collections.abc import Iterable, Sequence

from jennie_cli.adapters.kis.answers import (
    Row,
    UnreadableAnswer,
    checked,
    only_row,
    ordered,
    pages,
    rows,
)
from jennie_cli.adapters.kis.caller import AccountNumber, Caller
from jennie_cli.engine.broker import AccountState, BuyingPower, Holding
from jennie_cli.engine.model import OrderType
from jennie_cli.kis_wire import TRS
from jennie_cli.kis_wire.codes import DIVISIONS
from jennie_cli.kis_wire.text import blank, short_code


class KisAccount:
    """The port `broker.Account` over one account at KIS."""

    def __init__(self, caller: Caller, account: AccountNumber) -> None:
        """`account` is the one account that the app key belongs to."""
        self._caller = caller
        self._account = account

    async def state(self) -> AccountState:
        """Return holdings and cash, all pages; the last page's totals count."""
        tr = TRS["balance"]
        query = self._account.fields() | {
            "AFHR_FLPR_YN": "N",
            "INQR_DVSN": "02",
            "UNPR_DVSN": "01",
            "FUND_STTL_ICLD_YN": "N",
            "FNCG_AMT_AUTO_RDPT_YN": "N",
            "PRCS_DVSN": "00",
        }
        held: list[Row] = []
        totals: Sequence[Row] = ()
        async for reply in pages(self._caller, tr, ordered(tr, query)):
            held += rows(tr, reply, "output1")
            totals = rows(tr, reply, "output2") or totals
        if len(totals) != 1:
            raise UnreadableAnswer("KIS answered balance without its totals.")
        return _state(_holdings(held), totals[0])

    async def buying_power(self, code: str, *, type_: OrderType, price: int | None) -> BuyingPower:
        """Return what cash alone buys of `code` with the order that is meant, receivables never."""
        tr = TRS["buying_power"]
        query = self._account.fields() | {
            "PDNO": code,
            "ORD_UNPR": str(price or 0),
            "ORD_DVSN": DIVISIONS[type_],
            "CMA_EVLU_AMT_ICLD_YN": "N",
            "OVRS_ICLD_YN": "N",
        }
        reply = await self._caller.call(tr, query=ordered(tr, query))
        checked(tr, reply)
        row = only_row(tr, reply, "output")
        return BuyingPower(
            cash=row.whole("nrcvb_buy_amt"),
            qty=row.whole("nrcvb_buy_qty"),
            unit_price=row.count("psbl_qty_calc_unpr"),
        )

    async def sellable(self, code: str) -> int:
        """Return the shares of `code` that can be sold now; without a row the balance tells."""
        if not self._caller.paper:
            tr = TRS["sellable"]
            query = self._account.fields() | {"PDNO": code}
            reply = await self._caller.call(tr, query=ordered(tr, query))
            checked(tr, reply)
            found = rows(tr, reply, "output", "output1")
            if found:
                return found[0].count("ord_psbl_qty")
        state = await self.state()
        return sum(h.sellable_qty for h in state.holdings if h.code == code)


def _state(holdings: tuple[Holding, ...], totals: Row) -> AccountState:
    settled = totals.whole("prvs_rcdl_excc_amt")
    return AccountState(
        holdings=holdings,
        deposit=totals.whole("dnca_tot_amt"),
        settled_cash=settled,
        total=settled + sum(h.value for h in holdings),
    )


def _holdings(held: Iterable[Row]) -> tuple[Holding, ...]:
    """Return one holding a code; shares bought on credit cannot be sold by a cash order."""
    found: dict[str, Holding] = {}
    for row in held:
        one = _holding(row)
        if one.qty:
            known = found.get(one.code)
            found[one.code] = one if known is None else _together(known, one)
    return tuple(found.values())


def _holding(row: Row) -> Holding:
    on_credit = not blank(row.optional("loan_dt"))
    return Holding(
        code=short_code(row.word("pdno")),
        name=row.optional("prdt_name"),
        qty=row.count("hldg_qty"),
        sellable_qty=0 if on_credit else row.count("ord_psbl_qty"),
        cost=row.count("pchs_amt"),
        price=row.count("prpr"),
        value=row.count("evlu_amt"),
    )


def _together(one: Holding, other: Holding) -> Holding:
    return Holding(
        code=one.code,
        name=one.name,
        qty=one.qty + other.qty,
        sellable_qty=one.sellable_qty + other.sellable_qty,
        cost=one.cost + other.cost,
        price=one.price,
        value=one.value + other.value,
    )
