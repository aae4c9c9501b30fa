"""Bytes that come in any pieces become whole records: server-sent events, lines of JSON.

Records are cut from bytes, never from text, so a character of several bytes may lie across pieces.
How much is kept is for the caller to bound.
"""

import re
from typing import Protocol

DONE = b"[DONE]"
"""What OpenAI's protocol sends as the last event."""

_LINE_END = re.compile(rb"\r\n|\n|\r(?!\Z)")
_BOM = b"\xef\xbb\xbf"


class Framing(Protocol):
    """Takes pieces and gives records."""

    def feed(self, piece: bytes) -> list[bytes]:
        """Return the records that are whole with this piece."""
        ...

    def end(self) -> list[bytes]:
        """Return what the end of the stream completes."""
        ...


class Lines:
    """Lines as they end: CR LF, LF or CR."""

    def __init__(self) -> None:
        """Start with nothing."""
        self._kept = bytearray()
        self._searched = 0

    def feed(self, piece: bytes) -> list[bytes]:
        """Return the lines that end in this piece; a CR at its end may be half of an end."""
        self._kept += piece
        found, start = [], 0
        for end in _LINE_END.finditer(self._kept, self._searched):
            found.append(bytes(self._kept[start : end.start()]))
            start = end.end()
        del self._kept[:start]
        self._searched = len(self._kept) - self._kept.endswith(b"\r")
        return found

    def end(self) -> list[bytes]:
        """Return the last line if it did not end."""
        rest = bytes(self._kept).removesuffix(b"\r")
        self._kept.clear()
        return [rest] if rest else []


class Records:
    """One JSON document a line, as Ollama streams."""

    def __init__(self) -> None:
        """Start with nothing."""
        self._lines = Lines()

    def feed(self, piece: bytes) -> list[bytes]:
        """Return the documents whose line ends in this piece."""
        return [line for line in self._lines.feed(piece) if line.strip()]

    def end(self) -> list[bytes]:
        """Return the document of a last line without an end."""
        return [line for line in self._lines.end() if line.strip()]


class Events:
    """The data of server-sent events; names, ids and comments are of no use here."""

    def __init__(self) -> None:
        """Start with nothing."""
        self._lines = Lines()
        self._data: list[bytes] = []
        self._first = True

    def feed(self, piece: bytes) -> list[bytes]:
        """Return the data of the events that end in this piece."""
        return [data for line in self._lines.feed(piece) for data in self._line(line)]

    def end(self) -> list[bytes]:
        """Return the data of an event that no blank line ended."""
        last = [data for line in self._lines.end() for data in self._line(line)]
        return [*last, *self._line(b"")]

    def _line(self, line: bytes) -> list[bytes]:
        if self._first:
            line, self._first = line.removeprefix(_BOM), False
        if line:
            name, _, value = line.partition(b":")
            if name == b"data":
                self._data.append(value.removeprefix(b" "))
            return []
        data, self._data = b"\n".join(self._data), []
        return [data] if data else []
