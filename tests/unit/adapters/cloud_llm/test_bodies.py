"""What is sent where, by protocol and option."""

import asyncio
from typing import Any

import pytest
from tests.contract.model_servers import ANSWER, TOKENS_IN, TOKENS_OUT, Asked, Turn
from tests.unit.adapters.cloud_llm.membership import (
    EACH_SPEECH,
    EVERY,
    KEY,
    member,
    opened,
    outcome,
)

from jennie_cli.engine.errors import SettingsError
from jennie_cli.engine.llm import Call, FailureKind, Message, Patience, Reply, Role
from jennie_cli.testing.model_exam import SCHEMA, question


def sent(name: str, call: Call | None = None, **options: Any) -> Asked:
    """Return the request that a call makes."""

    async def ask() -> Asked:
        async with opened(name, **options) as (asker, server):
            await outcome(asker, call or question(shaped=True))
            return server.asked[0]

    return asyncio.run(ask())


@pytest.mark.parametrize(("name", "stream"), EVERY)
def test_an_answer_is_whole_and_counted(name: str, stream: bool) -> None:
    """Words in Korean, the model really called, and the provider's counts."""

    async def ask() -> None:
        async with opened(name, Turn(piece=1), stream=stream) as (asker, _):
            reply = await outcome(asker)
            assert reply == Reply(
                text=ANSWER, model="really-called-1", tokens_in=TOKENS_IN, tokens_out=TOKENS_OUT
            )

    asyncio.run(ask())


@pytest.mark.parametrize(("name", "stream"), EACH_SPEECH)
def test_thoughts_are_no_answer(name: str, stream: bool) -> None:
    """Reasoning that comes beside the words is left."""

    async def ask() -> None:
        async with opened(name, Turn(thoughts="음, {}"), stream=stream) as (asker, _):
            reply = await outcome(asker)
            assert isinstance(reply, Reply)
            assert ANSWER == reply.text

    asyncio.run(ask())


def test_chat_completions_carry_the_schema_as_a_parameter() -> None:
    """Named, and not told twice."""
    asked = sent("openai")
    told = {"name": "exam", "schema": SCHEMA, "strict": False}
    assert "/v1/chat/completions" == asked.path
    assert {"type": "json_schema", "json_schema": told} == asked.body["response_format"]
    assert "grade" not in str(asked.body["messages"])
    assert f"Bearer {KEY}" == asked.headers["authorization"]


@pytest.mark.parametrize("name", ["openrouter", "deepseek"])
def test_json_alone_needs_the_schema_in_words(name: str) -> None:
    """At the end of the system message, before any data of others."""
    body = sent(name).body
    assert {"type": "json_object"} == body["response_format"]
    assert ["system", "user"] == [m["role"] for m in body["messages"]]
    assert '"grade"' in body["messages"][0]["content"]
    assert {"include_usage": True} == body["stream_options"]


def test_ollama_takes_the_schema_twice() -> None:
    """As its format and in words; bounds have names of their own."""
    asked = sent("ollama_cloud")
    assert "/v1/chat" == asked.path
    assert SCHEMA == asked.body["format"]
    assert '"grade"' in asked.body["messages"][0]["content"]
    assert {"num_predict": 64, "seed": 0, "temperature": 0.2} == asked.body["options"]
    assert "json" == sent("ollama_cloud", structured="json_object").body["format"]


def test_claude_has_its_own_headers_and_system_words() -> None:
    """The key is no bearer token; the system's words stand apart from the turns."""
    asked = sent("claude")
    assert (KEY, "2023-06-01") == (asked.headers["x-api-key"], asked.headers["anthropic-version"])
    assert "authorization" not in asked.headers
    assert '"grade"' in asked.body["system"]
    assert ["user"] == [m["role"] for m in asked.body["messages"]]
    assert 0.2 == asked.body["temperature"]


def test_claude_thinks_with_a_budget_and_without_temperature() -> None:
    """Room for thoughts is added to the answer's; less than the least budget is none."""
    body = sent("claude", thought_tokens=4000).body
    assert {"type": "enabled", "budget_tokens": 4000} == body["thinking"]
    assert 4064 == body["max_tokens"]
    assert "temperature" not in body
    assert "thinking" not in sent("claude", thought_tokens=1000).body
    assert "temperature" not in sent("claude", no_temperature=("claude-sonnet-4",)).body


