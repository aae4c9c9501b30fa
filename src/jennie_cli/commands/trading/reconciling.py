"""Comparing our ledger with the broker's records."""

from collections.abc import Callable
from typing import Any

from jennie_cli.commands.session import Session
from jennie_cli.commands.trading import ending
from jennie_cli.commands.trading.lines import head
from jennie_cli.commands.trading.room import work_in
from jennie_cli.engine.errors import ExitCode
from jennie_cli.engine.execution import (
    Difference,
    DifferenceKind,
    Reconciliation,
    RecordsUnsettled,
)
from jennie_cli.engine.messages import text
from jennie_cli.engine.trading.telling import shares, won
from jennie_cli.wiring.trading import TradingRoom

_WON = frozenset({DifferenceKind.COST, DifferenceKind.CASH})

Names = Callable[[str], str]


def reconcile(session: Session, *, apply: bool) -> None:
    """Print the differences, and with `apply` take the broker's figures over.

    An order whose outcome is still unknown afterwards is an exit code of its own.
    """

    async def work(trading: TradingRoom) -> None:
        found, refused = await _compared(trading, apply=apply)
        names = trading.desk.stocks.name
        document = _document(session, found, names)
        lines = _lines(session, found, names, waiting=_waiting(trading, found))
        if not found.unresolved:
            session.out.answer(document, lambda: "\n".join(lines))
            return
        if not session.out.as_json:
            session.out.text("\n".join(lines))
        error = _error(session, found, refused=refused)
        ending.fail(session, error, document, ExitCode.UNKNOWN)

    work_in(session, work)


def _document(session: Session, found: Reconciliation, names: Names) -> dict[str, Any]:
    return {
        "profile": session.options.profile,
        "at": found.at,
        "differences": [
            {
                "kind": d.kind,
                "code": d.code or None,
                "name": names(d.code) if d.code else None,
                "ledger": d.ledger,
                "broker": d.broker,
            }
            for d in found.differences
        ],
        "unresolved": list(found.unresolved),
        "vanished": found.vanished,
        "applied": found.applied,
    }


def _lines(session: Session, found: Reconciliation, names: Names, *, waiting: bool) -> list[str]:
    lang = session.options.lang
    lines = [head(session), *(difference_line(d, names, lang) for d in found.differences)]
    if not found.differences:
        key = "trade.reconcile.open" if found.unresolved else "trade.records_agree"
        lines.append(text(key, lang))
    elif found.applied:
        lines.append(text("trade.reconcile.applied", lang))
    elif found.vanished:
        lines.append(text("trade.reconcile.vanished", lang))
    elif waiting:
        lines.append(text("trade.reconcile.wait", lang))
    else:
        lines.append(text("trade.reconcile.how", lang, jennie=session.called))
    return lines


def difference_line(difference: Difference, names: Names, lang: str) -> str:
    """Return what ledger and broker say of the same."""
    figure, code = won if difference.kind in _WON else shares, difference.code
    return text(
        "trade.reconcile.line",
        lang,
        what=text(f"trade.difference.{difference.kind}", lang),
        name=f"  {names(code)} {code}" if code else "",
        ledger=figure(difference.ledger, lang),
        broker=figure(difference.broker, lang),
    )


async def _compared(trading: TradingRoom, *, apply: bool) -> tuple[Reconciliation, bool]:
    """Compare, and return whether taking over was refused for an order of unknown outcome."""
    try:
        return await trading.execution.reconcile(apply=apply), False
    except RecordsUnsettled:
        found = await trading.execution.reconcile(apply=False)
        if not (apply and _waiting(trading, found)):
            raise
        return found, True


def _waiting(trading: TradingRoom, found: Reconciliation) -> bool:
    """Return whether an order may still be decided by the records: one with a note waits for a
    person, and taking the broker's figures over is open to them.
    """
    book = trading.execution.book()
    return any(i not in book or not book[i].note for i in found.unresolved)


def _error(session: Session, found: Reconciliation, *, refused: bool) -> dict[str, str]:
    lang, ids = session.options.lang, ", ".join(found.unresolved)
    said, act = ("refused", "later") if refused else ("unresolved", "follow")
    return {
        "code": "outcome_unknown",
        "message": text(f"trade.reconcile.{said}", lang, ids=ids),
        "hint": text(f"trade.reconcile.{act}", lang, jennie=session.called),
    }
