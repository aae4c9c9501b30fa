"""The chats in memory fail as real ones do."""

import asyncio

import pytest

from jennie_cli.engine.notify import ChatDown, ChatRefused, MemoryChat


def test_it_keeps_what_is_sent_and_fails_on_demand() -> None:
    """A chat that refuses is not a service that is down."""
    chat = MemoryChat()
    asyncio.run(chat.send(7, "a"))
    chat.refusing = {8}
    with pytest.raises(ChatRefused, match="8"):
        asyncio.run(chat.send(8, "b"))
    chat.down = True
    with pytest.raises(ChatDown):
        asyncio.run(chat.send(7, "c"))
    assert [(7, "a")] == chat.sent
