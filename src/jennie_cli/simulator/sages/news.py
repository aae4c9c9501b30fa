"""The reader of one text: its words glad or sad, and mishaps that competitors profit from."""

from collections.abc import Mapping
from typing import Any

from jennie_cli.simulator.sages.reading import Case, grave, mood, table

_TONE, _GRAVE, _WHIM = 24, 12, 5
_BENEFIT = 8


def news_sentiment(case: Case) -> Mapping[str, Any]:
    """Return score and risk: 50 + 24 for glad words, - 24 for sad, - 12 for grave, + a whim."""
    words = table()["news"]
    text = " ".join(case.reported)
    tone = mood(text)
    score = 50 + _TONE * tone - _GRAVE * bool(grave(case.reported)) + case.spread(_WHIM)
    risk = next((kind for kind, said in words["risks"].items() if _any(said, text)), "NONE")
    tones = {1: "glad", 0: "plain", -1: "sad"}
    return {
        "sentiment": {"score": max(0, min(100, score)), "reason": words[tones[tone]]},
        "competitor_risk": {
            "is_detected": risk != "NONE",
            "type": risk,
            "benefit_score": _BENEFIT + case.spread(3) if risk != "NONE" else 0,
            "reason": words["shift"] if risk != "NONE" else words["no_shift"],
        },
    }


def _any(words: list[str], text: str) -> bool:
    return any(word in text for word in words)
