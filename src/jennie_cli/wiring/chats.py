"""The chats of a home: the bot that its token opens."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from jennie_cli.settings import TelegramBotOptions

if TYPE_CHECKING:
    from jennie_cli.adapters.telegram import BotApi
    from jennie_cli.wiring.house import House


@asynccontextmanager
async def open_bot_api(house: "House") -> AsyncIterator["BotApi"]:
    """Lend the home's bot; nothing is sent before its first call.

    Raises SecretMissing without a token, and SettingsError for what is none, or for an address
    that would carry it in clear text.
    """
    from jennie_cli.adapters.cloud_llm import checked  # noqa: PLC0415  # heavy
    from jennie_cli.adapters.telegram import BotApi  # noqa: PLC0415  # the same

    options = house.settings.slice(TelegramBotOptions)
    checked("telegram_bot", options.url, own_network=False)
    bot = BotApi(
        house.vault.get("telegram_bot_token"),
        options,
        steady=house.wall_clock,
        veil=house.masker,
    )
    try:
        yield bot
    finally:
        await bot.close()
