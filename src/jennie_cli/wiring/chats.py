"""The chats of a home: the bot that its token opens, and who may be told and may command."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from jennie_cli.engine.bot import BotPolicy, chat_ids
from jennie_cli.engine.errors import JennieError
from jennie_cli.settings import TelegramBotOptions, secret_named
from jennie_cli.wiring.findings import Finding, doubtful, fine, wrong

if TYPE_CHECKING:
    from jennie_cli.adapters.telegram import BotApi
    from jennie_cli.wiring.house import House


TOKEN_SECRET = "telegram_bot_token"  # noqa: S105  # the name of a secret
CHAT_SECRET = "telegram_chat_id"  # noqa: S105  # the name of a secret

NOBODY = "jennie config set bot.allowed_chats ID   (jennie bot run tells the id of who writes)"
"""What to do while nobody may command."""


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
        house.vault.get(TOKEN_SECRET),
        options,
        steady=house.wall_clock,
        veil=house.masker,
    )
    try:
        yield bot
    finally:
        await bot.close()


def chats_of(house: "House") -> tuple[int, ...]:
    """Return the ids of the chats that may command and are told notices; nobody where none is set.

    Raises SettingsError.
    """
    listed = house.settings.slice(BotPolicy).allowed_chats
    return chat_ids(listed if listed.strip() else house.vault.find(CHAT_SECRET) or "")


def examine_chats(house: "House") -> Iterator[Finding]:
    """Check the bot's token by asking for its name, and whether anybody may command."""
    if house.vault.place(secret_named(TOKEN_SECRET)) is None:
        yield fine("telegram bot", f"not set up: jennie secrets set {TOKEN_SECRET}")
        return
    try:
        name = asyncio.run(_name(house))
    except JennieError as error:
        yield wrong("telegram bot", error.message, error.hint)
        return
    if chats_of(house):
        yield fine("telegram bot", f"@{name}; {len(chats_of(house))} chats may command")
    else:
        yield doubtful("telegram bot", f"@{name}; nobody may command", NOBODY)


async def _name(house: "House") -> str:
    async with open_bot_api(house) as bot:
        await bot.ready()
        return bot.name
