"""The records of H0STCNI0 and H0STCNI9: what a customer is told of his orders."""

from jennie_cli.engine.model import NoticeKind
from jennie_cli.kis_wire.codes import SIDES
from jennie_cli.simulator.brokerage import OrderNotice
from jennie_cli.simulator.server.figures import clock_text

_NORMAL, _MODIFY, _CANCEL = "0", "1", "2"
_OWN_TOLD, _TRADED = "1", "2"
_CONDITIONS = {"11": "1", "13": "1", "15": "1", "12": "2", "14": "2", "16": "2"}


def notice_record(notice: OrderNotice, *, hts_id: str, narrow: bool) -> tuple[str, ...]:
    """Return one notice: 23 fields when `narrow`, as the paper host sends them, else 26."""
    head = (
        hts_id,
        notice.account,
        f"{notice.number:010}",
        f"{notice.original:010}" if notice.original else "",
        SIDES[notice.side],
        _change(notice),
        notice.division,
        _CONDITIONS.get(notice.division, "0"),
        notice.code,
        f"{notice.qty:010}",
        f"{0 if notice.kind is NoticeKind.CANCELLED else notice.price:09}",
        clock_text(notice.at_ms),
        "1" if notice.kind is NoticeKind.REJECTED else "0",
        _TRADED if notice.kind is NoticeKind.FILLED else _OWN_TOLD,
        _accepted(notice),
        notice.branch,
        f"{notice.order_qty:09}",
        "모의투자" if narrow else "홍길동",
    )
    tail = ("10", "", notice.name, f"{notice.order_price:09}")
    if narrow:
        return (*head, "1Y", *tail)
    return (*head, f"{notice.trigger:09}", "1", "Y", "", *tail)


def _change(notice: OrderNotice) -> str:
    if notice.automatic:
        return _NORMAL
    changes = {NoticeKind.MODIFIED: _MODIFY, NoticeKind.CANCELLED: _CANCEL}
    return changes.get(notice.kind, _NORMAL)


def _accepted(notice: OrderNotice) -> str:
    if notice.automatic:
        return "3"
    return "1" if notice.kind in {NoticeKind.ACCEPTED, NoticeKind.REJECTED} else "2"
