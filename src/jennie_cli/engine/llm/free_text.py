"""A person's own question: any words in, words out."""

from collections.abc import Mapping
from typing import Any

from jennie_cli.engine.errors import InputError
from jennie_cli.engine.llm.asked import Message, Request, Role, Service, Shape, Tier
from jennie_cli.engine.llm.failures import WrongShape
from jennie_cli.engine.llm.prompts import Prompts
from jennie_cli.engine.llm.reading import printable

PACKAGE = "jennie_cli.engine.llm"
LONGEST_QUESTION = 20_000
"""Characters of the longest question; more is a file, not a question."""

LONGEST_ANSWER = 2_000
"""Characters that a model held to a form may write."""


def read_free_text(found: Any) -> str:
    """Return the words of an answer. Raises WrongShape when there are none."""
    words = found.get("answer") if isinstance(found, Mapping) else None
    if not isinstance(words, str) or not printable(words).strip():
        raise WrongShape(["answer: a text that is not empty is wanted"])
    return printable(words).strip()


def free_text(max_tokens: int) -> Shape[str]:
    """Return the shape of an answer in so many tokens.

    A character a token: whoever is held to the form comes to an end before it is cut off. What
    others write beyond it is an answer all the same.
    """
    words = {"type": "string", "minLength": 1, "maxLength": min(LONGEST_ANSWER, max_tokens)}
    schema: Mapping[str, Any] = {
        "type": "object",
        "properties": {"answer": words},
        "required": ["answer"],
        "additionalProperties": False,
    }
    return Shape(name="free_text", schema=schema, read=read_free_text)


def free_question(
    question: str, *, tier: Tier, provider: str | None, max_tokens: int, prompts: Prompts
) -> Request[str]:
    """Return the request for a person's question. Raises InputError for none or a whole book."""
    asked = printable(question).strip()
    if not asked or len(asked) > LONGEST_QUESTION:
        raise InputError(
            f"A question has 1 to {LONGEST_QUESTION:,} characters, not {len(asked):,}.",
            hint='jennie llm ask "..."',
        )
    rules = prompts.get(PACKAGE, "ask")
    return Request(
        service=Service.PERSON,
        tier=tier,
        prompt=rules.prompt,
        messages=(
            Message(role=Role.SYSTEM, text=rules.text),
            Message(role=Role.USER, text=asked),
        ),
        shape=free_text(max_tokens),
        max_tokens=max_tokens,
        provider=provider,
    )
