"""Jennie's own client asks the sages as it asks any server of OpenAI's protocol."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from jsonschema import Draft202012Validator
from tests.unit.simulator.sages.bench import MACRO, SHAPES, stock

from jennie_cli.adapters.cloud_llm import open_member
from jennie_cli.adapters.system import SystemClock
from jennie_cli.engine.llm import Call, FailureKind, Message, ModelFailed, Provider, Reply, Role
from jennie_cli.settings import CLOUD_SECTIONS
from jennie_cli.simulator.sages import MODEL, serve_sages

_OPTIONS = {name: options() for name, options in CLOUD_SECTIONS}["server"]
_PROMPT = f"{stock('반도체 연습, 300억 규모 공급계약 체결')}\n{MACRO}"


def _call(name: str, deadline_s: float = 20.0) -> Call:
    system = Message(role=Role.SYSTEM, text="너는 한국 주식을 본다.")
    asked = Message(role=Role.USER, text=_PROMPT)
    return Call(
        messages=(system, asked), schema=SHAPES[name], schema_name=name, deadline_s=deadline_s
    )


@asynccontextmanager
async def _member(url: str, *, stream: bool) -> AsyncIterator[Provider]:
    options = replace(_OPTIONS, url=url, model=MODEL, stream=stream)
    member = open_member("server", options, None, steady=SystemClock())
    try:
        yield member
    finally:
        await member.close()


def _replies(*calls: Call, stream: bool, faults: tuple[str, ...] = ()) -> list[Reply]:
    """Return what comes of calls that are made at once."""

    async def asked(url: str) -> list[Reply]:
        async with _member(url, stream=stream) as member:
            return list(await asyncio.gather(*map(member.reply, calls)))

    with serve_sages(7, clock=SystemClock(), faults=faults) as url:
        return asyncio.run(asked(url))


@pytest.mark.parametrize("stream", [False, True])
def test_every_schema_is_answered_validly(stream: bool) -> None:
    """Words, model and tokens arrive, whole or in pieces, and Korean survives."""
    replies = _replies(*map(_call, SHAPES), stream=stream)
    for name, reply in zip(SHAPES, replies, strict=True):
        assert [] == list(Draft202012Validator(SHAPES[name]).iter_errors(json.loads(reply.text)))
        assert MODEL == reply.model
        assert -(-len(reply.text.encode()) // 3) == reply.tokens_out
        assert 0 < reply.tokens_in


def test_a_stream_and_a_whole_answer_are_the_same() -> None:
    """Whoever asks the same world the same question hears the same."""
    calls = tuple(map(_call, SHAPES))
    assert _replies(*calls, stream=True) == _replies(*calls, stream=False)


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("status:503", FailureKind.SERVER),
        ("status:429", FailureKind.RATE_LIMITED),
        ("status:400", FailureKind.REFUSED_REQUEST),
        ("empty", FailureKind.EMPTY),
        ("truncate", FailureKind.NOT_JSON),
        ("slow:60000", FailureKind.TIMEOUT),
    ],
)
def test_a_fault_has_its_name_at_the_other_end(fault: str, kind: FailureKind, stream: bool) -> None:
    """What the sages are told to do wrong is what the client says went wrong."""
    deadline_s = 0.5 if kind is FailureKind.TIMEOUT else 20.0
    with pytest.raises(ModelFailed) as failed:
        _replies(_call("free_text", deadline_s), stream=stream, faults=(fault,))
    assert kind is failed.value.kind


def test_garbage_arrives_as_it_is() -> None:
    """To find that it is no document is the business of who asked."""
    (reply,) = _replies(_call("free_text"), stream=True, faults=("garbage",))
    with pytest.raises(ValueError, match="Expecting"):
        json.loads(reply.text)
