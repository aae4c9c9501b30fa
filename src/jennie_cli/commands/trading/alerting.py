"""Prices at which a person wants to be told."""

from jennie_cli.commands.argv import UsageError
from jennie_cli.commands.session import Session
from jennie_cli.commands.trading import ending
from jennie_cli.commands.trading.lines import head
from jennie_cli.commands.trading.taking import WHO, ask_at
from jennie_cli.commands.trading.watching import found_in
from jennie_cli.engine.errors import ExitCode
from jennie_cli.engine.messages import text
from jennie_cli.engine.model import Stock
from jennie_cli.engine.store import Way
from jennie_cli.engine.trading import StockList
from jennie_cli.engine.trading.alerts import alert_line, way_to
from jennie_cli.engine.trading.standing import StandingDesk
from jennie_cli.engine.trading.telling import won
from jennie_cli.wiring.trading import stocks_of


def alert(session: Session, asked: str, price: int | None, *, way: Way | None) -> None:
    """Ask to be told of a price in won; without a way it is that from the price now to it."""
    if price is None:
        raise UsageError(
            text("trade.alert.no_price", session.options.lang),
            hint=f"{session.called} trade alert STOCK PRICE",
        )

    async def work(desk: StandingDesk) -> None:
        stock = StockList(await stocks_of(session.house)).find(asked)
        found = way or await _way_from_now(session, stock, price)
        await desk.alert(stock, price, found, who=WHO)
        _show(session, desk)

    ask_at(session, work)


def remove(session: Session, asked: str, price: int | None, *, way: Way | None) -> None:
    """Take back the alerts of a stock: all of them, or those of one price, of one way."""

    async def work(desk: StandingDesk) -> None:
        alerts = desk.now().alerts
        code = found_in(session, alerts, asked, "alert")
        gone = [
            a
            for a in alerts
            if a.code == code and price in {None, a.price} and way in {None, a.way}
        ]
        if not gone:
            error = {
                "code": "no_such_alert",
                "message": text("trade.alert.no_such", session.options.lang),
                "hint": text("trade.alert.see", session.options.lang, jennie=session.called),
            }
            ending.fail(session, error, {}, ExitCode.INPUT)
        await desk.drop(*gone, who=WHO)
        _show(session, desk)

    ask_at(session, work)


def alerts(session: Session) -> None:
    """Print the alerts that wait."""

    async def work(desk: StandingDesk) -> None:
        _show(session, desk)

    ask_at(session, work)


async def _way_from_now(session: Session, stock: Stock, price: int) -> Way:
    """Return from which side the price is reached, or leave saying that it is there."""
    async with session.house.trading() as trading:
        now = (await trading.quotes.quote(stock.code)).price
    way = way_to(price, now)
    if way is None:
        lang = session.options.lang
        error = {
            "code": "alert_is_there",
            "message": text("trade.alert.there", lang, name=stock.name, price=won(now, lang)),
            "hint": text("trade.alert.choose", lang),
        }
        ending.fail(session, error, {"price": now}, ExitCode.INPUT)
    return way


def _show(session: Session, desk: StandingDesk) -> None:
    waiting, lang = desk.now().alerts, session.options.lang
    lines = [head(session), text("trade.alert.list", lang, count=len(waiting))]
    lines.extend(f"  {alert_line(one, lang)}" for one in waiting)
    document = {"profile": session.options.profile, "alerts": waiting}
    session.out.answer(document, lambda: "\n".join(lines))
