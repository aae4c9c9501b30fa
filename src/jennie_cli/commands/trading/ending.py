"""How a trade command ends: its one document or text, and the exit code of what came of it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NoReturn

import typer

from jennie_cli.commands.session import Session
from jennie_cli.commands.trading.documents import outcome_document
from jennie_cli.engine.errors import ExitCode, InputError
from jennie_cli.engine.messages import text
from jennie_cli.engine.model import Order, OrderState
from jennie_cli.engine.risk import Refusal
from jennie_cli.engine.trading import check_line, refusal_text
from jennie_cli.engine.trading.telling import outcome_lines

Ending = tuple[str, ExitCode]

_PLACED: Mapping[OrderState, Ending] = {
    OrderState.UNKNOWN: ("outcome_unknown", ExitCode.UNKNOWN),
    OrderState.SENT: ("outcome_unknown", ExitCode.UNKNOWN),
    OrderState.REJECTED: ("broker_refused", ExitCode.REFUSED),
    OrderState.NOT_SENT: ("not_sent", ExitCode.OUTSIDE),
}
_CANCELLED: Mapping[OrderState, Ending] = {
    OrderState.UNKNOWN: ("outcome_unknown", ExitCode.UNKNOWN),
    OrderState.CANCELLING: ("outcome_unknown", ExitCode.UNKNOWN),
    OrderState.WORKING: ("broker_refused", ExitCode.REFUSED),
    OrderState.PARTIAL: ("broker_refused", ExitCode.REFUSED),
}
_NOTHING_OPEN: Ending = ("nothing_open", ExitCode.REFUSED)


def refused(session: Session, refusal: Refusal, more: str = "") -> NoReturn:
    """Print why the stamp was refused, and `more`; leave with the exit code for that."""
    lang = session.options.lang
    message, hint = refusal_text(refusal, lang, session.called)
    error = {
        "code": refusal.code,
        "message": f"{message}. {more}" if more else message,
        "hint": hint,
        "rule": refusal.rule,
        "value": refusal.value,
        "limit": refusal.limit,
        "unit": refusal.unit,
    }
    if session.options.verbosity > 0:
        checks = [check_line(c, lang) for c in refusal.checks]
        session.out.talk("\n".join(checks))
    fail(session, error, {}, ExitCode.REFUSED)


def declined(session: Session, words: str) -> NoReturn:
    """Say that a person said no, and leave: nothing was sent."""
    error = {"code": "declined", "message": words, "hint": ""}
    fail(session, error, {}, ExitCode.REFUSED)


def unfound(session: Session, error: InputError, said: str, act: str, **told: object) -> NoReturn:
    """Say in the reader's language why no one order was meant, and leave as the error would."""
    lang = session.options.lang
    found = {
        "code": error.code,
        "message": text(f"trade.{said}", lang, **told),
        "hint": text(f"trade.{act}", lang, jennie=session.called),
    }
    fail(session, found, {}, error.exit_code)


def placed(
    session: Session,
    order: Order,
    asked: Mapping[str, Any],
    before: Sequence[str],
    after: Sequence[str] = (),
) -> None:
    """Print what became of a new order, between what was said `before` and `after` it."""
    _ended(session, order, asked, before, _PLACED.get(order.state), after=after)


def cancelled(
    session: Session, order: Order, asked: Mapping[str, Any], before: Sequence[str]
) -> None:
    """Print what became of a cancel: anything but a cancelled order is no success."""
    gone = order.state is OrderState.CANCELLED
    found = None if gone else _CANCELLED.get(order.state, _NOTHING_OPEN)
    _ended(session, order, asked, before, found)


def changed(
    session: Session, order: Order, asked: Mapping[str, Any], before: Sequence[str], *, price: int
) -> None:
    """Print what became of a new price: an order that kept its old one is no success."""
    ending = _PLACED.get(order.state)
    if ending is None and order.price != price:
        ending = ("broker_refused", ExitCode.REFUSED)
    _ended(session, order, asked, before, ending)


def fail(
    session: Session, error: Mapping[str, Any], more: Mapping[str, Any], code: ExitCode
) -> NoReturn:
    """Print a failure with its document, and leave with its exit code."""
    if session.out.as_json:
        session.out.document({"error": error, "profile": session.options.profile, **more})
    else:
        session.out.complain(error["message"], error["hint"])
    raise typer.Exit(code)


def worst(placed: Iterable[OrderState], taken_back: Iterable[OrderState]) -> Ending | None:
    """Return how several orders ended: an unknown outcome outranks a refusal."""
    found = [_PLACED[s] for s in placed if s in _PLACED]
    found += [_CANCELLED[s] for s in taken_back if s in _CANCELLED]
    return max(found, key=lambda ending: ending[1], default=None)


def _ended(
    session: Session,
    order: Order,
    asked: Mapping[str, Any],
    before: Sequence[str],
    ending: Ending | None,
    *,
    after: Sequence[str] = (),
) -> None:
    document = {**asked, **outcome_document(order)}
    lines = outcome_lines(order, session.options.lang, session.called)
    if ending is None:
        profile = {"profile": session.options.profile}
        session.out.answer({**profile, **document}, lambda: "\n".join((*before, *lines, *after)))
        return
    if before and not session.out.as_json:
        session.out.text("\n".join(before))
    code, exit_code = ending
    act = "reconcile_hint" if exit_code is ExitCode.UNKNOWN else "orders_hint"
    error = {
        "code": code,
        "message": " ".join(lines).replace("\n", " "),
        "hint": text(f"trade.{act}", session.options.lang, jennie=session.called),
    }
    fail(session, error, document, exit_code)
