"""The tables of an HTML page as rows of text, header cells spread over what they span."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

_SPACES = re.compile(r"\s+")
_MOST_CELLS = 20_000
_MOST_SPAN = 50


@dataclass(slots=True)
class _Cell:
    text: list[str] = field(default_factory=list)
    columns: int = 1
    rows: int = 1


def tables_of(page: str) -> tuple[tuple[tuple[str, ...], ...], ...]:
    """Return every table of a page that holds no other, as rows of cells; a cell that spans several
    columns or rows stands in each of them.
    """
    reader = _Tables()
    reader.feed(page)
    reader.close()
    return tuple(_spread(rows) for rows in reader.tables)


class _Tables(HTMLParser):
    """Collects cells. What is never closed ends with its row."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[list[list[_Cell]]] = []
        self._open: list[list[list[_Cell]]] = []
        self._cell: _Cell | None = None
        self._cells = 0

    def parse_marked_section(self, i: int, report: bool = True) -> int:
        # Python 3.11 falls over sections it does not know; HTML calls each a comment
        return self.parse_bogus_comment(i, report)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self._open.append([])
            self._cell = None
        elif tag == "tr" and self._open:
            self._open[-1].append([])
            self._cell = None
        elif tag in {"td", "th"} and self._open and self._cells < _MOST_CELLS:
            self._begin(dict(attrs))

    def handle_endtag(self, tag: str) -> None:
        if tag == "table" and self._open:
            self.tables.append(self._open.pop())
        if tag in {"table", "tr", "td", "th"}:
            self._cell = None

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.text.append(data)

    def _begin(self, attrs: dict[str, str | None]) -> None:
        rows = self._open[-1]
        if not rows:
            rows.append([])
        self._cell = _Cell(columns=_span(attrs.get("colspan")), rows=_span(attrs.get("rowspan")))
        self._cells += 1
        rows[-1].append(self._cell)


def _span(said: str | None) -> int:
    digits = (said or "").strip()
    # more digits than Python reads are many all the same
    return min(max(int(digits[:9]), 1), _MOST_SPAN) if digits.isdecimal() else 1


def _spread(rows: list[list[_Cell]]) -> tuple[tuple[str, ...], ...]:
    """Return the grid that spanning cells cover."""
    grid: list[dict[int, str]] = [{} for _ in rows]
    for r, row in enumerate(rows):
        column = 0
        for cell in row:
            while column in grid[r]:
                column += 1
            text = _SPACES.sub(" ", "".join(cell.text)).strip()
            for below in grid[r : r + cell.rows]:
                below.update(dict.fromkeys(range(column, column + cell.columns), text))
            column += cell.columns
    return tuple(tuple(line.get(c, "") for c in range(max(line, default=-1) + 1)) for line in grid)
