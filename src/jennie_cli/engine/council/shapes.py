"""From a pydantic model of a reply to the shape that a request asks for, and back to the reply.

What is wrong with a reply is said by place and rule, without repeating the reply.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar

import orjson
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    Field,
    ValidationError,
    WithJsonSchema,
)

from jennie_cli.engine.llm import Shape, WrongShape
from jennie_cli.engine.llm.fences import cleaned, one_line

PHRASE = 200
"""Characters of a phrase."""

M = TypeVar("M", bound=BaseModel)

_COMPLAINTS = 20
_PROSE = 1_500
_OF_NAMES = frozenset({"properties", "$defs"})
_SAID_OF_A_FIELD = ("title", "default", "description")


def whole(value: Any) -> Any:
    """Return a value unless it is a flag, which Python would take for a number."""
    if isinstance(value, bool):
        raise ValueError("a number is asked for, not true or false")  # noqa: TRY004  # pydantic's way
    return value


def _words(asked: int) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "maxLength": asked})


# what is longer than asked for is cut: it is kept whole beside the reply, and nothing rests on it
Prose = Annotated[str, AfterValidator(lambda text: cleaned(text, _PROSE)), _words(_PROSE)]
"""A few sentences, cleaned of what no terminal should be sent."""

Phrase = Annotated[str, AfterValidator(lambda text: one_line(text, PHRASE)), _words(PHRASE)]
"""One line of words."""

Score = Annotated[int, Field(ge=0, le=100), BeforeValidator(whole)]
"""0 worst .. 100 best."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said(Generic[M]):
    """A reply that fits its form, and all that was said as JSON text, form or not."""

    reply: M
    raw: str


def shape_of(name: str, model: type[M]) -> Shape[Said[M]]:
    """Return the shape of a model's replies by the name that settings and logs know it by."""
    return Shape(name=name, schema=_bare(model.model_json_schema()), read=_reader(model))


def _reader(model: type[M]) -> Callable[[Any], Said[M]]:
    def read(plain: Any) -> Said[M]:
        try:
            reply = model.model_validate(plain)
        except ValidationError as error:
            told = error.errors(include_url=False, include_input=False, include_context=False)
            raise WrongShape([_complaint(e["loc"], e["msg"]) for e in told[:_COMPLAINTS]]) from None
        return Said(reply=reply, raw=orjson.dumps(plain).decode())

    return read


def _complaint(place: tuple[int | str, ...], rule: str) -> str:
    return f"{'.'.join(map(str, place))[:80] or 'the answer'}: {rule}"


def _bare(schema: Any) -> Any:
    """Return a schema without what is said about its fields, which only costs tokens."""
    if isinstance(schema, list):
        return [_bare(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {name: part for name, part in schema.items() if name not in _SAID_OF_A_FIELD}
    return {name: _named(part) if name in _OF_NAMES else _bare(part) for name, part in kept.items()}


def _named(schemas: Any) -> Any:
    return {name: _bare(schema) for name, schema in schemas.items()}
