"""What the batch works on: one sequence to be written, its place, and how it ended."""

from dataclasses import dataclass, field
from enum import Enum

import numpy as np

from jennie_cli.adapters.llama_cpp.cells import Tokens
from jennie_cli.adapters.llama_cpp.picking import Picker
from jennie_cli.engine.llm import ModelFailed


@dataclass(eq=False, slots=True, kw_only=True)
class Work:
    """A prompt and the tokens written after it so far; `most` may be written.

    `reused` counts tokens of the prompt that were not computed because the cache had them;
    `recomputed` those computed again after the sequence had to make room for an older one. It has
    `begun` once it was given a slot.
    """

    prompt: Tokens
    most: int
    picker: Picker
    endless: bool = False
    begun: bool = False
    made: list[int] = field(default_factory=list)
    reused: int = 0
    recomputed: int = 0
    _all: Tokens = field(init=False)

    def __post_init__(self) -> None:
        """Make room for prompt and answer, so that a token is added without a copy."""
        self._all = np.empty(len(self.prompt) + self.most, np.int32)
        self._all[: len(self.prompt)] = self.prompt

    def add(self, token: int) -> None:
        """Write one token."""
        self._all[len(self.prompt) + len(self.made)] = token
        self.made.append(token)

    @property
    def wanted(self) -> Tokens:
        """A view of all tokens that must be in the cache before the next one can be chosen."""
        return self._all[: len(self.prompt) + len(self.made)]

    @property
    def left(self) -> int:
        """Tokens that may still be written."""
        return self.most - len(self.made)


class Ending(Enum):
    """How a sequence ended."""

    SAID_ALL = "end"
    CUT = "cut"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A sequence that ended; `failure` is given when it failed."""

    work: Work
    ending: Ending
    failure: ModelFailed | None = None


@dataclass(eq=False, slots=True, kw_only=True)
class Slot:
    """A place in the batch and the sequence of the cache that belongs to it.

    `wanted` are the tokens to be computed, `since` the order of admission. `awaits` is another
    slot that is computing the first `await_length` of them just now, for the work `awaited`. An
    idle slot keeps what its last work left in the cache.
    """

    sequence: int
    work: Work | None = None
    wanted: Tokens = field(default_factory=lambda: np.zeros(0, np.int32))
    since: int = 0
    awaits: "Slot | None" = None
    awaited: Work | None = None
    await_length: int = 0


@dataclass(slots=True, kw_only=True)
class Tally:
    """What the batch did since it was opened.

    `made_way` counts sequences that started over for want of cells, `narrowed` steps that were
    tried again smaller for want of memory.
    """

    steps: int = 0
    computed_tokens: int = 0
    prompt_tokens: int = 0
    reused_tokens: int = 0
    recomputed_tokens: int = 0
    written_tokens: int = 0
    made_way: int = 0
    narrowed: int = 0
    widest: int = 0
