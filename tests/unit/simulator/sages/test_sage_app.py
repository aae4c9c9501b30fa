"""The protocol of OpenAI as the sages speak it."""

import asyncio
import json
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator
from tests.unit.simulator.sages.bench import (
    MACRO,
    SHAPES,
    asked_of,
    desk,
    question,
    stock,
    words_of,
)

from jennie_cli.simulator.sages import MODEL, sage_app

OPINION = SHAPES["analyst_opinion"]


def _get(path: str, method: str = "GET") -> httpx.Response:
    async def call() -> httpx.Response:
        transport = httpx.ASGITransport(app=sage_app(desk()))
        async with httpx.AsyncClient(transport=transport, base_url="http://sage") as client:
            return await client.request(method, path)

    return asyncio.run(call())


def _events(answer: httpx.Response) -> list[Any]:
    lines = [line.removeprefix("data: ") for line in answer.text.split("\n\n") if line]
    assert "[DONE]" == lines[-1]
    return [json.loads(line) for line in lines[:-1]]


def test_an_answer_has_the_form_of_a_completion() -> None:
    """One choice, tokens that add up, cost nothing, marked in three places."""
    answer = asked_of(desk(), question(stock(), OPINION, "analyst_opinion"))
    body = answer.json()
    assert (200, MODEL, "chat.completion") == (answer.status_code, body["model"], body["object"])
    assert "stop" == body["choices"][0]["finish_reason"]
    usage = body["usage"]
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"]
    assert usage["completion_tokens"] == -(-len(words_of(answer).encode()) // 3)
    assert (0, "SIMULATED") == (usage["cost"], body["system_fingerprint"])
    assert "1" == answer.headers["x-jennie-simulated"]
    assert body["id"].startswith("chatcmpl-sim-")


def test_the_same_question_has_the_same_bytes() -> None:
    """Nothing in an answer tells the time, and temperature changes nothing."""
    body = question(MACRO, SHAPES["strategist"], "strategist")
    first = asked_of(desk(), body).content
    assert first == asked_of(desk(), {**body, "temperature": 1.5, "seed": 3}).content
    assert first != asked_of(desk(seed=8), body).content


def test_a_stream_says_the_same_piece_by_piece() -> None:
    """The pieces joined are the whole, usage comes last and only when asked for."""
    body = question(MACRO, SHAPES["strategist"], "strategist")
    whole = asked_of(desk(), body)
    told = {"stream": True, "stream_options": {"include_usage": True}}
    answer = asked_of(desk(), {**body, **told})
    assert answer.headers["content-type"].startswith("text/event-stream")
    *steps, last = _events(answer)
    pieces = [step["choices"][0]["delta"].get("content", "") for step in steps]
    assert words_of(whole) == "".join(pieces)
    assert 3 < len(pieces)
    assert "assistant" == steps[0]["choices"][0]["delta"]["role"]
    ends = [step["choices"][0]["finish_reason"] for step in steps]
    assert [None] * (len(steps) - 1) + ["stop"] == ends
    assert ([], whole.json()["usage"]) == (last["choices"], last["usage"])
    assert all(step["usage"] is None for step in steps)
    assert all("usage" not in step for step in _events(asked_of(desk(), {**body, "stream": True})))


def test_plain_words_and_plain_json_are_given_too() -> None:
    """Without a schema the answer is a marked text, or an object that holds one."""
    assert words_of(asked_of(desk(), question("안녕"))).startswith("SIMULATED")
    body = question("json으로 답해 줘", response_format={"type": "json_object"})
    assert list(json.loads(words_of(asked_of(desk(), body)))) == ["answer"]
    text = question("안녕", response_format={"type": "text"})
    assert words_of(asked_of(desk(), text)) == words_of(asked_of(desk(), question("안녕")))


def test_an_unknown_schema_is_filled_by_dice() -> None:
    """The document is valid whatever it is called."""
    schema = {
        "type": "object",
        "properties": {"tags": {"type": "array", "items": {"enum": ["가", "나"]}, "minItems": 1}},
        "required": ["tags"],
    }
    said = json.loads(words_of(asked_of(desk(), question("?", schema, "my-shape"))))
    assert [] == list(Draft202012Validator(schema).iter_errors(said))


def test_a_bound_of_tokens_cuts_the_answer() -> None:
    """The reason to end is told, and no letter is halved."""
    answer = asked_of(desk(), question("안녕", max_tokens=20))
    assert 20 == answer.json()["usage"]["completion_tokens"]
    assert "length" == answer.json()["choices"][0]["finish_reason"]
    assert words_of(asked_of(desk(), question("안녕"))).startswith(words_of(answer))


def test_texts_in_parts_are_one_text() -> None:
    """Content may be a list of text parts."""
    parts = [{"type": "text", "text": "안녕"}]
    body = {"model": MODEL, "messages": [{"role": "user", "content": parts}]}
    assert asked_of(desk(), body).content == asked_of(desk(), question("안녕")).content


def test_the_models_are_listed() -> None:
    """There is one, and it says whose it is."""
    listed = _get("/v1/models").json()
    assert [MODEL] == [model["id"] for model in listed["data"]]
    assert listed["data"][0] == _get(f"/v1/models/{MODEL}").json()
    assert "SIMULATED" == listed["data"][0]["owned_by"]
    assert "model_not_found" == _get("/v1/models/gpt").json()["error"]["code"]


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/v1/chat/completions", 405, "method_not_supported"),
        ("GET", "/v1/embeddings", 404, "unknown_url"),
        ("POST", "/v1/chat", 404, "unknown_url"),
        ("DELETE", "/v1/files/1", 404, "unknown_url"),
    ],
)
def test_what_is_not_here_is_refused(method: str, path: str, status: int, code: str) -> None:
    """The error has OpenAI's form."""
    answer = _get(path, method)
    assert (status, code) == (answer.status_code, answer.json()["error"]["code"])


