"""Charts as SVG that a page holds whole: the total by day, and what the account is made of."""

from collections.abc import Sequence
from html import escape

from jennie_cli.engine.briefing.assets import AssetSnapshot
from jennie_cli.engine.briefing.figures import Briefing
from jennie_cli.engine.messages import text

_WIDTH, _HEIGHT = 1_000, 240
_BAR, _ROOM = 26, 34
_LABEL, _FIGURE, _LETTERS = 240, 120, 12
_STROKE = 'fill="none" stroke="currentColor" stroke-width="2" vector-effect="non-scaling-stroke"'


def safe(words: str) -> str:
    """Return a text that stays a text in the page, and that UTF-8 can hold."""
    return escape(words.encode("utf-8", "replace").decode("utf-8").replace("\0", ""))


def assets_chart(rows: Sequence[AssetSnapshot], lang: str) -> str:
    """Return the total of each day as a curve, oldest first; words instead of one with one day."""
    title = text("briefing.chart.assets", lang)
    if len(rows) < 2:
        return _figure(title, "", f"<p>{safe(text('briefing.chart.few', lang))}</p>")
    totals = [row.total_asset for row in rows]
    low, high = min(totals), max(totals)
    span, step = (high - low) or 1, _WIDTH / (len(rows) - 1)
    points = " ".join(
        f"{i * step:.1f},{_HEIGHT * (1 - (total - low) / span):.1f}"
        for i, total in enumerate(totals)
    )
    days = {"first": rows[0].day, "last": rows[-1].day, "count": len(rows)}
    drawn = (
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" preserveAspectRatio="none" role="img" '
        f'aria-label="{safe(title)}"><polyline points="{points}" {_STROKE}/></svg>\n'
        f"<p>{safe(text('briefing.chart.days', lang, **days))}</p>"
    )
    return _figure(title, f"{low:,} … {high:,}", drawn)


def weights_chart(briefing: Briefing, lang: str) -> str:
    """Return a bar for each stock held and one for the cash, in percent of their sum."""
    worth, held = briefing.worth, briefing.positions
    title = text("briefing.chart.weights", lang)
    if worth is None or held is None:
        return _figure(title, "", f"<p>{safe(text('briefing.chart.few', lang))}</p>")
    parts = sorted(((h.value, h.name) for h in held), reverse=True)
    parts.append((max(0, worth.settled_cash), text("briefing.chart.cash", lang)))
    whole = sum(value for value, _ in parts) or 1
    bars = "".join(_bar(i, name, value / whole) for i, (value, name) in enumerate(parts))
    drawn = (
        f'<svg class="bars" viewBox="0 0 {_WIDTH} {_ROOM * len(parts)}" role="img" '
        f'aria-label="{safe(title)}">{bars}</svg>'
    )
    return _figure(title, "", drawn)


def _bar(row: int, name: str, share_ratio: float) -> str:
    top = row * _ROOM
    long = share_ratio * (_WIDTH - _LABEL - _FIGURE)
    return (
        f'<text x="0" y="{top + 19}">{safe(name[:_LETTERS])}</text>'
        f'<rect x="{_LABEL}" y="{top}" width="{long:.1f}" height="{_BAR}" rx="3"/>'
        f'<text x="{_LABEL + long + 8:.1f}" y="{top + 19}">{share_ratio:.1%}</text>'
    )


def _figure(title: str, range_of: str, drawn: str) -> str:
    return (
        f"<figure>\n<figcaption><h2>{safe(title)}</h2><span>{safe(range_of)}</span></figcaption>\n"
        f"{drawn}\n</figure>\n"
    )
