"""Calls to a local model, and a schema whose grammar knows one sentence."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from jennie_cli.adapters.llama_cpp import LocalModel
from jennie_cli.adapters.system import SystemClock
from jennie_cli.engine.llm import Call, Message, ModelFailed, Reply, Role
from jennie_cli.settings.local_model import LocalOptions


def nonce_schema(nonce: str, *, noise: int = 30) -> dict[str, Any]:
    """Return a schema of answers that carry this nonce and up to `noise` free characters."""
    return {
        "type": "object",
        "properties": {
            "nonce": {"type": "string", "enum": [nonce]},
            "noise": {"type": "string", "minLength": noise // 2, "maxLength": noise},
        },
        "required": ["nonce", "noise"],
        "additionalProperties": False,
    }


def make_call(text: str, **more: Any) -> Call:
    """Return a call with this user's text."""
    settings: dict[str, Any] = {"max_tokens": 64, "deadline_s": 60.0, "temperature": 0.0, **more}
    system = settings.pop("system", "You judge stocks by figures.")
    messages = (Message(role=Role.SYSTEM, text=system), Message(role=Role.USER, text=text))
    return Call(messages=messages, **settings)


OPTIONS = LocalOptions(slots=4, n_ctx=2_048, batch=128)
SHARED = "The market is open. " * 12
LONG = nonce_schema("long", noise=1_800)
"""An answer of at least 900 characters: it cannot be over before a test is ready."""


@asynccontextmanager
async def opened(path: Path, options: LocalOptions = OPTIONS) -> AsyncIterator[LocalModel]:
    """Open a model and close it."""
    model = await asyncio.to_thread(LocalModel.open, path, options, steady=SystemClock())
    try:
        yield model
    finally:
        await model.close()


async def settled(model: LocalModel) -> None:
    """Wait until the model's thread has nothing to do."""
    await until(lambda: model.doing == "waiting")


async def until(happened: Callable[[], bool]) -> None:
    """Wait for another thread."""
    async with asyncio.timeout(20):
        while not happened():  # the other side is a thread
            await SystemClock().sleep(0.005)


async def failure_of(work: "asyncio.Task[Reply] | Any") -> ModelFailed:
    """Return the failure that a call ends in."""
    with pytest.raises(ModelFailed) as caught:
        await work
    return caught.value
