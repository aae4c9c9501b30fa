"""A person's own question and the words that come back."""

from typing import Any

import pytest

from jennie_cli.engine.errors import InputError
from jennie_cli.engine.llm import PackagedPrompts, Role, Service, Tier, WrongShape
from jennie_cli.engine.llm.free_text import (
    LONGEST_ANSWER,
    LONGEST_QUESTION,
    free_question,
    free_text,
    read_free_text,
)


def _request(question: str) -> Any:
    return free_question(
        question, tier=Tier.FAST, provider="local", max_tokens=64, prompts=PackagedPrompts()
    )


def test_a_question_is_asked_as_it_stands() -> None:
    """The words go out without control characters, behind the rules of the packaged text."""
    request = _request("  PER가\x1b[31m 무엇인가요?\u202e ")
    assert (Service.PERSON, Tier.FAST, "local", 64) == (
        request.service,
        request.tier,
        request.provider,
        request.max_tokens,
    )
    rules, asked = request.messages
    assert (Role.SYSTEM, Role.USER) == (rules.role, asked.role)
    assert "PER가[31m 무엇인가요?" == asked.text
    assert ("ask", "1") == (request.prompt.name, request.prompt.version)
    assert "free_text" == request.shape.name
    assert 64 == len(request.key)


@pytest.mark.parametrize("question", ["", " \n", "\x00", "x" * (LONGEST_QUESTION + 1)])
def test_no_question_and_a_whole_book_are_refused(question: str) -> None:
    """There is nothing to ask in silence, and a file is no question."""
    with pytest.raises(InputError):
        _request(question)


def test_the_words_come_back_clean() -> None:
    """The answer is the text alone, without control characters at its ends or inside."""
    assert "가나\n다" == read_free_text({"answer": " 가나\n다\x07 "})
    assert "ok" == free_text(64).read({"answer": "ok", "more": 1})


@pytest.mark.parametrize(("tokens", "chars"), [(64, 64), (32_768, LONGEST_ANSWER)])
def test_the_form_ends_before_the_tokens_do(tokens: int, chars: int) -> None:
    """Whoever is held to the form is not cut off in the middle of a word."""
    assert chars == free_text(tokens).schema["properties"]["answer"]["maxLength"]


@pytest.mark.parametrize("found", [None, [], "text", {}, {"answer": 3}, {"answer": " \x07"}])
def test_anything_else_is_no_answer(found: Any) -> None:
    """What is no text is a wrong shape, never an empty answer."""
    with pytest.raises(WrongShape, match="answer"):
        read_free_text(found)
