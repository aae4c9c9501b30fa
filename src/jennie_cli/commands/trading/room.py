"""Opens the trading room of a home for one command, and works in it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from jennie_cli.commands.session import Session
from jennie_cli.wiring.trading import TradingRoom

T = TypeVar("T")


def work_in(session: Session, work: Callable[[TradingRoom], Awaitable[T]]) -> T:
    """Open the trading room of this home, do one piece of work in it, and close it."""

    async def opened() -> T:
        async with session.house.trading() as trading:
            return await work(trading)

    return asyncio.run(opened())
