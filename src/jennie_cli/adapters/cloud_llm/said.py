"""What a model has said so far, piece by piece, in whichever protocol."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

_MOST_TOKENS = 10**9


class Finish(StrEnum):
    """Why a model stopped."""

    STOP = "stop"
    LENGTH = "length"
    FILTERED = "filtered"
    FAILED = "failed"


@dataclass(slots=True)
class Said:
    """The words so far; `ended` once the protocol says that there are no more.

    Tokens are None until reported. `thoughts` counts characters of thinking that was shown.
    `sent` is whether the whole request left and was not refused, so that it is paid for. `error`
    is what the provider sent instead of words.
    """

    parts: list[str] = field(default_factory=list)
    thoughts: int = 0
    sent: bool = False
    model: str = ""
    tokens_in: int | None = None
    tokens_out: int | None = None
    finish: Finish | None = None
    ended: bool = False
    error: Any = None

    @property
    def complete(self) -> bool:
        """Whether nothing more is to come: the words have ended and are counted."""
        return self.ended and self.tokens_in is not None and self.tokens_out is not None

    @property
    def text(self) -> str:
        """All words so far."""
        return "".join(self.parts)

    def add(self, words: Any) -> None:
        """Take words; what is no text says nothing."""
        if isinstance(words, str) and words:
            self.parts.append(words)

    def thought(self, words: Any) -> None:
        """Count words of thinking, which are paid for and no answer."""
        if isinstance(words, str):
            self.thoughts += len(words)

    def named(self, model: Any) -> None:
        """Take the id of the model that answers."""
        if isinstance(model, str) and model:
            self.model = model

    def counted(self, tokens_in: int | None, tokens_out: int | None) -> None:
        """Take counts; a later one replaces an earlier one, None leaves it."""
        self.tokens_in = self.tokens_in if tokens_in is None else tokens_in
        self.tokens_out = self.tokens_out if tokens_out is None else tokens_out


def mapping(value: Any) -> Mapping[str, Any]:
    """Return a JSON object, an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def first(value: Any) -> Mapping[str, Any]:
    """Return the first object of a list, an empty one where there is none."""
    return mapping(value[0]) if isinstance(value, list) and value else {}


def tokens(value: Any) -> int | None:
    """Return a count of tokens, None for what can be none."""
    good = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MOST_TOKENS
    return value if good else None
