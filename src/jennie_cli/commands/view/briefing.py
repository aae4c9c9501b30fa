"""A briefing on a terminal, and what a snapshot says."""

from collections.abc import Iterator

from rich.console import RenderableType
from rich.text import Text

from jennie_cli.commands.view.page import Column, Page, fitted, grid, remaining
from jennie_cli.engine.briefing import (
    AssetSnapshot,
    Briefing,
    Outcome,
    Section,
    Sheet,
    Taken,
    head_of,
    sections,
    sign_of,
)
from jennie_cli.engine.messages import text
from jennie_cli.engine.trading.telling import won

_WIDE_LEAST = 8
_STYLES = {1: "red", -1: "blue", 0: ""}


def briefing_page(briefing: Briefing, lang: str) -> Page:
    """Return the sections one below the other, tables fitted to the width."""

    def draw(width: int) -> Iterator[RenderableType]:
        yield Text(head_of(briefing, lang), style="bold")
        for one in sections(briefing, lang):
            yield Text("")
            yield Text(one.title, style="bold cyan")
            yield from _section(one, width)

    return Page(draw)


def snapshot_page(taken: Taken, lang: str) -> Page:
    """Return what became of a snapshot, and its figures."""

    def draw(_width: int) -> Iterator[RenderableType]:
        key = f"briefing.snapshot.{taken.outcome.value}"
        yield Text(text(key, lang, day=taken.day), style="bold")
        if taken.snapshot is not None and taken.outcome is not Outcome.HOLIDAY:
            yield from (Text(line) for line in _figures(taken, taken.snapshot, lang))

    return Page(draw)


def _section(one: Section, width: int) -> Iterator[RenderableType]:
    if one.sheet is not None:
        yield _table(one.sheet, width)
    yield from (Text(line) for line in one.lines)
    if one.comment:
        yield Text(one.comment, style="italic")


def _table(sheet: Sheet, width: int) -> RenderableType:
    """Return the table; its widest column gives way when the screen is narrow."""
    cells = [[row[i] for row in sheet.rows] for i in range(len(sheet.columns))]
    columns = [
        fitted(title, cells[i], most=width, right=i in sheet.right)
        for i, title in enumerate(sheet.columns)
    ]
    others = [c for i, c in enumerate(columns) if i != sheet.wide]
    space = max(_WIDE_LEAST, remaining(others, width))
    wide = columns[sheet.wide]
    columns[sheet.wide] = Column(title=wide.title, width=min(wide.width, space))
    return grid(columns, [[_toned(cell) for cell in row] for row in sheet.rows])


def _toned(cell: str) -> Text:
    return Text(cell, style=_STYLES[sign_of(cell)])


def _figures(taken: Taken, row: AssetSnapshot, lang: str) -> Iterator[str]:
    change = text("briefing.snapshot.no_change", lang)
    if taken.change is not None and taken.previous is not None:
        moved = text("trade.won", lang, figure=f"{taken.change:+,}")
        share = "" if not taken.previous.total_asset else _share(taken.change, taken.previous)
        change = text("briefing.change", lang, day=taken.previous.day, change=moved, pct=share)
    yield text("briefing.snapshot.total", lang, total=won(row.total_asset, lang), change=change)
    cash = {"settled": won(row.settled_cash, lang), "orderable": won(row.orderable_cash, lang)}
    yield text("briefing.snapshot.cash", lang, **cash)
    yield text(
        "briefing.snapshot.stocks",
        lang,
        value=won(row.stock_value, lang),
        count=row.position_count,
        unrealised=text("trade.won", lang, figure=f"{row.unrealised_pnl:+,}"),
    )
    yield text(
        "briefing.snapshot.earned",
        lang,
        realised=text("trade.won", lang, figure=f"{row.realised.realised_pnl:+,}"),
        fees=won(row.realised.fees, lang),
        taxes=won(row.realised.taxes, lang),
    )


def _share(change: int, previous: AssetSnapshot) -> str:
    return f"{change / previous.total_asset * 100:+.2f}%"
