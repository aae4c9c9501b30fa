"""Words to JSON: what §4.5 finds is found, what is unclear or hostile is refused."""

from typing import Any

import pytest

from jennie_cli.engine.llm import WrongShape
from jennie_cli.engine.llm.reading import json_of, printable

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "score": {"type": "integer"},
        "reason": {"type": "string"},
        "parts": {"type": "array", "items": {"$ref": "#/$defs/part"}},
        "owner": {"anyOf": [{"type": "null"}, {"$ref": "#/$defs/part"}]},
    },
    "$defs": {"part": {"type": "object", "properties": {"name": {"type": "string"}}}},
}


@pytest.mark.parametrize(
    "text",
    [
        '{"score": 72}',
        ' \n{"score": 72}\n',
        'Here it is: {"score": 72}. Yes.',
        '```json\n{"score": 72}\n```',
        'First\n  ```\n{"score": 72}\n  ```\nthen nothing',
        '```json\n{"score": 72}',
        '<think>maybe {"score": 1}?</think>\n{"score": 72}',
        '<THINK>a</THINK><think>b</think>{"score": 72}',
        'it was opened by the template {"score": 1}</think>{"score": 72}',
        '{"SCORE": 72}',
        '{" Score ": 72}',
    ],
)
def test_the_object_is_found(text: str) -> None:
    """Thoughts, fences, words around and the case of keys do not matter."""
    assert {"score": 72} == json_of(text, SCHEMA)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no JSON object"),
        ("72", "no JSON object"),
        ("[1]", "no JSON object"),
        ("} {", "no JSON object"),
        ('<think>never closed {"score": 72}', "no JSON object"),
        ('{"score": NaN}', "no valid JSON"),
        ('{"score": -Infinity}', "no valid JSON"),
        ('{"score": 1e999}', "no valid JSON"),
        ('{"score": 七十}', "no valid JSON"),
        ('{"score": ７２}', "no valid JSON"),
        ('{"score": 072}', "no valid JSON"),
        ('{"score": 1,}', "no valid JSON"),
        ('{"reason": "\\ud800"}', "no valid JSON"),
        ('{"score": 1} {"score": 2}', "no valid JSON"),
        ('{"score": 1, "score": 2}', "given twice"),
        ('{"score": 1, "Score": 2}', "score is given twice"),
        ('{"owner": {"a": 1, "a": 2}}', "given twice"),
        ('```\n{"score": 1}\n```\nor\n```\n{"score": 2}\n```', "several fenced"),
        ('{"a": ' + "[" * 40 + "]" * 40 + "}", "more than 32"),
        ('{"a": ' + "[" * 100_000, "no JSON object"),
        ('{"a": "' + "x" * 300_000 + '"}', "longer than"),
        ('{"a":' + '"\\' * 100_000 + "}", "no valid JSON"),
        ("<think>" * 30_000 + "</think>" * 10, "no JSON object"),
    ],
)
def test_what_is_unclear_is_refused(text: str, why: str) -> None:
    """Each refusal says why; nothing is guessed, repaired or filled in."""
    with pytest.raises(WrongShape, match=why):
        json_of(text, SCHEMA)


def test_an_answer_may_quote_what_looks_like_markup() -> None:
    """A whole JSON answer is taken as it is, whatever a headline made it quote."""
    text = '{"reason": "<think> ``` {\\"score\\": 99} </think>", "score": 1}'
    assert {"reason": '<think> ``` {"score": 99} </think>', "score": 1} == json_of(text, SCHEMA)


def test_keys_are_spelt_as_the_schema_spells_them() -> None:
    """Also within lists, references and choices; keys nobody asked for stay as they are."""
    text = '{"Parts": [{"NAME": "a"}, 3], "OWNER": {"Name": "b"}, "Else": {"NAME": 1}}'
    wanted = {"parts": [{"name": "a"}, 3], "owner": {"name": "b"}, "Else": {"NAME": 1}}
    assert wanted == json_of(text, SCHEMA)
    assert {"A": 1} == json_of('{"A": 1}')


def test_digits_of_other_scripts_stay_text() -> None:
    """A text that means a number is left for the shape's own reader to refuse."""
    assert {"score": "七十二", "reason": ["72"]} == json_of('{"score": "七十二", "reason": ["72"]}')


def test_control_characters_leave_the_texts() -> None:
    """A terminal or a log is shown nothing that moves its cursor or turns its text around."""
    found = json_of('{"re\\u0000ason": "a\\u001b[31m\\u202eb\\nc", "parts": ["\\u0007d"]}', SCHEMA)
    assert {"reason": "a[31mb\nc", "parts": ["d"]} == found
    assert "삼성 ok" == printable("삼성\u200b \ud800ok")
