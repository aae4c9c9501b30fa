"""What is asked of the bot: the words of a message, taken apart."""

import re
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


def count_of(word: str, unit: str = "") -> int | None:
    """Return a whole number such as 1,000 or 80000원, None for anything else.

    No unit but the one that is meant: 50000원 are no shares. And no code of a stock, which often
    begins with a zero.
    """
    found = _NUMBER.fullmatch(word.removesuffix(unit))
    return int(found[0].replace(",", "")) if found else None


_NUMBER = re.compile(r"0|[1-9][0-9]{0,10}|[1-9][0-9]{0,2}(,[0-9]{3}){1,3}")
