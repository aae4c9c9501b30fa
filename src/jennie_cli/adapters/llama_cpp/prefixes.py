"""Prompt beginnings that more than one request had, kept in the cache for the next.

Whoever starts is given the longest beginning that any sequence holds. A beginning that two requests
turned out to share is kept in a sequence of its own, so that a hundred different endings between
them do not wash it away; the one not used for longest leaves first.
"""

from collections.abc import Sequence

from jennie_cli.adapters.llama_cpp.cells import Cells, Tokens

LEAST_SHARED = 16
"""Shorter beginnings, such as a template's first words, are not worth a sequence."""

_COVERED = 0.9


class Prefixes:
    """The sequences of the cache that hold nothing but shared beginnings."""

    def __init__(self, cells: Cells, sequences: Sequence[int], *, shared: bool = True) -> None:
        """`sequences` belong to this alone; without `shared` nothing is ever given on."""
        self._cells = cells
        self.shared = shared
        self._all = tuple(sequences)
        self._by_use: list[int] = []

    @property
    def held(self) -> tuple[int, ...]:
        """The sequences in use, the one not used for longest first."""
        return tuple(self._by_use)

    def best(self, wanted: Tokens, among: Sequence[int]) -> tuple[int, int]:
        """Return the sequence of `among` and of the kept ones with most of `wanted`, and how much.

        At least the last token of `wanted` is left out: it must be computed to be answered.
        """
        found, length = -1, 0
        if not self.shared:
            return found, length
        for sequence in (*among, *self._by_use):
            common = min(self._cells.common(sequence, wanted), len(wanted) - 1)
            if common > length and self._cells.usable(sequence, common):
                found, length = sequence, common
        return found, length

    def keep(self, source: int, wanted: Tokens, length: int) -> None:
        """Keep the first `length` tokens of `wanted`, which `source` holds, unless they are."""
        if not self._all or length < LEAST_SHARED:
            return
        for sequence in self._by_use:
            common = self._cells.common(sequence, wanted)
            if common >= _COVERED * length and self._cells.usable(sequence, common):
                self._by_use.remove(sequence)
                self._by_use.append(sequence)
                return
        unused = [s for s in self._all if s not in self._by_use]
        target = unused[0] if unused else self._by_use.pop(0)
        self._cells.share(source, target, length)
        self._by_use.append(target)

    def drop_oldest(self) -> bool:
        """Give up the beginning not used for longest; False when there is none."""
        if not self._by_use:
            return False
        self._cells.cut(self._by_use.pop(0), 0)
        return True

    def forget(self) -> None:
        """Hold nothing any more, after the cache was cleared."""
        self._by_use.clear()
