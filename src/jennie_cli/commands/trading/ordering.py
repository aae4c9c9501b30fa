"""Buying, selling, changing and taking back, one order at a time."""

from jennie_cli.commands.session import Session
from jennie_cli.commands.trading import asking, ending
from jennie_cli.commands.trading.documents import order_document, plan_document
from jennie_cli.commands.trading.lines import cancel_lines, change_lines, note_lines, plan_lines
from jennie_cli.commands.trading.room import work_in
from jennie_cli.engine.messages import text
from jennie_cli.engine.model import Side, Venue
from jennie_cli.engine.risk import Refusal
from jennie_cli.engine.trading import Note, Plan, Wish
from jennie_cli.wiring.trading import TradingRoom


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
    asking.must_be_answerable(yes=yes)

    async def work(trading: TradingRoom) -> None:
        found = await trading.desk.find(stock, side)
        wish = Wish(side=side, stock=found, qty=qty, price=price, venue=venue)
        plan = await trading.desk.plan(wish)
        if isinstance(plan, Refusal):
            ending.refused(session, plan)
        lines = plan_lines(session, plan)
        if not asking.agreed(session, lines, _question(session, plan), yes=yes):
            ending.declined(session, text("trade.no", session.options.lang))
        _warn(session, plan.notes, yes=yes)
        sent = await trading.desk.send(plan, confirmed=True)
        if isinstance(sent, Refusal):
            ending.refused(session, sent)
        ending.placed(session, sent, plan_document(plan), lines if yes else ())

    work_in(session, work)


def modify(session: Session, asked: str, *, price: int, yes: bool) -> None:
    """Give what is open of an order a new limit price."""
    asking.must_be_answerable(yes=yes)

    async def work(trading: TradingRoom) -> None:
        before = trading.desk.order(asked)
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
    asking.must_be_answerable(yes=yes)

    async def work(trading: TradingRoom) -> None:
        before = trading.desk.order(asked)
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
