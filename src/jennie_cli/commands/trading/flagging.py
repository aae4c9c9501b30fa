"""The three flags as a person moves them, with what is open while they are up."""

from collections.abc import Callable, Mapping

from jennie_cli.commands.session import Session
from jennie_cli.commands.trading import asking, ending
from jennie_cli.commands.trading.documents import flags_document
from jennie_cli.commands.trading.lines import head
from jennie_cli.commands.trading.room import work_in
from jennie_cli.engine.messages import text
from jennie_cli.engine.model import Flag
from jennie_cli.engine.store import FlagState
from jennie_cli.engine.trading import Switches
from jennie_cli.engine.trading.telling import FATE_OPEN, flag_lines
from jennie_cli.wiring.trading import TradingRoom

WHO = "cli"

Change = Callable[[Switches], Mapping[Flag, FlagState]]


def put(session: Session, flag: Flag, *, up: bool, reason: str) -> None:
    """Put one flag up or down."""
    _change(session, lambda s: s.put(flag, up=up, who=WHO, reason=reason))


def stop(session: Session, *, reason: str, yes: bool) -> None:
    """Put the freeze up, after a person typed the word."""
    asking.must_be_answerable(session.options.lang, yes=yes)
    lines = [head(session), text("trade.flag.stop", session.options.lang)]
    if not asking.typed(session, lines, Flag.STOP.value, yes=yes):
        ending.declined(session, text("trade.unchanged", session.options.lang))
    put(session, Flag.STOP, up=True, reason=reason)


def resume(session: Session, *, reason: str) -> None:
    """Lift pause and stop; dry-run is lifted by its own name."""
    _change(session, lambda s: s.resume(who=WHO, reason=reason), resuming=True)


def _change(session: Session, change: Change, *, resuming: bool = False) -> None:
    async def work(trading: TradingRoom) -> None:
        flags = change(Switches(trading.flags, trading.clock))
        orders = trading.desk.orders()
        unknown = sum(o.state in FATE_OPEN for o in orders)
        document = {
            "profile": session.options.profile,
            "flags": flags_document(flags),
            "open_orders": sum(o.open_qty > 0 for o in orders),
            "unknown_orders": unknown,
        }
        lines = [head(session), *flag_lines(flags, session.options.lang)]
        lines.append(_told(session, "open_orders", document["open_orders"]))
        if unknown:
            lines.append(_told(session, "unknown_orders", unknown))
        if resuming and Flag.DRY_RUN in flags and flags[Flag.DRY_RUN].up:
            lines.append(_told(session, "dry_stays", 0))
        session.out.answer(document, lambda: "\n".join(lines))

    work_in(session, work)


def _told(session: Session, key: str, count: object) -> str:
    return text(f"trade.flag.{key}", session.options.lang, count=count, jennie=session.called)
