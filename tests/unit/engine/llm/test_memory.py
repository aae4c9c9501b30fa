"""The stand-ins keep what the ports promise."""

import asyncio

import pytest

from jennie_cli.engine.llm import (
    Call,
    FailureKind,
    MemoryReplyLog,
    MemoryUsageBook,
    Message,
    ModelFailed,
    Reply,
    ReplyLog,
    Role,
    ScriptedProvider,
    UsageBook,
)
from jennie_cli.testing import ReplyLogExam, UsageBookExam

CALL = Call(messages=(Message(role=Role.USER, text="?"),))


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


class TestMemoryReplyLog(ReplyLogExam):
    """MemoryReplyLog sits the exam."""

    @pytest.fixture(autouse=True)
    def _log(self) -> None:
        self.log = MemoryReplyLog()

    def make(self) -> ReplyLog:
        """Return the one log."""
        return self.log


class TestMemoryUsageBook(UsageBookExam):
    """MemoryUsageBook sits the exam."""

    @pytest.fixture(autouse=True)
    def _book(self) -> None:
        self.book = MemoryUsageBook()

    def make(self) -> UsageBook:
        """Return the one book."""
        return self.book


def test_only_a_refused_request_is_ours() -> None:
    """A request that was refused for what it says is asked of nobody else."""
    assert ModelFailed("x", kind=FailureKind.REFUSED_REQUEST).ours
    assert not ModelFailed("x", kind=FailureKind.TIMEOUT).ours
