"""The TRs of KIS that jennie speaks, as typed rows of the shipped tables.

A name in a table such as `askp1..10` stands for ten fields; `like` takes keys and outputs of
another TR.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

_RUN = re.compile(r"^(.+?)(\d+)\.\.(\d+)$")
_OUTPUTS = ("output", "output1", "output2")


class Method(StrEnum):
    """How a TR is called."""

    GET = "GET"
    POST = "POST"


class CallKind(IntEnum):
    """What a call is for; the smaller goes first under the rate limit."""

    ORDER_SELL = 0
    ORDER_CHANGE = 1
    ORDER_BUY = 2
    ACCOUNT = 3
    DATA = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """One part of an answer: its fields in wire order, and whether it is an array of rows."""

    fields: tuple[str, ...]
    many: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Paging:
    """The cursors of a paged TR (their width ends their names) and the rows of a page."""

    width: int
    real_rows: int
    paper_rows: int

    @property
    def keys(self) -> tuple[str, str]:
        """The two cursors in a query; an answer names them in lower case."""
        suffix = str(self.width) if self.width else ""
        return (f"CTX_AREA_FK{suffix}", f"CTX_AREA_NK{suffix}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tr:
    """One call of KIS. `paper` is None where the paper host does not serve it.

    `query` and `body` name every key it carries, in order; `old` are ids that may be cut off.
    """

    name: str
    path: str
    method: Method
    real: str
    paper: str | None
    old: tuple[str, ...]
    kind: CallKind
    query: tuple[str, ...]
    body: tuple[str, ...]
    outputs: Mapping[str, Output]
    rows: int | None
    paging: Paging | None

    def id(self, *, paper: bool) -> str | None:
        """Return the TR id to send to a host, None where it does not serve this TR."""
        return self.paper if paper else self.real

    @property
    def places_order(self) -> bool:
        """Whether a lost answer leaves the outcome unknown."""
        return self.method is Method.POST

    @property
    def ledger(self) -> bool:
        """Whether the ledger answers, which pads its messages."""
        return "/trading/" in self.path


def words(text: str) -> tuple[str, ...]:
    """Return the names in a table's text, runs such as `askp1..10` written out."""
    return tuple(_expanded(text))


def _expanded(text: str) -> Iterator[str]:
    for word in text.split():
        run = _RUN.match(word)
        if run is None:
            yield word
        else:
            stem, first, last = run.groups()
            yield from (f"{stem}{i}" for i in range(int(first), int(last) + 1))


@cache
def table(name: str) -> dict[str, Any]:
    """Return a shipped table, parsed."""
    return tomllib.loads((files(__package__) / "tables" / name).read_text(encoding="utf-8"))


def _paging(row: Mapping[str, Any]) -> Paging | None:
    if "page" not in row:
        return None
    rows = row.get("rows", 100)
    return Paging(width=row["page"], real_rows=rows, paper_rows=row.get("paper_rows", rows))


def _ids(row: Mapping[str, Any]) -> tuple[str, str | None]:
    if "tr" in row:
        return row["tr"], row["tr"] if row.get("paper") else None
    return row["real"], row.get("paper")


def _tr(name: str, base: str, row: Mapping[str, Any]) -> Tr:
    many = words(row.get("many", ""))
    real, paper = _ids(row)
    return Tr(
        name=name,
        path=base + row["path"],
        method=Method(row.get("method", "GET")),
        real=real,
        paper=paper,
        old=words(row.get("old", "")),
        kind=CallKind[row.get("kind", "data").upper()],
        query=words(row.get("query", "")) or _pairs(row.get("pairs", "")),
        body=words(row.get("body", "")),
        outputs=MappingProxyType(
            {k: Output(fields=words(row[k]), many=k in many) for k in _OUTPUTS if k in row}
        ),
        rows=row.get("rows"),
        paging=_paging(row),
    )


def _pairs(text: str) -> tuple[str, ...]:
    """Return numbered keys in turn: A_1 B_1 A_2 B_2 ..., as the wire has them."""
    columns = [words(word) for word in text.split()]
    return tuple(name for row in zip(*columns, strict=True) for name in row)


def _rows(name: str) -> Iterator[Tr]:
    tables = table(name)
    shared = {*_OUTPUTS, "many", "query"}
    for key, row in tables.items():
        if key == "base":
            continue
        model = tables.get(row.get("like", ""), {})
        lent = {part: model[part] for part in shared if part in model}
        yield _tr(key, tables["base"], lent | row)


TRS: Mapping[str, Tr] = MappingProxyType(
    {tr.name: tr for name in ("trading.toml", "quotes.toml", "market.toml") for tr in _rows(name)}
)
"""Every TR by our own name for it."""

_BY_ID: Mapping[str, Tr] = {
    id_: tr for tr in TRS.values() for id_ in (*tr.old, tr.real, tr.paper) if id_
}


def tr_of(tr_id: str) -> Tr | None:
    """Return the TR of a real, paper or old id, None for an id that is not in the tables."""
    return _BY_ID.get(tr_id)
