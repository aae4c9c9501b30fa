"""The stocks that a person adds to those of the scout's list."""

from collections.abc import Collection, Sequence
from typing import NoReturn

from jennie_cli.commands.session import Session
from jennie_cli.commands.trading import ending
from jennie_cli.commands.trading.lines import head
from jennie_cli.commands.trading.taking import WHO, ask_at
from jennie_cli.engine.errors import UnknownStock
from jennie_cli.engine.store import Liquidation, PriceAlert, Watched
from jennie_cli.engine.trading import StockList
from jennie_cli.engine.trading.approving import Waiting
from jennie_cli.engine.trading.standing import StandingDesk
from jennie_cli.engine.trading.stocks import code_among
from jennie_cli.engine.trading.telling import watched_lines
from jennie_cli.wiring.trading import stocks_of


def watch(session: Session, asked: Sequence[str]) -> None:
    """Add stocks and print the list; without any only print it."""

    async def work(desk: StandingDesk) -> None:
        if asked:
            stocks = StockList(await stocks_of(session.house))
            await desk.watch(*[stocks.find(name) for name in asked], who=WHO)
        _show(session, desk)

    ask_at(session, work)


def unwatch(session: Session, asked: Sequence[str]) -> None:
    """Take stocks from the list and print what is left."""

    async def work(desk: StandingDesk) -> None:
        listed = {w.code: w for w in desk.now().watched}
        codes = [found_in(session, listed.values(), name, "watch") for name in asked]
        await desk.drop(*(listed[code] for code in codes), who=WHO)
        _show(session, desk)

    ask_at(session, work)


def found_in(
    session: Session,
    asks: Collection[Watched | PriceAlert | Liquidation | Waiting],
    asked: str,
    kind: str,
) -> str:
    """Return the code that a person means among asks, or leave saying that there is none.

    The words are those of `trade.<kind>`. Raises AmbiguousStock.
    """
    try:
        return code_among({ask.code: ask.name for ask in asks}, asked)
    except UnknownStock as error:
        _unknown(session, error, asked, kind)


def _unknown(session: Session, error: UnknownStock, asked: str, kind: str) -> NoReturn:
    ending.unfound(session, error, f"{kind}.unknown", f"{kind}.see", asked=asked)


def _show(session: Session, desk: StandingDesk) -> None:
    watched, lang = desk.now().watched, session.options.lang
    lines = [head(session), *watched_lines(watched, lang)]
    document = {"profile": session.options.profile, "watched": watched}
    session.out.answer(document, lambda: "\n".join(lines))
