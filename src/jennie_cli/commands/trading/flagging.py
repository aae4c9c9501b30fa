"""The three flags as a person moves them, with what is open while they are up."""

from collections.abc import Callable, Mapping, Sequence

from jennie_cli.commands.session import Session
from jennie_cli.commands.trading import asking, ending
from jennie_cli.commands.trading.documents import flags_document
from jennie_cli.commands.trading.lines import head
from jennie_cli.commands.trading.room import work_in
from jennie_cli.engine.errors import JennieError
from jennie_cli.engine.messages import text
from jennie_cli.engine.model import Flag, Order
from jennie_cli.engine.store import FlagState
from jennie_cli.engine.trading import Switches
from jennie_cli.engine.trading.telling import FATE_OPEN, flag_lines
from jennie_cli.wiring.trading import TradingRoom, switches_of

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
    """Move flags, then tell what is open: no silent broker may hold up a stop."""
    lang, flags = session.options.lang, change(switches_of(session.house))
    orders = _orders(session)
    unknown = None if orders is None else sum(o.state in FATE_OPEN for o in orders)
    document = {
        "profile": session.options.profile,
        "flags": flags_document(flags),
        "open_orders": None if orders is None else sum(o.open_qty > 0 for o in orders),
        "unknown_orders": unknown,
    }
    lines = [head(session), *flag_lines(flags, lang)]
    if orders is not None:
        lines.append(_told(session, "open_orders", document["open_orders"]))
    if unknown:
        lines.append(_told(session, "unknown_orders", unknown))
    if resuming and Flag.DRY_RUN in flags and flags[Flag.DRY_RUN].up:
        lines.append(_told(session, "dry_stays", 0))
    session.out.answer(document, lambda: "\n".join(lines))


def _orders(session: Session) -> Sequence[Order] | None:
    """Return the orders of this home, None where the broker cannot be asked, which is said."""

    async def work(trading: TradingRoom) -> Sequence[Order]:
        return trading.desk.orders()

    try:
        return work_in(session, work)
    except JennieError as error:
        session.out.talk(text("trade.flag.no_broker", session.options.lang, why=error.message))
        return None


def _told(session: Session, key: str, count: object) -> str:
    return text(f"trade.flag.{key}", session.options.lang, count=count, jennie=session.called)
