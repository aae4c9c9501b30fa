"""One step of the model: some sequences' next tokens and parts of others' prompts in one call."""

import ctypes
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from jennie_cli.adapters.llama_cpp.cells import Tokens
from jennie_cli.adapters.llama_cpp.picking import Logits
from jennie_cli.adapters.llama_cpp.work import Slot

NO_ROOM = 1
NO_MEMORY = -2
"""The library's answers to a step that can be tried again, smaller."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One slot's share of a step, from a position on; `asks` wants the logits of the last token."""

    slot: Slot
    tokens: Tokens
    start: int
    asks: bool


class Model(Protocol):
    """What computes a step."""

    def step(self, parts: list[Part]) -> int:
        """Compute and return the library's answer: 0 done, 1 no room, else failed."""
        ...

    def logits(self, number: int) -> Logits:
        """Return a view of the logits of the part of that number, until the next step."""
        ...

    def clear(self) -> None:
        """Forget all sequences."""
        ...


class NativeModel:
    """A step through the library, from one batch that is filled anew each time."""

    def __init__(
        self,
        lib: Any,
        context: Any,
        *,
        n_batch: int,
        vocabulary_size: int = 0,
        asks_all: bool = False,
    ) -> None:
        """`n_batch` tokens are the most of a step; `close` frees the batch.

        `asks_all` is for embeddings, which are made of every token.
        """
        self._lib = lib
        self._context = context
        self._asks_all = asks_all
        self._compute = lib.llama_decode if lib.llama_get_memory(context) else lib.llama_encode
        self._size = vocabulary_size
        self._batch: Any = lib.llama_batch_init(n_batch, 0, 1)
        self._token = _view(self._batch.token, n_batch, np.int32)
        self._position = _view(self._batch.pos, n_batch, np.int32)
        self._asks = _view(self._batch.logits, n_batch, np.int8)
        _view(self._batch.n_seq_id, n_batch, np.int32)[:] = 1
        rows = _view(self._batch.seq_id, n_batch, np.uintp)
        self._owner = [ctypes.c_int32.from_address(int(row)) for row in rows]
        self._rows: Logits | None = None
        self._row_of: dict[int, int] = {}

    def step(self, parts: list[Part]) -> int:
        """Compute; the library lets other threads run meanwhile."""
        at = 0
        self._rows = None
        self._row_of = {}
        for number, part in enumerate(parts):
            end = at + len(part.tokens)
            if end - at == 1:  # what most parts are, so it had better be quick
                self._token[at] = part.tokens[0]
                self._position[at] = part.start
            else:
                self._token[at:end] = part.tokens
                self._position[at:end] = np.arange(part.start, part.start + end - at)
                self._asks[at:end] = self._asks_all
            self._asks[end - 1] = part.asks
            if part.asks:
                self._row_of[number] = len(self._row_of)
            for place in range(at, end):
                self._owner[place].value = part.slot.sequence
            at = end
        self._batch.n_tokens = at
        return int(self._compute(self._context, self._batch))

    def logits(self, number: int) -> Logits:
        """Return a view of the library's numbers; its rows are in the order of the asking parts."""
        if self._rows is None:
            shape = (len(self._row_of), self._size)
            found = self._lib.llama_get_logits(self._context)
            self._rows = _view(found, shape[0] * shape[1], np.float32).reshape(shape)
        row: Logits = self._rows[self._row_of[number]]
        return row

    def vector(self, sequence: int, width: int) -> Logits:
        """Return a view of what a sequence became, where the context makes embeddings."""
        found = self._lib.llama_get_embeddings_seq(self._context, sequence)
        return _view(found, width, np.float32)

    def clear(self) -> None:
        """Forget all sequences; an encoder remembers none."""
        memory = self._lib.llama_get_memory(self._context)
        if memory:
            self._lib.llama_memory_clear(memory, False)  # the library's own form

    def close(self) -> None:
        """Free the batch."""
        if self._batch is not None:
            self._lib.llama_batch_free(self._batch)
            self._batch = None


def _view(pointer: Any, size: int, kind: Any) -> NDArray[Any]:
    """Return the library's memory as an array, without a copy."""
    address = ctypes.cast(pointer, ctypes.c_void_p).value
    if not address:
        raise MemoryError("the library gave no memory")
    width = np.dtype(kind).itemsize
    held = (ctypes.c_char * (size * width)).from_address(address)
    return np.frombuffer(held, dtype=kind)
