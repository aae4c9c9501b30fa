"""A row of KIS's order records as a broker order."""

from dataclasses import replace
from datetime import date

from jennie_cli.adapters.kis.answers import Row
from jennie_cli.engine.model import BrokerOrder, OrderType, Side, Venue
from jennie_cli.kis_wire.codes import order_type, side_of
from jennie_cli.kis_wire.text import blank, number_of, short_code

_CANCEL_WORDS = ("취소", "CANCEL")
_MODIFY_WORDS = ("정정", "AMEND")


def day_row(row: Row) -> BrokerOrder:
    """Return an order out of a row of `day_orders`; UnreadableAnswer for one that is not whole."""
    order = _order(row, row.day("ord_dt"), rest="rmn_qty")
    bare = not (row.count("ord_unpr") or order.filled_qty or order.remaining_qty)
    cancels = order.original_id is not None and _cancels(row, bare=bare)
    return replace(
        order,
        cancelled_qty=_cancelled(row, request=cancels),
        rejected_qty=row.count("rjct_qty"),
        cancels=cancels,
    )


def open_row(row: Row, day: date) -> BrokerOrder:
    """Return an order out of a row of `open_orders`, which holds no date."""
    return _order(row, day, rest="psbl_qty")


def _order(row: Row, day: date, *, rest: str) -> BrokerOrder:
    """Return what both records tell; `rest` names the shares that can still trade."""
    price = row.count("ord_unpr")
    kind = _type(row, price)
    return BrokerOrder(
        broker_id=_number(row),
        branch=row.optional("ord_gno_brno"),
        day=day,
        ordered_at=row.moment("ord_tmd", day),
        code=short_code(row.word("pdno")),
        side=_side(row),
        type=kind,
        qty=row.count("ord_qty"),
        price=price or None if kind is OrderType.LIMIT else None,
        filled_qty=row.count("tot_ccld_qty"),
        filled_amount=row.count("tot_ccld_amt"),
        remaining_qty=row.count(rest),
        original_id=number_of(row.text("orgn_odno")),
        venue=_venue(row),
    )


def _number(row: Row) -> str:
    number = number_of(row.word("odno"))
    if number is None or not number.isdecimal():
        row.fail("odno", "is no order number")
    return number


def _side(row: Row) -> Side:
    try:
        return side_of(row.text("sll_buy_dvsn_cd"))
    except ValueError:
        row.fail("sll_buy_dvsn_cd", "is no side")


def _type(row: Row, price: int) -> OrderType:
    """Return the type; a kind of order that only institutions send is known by its price."""
    try:
        return order_type(row.text("ord_dvsn_cd"))
    except ValueError:
        return OrderType.LIMIT if price else OrderType.MARKET


def _venue(row: Row) -> Venue:
    told = row.optional("excg_id_dvsn_cd") or row.optional("excg_id_dvsn_Cd")
    if blank(told):
        return Venue.KRX
    try:
        return Venue(told)
    except ValueError:
        row.fail("excg_id_dvsn_cd", "is no exchange")


def _cancelled(row: Row, *, request: bool) -> int:
    """Return the shares that were taken back; one form of the answer misspells their name.

    An order marked as cancelled that has nothing left lost all that did not trade, whether or not
    the shares are told. The row of a cancel itself, a `request`, takes nothing from itself.
    """
    told = row.count("cncl_cfrm_qty" if "cncl_cfrm_qty" in row.fields else "cnc_cfrm_qty")
    if request or told or row.optional("cncl_yn") != "Y" or row.count("rmn_qty"):
        return told
    return max(0, row.count("ord_qty") - row.count("tot_ccld_qty") - row.count("rjct_qty"))


def _cancels(row: Row, *, bare: bool) -> bool:
    """Whether the row of a change takes back; without a word for it, one that names no price."""
    words = row.optional("sll_buy_dvsn_cd_name").upper()
    if any(word in words for word in _CANCEL_WORDS):
        return True
    return bare and not any(word in words for word in _MODIFY_WORDS)
