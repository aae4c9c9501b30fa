"""The key of a request: equal content, equal key; anything that may change an answer changes it."""

from dataclasses import replace
from typing import Any

from jennie_cli.engine.llm import (
    Message,
    Prompt,
    Request,
    Role,
    Service,
    Shape,
    Tier,
    content_key,
)


def request(**given: Any) -> Request[Any]:
    """Return a question of the scout, changed as told."""
    schema = {"type": "object", "properties": {"score": {"type": "integer"}}}
    asked: Request[Any] = Request(
        service=Service.SCOUT,
        tier=Tier.REASONING,
        prompt=Prompt(name="analyst", version="2", sha256="00"),
        messages=(Message(role=Role.USER, text="삼성전자"),),
        shape=Shape(name="opinion", schema=schema, read=lambda found: found),
    )
    return replace(asked, **given)


def test_equal_content_has_one_key() -> None:
    """Who asks, whom and for how long does not change the key."""
    other = request(
        service=Service.PERSON, tier=Tier.FAST, provider="claude", timeout_s=3.0, seed=9
    )
    assert request().key == other.key


def test_content_changes_the_key() -> None:
    """Words, shape, temperature and length each make another question."""
    keys = {
        request().key,
        request(messages=(Message(role=Role.SYSTEM, text="삼성전자"),)).key,
        request(messages=(Message(role=Role.USER, text="SK하이닉스"),)).key,
        request(temperature=0.3).key,
        request(max_tokens=10).key,
        request(shape=Shape(name="opinion", schema={}, read=lambda found: found)).key,
    }
    assert 6 == len(keys)


def test_half_a_character_is_no_reason_to_fail() -> None:
    """What UTF-8 cannot write is a question mark before anybody is asked, and has a key."""
    broken = Message(role=Role.USER, text="삼성\ud800전자")
    assert "삼성?전자" == broken.text
    assert 64 == len(content_key((broken,), None, 0.2, 9))
