"""Members of every kind, opened towards a server of the test."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

from tests.contract.model_servers import ModelServer, Speech, Turn, serving

from jennie_cli.adapters.cloud_llm import CloudProvider, open_member
from jennie_cli.engine.clock import KST, ManualClock
from jennie_cli.engine.llm import Call, ModelFailed, Reply
from jennie_cli.settings import CLOUD_SECTIONS
from jennie_cli.testing import question

KEY = "sk-planted-0123456789-abcdefghij"
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=KST)
OPTIONS = {name: options() for name, options in CLOUD_SECTIONS}
SPEECHES = dict.fromkeys(OPTIONS, Speech.CHAT) | {
    "claude": Speech.MESSAGES,
    "ollama_cloud": Speech.OLLAMA,
}
EVERY = [(name, stream) for name in OPTIONS for stream in (False, True)]
EACH_SPEECH = [
    (name, stream) for name in ("deepseek", "claude", "ollama_cloud") for stream in (False, True)
]
"""One member a protocol, whole and streamed."""


def member(name: str, url: str, *, key: str | None = KEY, **options: Any) -> CloudProvider:
    """Return a member that asks an address."""
    told = replace(OPTIONS[name], url=url, **options)
    return open_member(name, told, key, steady=ManualClock(NOW))


@asynccontextmanager
async def opened(
    name: str, *turns: Turn, stream: bool = True, **options: Any
) -> AsyncIterator[tuple[CloudProvider, ModelServer]]:
    """Run a server that speaks the member's protocol, and open the member towards it."""
    async with serving(SPEECHES[name], *turns) as server:
        asker = member(name, server.url, stream=stream, **options)
        try:
            yield asker, server
        finally:
            await asker.close()


async def outcome(asker: CloudProvider, call: Call | None = None) -> Reply | ModelFailed:
    """Return the reply or the failure."""
    try:
        return await asker.reply(call or question(deadline_s=20.0))
    except ModelFailed as failed:
        return failed


async def failure(asker: CloudProvider, call: Call | None = None) -> ModelFailed:
    """Return the failure of a call that must fail."""
    ended = await outcome(asker, call)
    assert isinstance(ended, ModelFailed), ended
    return ended
