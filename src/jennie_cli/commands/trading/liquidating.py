"""Stocks of which the running session shall sell everything, whatever flags are up."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from jennie_cli.commands.argv import UsageError
from jennie_cli.commands.session import Session
from jennie_cli.commands.trading import asking, ending
from jennie_cli.commands.trading.lines import head
from jennie_cli.commands.trading.room import work_in
from jennie_cli.commands.trading.taking import WHO, ask_at, warn
from jennie_cli.commands.trading.watching import found_in
from jennie_cli.engine.errors import ExitCode
from jennie_cli.engine.messages import text
from jennie_cli.engine.trading.liquidating import Meant, meant, meant_lines
from jennie_cli.engine.trading.standing import StandingDesk
from jennie_cli.engine.trading.telling import liquidation_lines
from jennie_cli.wiring.standing import open_standing
from jennie_cli.wiring.trading import TradingRoom

WORD = "liquidate"


def liquidate(
    session: Session, asked: Sequence[str], *, remove: bool, clear: bool, show: bool, yes: bool
) -> None:
    """Put stocks on the list, take some or all from it, or print it. Raises UsageError."""
    ways = (remove, clear, show)
    if sum(ways) > 1 or (asked and (clear or show)) or (remove and not asked):
        raise UsageError(
            text("trade.liquidate.one_way", session.options.lang),
            hint=f"{session.called} trade liquidate --help",
        )
    if clear:
        _spare(session, None)
    elif remove:
        _spare(session, asked)
    elif asked:
        _arm(session, asked, yes=yes)
    else:
        ask_at(session, partial(_listed, session))


def _arm(session: Session, asked: Sequence[str], *, yes: bool) -> None:
    """Ask the session to sell all of some stocks, after a person typed the word."""
    asking.must_be_answerable(session.options.lang, yes=yes)

    async def work(trading: TradingRoom) -> None:
        async with open_standing(session.house, clock=trading.clock) as desk:
            found = await meant(trading, desk, asked, calendar=session.house.calendar)
            if found.missing:
                _not_held(session, found.missing)
            lines = [head(session), *meant_lines(found, session.options.lang, session.called)]
            if not asking.typed(session, lines, WORD, yes=yes):
                ending.declined(session, text("trade.unchanged", session.options.lang))
            await desk.put(*found.asks(who=WHO, at=desk.clock.now()))
            _show(session, desk, before=lines if yes else (), more=_document(found))
            warn(session, desk.untold)

    work_in(session, work)


def _spare(session: Session, asked: Sequence[str] | None) -> None:
    """Take stocks from those to be sold; None = all."""

    async def work(desk: StandingDesk) -> None:
        listed = {one.code: one for one in desk.now().liquidations}
        codes = [*listed]
        if asked is not None:
            codes = [found_in(session, listed.values(), name, "liquidate") for name in asked]
        await desk.drop(*(listed[code] for code in codes), who=WHO)
        await _listed(session, desk)

    ask_at(session, work)


async def _listed(session: Session, desk: StandingDesk) -> None:
    _show(session, desk)


def _document(found: Meant) -> Mapping[str, Any]:
    rows = [
        {
            "code": h.code,
            "name": h.name,
            "qty": h.qty,
            "value": h.value,
            "halted": h.code in found.halted,
        }
        for h in found.holdings
    ]
    return {"would_sell": rows, "monitored": found.monitored, "dry_run": found.dry_run}


def _not_held(session: Session, codes: Sequence[str]) -> None:
    lang = session.options.lang
    error = {
        "code": "not_held",
        "message": f"{text('trade.not_held', lang)} ({', '.join(codes)})",
        "hint": text("trade.liquidate.held", lang, jennie=session.called),
    }
    ending.fail(session, error, {}, ExitCode.REFUSED)


def _show(
    session: Session,
    desk: StandingDesk,
    *,
    before: Sequence[str] = (),
    more: Mapping[str, Any] | None = None,
) -> None:
    listed, lang = desk.now().liquidations, session.options.lang
    lines = [*(before or [head(session)]), *liquidation_lines(listed, lang)]
    document = {"profile": session.options.profile, "liquidation": listed, **(more or {})}
    session.out.answer(document, lambda: "\n".join(lines))