_SCHEMA = {"type": "json_schema", "json_schema": {"name": "a", "schema": {"type": "object"}}}


@pytest.mark.parametrize(
    ("change", "status", "param"),
    [
        ({"model": None}, 400, "model"),
        ({"model": "gpt-9"}, 404, "model"),
        ({"messages": "hello"}, 400, "messages"),
        ({"messages": []}, 400, "messages"),
        ({"messages": ["hello"]}, 400, "messages[0]"),
        ({"messages": [{"role": "king", "content": "x"}]}, 400, "messages[0].role"),
        ({"messages": [{"role": "user"}]}, 400, "messages[0].content"),
        ({"messages": [{"role": "user", "content": []}]}, 400, "messages[0].content"),
        (
            {"messages": [{"role": "user", "content": [{"type": "image_url"}]}]},
            400,
            "messages[0].content[0]",
        ),
        ({"n": 2}, 400, "n"),
        ({"stream": "yes"}, 400, "stream"),
        ({"stream_options": {"include_usage": True}}, 400, "stream_options"),
        ({"stream": True, "stream_options": 1}, 400, "stream_options"),
        ({"max_tokens": 0}, 400, "max_tokens"),
        ({"max_completion_tokens": "9"}, 400, "max_completion_tokens"),
        ({"response_format": "json"}, 400, "response_format.type"),
        ({"response_format": {"type": "xml"}}, 400, "response_format.type"),
        ({"response_format": {"type": "json_object"}}, 400, "messages"),
        ({"response_format": {"type": "json_schema"}}, 400, "response_format.json_schema"),
        (
            {"response_format": {**_SCHEMA, "json_schema": {"name": "no spaces"}}},
            400,
            "response_format.json_schema.name",
        ),
        (
            {"response_format": {**_SCHEMA, "json_schema": {"name": "a"}}},
            400,
            "response_format",
        ),
        (
            {
                "response_format": {
                    "type": "json_schema",
                    "json_schema": {"name": "a", "schema": {"type": "integer", "multipleOf": 2}},
                }
            },
            400,
            "response_format",
        ),
        (
            {
                "response_format": {
                    "type": "json_schema",
                    "json_schema": {"name": "a", "schema": {"type": "array", "minItems": 9_999}},
                }
            },
            400,
            "response_format",
        ),
    ],
)
def test_a_wrong_request_is_refused_by_place(
    change: dict[str, Any], status: int, param: str
) -> None:
    """Status, type and param are those of OpenAI."""
    answer = asked_of(desk(), question("안녕") | change)
    error = answer.json()["error"]
    assert (status, param) == (answer.status_code, error["param"])
    assert "invalid_request_error" == error["type"]
    assert error["message"]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff", b'{"model": NaN}'])
def test_a_body_that_is_no_json_object_is_refused(body: bytes) -> None:
    """Nothing of it is guessed."""
    assert 400 == asked_of(desk(), body).status_code


def test_a_body_is_bounded() -> None:
    """A mebibyte is taken, a byte more is not."""
    body = json.dumps(question("가")).encode()
    assert 200 == asked_of(desk(), body + b" " * ((1 << 20) - len(body))).status_code
    assert 413 == asked_of(desk(), body + b" " * ((1 << 20) - len(body) + 1)).status_code
