"""Leaving the market: every open order is taken back, then every holding is sold."""

from typing import Any

from jennie_cli.commands.session import Session
from jennie_cli.commands.trading import asking, ending
from jennie_cli.commands.trading.documents import order_document, outcome_document
from jennie_cli.commands.trading.lines import flatten_lines
from jennie_cli.commands.trading.room import work_in
from jennie_cli.engine.errors import ExitCode
from jennie_cli.engine.messages import text
from jennie_cli.engine.trading import Failure, Flattened, FlattenPlan
from jennie_cli.engine.trading.telling import Names, done_lines, failure_text
from jennie_cli.wiring.trading import TradingRoom

WORD = "flatten"


def flatten(session: Session, *, yes: bool) -> None:
    """Take back and sell everything, after a person typed the word."""
    asking.must_be_answerable(session.options.lang, yes=yes)
    lang = session.options.lang

    async def work(trading: TradingRoom) -> None:
        plan = await trading.desk.plan_flatten()
        lines = flatten_lines(session, plan, trading.desk.stocks.name)
        if plan.cancels or plan.sells:
            if not asking.typed(session, lines, WORD, yes=yes):
                ending.declined(session, text("trade.unchanged", lang))
            done = await trading.desk.flatten()
        else:
            lines, done = [lines[0], text("trade.flatten_nothing", lang)], Flattened()
        _answer(session, plan, done, lines, trading.desk.stocks.name)

    work_in(session, work)


def _answer(
    session: Session, plan: FlattenPlan, done: Flattened, lines: list[str], name: Names
) -> None:
    lang = session.options.lang
    document = {
        "profile": session.options.profile,
        "cancelled": [order_document(o) for o in done.cancelled],
        "sold": [outcome_document(o) for o in done.sold],
        "failed": [_failure(f, lang) for f in done.failures],
        "dry_run": plan.dry_run,
    }
    lines.extend(done_lines(done, name, lang, session.called))
    found = _ending(done)
    if found is None:
        session.out.answer(document, lambda: "\n".join(lines))
        return
    counts = {
        "cancelled": len(done.cancelled),
        "sold": len(done.sold),
        "failed": len(done.failures),
    }
    if not session.out.as_json:
        session.out.text("\n".join(lines))
    code, exit_code = found
    message = text("trade.flatten_done", lang, **counts)
    act = "reconcile_hint" if exit_code is ExitCode.UNKNOWN else "orders_hint"
    hint = text(f"trade.{act}", lang, jennie=session.called)
    error = {"code": code, "message": message, "hint": hint}
    ending.fail(session, error, document, exit_code)


def _ending(done: Flattened) -> ending.Ending | None:
    found = ending.worst((o.state for o in done.sold), (o.state for o in done.cancelled))
    if found is None and done.failures:
        return ("flatten_incomplete", ExitCode.REFUSED)
    return found


def _failure(failure: Failure, lang: str) -> dict[str, Any]:
    found: dict[str, Any] = {"code": failure.code, "order_id": failure.order_id or None}
    if failure.refusal is None:
        return {**found, "reason": "error", "message": failure.text}
    message = failure_text(failure, lang)
    return {**found, "reason": failure.refusal.code, "message": message}
