"""A served bot."""

from collections.abc import Iterator

import pytest
from tests.contract.bot_server import (
    BotServer,
    bot_serving,
)
from tests.unit.adapters.telegram.bot_bench import CHAT


@pytest.fixture
def bot() -> Iterator[BotServer]:
    """Serve a bot that may write to one chat."""
    with bot_serving(chats={CHAT}) as server:
        yield server
