"""Which tokens lie in the model's cache, for whom, and how many cells are free.

The library keeps one cell a token and position and lets sequences share it. This book mirrors that
exactly, so that room is known before a step is tried, not after it failed.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Tokens = NDArray[np.int32]


class Memory(Protocol):
    """What is done to the library's cache, and asked of it."""

    def cut(self, sequence: int, start: int) -> bool:
        """Take the positions from `start` on out of a sequence; False when it cannot be cut."""
        ...

    def share(self, source: int, target: int, end: int) -> None:
        """Let a sequence hold another's cells of the positions before `end`."""
        ...

    def holds(self, sequence: int, end: int) -> bool:
        """Whether all that a token at `end` looks back to is still there."""
        ...


class NativeMemory:
    """The library's cache of one context."""

    def __init__(self, lib: Any, context: Any, *, window: int = 0) -> None:
        """The context must outlive this; `window` tokens are all that some layers look back.

        Those layers' cells behind the window of a sequence's end are given to others in silence.
        """
        self._lib = lib
        self._window = window
        self._memory = lib.llama_get_memory(context)

    def cut(self, sequence: int, start: int) -> bool:
        """Take the positions from `start` on out of a sequence."""
        return bool(self._lib.llama_memory_seq_rm(self._memory, sequence, start, -1))

    def share(self, source: int, target: int, end: int) -> None:
        """Let a sequence hold another's cells of the positions before `end`."""
        self._lib.llama_memory_seq_cp(self._memory, source, target, 0, end)

    def holds(self, sequence: int, end: int) -> bool:
        """Whether the window before `end` is whole; the library drops the oldest tokens first."""
        if not self._window:
            return True
        oldest = int(self._lib.llama_memory_seq_pos_min(self._memory, sequence))
        return 0 <= oldest <= max(0, end - self._window)


class Cells:
    """The tokens of each sequence in the cache, and the cells they hold."""

    def __init__(self, memory: Memory, *, sequences: int, n_ctx: int) -> None:
        """`n_ctx` cells for all sequences together."""
        self._memory = memory
        self.n_ctx = n_ctx
        self._tokens = np.zeros((sequences, n_ctx), np.int32)
        self._cells = np.zeros((sequences, n_ctx), np.int32)
        self._length = [0] * sequences
        self._holders = np.zeros(n_ctx, np.int32)
        self._free = list(range(n_ctx))

    @property
    def free(self) -> int:
        """Cells that hold nothing."""
        return len(self._free)

    def length(self, sequence: int) -> int:
        """Return how many tokens of a sequence are in the cache."""
        return self._length[sequence]

    def tokens(self, sequence: int) -> Tokens:
        """Return a view of a sequence's tokens in the cache."""
        return self._tokens[sequence, : self._length[sequence]]

    def common(self, sequence: int, wanted: Tokens) -> int:
        """Return how many of the first tokens of `wanted` a sequence has in the cache."""
        if not self._length[sequence]:
            return 0
        return common_length(self.tokens(sequence), wanted)

    def usable(self, sequence: int, end: int) -> bool:
        """Whether one can go on after the first `end` tokens of a sequence without any other."""
        return self._memory.holds(sequence, end)

    def extend(self, sequence: int, tokens: Tokens) -> None:
        """Write down that the library took `tokens` in; there must be room."""
        if not len(tokens):
            return
        start = self._length[sequence]
        end = start + len(tokens)
        taken = self._free[-len(tokens) :]
        del self._free[-len(tokens) :]
        self._tokens[sequence, start:end] = tokens
        self._cells[sequence, start:end] = taken
        self._holders[taken] = 1
        self._length[sequence] = end

    def extend_each(self, sequences: Sequence[int], tokens: Sequence[int]) -> None:
        """Write down that each of these sequences took one token in; there must be room."""
        if not sequences:
            return
        ends = [self._length[sequence] for sequence in sequences]
        taken = self._free[-len(sequences) :]
        del self._free[-len(sequences) :]
        self._tokens[sequences, ends] = tokens
        self._cells[sequences, ends] = taken
        self._holders[taken] = 1
        for sequence in sequences:
            self._length[sequence] += 1

    def share(self, source: int, target: int, end: int) -> None:
        """Let `target` begin with the first `end` tokens of `source`; what it held is gone."""
        self.cut(target, 0)
        self._memory.share(source, target, end)
        self._tokens[target, :end] = self._tokens[source, :end]
        self._cells[target, :end] = self._cells[source, :end]
        self._holders[self._cells[source, :end]] += 1
        self._length[target] = end

    def cut(self, sequence: int, start: int) -> None:
        """Drop a sequence's tokens from `start` on; a model that cannot cut loses the whole one."""
        if self._length[sequence] <= start:
            return
        if not self._memory.cut(sequence, start):
            self._memory.cut(sequence, 0)
            start = 0
        gone = self._cells[sequence, start : self._length[sequence]]
        self._holders[gone] -= 1
        self._free.extend(gone[self._holders[gone] == 0].tolist())
        self._length[sequence] = start

    def held(self, sequences: Iterable[int], *, ahead: tuple[int, int] = (0, 0)) -> int:
        """Return the cells that these sequences hold, shared ones counted once.

        `ahead` is a sequence and how many of its first tokens are to be counted too.
        """
        mark = np.zeros(self.n_ctx, np.bool_)
        for sequence in sequences:
            mark[self._cells[sequence, : self._length[sequence]]] = True
        mark[self._cells[ahead[0], : ahead[1]]] = True
        return int(np.count_nonzero(mark))

    def forget(self) -> None:
        """Start anew after the library's cache was cleared."""
        self._length = [0] * len(self._length)
        self._holders[:] = 0
        self._free = list(range(self.n_ctx))


def common_length(one: Tokens, other: Tokens) -> int:
    """Return how many first tokens two sequences have in common."""
    size = min(len(one), len(other))
    differ = one[:size] != other[:size]
    return int(differ.argmax()) if differ.any() else size
