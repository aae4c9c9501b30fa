"""What a search of the archive found: when, of which stock, what it says, and who said it."""

from collections.abc import Iterator

from rich.console import RenderableType
from rich.text import Text

from jennie_cli.commands.view.page import Column, Page, fitted, grid, remaining
from jennie_cli.engine.clock import KST
from jennie_cli.engine.messages import text
from jennie_cli.engine.store import Found
from jennie_cli.wiring.archive import Answer

_NAME_WIDEST, _SOURCE_WIDEST = 14, 12


def found_page(answer: Answer, *, lang: str, jennie: str) -> Page:
    """Return the answer best first, and what it could not look at."""

    def draw(width: int) -> Iterator[RenderableType]:
        yield Text(_head(answer, lang), style="bold")
        if answer.found:
            yield _table(answer, width, lang)
        else:
            empty = "archive.none" if answer.size else "archive.empty"
            yield Text(text(empty, lang, jennie=jennie))
        if answer.busy:
            yield Text(text("archive.busy", lang, why=answer.busy))
        if answer.lacking:
            count = f"{answer.lacking:,}"
            yield Text(text("archive.lacking", lang, count=count, jennie=jennie))

    return Page(draw)


def _head(answer: Answer, lang: str) -> str:
    stock = answer.stock
    return text(
        "archive.head",
        lang,
        question=_plain(answer.question),
        whose=f" · {stock.name} ({stock.code})" if stock else "",
        since=f"{answer.since.astimezone(KST):%Y-%m-%d}",
        count=f"{answer.size:,}",
    )


def _table(answer: Answer, width: int, lang: str) -> RenderableType:
    cells = [(str(n), *_cells(each)) for n, each in enumerate(answer.found, 1)]
    titles = [text(f"archive.column.{name}", lang) for name in ("time", "stock", "title", "source")]
    columns = [
        fitted("#", (row[0] for row in cells), most=3, right=True),
        fitted(titles[0], (row[1] for row in cells), most=11),
        fitted(titles[1], (row[2] for row in cells), most=_NAME_WIDEST),
    ]
    last = fitted(titles[3], (row[4] for row in cells), most=_SOURCE_WIDEST)
    said = Column(title=titles[2], width=remaining([*columns, last], width))
    return grid([*columns, said, last], [list(map(Text, row)) for row in cells])


def _cells(each: Found) -> tuple[str, str, str, str]:
    told = each.passage
    return (
        f"{told.at.astimezone(KST):%m-%d %H:%M}",
        _plain(told.name or told.code or "-"),
        _plain(told.title),
        _plain(told.publisher or told.source),
    )


def _plain(told: str) -> str:
    """Return a stranger's text on one line, without signs that steer a terminal."""
    return " ".join("".join(c if c.isprintable() else " " for c in told).split())
