"""Who comments the briefing, how freely, and how long a message of it may be."""

from dataclasses import dataclass

from jennie_cli.engine.llm.policy import AUTO, PROVIDER_NAMES
from jennie_cli.engine.model import setting


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefingPolicy:
    """Figures of the daily briefing."""

    provider: str = setting(
        AUTO,
        "Who comments; auto = claude where its key is stored, else the THINKING tier's.",
        choices=PROVIDER_NAMES,
    )
    temperature: float = setting(0.7, "Temperature of the comments.", low=0.0, high=2.0)
    max_tokens: int = setting(
        2_000, "Most tokens of the comments.", unit="tokens", low=200, high=16_000
    )
    chat_units: int = setting(
        3_500,
        "Longest message of a briefing, its markup counted too, in UTF-16 units.",
        unit="units",
        low=500,
        high=4_096,
    )
