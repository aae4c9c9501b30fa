"""Buying, selling, changing and taking back, one order at a time."""

from datetime import date

from jennie_cli.commands.session import Session
from jennie_cli.commands.trading import asking, ending
from jennie_cli.commands.trading.documents import order_document, plan_document
from jennie_cli.commands.trading.lines import (
    cancel_lines,
    change_lines,
    hours_line,
    plan_lines,
    waiting_lines,
)
from jennie_cli.commands.trading.room import work_in
from jennie_cli.engine.messages import text
from jennie_cli.engine.model import Order, Side, Venue
from jennie_cli.engine.risk import Refusal
from jennie_cli.engine.trading import AmbiguousOrder, Note, Plan, UnknownOrder, Wish
from jennie_cli.engine.trading.telling import note_lines
from jennie_cli.wiring.trading import TradingRoom

_SATURDAY = 5
_OF_THE_HOUR = frozenset({"day", "phase"})


def order(
    session: Session,
    side: Side,
    stock: str,
    *,
    qty: int | None,
    price: int | None,
    venue: Venue,
    yes: bool,
) -> None:
    """Buy or sell, after showing what would be sent and hearing a yes."""
    asking.must_be_answerable(session.options.lang, yes=yes)

    async def work(trading: TradingRoom) -> None:
        found = await trading.desk.find(stock, side)
        wish = Wish(side=side, stock=found, qty=qty, price=price, venue=venue)
        plan = await trading.desk.plan(wish)
        if isinstance(plan, Refusal):
            ending.refused(session, plan, _hours(session, trading, plan))
        lines = plan_lines(session, plan)
        if not asking.agreed(session, lines, _question(session, plan), yes=yes):
            ending.declined(session, text("trade.no", session.options.lang))
        _warn(session, plan.notes, yes=yes)
        sent = await trading.desk.send(plan, confirmed=True)
        if isinstance(sent, Refusal):
            ending.refused(session, sent)
        after = waiting_lines(session, plan, sent, trading.clock.now())
        ending.placed(session, sent, plan_document(plan), lines if yes else (), after)

    work_in(session, work)


def modify(session: Session, asked: str, *, price: int, yes: bool) -> None:
    """Give what is open of an order a new limit price."""
    asking.must_be_answerable(session.options.lang, yes=yes)

    async def work(trading: TradingRoom) -> None:
        before = _found(session, trading, asked)
        plan = await trading.desk.plan_change(before, price)
        if isinstance(plan, Refusal):
            ending.refused(session, plan)
        lines = change_lines(session, plan)
        lang = session.options.lang
        if not asking.agreed(session, lines, text("trade.ask.change", lang), yes=yes):
            ending.declined(session, text("trade.unchanged", lang))
        _warn(session, plan.notes, yes=yes)
        after = await trading.desk.change(plan)
        if isinstance(after, Refusal):
            ending.refused(session, after)
        told = {"before": order_document(before), "notes": list(plan.notes)}
        ending.changed(session, after, told, lines if yes else (), price=price)

    work_in(session, work)


def cancel(session: Session, asked: str, *, yes: bool) -> None:
    """Take back what is open of an order."""
    asking.must_be_answerable(session.options.lang, yes=yes)

    async def work(trading: TradingRoom) -> None:
        before = _found(session, trading, asked)
        if not before.open_qty:
            ending.cancelled(session, before, {"before": order_document(before)}, ())
            return
        lines = cancel_lines(session, before, trading.desk.stocks.name(before.code))
        lang = session.options.lang
        if not asking.agreed(session, lines, text("trade.ask.cancel", lang), yes=yes):
            ending.declined(session, text("trade.unchanged", lang))
        after = await trading.desk.cancel(before)
        told = {"before": order_document(before)}
        ending.cancelled(session, after, told, lines if yes else ())

    work_in(session, work)


def _found(session: Session, trading: TradingRoom, asked: str) -> Order:
    """Return the order a person means, or leave saying why there is not exactly one."""
    try:
        return trading.desk.order(asked)
    except UnknownOrder as error:
        ending.unfound(session, error, "no_such_order", "find_order", asked=asked)
    except AmbiguousOrder as error:
        told = {"asked": asked, "count": error.count, "ids": ", ".join(error.newest)}
        ending.unfound(session, error, "several_orders", "more_of_id", **told)


def _hours(session: Session, trading: TradingRoom, refusal: Refusal) -> str:
    """Return when orders are taken next, where the hour is why one was refused."""
    if refusal.code not in _OF_THE_HOUR:
        return ""
    why, hours = trading.desk.next_hours()
    if not why and refusal.code == "day" and _on_a_weekend(str(refusal.value)):
        why = text("trade.weekend", session.options.lang)
    return hours_line(session, why, hours)


def _on_a_weekend(day: str) -> bool:
    return date.fromisoformat(day).weekday() >= _SATURDAY


def _question(session: Session, plan: Plan) -> str:
    lang = session.options.lang
    if plan.repeated_s is None:
        return text("trade.ask.order", lang)
    return text("trade.ask.again", lang, seconds=plan.repeated_s)


def _warn(session: Session, notes: tuple[Note, ...], *, yes: bool) -> None:
    """Say the warnings on stderr where no question has shown them."""
    if yes and session.out.as_json:
        for line in note_lines(notes, session.options.lang):
            session.out.talk(line)
