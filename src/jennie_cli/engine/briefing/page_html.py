"""A briefing as one page that needs nothing else: no script, no network, charts drawn in it.

Every text in it is escaped: names and titles come from data and may hold anything.
"""

from collections.abc import Iterator, Sequence
from importlib import resources

from jennie_cli.engine.briefing.assets import AssetSnapshot
from jennie_cli.engine.briefing.charts import assets_chart, safe, weights_chart
from jennie_cli.engine.briefing.chatting import head_of
from jennie_cli.engine.briefing.figures import Briefing
from jennie_cli.engine.briefing.sections import Section, Sheet, sign_of
from jennie_cli.engine.briefing.sections_read import sections

CHART_DAYS = 250
"""Trading days that the curve goes back, about a year."""

_TONES = {1: ("up",), -1: ("down",)}
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def page_html(briefing: Briefing, rows: Sequence[AssetSnapshot], lang: str) -> str:
    """Return the page, ready to be written as UTF-8; `rows` are the snapshots, oldest first."""
    title = head_of(briefing, lang)
    return "".join(
        (
            _head(title, lang),
            f"<body>\n<main>\n<h1>{safe(title)}</h1>\n",
            *_parts(briefing, rows, lang),
            "</main>\n</body>\n</html>\n",
        )
    )


def _head(title: str, lang: str) -> str:
    style = resources.files(__package__).joinpath("page.css").read_text(encoding="utf-8")
    return (
        f'<!DOCTYPE html>\n<html lang="{safe(lang)}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{safe(title)}</title>\n<style>\n{style}</style>\n</head>\n"
    )


def _parts(briefing: Briefing, rows: Sequence[AssetSnapshot], lang: str) -> Iterator[str]:
    charts = {"account": assets_chart(rows, lang), "positions": weights_chart(briefing, lang)}
    for one in sections(briefing, lang):
        yield _section(one)
        yield charts.get(one.key, "")


def _section(one: Section) -> str:
    lines = "".join(f"<p>{safe(line)}</p>\n" for line in one.lines)
    comment = f"<blockquote>{safe(one.comment)}</blockquote>\n" if one.comment else ""
    table = "" if one.sheet is None else _table(one.sheet)
    return f"<section>\n<h2>{safe(one.title)}</h2>\n{table}{lines}{comment}</section>\n"


def _table(sheet: Sheet) -> str:
    head = _cells("th", sheet.columns, sheet)
    rows = "".join(f"<tr>{_cells('td', row, sheet)}</tr>\n" for row in sheet.rows)
    return (
        f'<div class="wide"><table>\n<thead><tr>{head}</tr></thead>\n'
        f"<tbody>\n{rows}</tbody>\n</table></div>\n"
    )


def _cells(tag: str, cells: Sequence[str], sheet: Sheet) -> str:
    return "".join(
        f"<{tag}{_class(cell, right=i in sheet.right)}><bdi>{safe(cell)}</bdi></{tag}>"
        for i, cell in enumerate(cells)
    )


def _class(cell: str, *, right: bool) -> str:
    if not right:
        return ""
    return f' class="{" ".join(("right", *_TONES.get(sign_of(cell), ())))}"'
