"""News on a page: when, of which stock, how it sounds, what it says, and who profits."""

from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.text import Text

from jennie_cli.commands.view.page import Column, Page, fitted, grid, remaining
from jennie_cli.engine.clock import KST
from jennie_cli.engine.messages import text
from jennie_cli.engine.model import Stock
from jennie_cli.engine.news import (
    GENERAL,
    BenefitEvent,
    Collected,
    EventStatus,
    NewsRow,
    NewsStatus,
    Tally,
)

_NAME_WIDEST, _GOOD, _BAD = 14, 60, 40


def news_page(
    rows: Sequence[NewsRow],
    events: Sequence[BenefitEvent],
    *,
    stock: Stock | None,
    lang: str,
    jennie: str,
) -> Page:
    """Return news newest first, then the events that still count."""

    def draw(width: int) -> Iterator[RenderableType]:
        if stock is not None:
            yield Text(f"{stock.name} ({stock.code})", style="bold")
        if not rows:
            yield Text(text("news.none", lang, jennie=jennie))
            return
        yield _table(rows, width, lang)
        if any(row.simulated for row in rows):
            yield Text(text("news.simulated", lang))
        active = [event for event in events if event.status is EventStatus.ACTIVE]
        yield from (Text(_benefit(event, lang)) for event in active)

    return Page(draw)


def collected_page(collected: Collected, *, lang: str) -> Page:
    """Return how each source did and how much went out."""

    def draw(_width: int) -> Iterator[RenderableType]:
        for report in collected.reports:
            yield Text(
                text(
                    "news.source",
                    lang,
                    name=report.name,
                    told=report.told,
                    noise=report.noise,
                    known=report.known,
                    unreadable=report.unreadable,
                )
            )
            if report.error:
                yield Text(text("news.unheard", lang, name=report.name, why=report.error))
            if report.failures:
                yield Text(text("news.pages", lang, name=report.name, count=len(report.failures)))
        count = sum(collected.published.values())
        yield Text(text("news.published", lang, count=count), style="bold")

    return Page(draw)


def judged_page(tally: Tally, *, lang: str) -> Page:
    """Return how many texts were handled, and what was given up."""

    def draw(_width: int) -> Iterator[RenderableType]:
        yield Text(text("news.handled", lang, done=tally.done, failed=tally.failed))
        if tally.dead or tally.lost:
            yield Text(text("news.dead", lang, dead=tally.dead, lost=tally.lost), style="red")

    return Page(draw)


def _table(rows: Sequence[NewsRow], width: int, lang: str) -> RenderableType:
    cells = [_cells(row, lang) for row in rows]
    titles = [text(f"news.column.{name}", lang) for name in ("time", "stock", "score", "category")]
    columns = [
        fitted(titles[0], (row[0] for row in cells), most=11),
        fitted(titles[1], (row[1] for row in cells), most=_NAME_WIDEST),
        fitted(titles[2], (row[2].plain for row in cells), most=6, right=True),
        fitted(titles[3], (row[3] for row in cells), most=10),
    ]
    last = Column(title=text("news.column.title", lang), width=remaining(columns, width))
    return grid([*columns, last], cells)


def _cells(row: NewsRow, lang: str) -> tuple[str, str, Text, str, Text]:
    told = row.item.headline
    return (
        f"{told.at.astimezone(KST):%m-%d %H:%M}",
        told.name or told.code or "-",
        _score(row, lang),
        text("news.general", lang) if row.category == GENERAL else row.category,
        Text(told.title),
    )


def _score(row: NewsRow, lang: str) -> Text:
    if row.score is None:
        word = "failed" if row.status is NewsStatus.FAILED else "unasked"
        return Text(text(f"news.{word}", lang), style="dim")
    style = "red" if row.score >= _GOOD else "blue" if row.score < _BAD else ""
    return Text(str(row.score), style=style)


def _benefit(event: BenefitEvent, lang: str) -> str:
    return text(
        "news.benefit",
        lang,
        name=event.name,
        affected=event.affected_name or event.affected,
        kind=text(f"news.risk.{event.risk}", lang),
        points=f"{event.points:g}",
        until=f"{event.expires_at.astimezone(KST):%m-%d}",
    )
