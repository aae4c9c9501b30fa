"""Whatever a provider sends is read or left, and nothing of it breaks the reader."""

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.adapters.cloud_llm.test_failing import NOW

from jennie_cli.adapters.cloud_llm import PROVIDERS
from jennie_cli.adapters.cloud_llm.failing import refused, reported, seconds
from jennie_cli.adapters.cloud_llm.said import Said
from jennie_cli.engine.llm import FailureKind

WORDS = """
choices delta message content finish_reason usage error model type text stop_reason done code
prompt_tokens completion_tokens total_tokens input_tokens output_tokens eval_count
prompt_eval_count done_reason refusal status
"""
NAMES = st.sampled_from(WORDS.split())
COUNTS = st.integers(-(2**60), 2**60)
SCALARS = st.none() | st.booleans() | COUNTS | st.floats() | st.text(max_size=5)
ANYTHING = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=5)
)
DOCUMENTS = st.dictionaries(NAMES, ANYTHING, max_size=6)


@pytest.mark.parametrize("name", ["deepseek", "claude", "ollama_cloud"])
@given(st.lists(DOCUMENTS, max_size=4), st.booleans())
def test_any_document_is_read_or_left(name: str, documents: list[Any], whole: bool) -> None:
    """Words are text, counts are counts, and an error has a kind."""
    said, dialect = Said(), PROVIDERS[name].dialect
    for document in documents:
        (dialect.whole if whole else dialect.part)(document, said)
    assert isinstance(said.text, str)
    assert isinstance(said.model, str)
    assert all(c is None or 0 <= c <= 10**9 for c in (said.tokens_in, said.tokens_out))
    assert reported(said.error).kind in FailureKind


@given(st.sampled_from([200, 302, 400, 422, 429, 500, 999]), ANYTHING)
def test_any_refusal_has_a_kind(status: int, found: Any) -> None:
    """Whatever stands in it, also where it is no JSON."""
    raw = repr(found).encode(errors="replace")
    for body in (raw, orjson.dumps(found, default=str, option=orjson.OPT_NON_STR_KEYS)):
        assert isinstance(refused(status, body, retry_after=None, now=NOW).words, str)


@given(st.text(max_size=40) | st.from_regex(r"Mon, \d{1,4} Nov \d{1,12} \d{1,3}:00:00 GMT"))
def test_any_wait_asked_for_is_understood_or_left(header: str) -> None:
    """It is never negative."""
    wait = seconds(header, now=NOW)
    assert wait is None or wait >= 0


def test_a_tower_of_lists_is_no_trouble() -> None:
    """Too deep to be written again, it has no words."""
    tower = b'{"error": {"message": ' + b"[" * 900 + b"]" * 900 + b"}}"
    found = refused(400, tower, retry_after=None, now=NOW)
    assert (FailureKind.REFUSED_REQUEST, "HTTP 400 ") == (found.kind, found.words)
    assert FailureKind.SERVER is reported(orjson.loads(tower)["error"]).kind
