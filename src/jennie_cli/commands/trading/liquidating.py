"""Stocks of which the running session shall sell everything, whatever flags are up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from jennie_cli.commands.argv import UsageError
from jennie_cli.commands.session import Session
from jennie_cli.commands.trading import asking, ending
from jennie_cli.commands.trading.lines import head, note_lines
from jennie_cli.commands.trading.room import work_in
from jennie_cli.commands.trading.taking import WHO, ask_at, warn, when
from jennie_cli.commands.trading.watching import found_in
from jennie_cli.commands.view.orders import shares, won
from jennie_cli.engine.broker import Holding
from jennie_cli.engine.errors import ExitCode, OutsideError
from jennie_cli.engine.messages import text
from jennie_cli.engine.model import Flag, Side, StockStatus
from jennie_cli.engine.store import Liquidation
from jennie_cli.engine.trading import Note
from jennie_cli.engine.trading.standing import StandingDesk, liquidation_end
from jennie_cli.wiring.standing import open_standing
from jennie_cli.wiring.trading import TradingRoom

WORD = "liquidate"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Meant:
    """What a liquidation means now: the holdings, those that are halted, and who will sell them.

    `monitored` is None when nobody could say whether a session runs.
    """

    holdings: tuple[Holding, ...]
    halted: frozenset[str]
    until: datetime
    monitored: bool | None
    dry_run: bool


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
        codes = dict.fromkeys([(await trading.desk.find(a, Side.SELL)).code for a in asked])
        held = {h.code: h for h in (await trading.account.state()).holdings if h.qty}
        missing = [code for code in codes if code not in held]
        if missing:
            _not_held(session, missing)
        async with open_standing(session.house, clock=trading.clock) as desk:
            meant = await _meant(session, trading, desk, [held[code] for code in codes])
            lines = _plan_lines(session, meant)
            if not asking.typed(session, lines, WORD, yes=yes):
                ending.declined(session, text("trade.unchanged", session.options.lang))
            await desk.put(*_asks(meant, desk.clock.now()))
            _show(session, desk, before=lines if yes else (), more=_document(meant))
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


async def _meant(
    session: Session, trading: TradingRoom, desk: StandingDesk, holdings: Sequence[Holding]
) -> _Meant:
    """Return what would be sold now; a market or flags that cannot be read hide nothing else."""
    try:
        quotes = await trading.quotes.quotes([h.code for h in holdings])
    except OutsideError:
        quotes = ()
    try:
        flags = trading.flags.all()
    except OutsideError:
        flags = {}
    return _Meant(
        holdings=tuple(holdings),
        halted=frozenset(q.code for q in quotes if q.status is StockStatus.HALTED),
        until=liquidation_end(session.house.calendar, desk.clock.now()),
        monitored=await desk.monitored(),
        dry_run=Flag.DRY_RUN in flags and flags[Flag.DRY_RUN].up,
    )


def _asks(meant: _Meant, at: datetime) -> list[Liquidation]:
    return [
        Liquidation(code=h.code, name=h.name, who=WHO, at=at, until=meant.until)
        for h in meant.holdings
    ]


def _plan_lines(session: Session, meant: _Meant) -> list[str]:
    lang = session.options.lang
    lines = [head(session), text("trade.liquidate.plan", lang, until=when(meant.until))]
    for held in meant.holdings:
        told = {"name": held.name, "code": held.code, "qty": shares(held.qty, lang)}
        lines.append(text("trade.flatten_stock", lang, **told, worth=won(held.value, lang)))
        if held.code in meant.halted:
            lines.append(text("trade.liquidate.halted", lang))
    if meant.monitored is not True:
        key = "unwatched" if meant.monitored is False else "unknown_watch"
        lines.append(text(f"trade.liquidate.{key}", lang, jennie=session.called))
    return [*lines, *note_lines([Note.DRY_RUN] if meant.dry_run else [], lang)]


def _document(meant: _Meant) -> Mapping[str, Any]:
    rows = [
        {
            "code": h.code,
            "name": h.name,
            "qty": h.qty,
            "value": h.value,
            "halted": h.code in meant.halted,
        }
        for h in meant.holdings
    ]
    return {"would_sell": rows, "monitored": meant.monitored, "dry_run": meant.dry_run}


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
    lines = [*(before or [head(session)]), text("trade.liquidate.list", lang, count=len(listed))]
    for one in listed:
        told = {"name": one.name, "code": one.code, "until": when(one.until), "who": one.who}
        lines.append(text("trade.liquidate.line", lang, **told))
    document = {"profile": session.options.profile, "liquidation": listed, **(more or {})}
    session.out.answer(document, lambda: "\n".join(lines))
