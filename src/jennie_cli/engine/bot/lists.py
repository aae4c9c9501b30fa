"""Stocks that a chat gathered for a liquidation, and when it was shown what that means.

This is kept in memory: nothing of it is in force, and what was shown before a start is not what
is so after it.
"""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(slots=True)
class Gathered:
    """The stocks of one chat, name by code, and when they were shown as they are."""

    stocks: dict[str, str] = field(default_factory=dict)
    shown: datetime | None = None


class Lists:
    """One list for each chat."""

    def __init__(self) -> None:
        """Begin with none."""
        self._by_chat: dict[int, Gathered] = {}

    def of(self, chat: int) -> Gathered:
        """Return the list of a chat, to be changed."""
        return self._by_chat.setdefault(chat, Gathered())
