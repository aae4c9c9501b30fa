"""The first list of a new home, judged by the sages of its world, and the same list again."""

import json
from collections import Counter
from typing import Any

import pytest
from tests.unit.conftest import Jennie

pytestmark = pytest.mark.slow


def bare(document: dict[str, Any]) -> bytes:
    """Return the bytes of a run without its name and its times."""
    kept = {k: v for k, v in document.items() if k not in {"run_id", "elapsed_s"}}
    return json.dumps(kept, ensure_ascii=False).encode()


def test_the_first_list_teaches_and_can_be_had_again_without_anybody(jennie: Jennie) -> None:
    """Judged by the sages it still has two TIER1, three RECON, a veto, a COOL cap, six sectors."""
    first = jennie("scout", "run", "--json")
    assert (0, "") == (first.code, first.err)
    made = first.document
    tiers = Counter(s["trade_tier"] for s in made["stocks"])
    heat = {row["group"]: row["tier"] for row in made["sectors"]}
    assert tiers["TIER1"] >= 2
    assert tiers["RECON"] >= 3
    assert made["vetoed"]
    assert made["dropped"]["sector.cap"]
    assert len({s["sector_group"] for s in made["stocks"]}) >= 6
    assert "COOL" in {heat[s["sector_group"]] for s in made["stocks"]}
    assert {"SIMULATED"} == {s["llm_status"] for s in made["stocks"]}
    assert (True, made["analysed"], 0, 0, 0.0) == (
        made["llm"]["simulated"],
        made["llm"]["calls"],
        made["llm"]["fallbacks"],
        made["llm"]["fact_check_failed"],
        made["llm"]["cost_usd"],
    )

    page = jennie("scout", "show").out
    assert "AI 분석 SIMULATED, 비용 0" in page
    assert "FALLBACK" not in page
    assert "SIMULATED · 원점수" in jennie("scout", "explain", made["stocks"][0]["name"]).out

    again = jennie("scout", "run", "--json").document
    assert (0, made["analysed"]) == (again["llm"]["calls"], again["llm"]["cached"])
    assert made["stocks"] == again["stocks"]
    jennie("config", "set", "llm.replay", "log")
    assert bare(made) == bare(jennie("scout", "run", "--json").document)
    alone = jennie("scout", "run", "--no-llm", "--json").document
    assert made["analysed"] == alone["llm"]["fallbacks"]
    assert {s["quant_score"] for s in alone["stocks"]} == {s["llm_score"] for s in alone["stocks"]}
