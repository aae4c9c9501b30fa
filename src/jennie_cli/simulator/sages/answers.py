"""The bodies of OpenAI's protocol: a completion in one piece, its chunks, the list of models.

Nothing in them tells the time: the same question gets the same bytes.
"""

from collections.abc import Iterator
from typing import Any

import orjson

from jennie_cli.simulator.sages.asked import MODEL
from jennie_cli.simulator.sages.speaking import Said

MARK = "SIMULATED"
"""Stands in `system_fingerprint` and `owned_by`; the model's id begins with sim."""

_CREATED = 0
_PIECE = 24


def completion(said: Said, digest: bytes) -> bytes:
    """Return an answer in one piece."""
    message = {"role": "assistant", "content": said.text, "refusal": None}
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": said.finish}
    head = _head(digest, "chat.completion")
    return orjson.dumps({**head, "choices": [choice], "usage": _usage(said)})


def chunks(said: Said, digest: bytes, *, tell_usage: bool) -> Iterator[bytes]:
    """Yield an answer as server-sent events, the last one is [DONE]."""
    head = _head(digest, "chat.completion.chunk") | ({"usage": None} if tell_usage else {})
    deltas: list[dict[str, str]] = [{"role": "assistant", "content": ""}]
    deltas += [{"content": piece} for piece in _pieces(said.text)]
    for delta in deltas:
        yield _event({**head, "choices": [_step(delta, None)]})
    yield _event({**head, "choices": [_step({}, said.finish)]})
    if tell_usage:
        yield _event({**head, "choices": [], "usage": _usage(said)})
    yield b"data: [DONE]\n\n"


def models() -> dict[str, Any]:
    """Return the list of models."""
    return {"object": "list", "data": [model()]}


def model() -> dict[str, Any]:
    """Return the only model."""
    return {"id": MODEL, "object": "model", "created": _CREATED, "owned_by": MARK}


def _head(digest: bytes, kind: str) -> dict[str, Any]:
    return {
        "id": f"chatcmpl-sim-{digest.hex()[:24]}",
        "object": kind,
        "created": _CREATED,
        "model": MODEL,
        "system_fingerprint": MARK,
    }


def _usage(said: Said) -> dict[str, int]:
    total = said.tokens_in + said.tokens_out
    return {
        "prompt_tokens": said.tokens_in,
        "completion_tokens": said.tokens_out,
        "total_tokens": total,
        "cost": 0,
    }


def _step(delta: dict[str, str], finish: str | None) -> dict[str, Any]:
    return {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}


def _event(body: dict[str, Any]) -> bytes:
    return b"data: " + orjson.dumps(body) + b"\n\n"


def _pieces(text: str) -> Iterator[str]:
    return (text[at : at + _PIECE] for at in range(0, len(text), _PIECE))
