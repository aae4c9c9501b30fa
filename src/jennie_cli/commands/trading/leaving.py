"""Leaving the market: every open order is taken back, then every holding is sold."""

from typing import Any

from jennie_cli.commands.session import Session
from jennie_cli.commands.trading import asking, ending
from jennie_cli.commands.trading.documents import order_document, outcome_document
from jennie_cli.commands.trading.lines import flatten_lines, outcome_lines
from jennie_cli.commands.trading.room import work_in
from jennie_cli.engine.errors import ExitCode
from jennie_cli.engine.messages import text
from jennie_cli.engine.trading import Failure, Flattened, FlattenPlan, refusal_text
from jennie_cli.wiring.trading import TradingRoom

WORD = "flatten"


def flatten(session: Session, *, yes: bool) -> None:
    """Take back and sell everything, after a person typed the word."""
    asking.must_be_answerable(yes=yes)
    lang = session.options.lang

    async def work(trading: TradingRoom) -> None:
        plan = await trading.desk.plan_flatten()
        lines = flatten_lines(session, plan)
        if plan.cancels or plan.sells:
            if not asking.typed(session, lines, WORD, yes=yes):
                ending.declined(session, text("trade.unchanged", lang))
            done = await trading.desk.flatten()
        else:
            lines, done = [lines[0], text("trade.flatten_nothing", lang)], Flattened()
        _answer(session, plan, done, lines, trading.desk.stocks.name)

    work_in(session, work)


def _answer(
    session: Session, plan: FlattenPlan, done: Flattened, lines: list[str], name: Any
) -> None:
    lang = session.options.lang
    document = {
        "profile": session.options.profile,
        "cancelled": [order_document(o) for o in done.cancelled],
        "sold": [outcome_document(o) for o in done.sold],
        "failed": [_failure(f, lang) for f in done.failures],
        "dry_run": plan.dry_run,
    }
    lines.extend(
        f"{name(o.code)} {o.code}  {' '.join(outcome_lines(session, o))}" for o in done.sold
    )
    for failure in done.failures:
        why = _failure(failure, lang)["message"]
        told = {"name": name(failure.code), "code": failure.code, "why": why}
        lines.append(text("trade.flatten_failed", lang, **told))
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
    error = {"code": code, "message": message, "hint": "jennie trade orders"}
    ending.fail(session, error, document, exit_code)


def _ending(done: Flattened) -> ending.Ending | None:
    found = ending.worst(o.state for o in done.sold)
    if found is None and done.failures:
        return ("flatten_incomplete", ExitCode.REFUSED)
    return found


def _failure(failure: Failure, lang: str) -> dict[str, Any]:
    if failure.refusal is None:
        return {"code": failure.code, "reason": "error", "message": failure.text}
    message, _ = refusal_text(failure.refusal, lang)
    return {"code": failure.code, "reason": failure.refusal.code, "message": message}
