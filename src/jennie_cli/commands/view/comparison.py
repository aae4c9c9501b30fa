"""What moved between two runs, and how two scorers disagree."""

from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from jennie_cli.commands.view.page import Column, Page, fitted, grid
from jennie_cli.engine.messages import amount, text

_SHOWN = 20


def comparison_page(doc: Mapping[str, Any], lang: str) -> Page:
    """Return the page of a compare document."""

    def draw(width: int) -> Iterator[RenderableType]:
        del width
        ends = {end: f"{doc[end]['run_id']} ({doc[end]['trade_date']})" for end in ("a", "b")}
        yield Text(text("compare.title", lang, **ends), style="bold")
        states = {end: doc[end]["regime"] for end in ("a", "b")}
        yield Text(text("compare.regime", lang, **states))
        for group in ("entered", "left", "moved"):
            if doc[group]:
                yield Text(text(f"compare.{group}", lang), style="bold")
                yield from (Text(f"  {_line(row, lang)}") for row in doc[group])
        if not any(doc[g] for g in ("entered", "left", "moved")):
            yield Text(text("compare.none", lang))

    return Page(draw)


def scorers_page(doc: Mapping[str, Any], lang: str) -> Page:
    """Return the page of a scorer comparison: the best stocks of the second scorer."""
    first, second = doc["scorers"]

    def draw(width: int) -> Iterator[RenderableType]:
        del width
        yield Text(
            text(
                "compare.scorers",
                lang,
                a=first,
                b=second,
                count=doc["stocks"],
                correlation=amount(doc["rank_correlation"], "number", lang),
                top=doc["top"],
                overlap=doc["overlap"],
            )
        )
        rows = doc["rows"][:_SHOWN]
        columns = [
            Column(title=f"# {second}", width=5, right=True),
            Column(title=f"# {first}", width=5, right=True),
            fitted(text("column.name", lang), [r["name"] for r in rows], most=16),
            Column(title=second, width=6, right=True),
            Column(title=first, width=6, right=True),
        ]
        cells = [
            (
                str(r[f"rank_{second}"]),
                str(r[f"rank_{first}"]),
                r["name"],
                amount(r[f"score_{second}"], "score", lang),
                amount(r[f"score_{first}"], "score", lang),
            )
            for r in rows
        ]
        yield grid(columns, cells)

    return Page(draw)


def _line(row: Mapping[str, Any], lang: str) -> str:
    said = [row["name"]]
    if row["rank_a"] is not None and row["rank_b"] is not None:
        said.append(text("compare.rank", lang, a=row["rank_a"], b=row["rank_b"]))
    if row["score_delta"] is not None:
        scores = {end: amount(row[f"score_{end}"], "score", lang) for end in ("a", "b")}
        delta = amount(row["score_delta"], "change", lang)
        said.append(text("compare.score", lang, **scores, delta=delta))
    if row["moved_most"] is not None:
        factor = text(f"factor.{row['moved_most']['factor']}", lang)
        delta = amount(row["moved_most"]["delta"], "change", lang)
        said.append(text("compare.factor", lang, factor=factor, delta=delta))
    if row.get("reason"):
        said.append(row["reason"])
    return " · ".join(said)
