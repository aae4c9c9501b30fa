"""Looking without touching: orders, fills, holdings and cash."""

from collections.abc import Sequence
from datetime import date

from jennie_cli.commands.session import Session
from jennie_cli.commands.trading.documents import (
    account_document,
    fill_document,
    orders_document,
)
from jennie_cli.commands.trading.room import work_in
from jennie_cli.commands.view.orders import account_page, fills_page, orders_page
from jennie_cli.engine.broker import AccountState
from jennie_cli.engine.clock import KST
from jennie_cli.engine.messages import text
from jennie_cli.engine.model import Order
from jennie_cli.engine.portfolio import Portfolio
from jennie_cli.engine.trading.orderable import orderable_cash
from jennie_cli.wiring.trading import TradingRoom


def orders(session: Session, *, everything: bool) -> None:
    """Print today's orders and those still open, or all there ever were."""

    async def work(trading: TradingRoom) -> None:
        today = trading.clock.now().astimezone(KST).date()
        shown = trading.desk.orders()
        if not everything:
            shown = tuple(o for o in shown if o.open_qty or _of(o, today))
        names, lang = trading.desk.stocks.name, session.options.lang
        session.out.answer(
            orders_document(shown),
            lambda: orders_page(shown, names, lang, everything=everything, jennie=session.called),
        )

    work_in(session, work)


def fills(session: Session, *, day: date | None, everything: bool) -> None:
    """Print the fills of today, of another day, or all, with fees and tax."""

    async def work(trading: TradingRoom) -> None:
        today = trading.clock.now().astimezone(KST).date()
        booked = trading.portfolio().booked
        wanted = [b for b in booked if everything or b.day == (day or today)]
        rows = [fill_document(b, trading.desk.stocks.name(b.fill.code)) for b in wanted]
        lang = session.options.lang
        session.out.answer({"fills": rows}, lambda: fills_page(rows, lang, today=today))

    work_in(session, work)


def account(session: Session) -> None:
    """Print holdings and cash as the broker tells them, and whether our ledger agrees."""

    async def work(trading: TradingRoom) -> None:
        state = await trading.account.state()
        document = account_document(
            state, await orderable_cash(trading.account, state, trading.desk.stocks)
        )
        lang = session.options.lang
        notes = _disagreement(session, state, trading.portfolio())
        session.out.answer(document, lambda: account_page(document, lang, notes=notes))

    work_in(session, work)


def _of(order: Order, day: date) -> bool:
    return order.created_at.astimezone(KST).date() == day


def _disagreement(session: Session, state: AccountState, ours: Portfolio) -> Sequence[str]:
    """Return a line where shares held differ between the broker and our ledger."""
    count = len(ours.differing({h.code: h.qty for h in state.holdings}))
    told = {"count": count, "jennie": session.called}
    return (text("trade.records_differ", session.options.lang, **told),) if count else ()
