"""Reads the body of a chat completion as OpenAI does; what it would refuse is refused alike.

Parameters that this server has no use for (temperature, seed, top_p ...) may be sent and change
nothing.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from jennie_cli.simulator.sages.refusals import Refusal, no_such_model
from jennie_cli.simulator.sages.schemas import BadSchema, Form, checked

MODEL = "sim-sage-1"
"""The only model; its name says what it is."""

MOST_MESSAGES = 1_000
_ROLES = ("system", "developer", "user", "assistant", "tool", "function")
_FORMATS = ("text", "json_object", "json_schema")
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One message: who speaks, and the text of it."""

    role: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One question. `schema_name` is empty and `form` None where no schema was given; `as_json`
    says that the answer is a JSON object all the same. `most_tokens` None is unbounded.
    """

    turns: tuple[Turn, ...]
    schema_name: str = ""
    form: Form | None = None
    as_json: bool = False
    stream: bool = False
    tell_usage: bool = False
    most_tokens: int | None = None


def read_asked(body: bytes) -> Asked:
    """Return the question in a request's body. Raises Refusal."""
    try:
        told = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise Refusal("We could not parse the JSON body of your request.") from None
    if not isinstance(told, dict):
        raise Refusal("The body of your request is not a JSON object.")
    _check_model(told)
    turns = _turns(told.get("messages"))
    if told.get("n") not in {None, 1}:
        raise Refusal("Only one answer is given: 'n' must be 1.", param="n")
    stream = _flag(told, "stream")
    name, form, as_json = _format(told.get("response_format"), turns)
    return Asked(
        turns=turns,
        schema_name=name,
        form=form,
        as_json=as_json,
        stream=stream,
        tell_usage=_tell_usage(told, stream=stream),
        most_tokens=_most_tokens(told),
    )


def _check_model(told: Mapping[str, Any]) -> None:
    model = told.get("model")
    if not isinstance(model, str) or not model:
        raise Refusal("you must provide a model parameter", param="model")
    if model != MODEL:
        raise no_such_model(model)


def _turns(messages: Any) -> tuple[Turn, ...]:
    if not isinstance(messages, list):
        raise Refusal("'messages' must be an array of messages.", param="messages")
    if not 1 <= len(messages) <= MOST_MESSAGES:
        raise Refusal(
            f"'messages' holds {len(messages)} messages; 1 to {MOST_MESSAGES} are taken.",
            param="messages",
        )
    return tuple(_turn(message, f"messages[{at}]") for at, message in enumerate(messages))


def _turn(message: Any, place: str) -> Turn:
    if not isinstance(message, dict):
        raise Refusal(f"'{place}' must be an object.", param=place)
    role = message.get("role")
    if role not in _ROLES:
        expected = ", ".join(f"'{known}'" for known in _ROLES)
        raise Refusal(
            f"Invalid value for '{place}.role'. Supported values are: {expected}.",
            param=f"{place}.role",
            code="invalid_value",
        )
    return Turn(role=role, text=_text(message.get("content"), f"{place}.content"))


def _text(content: Any, place: str) -> str:
    if isinstance(content, str):
        return content
    if not isinstance(content, list) or not content:
        raise Refusal(
            f"Invalid type for '{place}': expected a string or an array of parts.",
            param=place,
            code="invalid_type",
        )
    return "\n".join(_part(part, f"{place}[{at}]") for at, part in enumerate(content))


def _part(part: Any, place: str) -> str:
    if isinstance(part, dict) and part.get("type") == "text" and isinstance(part.get("text"), str):
        return str(part["text"])
    raise Refusal(f"'{place}' is no text; only text is understood.", param=place)


def _flag(told: Mapping[str, Any], name: str) -> bool:
    value = told.get(name)
    if value is not None and not isinstance(value, bool):
        raise Refusal(
            f"Invalid type for '{name}': expected a boolean.", param=name, code="invalid_type"
        )
    return bool(value)


def _tell_usage(told: Mapping[str, Any], *, stream: bool) -> bool:
    options = told.get("stream_options")
    if options is None:
        return False
    if not stream:
        raise Refusal(
            "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
            param="stream_options",
        )
    if not isinstance(options, dict):
        raise Refusal("'stream_options' must be an object.", param="stream_options")
    return _flag(options, "include_usage")


def _most_tokens(told: Mapping[str, Any]) -> int | None:
    for name in ("max_completion_tokens", "max_tokens"):
        value = told.get(name)
        if value is None:
            continue
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise Refusal(f"'{name}' must be an integer of at least 1.", param=name)
        return value
    return None


def _format(told: Any, turns: Sequence[Turn]) -> tuple[str, Form | None, bool]:
    """Return the schema's name, its form, and whether the answer is to be JSON."""
    if told is None:
        return "", None, False
    kind = told.get("type") if isinstance(told, dict) else None
    if kind not in _FORMATS:
        expected = ", ".join(f"'{known}'" for known in _FORMATS)
        raise Refusal(
            f"Invalid value for 'response_format.type'. Supported values are: {expected}.",
            param="response_format.type",
            code="invalid_value",
        )
    if kind == "json_schema":
        return *_schema(told.get("json_schema")), True
    if kind == "json_object" and not any("json" in turn.text.lower() for turn in turns):
        raise Refusal(
            "'messages' must contain the word 'json' in some form, to use 'response_format' of "
            "type 'json_object'.",
            param="messages",
        )
    return "", None, kind == "json_object"


def _schema(told: Any) -> tuple[str, Form]:
    place = "response_format.json_schema"
    if not isinstance(told, dict):
        raise Refusal(f"Missing required parameter: '{place}'.", param=place)
    name = told.get("name")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise Refusal(
            f"Invalid '{place}.name': letters, digits, '_' and '-', at most 64 of them.",
            param=f"{place}.name",
        )
    _flag(told, "strict")
    try:
        return name, checked(told.get("schema"))
    except BadSchema as wrong:
        raise bad_schema(name, wrong) from None


def bad_schema(name: str, wrong: BadSchema) -> Refusal:
    """Return the refusal of a schema that cannot be answered."""
    return Refusal(
        f"Invalid schema for response_format '{name}': {wrong}.", param="response_format"
    )
