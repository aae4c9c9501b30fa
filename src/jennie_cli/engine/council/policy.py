"""Who sits on the council, what it is told, and what a run may cost before it is said aloud."""

from dataclasses import dataclass

from jennie_cli.engine.model import setting

AUTO = "auto"
"""The sage's own provider where its key is stored, else the provider of the tier."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CouncilPolicy:
    """The three sages, their evidence and their limits."""

    strategist: str = setting(
        AUTO, "Provider of the strategist Jennie: auto (gemini where its key is), or any provider."
    )
    risk_analyst: str = setting(
        AUTO, "Provider of the risk analyst Minji: auto (claude where its key is), or any provider."
    )
    chief_judge: str = setting(
        AUTO, "Provider of the chief judge Junho: auto (openai where its key is), or any provider."
    )
    disable_holiday_check: bool = setting(
        False,
        "Let the council sit on weekends and holidays as well.",
        env="DISABLE_HOLIDAY_CHECK",
    )
    temperature: float = setting(0.1, "Temperature of the sages.", unit="0..2", low=0.0, high=2.0)
    max_tokens: int = setting(8192, "Longest answer of a sage.", unit="tokens", low=512, high=65536)
    warn_usd: float = setting(
        0.30, "A run that costs more is said aloud.", unit="USD", low=0.0, high=100.0
    )
    channel: str = setting("hedgecat0301", "Telegram channel whose posts are the briefing.")
    briefing_posts: int = setting(
        10, "Newest posts of the channel that are looked at.", unit="posts", low=1, high=100
    )
    briefing_characters: int = setting(
        300, "Posts must be longer than this.", unit="characters", low=0, high=10000
    )
    headlines: int = setting(
        15, "Most political headlines that are shown.", unit="headlines", low=0, high=100
    )
    headline_hours: int = setting(
        18, "Older political headlines are not shown.", unit="hours", low=1, high=240
    )
    old_headline_hours: int = setting(
        12, "Older headlines are marked as counting less.", unit="hours", low=1, high=240
    )
    recalled: int = setting(
        10,
        "Most archived texts on the market that are shown; 0 = none.",
        unit="texts",
        low=0,
        high=50,
    )
    recalled_hours: int = setting(
        30, "Older archived texts are not shown.", unit="hours", low=1, high=240
    )
    snapshot_hours: int = setting(
        24, "An older snapshot is marked as stale.", unit="hours", low=1, high=240
    )
    file_kib: int = setting(
        64, "Largest file that council ask takes.", unit="KiB", low=1, high=1024
    )
