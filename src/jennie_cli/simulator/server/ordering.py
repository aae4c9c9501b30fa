"""order-cash and order-rvsecncl: bodies as the ledger wants them, answers as it gives them."""

import re

from jennie_cli.engine.model import Side
from jennie_cli.kis_wire.codes import ChangeDivision
from jennie_cli.kis_wire.msgs import refusal
from jennie_cli.simulator.brokerage import Change, Rejection, Taken, Ticket
from jennie_cli.simulator.server.asked import Asked, Hall
from jennie_cli.simulator.server.envelope import Page, Turned, turned
from jennie_cli.simulator.server.figures import clock_text

_WHOLE = re.compile(r"\d{1,12}")
_ORDER_KEYS = ("CANO", "ACNT_PRDT_CD", "PDNO", "ORD_DVSN", "ORD_QTY", "ORD_UNPR")
_CHANGE_KEYS = (
    "CANO",
    "ACNT_PRDT_CD",
    "ORGN_ODNO",
    "ORD_DVSN",
    "RVSE_CNCL_DVSN_CD",
    "ORD_QTY",
    "ORD_UNPR",
    "QTY_ALL_ORD_YN",
)
_ACCEPTED = "APBK0013"
_PAPER_ACCEPTED = {
    "order_buy": "40600000",
    "order_sell": "40590000",
    "modify": "40620000",
    "cancel": "40630000",
}


def order(hall: Hall, asked: Asked) -> Page:
    """Take a new order."""
    _check_body(asked, _ORDER_KEYS)
    account = hall.account(asked)
    ticket = Ticket(
        code=asked.word("PDNO"),
        side=Side.BUY if asked.tr.name == "order_buy" else Side.SELL,
        qty=_number(asked, "ORD_QTY"),
        division=asked.word("ORD_DVSN"),
        price=_number(asked, "ORD_UNPR"),
        trigger=_number(asked, "CNDT_PRIC"),
        venue=asked.word("EXCG_ID_DVSN_CD", "") or "KRX",
    )
    try:
        taken, events = hall.play.place(account, ticket)
    except Rejection as rejection:
        raise Turned(refusal(rejection.reason, paper=hall.paper)) from None
    hall.outbox += events
    return _taken(taken, _PAPER_ACCEPTED[asked.tr.name] if hall.paper else _ACCEPTED)


def change(hall: Hall, asked: Asked) -> Page:
    """Modify or cancel what is left of an order."""
    _check_body(asked, _CHANGE_KEYS)
    account = hall.account(asked)
    kind = asked.word("RVSE_CNCL_DVSN_CD")
    if kind not in set(ChangeDivision):
        raise turned("IGW00007")
    cancels = kind == ChangeDivision.CANCEL
    wanted = Change(
        original=_number(asked, "ORGN_ODNO"),
        cancels=cancels,
        whole=asked.word("QTY_ALL_ORD_YN") == "Y",
        qty=_number(asked, "ORD_QTY"),
        division=asked.word("ORD_DVSN"),
        price=_number(asked, "ORD_UNPR"),
        trigger=_number(asked, "CNDT_PRIC"),
        venue=asked.word("EXCG_ID_DVSN_CD", "") or "KRX",
    )
    try:
        taken, events = hall.play.change(account, wanted)
    except Rejection as rejection:
        raise Turned(refusal(rejection.reason, paper=hall.paper)) from None
    hall.outbox += events
    paper_code = _PAPER_ACCEPTED["cancel" if cancels else "modify"]
    return _taken(taken, paper_code if hall.paper else _ACCEPTED)


def _check_body(asked: Asked, keys: tuple[str, ...]) -> None:
    """Raise Turned for a body that the ledger's message cannot be built from."""
    if any(not isinstance(v, str) for v in asked.fields.values()):
        raise turned("IGW00007")
    if any(key not in asked.fields for key in keys):
        raise turned("IGW00007")


def _number(asked: Asked, name: str) -> int:
    """Return a whole number, 0 for a blank one; a decimal breaks the ledger's message."""
    text = asked.word(name, "")
    if text and not _WHOLE.fullmatch(text):
        raise turned("IGW00007")
    return int(text or 0)


def _taken(taken: Taken, code: str) -> Page:
    answer = {
        "KRX_FWDG_ORD_ORGNO": taken.branch,
        "ODNO": f"{taken.number:010}",
        "ORD_TMD": clock_text(taken.at_ms),
    }
    return Page(outputs={"output": answer}, code=code)
