"""Comparing our ledger with the broker's records."""

from collections.abc import Callable
from typing import Any

from jennie_cli.commands.session import Session
from jennie_cli.commands.trading import ending
from jennie_cli.commands.trading.lines import head
from jennie_cli.commands.trading.room import work_in
from jennie_cli.commands.view.orders import shares, won
from jennie_cli.engine.errors import ExitCode
from jennie_cli.engine.execution import Difference, DifferenceKind, Reconciliation
from jennie_cli.engine.messages import text
from jennie_cli.wiring.trading import TradingRoom

_WON = frozenset({DifferenceKind.COST, DifferenceKind.CASH})

Names = Callable[[str], str]


def reconcile(session: Session, *, apply: bool) -> None:
    """Print the differences, and with `apply` take the broker's figures over.

    An order whose outcome is still unknown afterwards is an exit code of its own.
    """

    async def work(trading: TradingRoom) -> None:
        found = await trading.execution.reconcile(apply=apply)
        names = trading.desk.stocks.name
        document = _document(session, found, names)
        lines = _lines(session, found, names)
        if not found.unresolved:
            session.out.answer(document, lambda: "\n".join(lines))
            return
        if not session.out.as_json:
            session.out.text("\n".join(lines))
        message = _unresolved(found, session.options.lang)
        error = {"code": "outcome_unknown", "message": message, "hint": "jennie trade orders"}
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


def _lines(session: Session, found: Reconciliation, names: Names) -> list[str]:
    lang = session.options.lang
    lines = [head(session), *(_line(d, names, lang) for d in found.differences)]
    if not found.differences:
        lines.append(text("trade.records_agree", lang))
    elif found.applied:
        lines.append(text("trade.reconcile.applied", lang))
    elif found.vanished:
        lines.append(text("trade.reconcile.vanished", lang))
    else:
        lines.append(text("trade.reconcile.how", lang, jennie=session.called))
    return lines


def _line(difference: Difference, names: Names, lang: str) -> str:
    figure, code = won if difference.kind in _WON else shares, difference.code
    return text(
        "trade.reconcile.line",
        lang,
        what=text(f"trade.difference.{difference.kind}", lang),
        name=f"  {names(code)} {code}" if code else "",
        ledger=figure(difference.ledger, lang),
        broker=figure(difference.broker, lang),
    )


def _unresolved(found: Reconciliation, lang: str) -> str:
    return text("trade.reconcile.unresolved", lang, ids=", ".join(found.unresolved))
