"""How Telegram's Bot API is reached; the bot's token is a secret."""

from dataclasses import dataclass

from jennie_cli.engine.model import setting


@dataclass(frozen=True, slots=True, kw_only=True)
class TelegramBotOptions:
    """Address and patience of the Bot API."""

    url: str = setting(
        "https://api.telegram.org",
        "Address of the Bot API; a server of one's own must be on this machine or speak https.",
    )
    timeout_s: float = setting(
        10.0,
        "Patience with one answer, on top of what a poll waits for news.",
        unit="s",
        low=0.1,
        high=60.0,
    )
    longest_wait_s: float = setting(
        60.0,
        "How long one message waits at most where Telegram asks to; after that it is tried later.",
        unit="s",
        low=0.0,
        high=600.0,
    )
    most_kb: int = setting(4_000, "Longest answer taken.", unit="kB", low=3_000, high=32_000)
