"""A bot over real sockets, and what tests ask of it."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, TypeVar

import pytest
from tests.contract.bot_server import (
    TOKEN,
    BotServer,
)

from jennie_cli.adapters.system import SystemClock
from jennie_cli.adapters.telegram import BotApi
from jennie_cli.engine.bot import Update
from jennie_cli.engine.clock import KST, Clock
from jennie_cli.engine.errors import OutsideError
from jennie_cli.settings import Masker, TelegramBotOptions

AT = datetime(2026, 3, 4, 9, 30, tzinfo=KST)


CHAT, GROUP, USER = 4_242, -1_001_234_567_890, 4_242


OTHER = "1:other"


T = TypeVar("T")


def options(url: str, **changed: Any) -> TelegramBotOptions:
    """Return options with little patience."""
    return TelegramBotOptions(**{"url": url, "timeout_s": 5.0, **changed})


def within(
    bot: BotServer,
    case: Callable[[BotApi], Awaitable[T]],
    *,
    token: str = TOKEN,
    clock: Clock | None = None,
    **changed: Any,
) -> T:
    """Run a case with the API of a served bot."""

    async def run() -> T:
        steady = clock or SystemClock()
        api = BotApi(token, options(bot.url, **changed), steady=steady, veil=Masker((token,)))
        try:
            return await case(api)
        finally:
            await api.close()

    return asyncio.run(run())


def failing(bot: BotServer, case: Callable[[BotApi], Awaitable[T]], **given: Any) -> OutsideError:
    """Return what a case fails with."""
    with pytest.raises(OutsideError) as caught:
        within(bot, case, **given)
    return caught.value


async def hello(api: BotApi) -> None:
    """Send a word."""
    await api.send(CHAT, "안녕")


async def ready(api: BotApi) -> None:
    """Ask who we are."""
    await api.ready()


async def look(api: BotApi) -> list[Update]:
    """Return all that waits."""
    return list(await api.updates(None, wait_s=0))


def message(**changed: Any) -> dict[str, Any]:
    """Return a message as Telegram tells it, but for these fields; None takes one away."""
    whole = {
        "message_id": 1,
        "from": {"id": USER, "is_bot": False},
        "chat": {"id": CHAT, "type": "private"},
        "date": int(AT.timestamp()),
        "text": "/pnl",
    }
    return {name: value for name, value in {**whole, **changed}.items() if value is not None}
