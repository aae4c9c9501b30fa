"""Which provider serves which tier, how long it may take, and what a day may cost."""

from collections.abc import Mapping
from dataclasses import dataclass

from jennie_cli.engine.llm.asked import Service, Tier
from jennie_cli.engine.model import setting

AUTO = "auto"
"""The local model where there is one, else the built-in sages of the sim profile, else cloud."""

_ALIASES: Mapping[str, str] = {"deepseek_cloud": "cloud", "ollama": "server"}
"""What others call providers that have another name here."""

PROVIDER_NAMES = (
    AUTO,
    "local",
    "server",
    "cloud",
    "openrouter",
    "deepseek",
    "ollama_cloud",
    "openai",
    "gemini",
    "claude",
    "sages",
    *_ALIASES,
)
"""Whom a tier may name."""

_BUDGETS: Mapping[str, str] = {
    Service.SCOUT: "scout_budget_usd",
    Service.COUNCIL: "council_budget_usd",
    Service.NEWS: "news_budget_usd",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LlmPolicy:
    """Routing, deadlines and budgets of everything asked of a model."""

    fast: str = setting(
        AUTO,
        "Provider of the FAST tier; deepseek_cloud is cloud, ollama is server.",
        choices=PROVIDER_NAMES,
        env="TIER_FAST_PROVIDER",
    )
    reasoning: str = setting(
        AUTO,
        "Provider of the REASONING tier, as above.",
        choices=PROVIDER_NAMES,
        env="TIER_REASONING_PROVIDER",
    )
    thinking: str = setting(
        AUTO,
        "Provider of the THINKING tier, as above.",
        choices=PROVIDER_NAMES,
        env="TIER_THINKING_PROVIDER",
    )
    cloud_order: str = setting(
        "openrouter,deepseek,ollama_cloud",
        "Members of the provider cloud, tried in this order.",
    )
    fast_timeout_s: float = setting(
        60.0, "Longest wait for a FAST answer.", unit="s", low=1.0, high=3600.0
    )
    slow_timeout_s: float = setting(
        600.0, "Longest wait for a REASONING or THINKING answer.", unit="s", low=1.0, high=7200.0
    )
    rest_failures: int = setting(
        3, "Failures in a row after which a provider is left alone.", unit="calls", low=1, high=100
    )
    rest_s: float = setting(
        300.0, "How long such a provider is left alone.", unit="s", low=1.0, high=86400.0
    )
    retry_after_max_s: float = setting(
        10.0, "Longest wait that a provider may ask for once.", unit="s", low=0.0, high=60.0
    )
    replay: str = setting(
        "off",
        "off asks providers; log answers from the reply log alone, without any provider.",
        choices=("off", "log"),
    )
    scout_budget_usd: float = setting(
        1.0, "Most that the scout may spend a day.", unit="USD", low=0.0, high=1000.0
    )
    council_budget_usd: float = setting(
        1.0, "Most that the council may spend a day.", unit="USD", low=0.0, high=1000.0
    )
    news_budget_usd: float = setting(
        1.0, "Most that the news may spend a day.", unit="USD", low=0.0, high=1000.0
    )
    other_budget_usd: float = setting(
        1.0, "Most that any other service may spend a day.", unit="USD", low=0.0, high=1000.0
    )
    usd_krw: float = setting(
        1450.0, "Won for a US dollar where a cost is shown.", unit="KRW", low=100.0, high=10000.0
    )
    debug_log: bool = setting(
        False, "Write each question and answer to logs/llm.jsonl of the home, secrets hidden."
    )

    def provider_of(self, tier: Tier) -> str:
        """Return the name of the provider that serves a tier."""
        names = {Tier.FAST: self.fast, Tier.REASONING: self.reasoning, Tier.THINKING: self.thinking}
        return _ALIASES.get(names[tier], names[tier])

    def timeout_s(self, tier: Tier) -> float:
        """Return the seconds within which a tier must answer, over all who are asked."""
        return self.fast_timeout_s if tier is Tier.FAST else self.slow_timeout_s

    def budget_name(self, service: str) -> str:
        """Return the setting that holds the day's money of a service."""
        return _BUDGETS.get(service, "other_budget_usd")

    def budget_usd(self, service: str) -> float:
        """Return the most that a service may spend on a Korean day, in USD."""
        return float(getattr(self, self.budget_name(service)))
