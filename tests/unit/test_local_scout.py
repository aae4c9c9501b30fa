"""A whole run of the scout with a real model of random weights, and again from the log alone."""

import json
from pathlib import Path

import pytest
from tests.unit.adapters.llama_cpp.tiny import write_tiny
from tests.unit.conftest import Jennie

pytestmark = [pytest.mark.slow, pytest.mark.llm]

CUT = 15.0
"""How far a model may move a score from what the figures say."""


def test_a_real_model_without_sense_leaves_the_list_to_the_figures(
    jennie: Jennie, tmp_path: Path
) -> None:
    """Each stock falls back by name or moves within its bounds; the log gives the same again."""
    model = write_tiny(tmp_path / "tiny.gguf", context=32_768)
    for key, value in (
        ("llm.model_file", str(model)),
        ("analyst.max_tokens", "200"),
        ("local.n_ctx", "32768"),
    ):
        assert 0 == jennie("config", "set", key, value).code
    made = jennie("scout", "run", "--universe", "12", "--json").document
    used = made["llm"]
    judged = [s for s in made["stocks"] if s["llm_status"] == "OK"]
    assert (made["analysed"], False) == (used["calls"], used["simulated"])
    assert made["analysed"] > 0
    assert made["analysed"] == used["fallbacks"] + len(judged)
    assert set(used["failures"]) <= {"wrong_shape", "not_json", "empty"}
    assert used["tokens_in"] > 0
    assert used["tokens_out"] > 0
    for stock in judged:
        assert CUT >= abs(stock["llm_score"] - stock["quant_score"])
    for stock in made["stocks"]:
        if stock["llm_status"] == "FALLBACK":
            assert stock["quant_score"] == stock["llm_score"]

    model.unlink()
    jennie("config", "set", "llm.replay", "log")
    again = jennie("scout", "run", "--universe", "12", "--json").document
    assert json.dumps(made["stocks"]) == json.dumps(again["stocks"])
    assert made["llm"] == again["llm"]
