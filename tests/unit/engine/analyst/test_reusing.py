"""The re-evaluation cache over a reply log."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from tests.unit.engine.analyst.opinions import PROMPT, case, said

from jennie_cli.engine.analyst import analyst_request, answered_since
from jennie_cli.engine.clock import KST
from jennie_cli.engine.llm import Exchange, MemoryReplyLog

MIDNIGHT = datetime(2025, 6, 30, tzinfo=KST)
NOW = {"scripted": "scripted-1", "other": "other-1"}
REQUEST = analyst_request(case(), PROMPT, max_tokens=512)


def log(**given: Any) -> MemoryReplyLog:
    """Return a log of one exchange of this morning."""
    told: dict[str, Any] = {
        "key": REQUEST.key,
        "at": MIDNIGHT + timedelta(hours=8),
        "service": "scout",
        "tier": "reasoning",
        "prompt_name": "analyst",
        "prompt_version": "2",
        "prompt_sha256": "ab" * 32,
        "asked": "{}",
        "text": said(72),
        "provider": "scripted",
        "model": "scripted-1",
        "tokens_in": 100,
        "tokens_out": 20,
        "usd_micro": 15,
        "latency_s": 0.1,
        "attempts": 1,
    }
    return MemoryReplyLog([Exchange(**(told | given))])


def test_an_answer_of_the_same_day_is_found() -> None:
    """The same question finds this morning's words, read as strictly as then."""
    found = answered_since(log(), MIDNIGHT, by=NOW)(REQUEST)
    assert found is not None
    assert (72, True) == (found.value.score, found.replayed)


@pytest.mark.parametrize(
    "given",
    [
        {"key": "00" * 32},
        {"at": MIDNIGHT - timedelta(seconds=1)},
        {"failure": "model_failed:timeout", "text": ""},
        {"text": said(9999)},
        {"provider": "sages", "model": "sim-sage-1", "simulated": True},
        {"provider": "other"},
        {"model": "scripted-2"},
    ],
)
def test_anything_else_is_asked_anew(given: dict[str, Any]) -> None:
    """Another question, day, provider or model, a failure, and words that no longer read."""
    assert answered_since(log(**given), MIDNIGHT, by=NOW)(REQUEST) is None


@pytest.mark.parametrize("wanted", ["", "scripted-1-20250805", "scripted-1"])
def test_a_model_is_known_without_its_date(wanted: str) -> None:
    """Providers put a date to the id they were asked for; who has one model only needs none."""
    assert answered_since(log(), MIDNIGHT, by={"scripted": wanted})(REQUEST) is not None
