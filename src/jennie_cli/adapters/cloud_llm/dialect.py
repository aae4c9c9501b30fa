"""What the protocols have in common, and a schema told in words where it is no parameter."""

from collections.abc import Mapping
from typing import Any, Protocol

import orjson

from jennie_cli.adapters.cloud_llm.framing import Framing
from jennie_cli.adapters.cloud_llm.options import MemberOptions
from jennie_cli.adapters.cloud_llm.said import Said
from jennie_cli.engine.llm import Call, Message, Role

_ASK = "Answer with one JSON object alone, no words around it, that fits this JSON Schema:\n"


class Dialect(Protocol):
    """One protocol: what is sent where, and how an answer is read."""

    @property
    def path(self) -> str:
        """The path after the address."""
        ...

    def headers(self, secret: str) -> dict[str, str]:
        """Return the headers that carry the key; none without a key."""
        ...

    def body(self, call: Call, options: MemberOptions) -> dict[str, Any]:
        """Return the request as JSON."""
        ...

    def framing(self) -> Framing:
        """Return what cuts a stream into records."""
        ...

    def whole(self, document: Mapping[str, Any], said: Said) -> None:
        """Take an answer that came in one piece."""
        ...

    def part(self, document: Mapping[str, Any], said: Said) -> None:
        """Take one record of a stream."""
        ...


def bearer(secret: str) -> dict[str, str]:
    """Return the header that most providers take a key in."""
    return {"authorization": f"Bearer {secret}"} if secret else {}


def instructed(call: Call) -> tuple[Message, ...]:
    """Return the messages with the schema as the last words of the system message."""
    if call.schema is None:
        return call.messages
    words = _ASK + orjson.dumps(call.schema).decode()
    head = call.messages[:1]
    if head and head[0].role is Role.SYSTEM:
        joined = Message(role=Role.SYSTEM, text=f"{head[0].text}\n\n{words}")
        return (joined, *call.messages[1:])
    return (Message(role=Role.SYSTEM, text=words), *call.messages)
