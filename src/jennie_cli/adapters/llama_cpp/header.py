"""The head of a GGUF file, read without the library: what a model is and whether all of it is here.

Source of the layout: the GGUF specification of ggml, versions 2 and 3. The file is hostile input:
every count and length is bounded, and nothing past the end is believed.
"""

import mmap
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from jennie_cli.engine.errors import BadFile

Scalar = int | float | str | bool
Value = Scalar | tuple[Scalar, ...]

_MAGIC = b"GGUF"
_VERSIONS = (2, 3)
_MOST_KEYS = 65_536
_MOST_TENSORS = 262_144
_MOST_BLOCKS = 4_096
_MOST_ITEMS = 4_194_304
"""Of all arrays of a file together; a vocabulary of 262,144 words has some 800,000."""

_MOST_TEXT = 4_194_304
_KEPT_ITEMS = 1_024
_SCALARS = {0: "B", 1: "b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "?"}
_SCALARS |= {10: "<Q", 11: "<q", 12: "<d"}
_TEXT, _ARRAY = 8, 9

BLOCKS: Mapping[int, tuple[int, int]] = MappingProxyType(
    {
        0: (1, 4),
        1: (1, 2),
        2: (32, 18),
        3: (32, 20),
        6: (32, 22),
        7: (32, 24),
        8: (32, 34),
        9: (32, 40),
        10: (256, 84),
        11: (256, 110),
        12: (256, 144),
        13: (256, 176),
        14: (256, 210),
        15: (256, 292),
        16: (256, 66),
        17: (256, 74),
        18: (256, 98),
        19: (256, 50),
        20: (32, 18),
        21: (256, 110),
        22: (256, 82),
        23: (256, 136),
        24: (1, 1),
        25: (1, 2),
        26: (1, 4),
        27: (1, 8),
        28: (1, 8),
        29: (256, 56),
        30: (1, 2),
        34: (256, 54),
        35: (256, 66),
        39: (32, 17),
        40: (64, 36),
        41: (128, 18),
    }
)
"""Values a block and bytes a block by ggml's number of a type."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tensor:
    """One array of weights; `offset` counts from the start of the data, `size` is in bytes."""

    name: str
    offset: int
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """A GGUF file's metadata and tensors; long arrays of the metadata are left out."""

    path: Path
    file_bytes: int
    meta: Mapping[str, Value]
    tensors: tuple[Tensor, ...]

    @property
    def architecture(self) -> str:
        """The name llama.cpp knows the kind of network by."""
        return str(self.meta.get("general.architecture", "unknown"))

    @property
    def name(self) -> str:
        """The model's name as its maker wrote it, else the file's."""
        return str(self.meta.get("general.name") or self.path.stem)

    def number(self, key: str) -> int | None:
        """Return a whole number of the architecture, such as block_count; None when not told."""
        value = self.meta.get(f"{self.architecture}.{key}")
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    @property
    def weight_bytes(self) -> int:
        """The bytes of all weights."""
        return sum(t.size for t in self.tensors)


class _Reader:
    """Walks through mapped bytes; every step past the end is a truncated file."""

    def __init__(self, data: mmap.mmap, path: Path) -> None:
        self._data = data
        self._size = len(data)
        self._path = path
        self._items = 0
        self.at = 0

    def number(self, form: str) -> int | float | bool:
        """Return one value in `struct`'s form."""
        size = struct.calcsize(form)
        self._insist(size)
        (value,) = struct.unpack_from(form, self._data, self.at)
        self.at += size
        found: int | float | bool = value
        return found

    def count(self, form: str, limit: int) -> int:
        """Return a count that is at most `limit`."""
        value = int(self.number(form))
        if value > limit:
            raise _damaged(self._path, f"a count of {value:,} where at most {limit:,} may be")
        return value

    def text(self) -> str:
        """Return one string; broken UTF-8 is replaced."""
        size = self.count("<Q", _MOST_TEXT)
        self._insist(size)
        start, self.at = self.at, self.at + size
        return self._data[start : self.at].decode("utf-8", "replace")

    def items(self) -> int:
        """Return the length of an array; those of a file together are bounded."""
        found = self.count("<Q", _MOST_ITEMS)
        self._items += found
        if self._items > _MOST_ITEMS:
            raise _damaged(self._path, f"arrays of {self._items:,} values and more")
        return found

    def skip(self, size: int) -> None:
        """Pass over bytes."""
        self._insist(size)
        self.at += size

    def _insist(self, size: int) -> None:
        if self.at + size > self._size:
            raise _truncated(self._path, self._size, None)


def read_header(path: Path) -> Header:
    """Return the head of a GGUF file. Raises BadFile: missing, no GGUF, damaged, truncated, split.

    A file that lacks a part of its weights is found here, before the library maps it.
    """
    if not path.is_file():
        raise BadFile(
            f"There is no model file {path}.",
            hint="jennie llm models lists models; jennie llm pull fetches one.",
        )
    size = path.stat().st_size
    if size < 24:
        raise _not_gguf(path)
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        if data[:4] != _MAGIC:
            raise _not_gguf(path)
        header, data_at = _read(_Reader(data, path), path, size)
    _insist_whole(header, data_at)
    blocks = header.number("block_count") or 0
    if not 0 <= blocks <= _MOST_BLOCKS:
        raise _damaged(path, f"{blocks:,} blocks where at most {_MOST_BLOCKS:,} may be")
    return header


def _read(reader: _Reader, path: Path, size: int) -> tuple[Header, int]:
    reader.skip(4)
    version = int(reader.number("<I"))
    if version not in _VERSIONS:
        raise _damaged(path, f"version {version}, but this program reads versions 2 and 3")
    tensors, keys = reader.count("<Q", _MOST_TENSORS), reader.count("<Q", _MOST_KEYS)
    meta: dict[str, Value] = {}
    for _ in range(keys):
        key = reader.text()
        value = _value(reader, reader.count("<I", 12), path)
        if value is not None:
            meta[key] = value
    infos = tuple(_tensor(reader, path) for _ in range(tensors))
    step = meta.get("general.alignment", 32)
    align = step if isinstance(step, int) and 0 < step <= 1 << 20 else 32
    data_at = -(-reader.at // align) * align
    head = Header(path=path, file_bytes=size, meta=MappingProxyType(meta), tensors=infos)
    return head, data_at


def _value(reader: _Reader, kind: int, path: Path) -> Value | None:
    if kind == _TEXT:
        return reader.text()
    if kind == _ARRAY:
        return _array(reader, path)
    return reader.number(_SCALARS[kind])


def _array(reader: _Reader, path: Path) -> tuple[Scalar, ...] | None:
    kind = reader.count("<I", 12)
    items = reader.items()
    if kind == _ARRAY:
        raise _damaged(path, "an array of arrays")
    if kind == _TEXT:
        for _ in range(items):
            reader.skip(reader.count("<Q", _MOST_TEXT))
        return None
    form = _SCALARS[kind]
    if items > _KEPT_ITEMS:
        reader.skip(items * struct.calcsize(form))
        return None
    return tuple(reader.number(form) for _ in range(items))


def _tensor(reader: _Reader, path: Path) -> Tensor:
    name = reader.text()
    values = 1
    for _ in range(reader.count("<I", 8)):
        values *= reader.count("<Q", 1 << 40)
    kind = reader.count("<I", 1 << 16)
    offset = reader.count("<Q", 1 << 50)
    per, size = BLOCKS.get(kind, (1, 0))  # a type that came later: its place is checked, no more
    if values % per:
        raise _damaged(path, f"tensor {name[:80]!r} does not fill its last block")
    return Tensor(name=name, offset=offset, size=values // per * size)


def _insist_whole(header: Header, data_at: int) -> None:
    parts = header.meta.get("split.count", 0)
    if not isinstance(parts, int):
        raise _damaged(header.path, "a number of parts that is no number")
    if parts > 1:
        raise BadFile(
            f"{header.path.name} is one part of a model that was split into several files.",
            hint="Join them: llama-gguf-split --merge FIRST-PART OUT.gguf",
        )
    end = data_at + max((t.offset + t.size for t in header.tensors), default=0)
    if end > header.file_bytes:
        raise _truncated(header.path, header.file_bytes, end)


def _not_gguf(path: Path) -> BadFile:
    return BadFile(
        f"{path} is not a GGUF file.",
        hint="llama.cpp reads models in GGUF form; jennie llm models lists some.",
    )


def _damaged(path: Path, what: str) -> BadFile:
    return BadFile(f"The model file {path} is damaged: {what}.", hint="Fetch it again.")


def _truncated(path: Path, size: int, end: int | None) -> BadFile:
    should = f" of {end:,}" if end else ""
    return BadFile(
        f"The model file {path} is cut off: {size:,}{should} bytes are here.",
        hint="The download broke off; jennie llm pull goes on where it stopped.",
    )
