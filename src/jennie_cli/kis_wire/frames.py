"""Data frames of the stream: `flag|tr|NNN|payload`, records joined by `^` one after another.

Field counts grow over time, always at the end, so a width is found and never assumed. A frame
whose body does not hold what its header says gives its whole records; the rest is counted.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import takewhile
from types import MappingProxyType
from typing import Any

from jennie_cli.kis_wire.catalogue import table, words

_HEAD = re.compile(r"^([01])\|([A-Z0-9]{3,13})\|(\d{1,4})\|", re.ASCII)
_MOST_RECORDS = 999


class BadFrame(ValueError):
    """A text is no frame of the stream."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How the records of some TRs lie. `forms` are the names seen so far, narrowest first.

    `start` are patterns of the first fields; `paper` is the id that the paper host serves.
    """

    name: str
    trs: tuple[str, ...]
    paper: str | None
    encrypted: bool
    forms: tuple[tuple[str, ...], ...]
    start: tuple[re.Pattern[str], ...]

    @property
    def least(self) -> int:
        """Return the width of the narrowest record that can be whole."""
        return len(self.forms[0])

    def names(self, width: int) -> tuple[str, ...]:
        """Return the names that hold for a record of `width` fields; what grew later has none."""
        fits = [form for form in self.forms if len(form) <= width]
        if not fits:
            raise BadFrame(f"{self.name}: {width} fields are no whole record")
        if len(fits[-1]) == width or len(fits) == len(self.forms):
            return fits[-1]
        return _shared(fits[-1], self.forms[len(fits)])

    def begins(self, values: Sequence[str], at: int) -> bool:
        """Whether a record can begin at a place of a frame's fields."""
        for pattern, value in zip(self.start, values[at : at + len(self.start)], strict=False):
            if pattern.fullmatch(value) is None:
                return False
        return True


def _shared(one: Sequence[str], other: Sequence[str]) -> tuple[str, ...]:
    pairs = zip(one, other, strict=False)
    return tuple(a for a, _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


@cache
def _places(name: str, width: int) -> Mapping[str, int]:
    names = LAYOUTS_BY_NAME[name].names(width)
    return MappingProxyType({field: place for place, field in enumerate(names)})


@dataclass(frozen=True, slots=True)
class Record:
    """One record: its fields in wire order and where a name lies among them."""

    values: tuple[str, ...]
    places: Mapping[str, int]

    def __getitem__(self, name: str) -> str:
        """Return a field; BadFrame for a name that this record is too old to hold."""
        try:
            return self.values[self.places[name]]
        except KeyError:
            raise BadFrame(f"the record has no {name}") from None

    def get(self, name: str) -> str | None:
        """Return a field, None for a name that this record is too old to hold."""
        place = self.places.get(name)
        return None if place is None else self.values[place]


@dataclass(frozen=True, slots=True, kw_only=True)
class DataFrame:
    """A data frame taken apart as far as its bars. `payload` may still be encrypted."""

    tr_id: str
    encrypted: bool
    count: int
    payload: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """The whole records of a frame, and how many of the promised ones were not whole."""

    rows: tuple[Record, ...]
    broken: int


def is_data(text: str) -> bool:
    """Whether a text of the stream is a data frame; the others are JSON."""
    return text[:1] in {"0", "1"}


def parse_frame(text: str) -> DataFrame:
    """Return the parts of a data frame; BadFrame for anything else."""
    head = _HEAD.match(text)
    if head is None or not 1 <= int(head[3]) <= _MOST_RECORDS:
        raise BadFrame(f"no data frame: {text[:24]!r}")
    return DataFrame(
        tr_id=head[2], encrypted=head[1] == "1", count=int(head[3]), payload=text[head.end() :]
    )


def join_frame(tr_id: str, rows: Sequence[Sequence[str]], *, count: int | None = None) -> str:
    """Return a plain data frame of one or several records."""
    payload = "^".join("^".join(row) for row in rows)
    return frame_text(tr_id, payload, count=len(rows) if count is None else count)


def frame_text(tr_id: str, payload: str, *, count: int, encrypted: bool = False) -> str:
    """Return a data frame around a payload that is ready to travel."""
    return f"{int(encrypted)}|{tr_id}|{count:03d}|{payload}"


def split_records(tr_id: str, count: int, payload: str) -> Records:
    """Return the records of a plain payload; BadFrame for a TR without a layout."""
    layout = LAYOUTS.get(tr_id)
    if layout is None:
        raise BadFrame(f"no layout for {tr_id}")
    values = tuple(payload.split("^"))
    width = _even_width(layout, values, count)
    if width is not None:
        return _cut(layout, values, width, count, broken=0)
    width, whole = _half_width(layout, values, count)
    return _cut(layout, values, width, whole, broken=count - whole)


def _cut(
    layout: Layout, values: tuple[str, ...], width: int, whole: int, *, broken: int
) -> Records:
    places = _places(layout.name, width) if whole else {}
    starts = range(0, whole * width, width)
    rows = [Record(values[at : at + width], places) for at in starts]
    return Records(rows=tuple(rows), broken=broken)


def _even_width(layout: Layout, values: tuple[str, ...], count: int) -> int | None:
    """Return the width when the fields fill `count` records; a trailing blank may follow them."""
    for total in (len(values), len(values) - (values[-1] == "")):
        width, rest = divmod(total, count)
        if not rest and width >= layout.least and _lie(layout, values, width, count):
            return width
    return None


def _lie(layout: Layout, values: tuple[str, ...], width: int, count: int) -> bool:
    return all(layout.begins(values, at) for at in range(0, count * width, width))


def _half_width(layout: Layout, values: tuple[str, ...], count: int) -> tuple[int, int]:
    """Return the width by which the most records of a cut frame are whole, and their number.

    The last field may itself be cut, so it is no sign of anything, and a record counts only if
    something follows it.
    """
    sure = values[:-1]
    best = (layout.least, 0)
    for width in sorted({len(form) for form in layout.forms}):
        whole = min(len(sure) // width, count)
        if whole > best[1] and _lie(layout, sure, width, whole + 1):
            best = (width, whole)
    return best


def _forms(row: Mapping[str, Any]) -> tuple[tuple[str, ...], ...]:
    if "forms" in row:
        return tuple(words(form) for form in row["forms"])
    names = words(row["fields"])
    return tuple(names[:width] for width in row["grown"])


def _layouts() -> Iterator[Layout]:
    for name, row in table("stream.toml").items():
        yield Layout(
            name=name,
            trs=words(row["trs"]),
            paper=row.get("paper"),
            encrypted=row.get("encrypted", False),
            forms=_forms(row),
            start=tuple(re.compile(pattern) for pattern in row["start"]),
        )


LAYOUTS_BY_NAME: Mapping[str, Layout] = MappingProxyType(
    {layout.name: layout for layout in _layouts()}
)
LAYOUTS: Mapping[str, Layout] = MappingProxyType(
    {tr: layout for layout in LAYOUTS_BY_NAME.values() for tr in layout.trs}
)
"""The layout of a TR id of the stream."""
