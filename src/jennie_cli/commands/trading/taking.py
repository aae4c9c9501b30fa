"""Takes what a person asks the session to do, and says when only the store knows of it yet."""

import asyncio
from collections.abc import Awaitable, Callable

from jennie_cli.commands.session import Session
from jennie_cli.engine.errors import JennieError
from jennie_cli.engine.messages import text
from jennie_cli.engine.trading.standing import StandingDesk
from jennie_cli.wiring.standing import open_standing

WHO = "cli"


def ask_at(session: Session, work: Callable[[StandingDesk], Awaitable[None]]) -> None:
    """Open the desk where asks are taken, do one piece of work at it, and close it."""

    async def opened() -> None:
        async with open_standing(session.house) as desk:
            await work(desk)
            warn(session, desk.untold)

    asyncio.run(opened())


def warn(session: Session, untold: JennieError | None) -> None:
    """Say on stderr that the bus was not told."""
    if untold is not None:
        words = text("trade.asked.untold", session.options.lang, why=untold.message)
        session.out.talk(words)
