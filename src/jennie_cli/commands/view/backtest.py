"""How a backtest looks: what it rests on, its curve, its tables; two of them side by side."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from jennie_cli.commands.output import plain
from jennie_cli.commands.view.page import Column, Page, fitted, grid, remaining
from jennie_cli.engine.messages import text
from jennie_cli.engine.research import Backtest, Cell, Sheet, sheets, terminal_lines
from jennie_cli.engine.trading.session import NO_WATCHLIST

_STYLE = {1: "red", -1: "blue", 0: ""}
"""Gains are red and losses blue in Korea."""

_FIGURE, _COMPARED, _LISTS = 60, 22, 3


def backtest_head(made: Backtest) -> Mapping[str, Any]:
    """Return what names a backtest and what it rests on."""
    totals = made.report.totals
    return {
        "backtest_id": made.backtest_id,
        "made_at": made.made_at,
        "market": made.market,
        "from": made.first,
        "to": made.last,
        "capital": made.capital,
        "asked": dict(made.asked),
        "watchlists": dict(made.watchlists),
        "assumed_regimes": made.assumed_regimes,
        "data_hash": made.data_hash,
        "slippage_bp": made.slippage_bp,
        "settings_hash": made.settings_hash,
        "code_hash": made.code_hash,
        "sessions": totals.sessions,
        "trips": totals.closed,
        "net_profit": totals.net_profit,
        "return_pct": totals.return_pct,
    }


def backtest_document(made: Backtest) -> dict[str, Any]:
    """Return a backtest with all of its figures."""
    told: Any = plain({"report": made.report, "trips": made.trips})
    return {**backtest_head(made), **told}


def backtest_page(made: Backtest, lang: str) -> Page:
    """Return the page of one backtest."""

    def draw(width: int) -> Iterator[RenderableType]:
        yield from _head(made, lang)
        yield Text("")
        yield from map(Text, terminal_lines(made.report, lang=lang, width=width))
        for sheet in sheets(made.report, lang):
            yield Text("")
            yield Text(sheet.title, style="bold")
            yield _grid(sheet, width)
            if sheet.note:
                yield Text(sheet.note, style="dim")
        yield Text("")
        yield Text(text("report.caution", lang), style="dim")

    return Page(draw)


def list_page(kept: Sequence[Backtest], unreadable: Sequence[str], lang: str) -> Page:
    """Return one line a backtest, and one for each file that cannot be read."""

    def draw(width: int) -> Iterator[RenderableType]:
        del width
        for made in kept:
            yield Text(_line(made, lang))
        for name in unreadable:
            yield Text(text("backtest.unreadable", lang, id=name))
        if not (kept or unreadable):
            yield Text(text("backtest.none", lang))

    return Page(draw)


def comparison_page(one: Backtest, other: Backtest, lang: str) -> Page:
    """Return two backtests side by side, figure by figure."""
    pair = [sheets(made.report, lang)[0] for made in (one, other)]
    figures = [{row[0].text: row[1] for row in sheet.rows} for sheet in pair]
    names = list(dict.fromkeys(name for each in figures for name in each))

    def draw(width: int) -> Iterator[RenderableType]:
        for made in (one, other):
            yield from _head(made, lang)
        for what in ("data", "settings", "code"):
            same = getattr(one, f"{what}_hash") == getattr(other, f"{what}_hash")
            if what == "data" or not same:
                yield Text(text(f"backtest.same_{what}.{_word(same)}", lang))
        yield Text("")
        missing = Cell("-")
        rows = [[name, *(each.get(name, missing).text for each in figures)] for name in names]
        yield grid(
            [
                fitted(
                    text("report.column.figure", lang),
                    names,
                    most=max(_COMPARED, width - 2 * (_COMPARED + 1)),
                ),
                Column(title=one.backtest_id, width=_COMPARED, right=True),
                Column(title=other.backtest_id, width=_COMPARED, right=True),
            ],
            rows,
        )

    return Page(draw)


def told_lines(made: Backtest, lang: str) -> Iterator[str]:
    """Yield what must be known of a backtest before any of its figures."""
    span = {"first": made.first, "last": made.last, "market": made.market}
    yield text("backtest.title", lang, id=made.backtest_id, **span)
    yield text("backtest.slippage", lang, bp=f"{made.slippage_bp:g}")
    for name, value in made.asked.items():
        yield text("backtest.asked", lang, name=name, value=value)
    for words, count in list(made.watchlists.items())[:_LISTS]:
        yield text("backtest.watchlist", lang, words=words, count=count)
    if len(made.watchlists) > _LISTS:
        yield text("backtest.watchlists", lang, count=len(made.watchlists) - _LISTS)
    if NO_WATCHLIST in made.watchlists:
        yield text("backtest.unlisted", lang, count=made.watchlists[NO_WATCHLIST])
    if made.assumed_regimes:
        yield text("backtest.assumed", lang, count=made.assumed_regimes)


def _head(made: Backtest, lang: str) -> Iterator[Text]:
    title, *others = told_lines(made, lang)
    yield Text(title, style="bold")
    yield from map(Text, others)


def _line(made: Backtest, lang: str) -> str:
    totals = made.report.totals
    return text(
        "backtest.line",
        lang,
        id=made.backtest_id,
        first=made.first,
        last=made.last,
        trips=totals.closed,
        pct=f"{totals.return_pct:+.2f}",
    )


def _grid(sheet: Sheet, width: int) -> RenderableType:
    """Return a sheet as a table; the first column takes what the others leave."""
    columns = list(zip(*((cell.text for cell in row) for row in sheet.rows), strict=True))
    others = [
        fitted(title, cells, most=_FIGURE, right=True)
        for title, cells in zip(sheet.columns[1:], columns[1:], strict=True)
    ]
    first = fitted(sheet.columns[0], columns[0], most=remaining(others, width))
    rows = [[_cell(cell) for cell in row] for row in sheet.rows]
    return grid([first, *others], rows)


def _cell(cell: Cell) -> Text:
    return Text(cell.text, style=_STYLE[cell.sign])


def _word(yes: bool) -> str:  # one of two keys
    return "yes" if yes else "no"
