"""The stand-ins keep what the ports promise."""

import asyncio
from datetime import datetime, timedelta

import pytest

from jennie_cli.engine.clock import KST
from jennie_cli.engine.llm import (
    Call,
    Exchange,
    FailureKind,
    MemoryReplyLog,
    MemoryUsageBook,
    Message,
    ModelFailed,
    Reply,
    Role,
    ScriptedProvider,
    Usage,
)

NOW = datetime(2025, 6, 30, 8, 30, tzinfo=KST)
CALL = Call(messages=(Message(role=Role.USER, text="?"),))


def exchange(text: str, at: datetime) -> Exchange:
    """Return an exchange of the key "k"."""
    return Exchange(
        key="k",
        at=at,
        service="scout",
        tier="fast",
        prompt_name="p",
        prompt_version="1",
        prompt_sha256="00",
        asked="[]",
        text=text,
        provider="scripted",
        model="m",
        tokens_in=1,
        tokens_out=1,
        usd_micro=0,
        latency_s=0.0,
        attempts=1,
    )


def test_scripted_provider_follows_its_script() -> None:
    """Texts, replies and failures come in order, and then nothing does."""
    slow = ModelFailed("slow", kind=FailureKind.TIMEOUT)
    told = Reply(text="b", model="x", tokens_in=1, tokens_out=2)
    provider = ScriptedProvider(["a", told, slow])
    assert "a" == asyncio.run(provider.reply(CALL)).text
    assert told == asyncio.run(provider.reply(CALL))
    with pytest.raises(ModelFailed, match="slow"):
        asyncio.run(provider.reply(CALL))
    with pytest.raises(ModelFailed, match="ended"):
        asyncio.run(provider.reply(CALL))
    assert 4 == len(provider.calls)


def test_closed_script_says_nothing() -> None:
    """A closed provider has no words left."""
    provider = ScriptedProvider(["a"])
    asyncio.run(provider.close())
    with pytest.raises(ModelFailed):
        asyncio.run(provider.reply(CALL))


def test_log_finds_the_newest() -> None:
    """The newest exchange of a key is found, also as of a moment."""
    log = MemoryReplyLog()
    log.add(exchange("old", NOW))
    log.add(exchange("new", NOW + timedelta(hours=1)))
    newest, old = log.find("k"), log.find("k", before=NOW)
    assert newest is not None
    assert old is not None
    assert ("new", "old") == (newest.text, old.text)
    assert log.find("other") is None


def test_book_counts_by_day_and_service() -> None:
    """What a service spent on a Korean day is summed."""
    book = MemoryUsageBook()
    used = Usage(
        at=NOW,
        service="scout",
        provider="p",
        model="m",
        tokens_in=1,
        tokens_out=1,
        usd_micro=7,
        latency_s=0.1,
    )
    asyncio.run(book.add(used))
    asyncio.run(book.add(used))
    assert 14 == book.spent(NOW.date(), "scout")
    assert 0 == book.spent(NOW.date(), "macro_council")


def test_only_a_refused_request_is_ours() -> None:
    """A request that was refused for what it says is asked of nobody else."""
    assert ModelFailed("x", kind=FailureKind.REFUSED_REQUEST).ours
    assert not ModelFailed("x", kind=FailureKind.TIMEOUT).ours
