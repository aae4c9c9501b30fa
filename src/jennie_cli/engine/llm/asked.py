"""What is asked of a model: words, the shape of the answer, and how much thought it is worth."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Generic, TypeVar

import orjson

T = TypeVar("T")


class Tier(StrEnum):
    """How much thought a question is worth; settings say which provider serves a tier."""

    FAST = "fast"
    REASONING = "reasoning"
    THINKING = "thinking"


class Service(StrEnum):
    """Who asks: budgets and statistics are kept by it."""

    SCOUT = "scout"
    BRIEFING = "briefing"
    COUNCIL = "macro_council"
    NEWS = "news_analysis"
    ASK = "prime_council"
    PERSON = "person"


class Role(StrEnum):
    """Whose words a message holds."""

    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One turn of a conversation. Halves of broken characters in its text become `?`."""

    role: Role
    text: str

    def __post_init__(self) -> None:
        """Keep a text that UTF-8 can write, for nobody could be sent another."""
        object.__setattr__(self, "text", self.text.encode(errors="replace").decode())


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """Which text of ours led to the words: its name, its version and the hash of its file."""

    name: str
    version: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape(Generic[T]):
    """The form of an answer.

    `schema` is a JSON Schema: objects, arrays, enums, bounded integers and numbers, strings with
    lengths, booleans, null, `$ref` into `$defs`. `read` turns parsed JSON into the value and raises
    WrongShape with every complaint; it never fills in what is missing.
    """

    name: str
    schema: Mapping[str, Any]
    read: Callable[[Any], T]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request(Generic[T]):
    """One question. Temperature is 0..2, `max_tokens` bounds the answer.

    `timeout_s` None is the tier's; `provider` None is the tier's, else a provider by its name in
    settings. `seed` makes a local model's answer repeatable.
    """

    service: Service
    tier: Tier
    prompt: Prompt
    messages: tuple[Message, ...]
    shape: Shape[T]
    temperature: float = 0.2
    max_tokens: int = 1024
    timeout_s: float | None = None
    provider: str | None = None
    seed: int = 0

    @property
    def key(self) -> str:
        """The hash of all that may change an answer; who is asked is not part of it."""
        return content_key(self.messages, self.shape.schema, self.temperature, self.max_tokens)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What a provider is handed: a request without whose it is and what it means.

    `deadline_s` are seconds from now within which an answer is of use.
    """

    messages: tuple[Message, ...]
    schema: Mapping[str, Any] | None = field(default=None, hash=False)
    schema_name: str = "answer"
    temperature: float = 0.2
    max_tokens: int = 1024
    deadline_s: float = 60.0
    seed: int = 0


def content_key(
    messages: tuple[Message, ...],
    schema: Mapping[str, Any] | None,
    temperature: float,
    max_tokens: int,
) -> str:
    """Return the sha256 of what was asked, as hex; equal content has one key on every machine."""
    return hashlib.sha256(asked_json(messages, schema, temperature, max_tokens)).hexdigest()


def asked_json(
    messages: tuple[Message, ...],
    schema: Mapping[str, Any] | None,
    temperature: float,
    max_tokens: int,
) -> bytes:
    """Return what was asked as canonical JSON: what the key is the hash of."""
    body = {
        "messages": [[m.role, m.text] for m in messages],
        "schema": schema,
        "temperature": temperature,
        "max_tokens": max_tokens,
    }
    return orjson.dumps(body, option=orjson.OPT_SORT_KEYS)
