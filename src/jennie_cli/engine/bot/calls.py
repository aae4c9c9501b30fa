"""What is asked of the bot: the words of a message, taken apart."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime

from jennie_cli.engine.bot.updates import Said

YES = "확인"
"""The word without which nothing large is done."""

URGENT = "긴급"

_LONGEST = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A command: its name without the slash, in small letters, and the words behind it."""

    chat: int
    user: int
    at: datetime
    name: str
    words: tuple[str, ...] = ()

    @property
    def who(self) -> str:
        """Who is kept with every change."""
        return f"telegram:{self.user}"

    @property
    def sure(self) -> bool:
        """Whether the last word confirms."""
        return self.words[-1:] == (YES,)

    @property
    def plain(self) -> tuple[str, ...]:
        """The words without a confirmation at their end."""
        return self.words[:-1] if self.sure else self.words

    @property
    def rest(self) -> str:
        """The words as one text, without a confirmation."""
        return " ".join(self.plain)


def read_call(said: Said, me: str) -> Call | None:
    """Return the command of a message, None for one without or for another bot than `me`.

    Letters are put together first: some keyboards send the parts of a syllable one by one.
    """
    words = unicodedata.normalize("NFC", said.text[:_LONGEST]).split()
    if said.user is None or not words or not words[0].startswith("/"):
        return None
    name, _, other = words[0][1:].partition("@")
    if not name or (other and other.casefold() != me.casefold()):
        return None
    return Call(
        chat=said.chat, user=said.user, at=said.at, name=name.casefold(), words=tuple(words[1:])
    )


def count_of(word: str) -> int | None:
    """Return a whole number such as 1,000 or 80000원, None for anything else."""
    digits = word.removesuffix("주").removesuffix("원").replace(",", "")
    return (
        int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < _DIGITS else None
    )


_DIGITS = 12
