"""A report as one page that needs nothing else: no script, no network, the curves drawn in it.

Every text in it is escaped: titles and names come from data and may hold anything.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from html import escape
from importlib import resources

import numpy as np

from jennie_cli.engine.messages import amount, text
from jennie_cli.engine.research.report import BacktestReport
from jennie_cli.engine.research.report_sheets import Cell, Sheet, percent, sheets, won

_WIDTH, _HEIGHT = 1_000.0, 300.0
_TONES = {1: ' class="up"', -1: ' class="down"', 0: ""}
_AREA = 'fill="currentColor" fill-opacity="0.12"'
_STROKE = 'fill="none" stroke="currentColor" vector-effect="non-scaling-stroke"'
_LEVEL = f'{_STROKE} stroke-opacity="0.5" stroke-dasharray="4 4"'
_CURVE = f'{_STROKE} stroke-width="2" stroke-linejoin="round"'
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def render_html(
    report: BacktestReport,
    *,
    title: str,
    told: Sequence[str],
    settings_hash: str,
    data_hash: str,
    code_hash: str,
    lang: str = "ko",
) -> str:
    """Return the page, ready to be written as UTF-8.

    `told` are lines about what was assumed; the hashes say what it was made of.
    """
    hashes = {"settings": settings_hash, "data": data_hash, "code": code_hash}
    parts = (
        _head(title, lang),
        f"<body>\n<main>\n<h1>{_safe(title)}</h1>\n",
        *(f"<p>{_safe(line)}</p>\n" for line in (*told, text("report.caution", lang))),
        *_curves(report, lang),
        *(_table(sheet) for sheet in sheets(report, lang)),
        _origin(hashes, lang),
        "</main>\n</body>\n</html>\n",
    )
    return "".join(parts)


def _safe(words: str) -> str:
    """Return a text that stays a text in the page, and that UTF-8 can hold."""
    return escape(words.encode("utf-8", "replace").decode("utf-8").replace("\0", ""))


def _head(title: str, lang: str) -> str:
    style = resources.files(__package__).joinpath("report.css").read_text(encoding="utf-8")
    return (
        f'<!DOCTYPE html>\n<html lang="{_safe(lang)}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{_safe(title)}</title>\n<style>\n{style}</style>\n</head>\n"
    )


def _curves(report: BacktestReport, lang: str) -> Iterator[str]:
    curve, capital = report.curve, report.totals.capital
    if not curve.days:
        return
    equity = (capital, *curve.equity)
    depth = (0.0, *curve.drawdown_pct)
    yield _figure(
        "equity", equity, curve.days, lambda value: won(round(value), lang), lang, start=capital
    )
    yield _figure("drawdown", depth, curve.days, lambda value: percent(value, lang), lang, start=0)


def _figure(
    key: str,
    values: Sequence[float],
    days: Sequence[date],
    figure: Callable[[float], str],
    lang: str,
    *,
    start: float,
) -> str:
    """Return a curve from its first value, with a line at `start`; labels stand outside of it."""
    title = text(f"report.{key}", lang)
    low, high = min(*values, start), max(*values, start)
    return (
        f'<figure class="{key}">\n<figcaption><h2>{_safe(title)}</h2>'
        f"<span>{_safe(figure(low))} … {_safe(figure(high))}</span></figcaption>\n"
        f"{_drawing(values, title, start=start)}"
        f'<div class="days"><span>{days[0]}</span><span>{days[-1]}</span></div>\n</figure>\n'
    )


def _drawing(values: Sequence[float], title: str, *, start: float) -> str:
    levels = np.array([start, *values], dtype=np.float64)
    low, span = levels.min(), np.ptp(levels) or 1.0
    heights = (_HEIGHT * (1.0 - (levels - low) / span)).tolist()
    across = np.linspace(0.0, _WIDTH, len(values)).tolist()
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in zip(across, heights[1:], strict=True))
    level = f"{heights[0]:.1f}"
    return (
        f'<svg viewBox="0 0 {_WIDTH:.0f} {_HEIGHT:.0f}" preserveAspectRatio="none" role="img" '
        f'aria-label="{_safe(title)}">\n'
        f'<polygon points="0,{level} {points} {_WIDTH:.0f},{level}" {_AREA}/>\n'
        f'<line x1="0" y1="{level}" x2="{_WIDTH:.0f}" y2="{level}" {_LEVEL}/>\n'
        f'<polyline points="{points}" {_CURVE}/>\n</svg>\n'
    )


def _table(sheet: Sheet) -> str:
    titles = "".join(f'<th scope="col">{_safe(name)}</th>' for name in sheet.columns)
    rows = "".join(_row(row) for row in sheet.rows)
    return (
        f"<section>\n<h2>{_safe(sheet.title)}</h2>\n<p>{_safe(sheet.note)}</p>\n"
        f'<div class="wide"><table>\n<thead><tr>{titles}</tr></thead>\n'
        f"<tbody>\n{rows}</tbody>\n</table></div>\n</section>\n"
    )


def _row(cells: Iterable[Cell]) -> str:
    first, *others = cells
    figures = "".join(f"<td{_TONES[cell.sign]}>{_safe(cell.text)}</td>" for cell in others)
    return f'<tr><th scope="row"><bdi>{_safe(first.text)}</bdi></th>{figures}</tr>\n'


def _origin(hashes: dict[str, str], lang: str) -> str:
    rows = "".join(
        f"<dt>{_safe(text(f'report.origin.{name}', lang))}</dt>"
        f"<dd><code>{_safe(found or amount(None, '', lang))}</code></dd>\n"
        for name, found in hashes.items()
    )
    return f"<footer>\n<dl>\n{rows}</dl>\n</footer>\n"
