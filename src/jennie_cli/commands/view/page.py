"""A page draws itself for whatever width it is given; columns count Korean letters as two cells."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.table import Table
from rich.text import Text

GAP = 1


class Page:
    """Lines and tables, wrapped and cut to the width of the terminal."""

    def __init__(self, draw: Callable[[int], Iterable[RenderableType]]) -> None:
        """`draw` returns the parts for a width in cells."""
        self._draw = draw

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield every part; a line of text is wrapped, a table fits by itself."""
        width = options.max_width
        for part in self._draw(width):
            if isinstance(part, Text):
                yield from part.wrap(console, width, overflow="fold", no_wrap=False)
            else:
                yield part


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of fixed width; what is longer ends in an ellipsis."""

    title: str
    width: int
    right: bool = False


def grid(columns: Sequence[Column], rows: Iterable[Sequence[str | Text]]) -> Table:
    """Return a table of exactly these widths, one cell apart."""
    drawn = Table(box=None, pad_edge=False, padding=(0, GAP, 0, 0), header_style="bold")
    for column in columns:
        drawn.add_column(
            column.title,
            width=column.width,
            justify="right" if column.right else "left",
            no_wrap=True,
            overflow="ellipsis",
        )
    for row in rows:
        drawn.add_row(*row)
    return drawn


def fitted(title: str, cells: Iterable[str], *, most: int, right: bool = False) -> Column:
    """Return a column as wide as its widest cell, within `most`."""
    widest = max((cell_len(c) for c in (title, *cells)), default=1)
    return Column(title=title, width=max(1, min(most, widest)), right=right)


def remaining(columns: Sequence[Column], width: int) -> int:
    """Return the cells that are left for one more column."""
    return max(1, width - sum(c.width + GAP for c in columns))


def as_many_as_fit(phrases: Iterable[str], width: int) -> str:
    """Return the phrases that fit side by side, in order; the first one always stays."""
    shown = ""
    for phrase in phrases:
        longer = f"{shown} {phrase}" if shown else phrase
        if not shown or cell_len(longer) <= width:
            shown = longer
    return shown
