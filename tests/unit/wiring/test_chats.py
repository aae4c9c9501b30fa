"""The home's bot is opened with its token, where that may go."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.contract.bot_server import NAME, TOKEN, bot_serving
from tests.unit.wiring.short_home import house_at, short_home

from jennie_cli.engine.errors import SecretMissing, SettingsError
from jennie_cli.wiring import House
from jennie_cli.wiring.chats import open_bot_api


@pytest.fixture
def home() -> Iterator[Path]:
    """Return a home without a server."""
    with short_home() as root:
        yield root


def name_of(house: House) -> str:
    """Return the name that the home's bot has."""

    async def case() -> str:
        async with open_bot_api(house) as bot:
            await bot.ready()
            return bot.name

    return asyncio.run(case())


def test_the_homes_bot_is_asked(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Address and token are the home's, and the token is masked from then on."""
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", TOKEN)
    with bot_serving() as server:
        house = house_at(home, given={"telegram_bot.url": server.url})
        assert NAME == name_of(house)
    assert "***" == house.masker(TOKEN)


def test_without_a_token_there_is_no_bot(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names the secret."""
    monkeypatch.delenv("TELEGRAM_BOT_TOKEN", raising=False)
    with pytest.raises(SecretMissing, match="telegram_bot_token"):
        name_of(house_at(home))


@pytest.mark.parametrize(
    "url", ["http://api.telegram.org", "http://192.168.0.9:8081", "ftp://x", "https://u:p@x", ""]
)
def test_a_token_never_goes_out_in_clear_text(
    home: Path, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    """An address that is neither encrypted nor of this machine is refused before a call."""
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", TOKEN)
    with pytest.raises(SettingsError, match=r"telegram_bot\.url"):
        name_of(house_at(home, given={"telegram_bot.url": url}))
