"""Who may command from a chat, how often, and how late."""

from dataclasses import dataclass

from jennie_cli.engine.errors import SettingsError
from jennie_cli.engine.model import setting

_HINT = "Write whole numbers with commas between them, such as 123456789,-1009876543210."


@dataclass(frozen=True, slots=True, kw_only=True)
class BotPolicy:
    """Figures of the chat bot. Nobody may command while no chat is named."""

    allowed_chats: str = setting(
        "",
        "Ids of chats that may command and are told notices, with commas between them; in a group "
        "whoever commands must be in the list too.",
        env="TELEGRAM_ALLOWED_CHAT_IDS",
    )
    poll_s: float = setting(
        30.0, "How long one question for new messages waits.", unit="seconds", low=25, high=50
    )
    pause_s: float = setting(
        3.0,
        "Pause before the chats are asked again after a failure.",
        unit="seconds",
        low=0.1,
        high=300,
    )
    min_gap_s: float = setting(
        5.0,
        "A chat may command once in this time; stopping and pausing may be done at any time.",
        unit="seconds",
        low=0.1,
        high=300,
        env="COMMAND_MIN_INTERVAL_SECONDS",
    )
    oldest_s: float = setting(
        60.0,
        "A command that is older when it is heard is not done.",
        unit="seconds",
        low=5,
        high=600,
    )
    manual_trades: int = setting(
        20,
        "Orders that a chat may give in a day; leaving the market counts as one.",
        unit="orders",
        low=0,
        high=1_000,
        env="MANUAL_TRADE_DAILY_LIMIT",
    )
    arm_s: float = setting(
        60.0,
        "A liquidation that was shown is asked for within this time.",
        unit="seconds",
        low=5,
        high=600,
    )


def chat_ids(listed: str) -> tuple[int, ...]:
    """Return the ids of a list, each once. Raises SettingsError."""
    words = listed.replace(",", " ").split()
    try:
        return tuple(dict.fromkeys(int(word) for word in words))
    except ValueError as error:
        raise SettingsError(
            "The list of chats holds something that is no chat id.", hint=_HINT
        ) from error
