"""Text to tokens and back, by the vocabulary of one model."""

import ctypes
import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

_PIECE_BYTES = 64


class Vocabulary:
    """A model's tokens. Its calls only read, so any thread may use it while the model lives."""

    def __init__(self, lib: Any, model: Any) -> None:
        """`model` is the library's; it must outlive this."""
        self._lib = lib
        self.native = lib.llama_model_get_vocab(model)
        self.size = int(lib.llama_vocab_n_tokens(self.native))
        self.bos = int(lib.llama_vocab_bos(self.native))
        self.eos = int(lib.llama_vocab_eos(self.native))
        self.adds_bos = bool(lib.llama_vocab_get_add_bos(self.native)) and self.bos >= 0
        self._pieces: dict[int, bytes] = {}
        self._ends: dict[int, bool] = {}

    def tokens(self, text: str, *, special: bool, ends: bool = False) -> list[int]:
        """Return the tokens of `text`.

        Only with `special` may it name control tokens; without, such a name is letters, but the
        name of a token that a user defined is still that token. `ends` adds the tokens that the
        model wants around a text.
        """
        data = text.encode("utf-8", "replace")
        room = len(data) + 8
        buffer = (self._lib.llama_token * room)()
        count = self._lib.llama_tokenize(self.native, data, len(data), buffer, room, ends, special)
        if count < 0:
            buffer = (self._lib.llama_token * -count)()
            count = self._lib.llama_tokenize(
                self.native, data, len(data), buffer, -count, ends, special
            )
        return list(buffer[:count])

    def letters(self, text: str) -> list[int]:
        """Return the tokens of a foreign text, none of which does more than write letters.

        The text is cut inside every name of a token that means something beyond its letters, such
        as `<tool_call>`, so that it is read in two parts, neither of which is that name.
        """
        parts = self._names.apart(text)
        return [token for part in parts for token in self.tokens(part, special=False)]

    @cached_property
    def _names(self) -> "_Names":
        """The names of control tokens and of those a user defined.

        Those of blanks alone are how some models write lines and tables, and stay.
        """
        found = set()
        for token in range(self.size):
            if not self._lib.llama_vocab_get_attr(self.native, token) & self._meaning:
                continue
            stored = self._lib.llama_vocab_get_text(self.native, token) or b""
            found |= {stored.decode("utf-8", "replace"), self.name(token)}
        return _Names(name for name in found if name.replace("\u2581", " ").strip())

    @property
    def _meaning(self) -> int:
        """The library's marks of tokens that mean something beyond their letters."""
        lib = self._lib
        control = lib.LLAMA_TOKEN_ATTR_CONTROL | lib.LLAMA_TOKEN_ATTR_UNKNOWN
        return int(control | lib.LLAMA_TOKEN_ATTR_USER_DEFINED)

    def piece(self, token: int) -> bytes:
        """Return the bytes a token stands for; a control token stands for none."""
        known = self._pieces.get(token)
        if known is None:
            known = self._pieces[token] = self._piece(token, special=False)
        return known

    @cached_property
    def silent(self) -> NDArray[np.bool_]:
        """The tokens (vocabulary,) that write nothing and end nothing.

        A grammar of llama.cpp takes a control token for the letters of its name.
        """
        found = (not self.piece(n) and not self.ends(n) for n in range(self.size))
        return np.fromiter(found, np.bool_)

    @cached_property
    def edges(self) -> NDArray[np.uint8]:
        """The first and the last byte of each token (vocabulary, 2), 0 where it writes nothing."""
        pieces = (self.piece(n) or b"\0" for n in range(self.size))
        return np.array([(piece[0], piece[-1]) for piece in pieces], np.uint8)

    def ends(self, token: int) -> bool:
        """Whether a token says that the answer is over."""
        known = self._ends.get(token)
        if known is None:
            known = bool(self._lib.llama_vocab_is_eog(self.native, token))
            self._ends[token] = known
        return known

    def name(self, token: int) -> str:
        """Return how a template writes a control token, empty for none."""
        if token < 0:
            return ""
        return self._piece(token, special=True).decode("utf-8", "replace")

    def _piece(self, token: int, *, special: bool) -> bytes:
        buffer = ctypes.create_string_buffer(_PIECE_BYTES)
        size = self._lib.llama_token_to_piece(self.native, token, buffer, _PIECE_BYTES, 0, special)
        if size < 0:
            buffer = ctypes.create_string_buffer(-size)
            size = self._lib.llama_token_to_piece(self.native, token, buffer, -size, 0, special)
        return buffer.raw[: max(0, size)]


class _Names:
    """Names to be found in a text, in a time that grows with the text and not with their number."""

    def __init__(self, names: Iterable[str]) -> None:
        """A name of one character cannot be cut and is left out."""
        self._names = frozenset(name for name in names if len(name) > 1)
        self._lengths = sorted({len(name) for name in self._names})
        first = "".join(sorted({re.escape(name[0]) for name in self._names}))
        self._first = re.compile(f"[{first}]" if first else r"(?!)")

    def apart(self, text: str) -> Iterator[str]:
        """Yield the text in parts that hold no name: each is cut after its first character."""
        done = 0
        for found in self._first.finditer(text):
            start = found.start()
            if any(text[start : start + size] in self._names for size in self._lengths):
                yield text[done : start + 1]
                done = start + 1
        if done < len(text):
            yield text[done:]