def test_claude_without_system_words_sends_none() -> None:
    """A lone question has no system message, nor has one of a free answer."""
    call = Call(messages=(Message(role=Role.USER, text="?"),))
    assert "system" not in sent("claude", call).body
    assert "response_format" not in sent("deepseek", call).body
    shaped = Call(messages=call.messages, schema=SCHEMA)
    assert ["system", "user"] == [m["role"] for m in sent("deepseek", shaped).body["messages"]]


@pytest.mark.parametrize("model", ["gpt-5-mini", "o3", "openai/o1-pro"])
def test_models_without_temperature_have_another_bound(model: str) -> None:
    """Which ones is a setting."""
    body = sent("openai", model=model, thought_tokens=100).body
    assert 164 == body["max_completion_tokens"]
    assert not {"temperature", "max_tokens"} & set(body)
    assert "temperature" not in sent("ollama_cloud", no_temperature=("deep",)).body["options"]


def test_a_server_of_ones_own_takes_a_seed_and_needs_no_key() -> None:
    """Gemini's endpoint refuses a seed, so others get none."""
    asked = sent("server")
    assert 0 == asked.body["seed"]
    assert "seed" not in sent("gemini").body
    assert "response_format" not in sent("server", structured="prompt").body


def test_a_server_of_ones_own_is_given_the_schema_in_any_case() -> None:
    """llama-cpp-python's takes it beside JSON alone, and in no other way."""
    body = sent("server", structured="json_object").body
    assert {"type": "json_object", "schema": SCHEMA} == body["response_format"]


def test_what_a_user_adds_goes_along() -> None:
    """As a JSON object over ours, which may even choose to stream."""
    asked = sent("gemini", extra='{"stream": true}')
    assert asked.body["stream"] is True
    body = sent("gemini", extra='{"reasoning_effort": "none", "max_tokens": 9}').body
    assert ("none", 9) == (body["reasoning_effort"], body["max_tokens"])


@pytest.mark.parametrize(("name", "stream"), EACH_SPEECH)
def test_answers_to_many_at_once_are_not_mixed_up(name: str, stream: bool) -> None:
    """Each carries the number of its question."""

    async def ask() -> None:
        async with opened(name, Turn(echo=True, piece=11), stream=stream) as (asker, _):
            texts = [f"질문 {number}번" for number in range(80)]
            calls = [Call(messages=(Message(role=Role.USER, text=text),)) for text in texts]
            replies = await asyncio.gather(*map(asker.reply, calls))
            assert texts == [reply.text for reply in replies]

    asyncio.run(ask())


def test_an_address_may_name_the_path() -> None:
    """As some documents write it."""

    async def ask() -> None:
        async with opened("deepseek") as (_, server):
            from tests.unit.adapters.cloud_llm.membership import member

            asker = member("deepseek", f"{server.url}/chat/completions/")
            await asker.reply(question())
            await asker.close()
            assert "/v1/chat/completions" == server.asked[0].path

    asyncio.run(ask())


@pytest.mark.parametrize(
    ("name", "kinds", "waits"),
    [
        ("ollama_cloud", {FailureKind.SERVER}, (1.0, 2.0)),
        ("gemini", {FailureKind.RATE_LIMITED}, (5.0, 10.0, 15.0)),
        ("openrouter", set(), ()),
    ],
)
def test_patience_is_told_by_kind(
    name: str, kinds: set[FailureKind], waits: tuple[float, ...]
) -> None:
    """Ollama Cloud's doubles, Gemini's grows by its first, OpenRouter has none."""
    asker = member(name, "https://example.com")
    assert Patience(kinds=frozenset(kinds), waits_s=waits) == asker.patience


def test_patience_with_what_is_no_failure_is_a_slip() -> None:
    """The hint lists the failures there are."""
    with pytest.raises(SettingsError, match=r"gemini\.retry_on") as caught:
        member("gemini", "https://example.com", retry_on=("429",))
    assert "rate_limited" in caught.value.hint
