"""What people write to the bot, and the port that brings it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A text that somebody wrote: in which chat, who, and when by the service's clock (aware).

    In a private chat `chat` equals `user`; a `user` of None is somebody hidden, as the admin of a
    group can be.
    """

    chat: int
    user: int | None
    at: datetime
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """One thing that the service tells, by its growing number; `said` is None for all that is no
    new text, such as an edit, a picture or a member who left.
    """

    id: int
    said: Said | None


class Updates(Protocol):
    """Brings what was written since, and remembers nothing itself."""

    async def updates(self, after: int | None, *, wait_s: float) -> Sequence[Update]:
        """Return what is newer than a number, by number, or nothing after `wait_s` seconds.

        What is asked for after a number is never told again up to it. Raises ChatDown.
        """
        ...
