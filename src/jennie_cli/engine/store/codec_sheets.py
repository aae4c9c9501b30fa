"""A sheet of evaluations as a few compressed bytes, and back to the last bit.

Equal rows, such as a price that several rules look at, are kept once, and the whole is deflated.
What is read is checked, never run.
"""

import zlib
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from jennie_cli.engine.store.codec import from_json, to_bytes
from jennie_cli.engine.store.evaluations import Judging, Question, Sheet

_LEVEL = 6
_LENGTH = 4
_MOST = 1 << 26
"""Bytes that a sheet may come to; more is damage."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Head:
    """The words of a sheet; `rows` tells for every value, then every limit, which row it is."""

    codes: tuple[str, ...]
    counted: tuple[str, ...]
    questions: tuple[Question, ...]
    rows: tuple[int, ...]


def pack(sheet: Sheet) -> bytes:
    """Return a sheet as bytes, without its moment and kind."""
    figures = np.concatenate([sheet.value, sheet.limit]).astype("<f8", copy=False)
    distinct: dict[bytes, int] = {}
    rows = tuple(distinct.setdefault(row.tobytes(), len(distinct)) for row in figures)
    head = to_bytes(
        _Head(codes=sheet.codes, counted=sheet.counted, questions=sheet.questions, rows=rows)
    )
    deciding, passed = sheet.deciding.astype("<i2").tobytes(), np.packbits(sheet.passed).tobytes()
    length = len(head).to_bytes(_LENGTH, "little")
    return zlib.compress(b"".join((length, head, *distinct, deciding, passed)), _LEVEL)


def unpack(packed: bytes, *, at: datetime, judging: Judging) -> Sheet:
    """Return the sheet that `pack` wrote. Raises ValueError saying what is wrong with the bytes."""
    body = _inflated(packed)
    end = _LENGTH + int.from_bytes(body[:_LENGTH], "little")
    try:
        head = from_json(_Head, body[_LENGTH:end])
        rows, stocks, kept = len(head.counted), len(head.codes), len({*head.rows})
        sizes = (kept * stocks * 8, rows * stocks * 2, (rows * stocks + 7) // 8)
        if len(head.rows) != 2 * rows or len(body) != end + sum(sizes):
            raise ValueError("its figures are not all there")
        figures, deciding, passed = (
            np.frombuffer(body, np.uint8, size, end + sum(sizes[:n]))
            for n, size in enumerate(sizes)
        )
        lines = figures.view("<f8").reshape(kept, stocks)
        return Sheet(
            at=at,
            judging=judging,
            codes=head.codes,
            counted=head.counted,
            questions=head.questions,
            deciding=deciding.view("<i2").reshape(rows, stocks),
            value=lines[list(head.rows[:rows])],
            limit=lines[list(head.rows[rows:])],
            passed=np.unpackbits(passed, count=rows * stocks).astype(bool).reshape(rows, stocks),
        )
    except (TypeError, LookupError, AttributeError) as error:
        raise ValueError("its head is not that of a sheet") from error


def _inflated(packed: bytes) -> bytes:
    reading = zlib.decompressobj()
    try:
        body = reading.decompress(packed, _MOST)
    except zlib.error as error:
        raise ValueError("it cannot be unpacked") from error
    if not reading.eof or reading.unused_data:
        raise ValueError("it is not whole")
    return body
