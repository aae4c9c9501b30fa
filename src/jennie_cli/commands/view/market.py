"""The market around the watchlist: regime, sectors, and the rules that judged it."""

from collections.abc import Iterator, Sequence
from datetime import date

from rich.console import RenderableType
from rich.text import Text

from jennie_cli.commands.view.page import Column, Page, fitted, grid
from jennie_cli.commands.view.watchlist import group_label, held_text, regime_line
from jennie_cli.engine.messages import amount, rule_name, text
from jennie_cli.engine.rules import DeadRules, SessionSilence
from jennie_cli.engine.scout import Silence
from jennie_cli.engine.store import RegimeReading, ScoutRun, SectorRow

_UNITS = {
    "trend": "change",
    "breadth": "change",
    "turnover": "change",
    "advance_pct": "share_pct",
    "turnover_ratio": "times",
    "available_ratio": "ratio",
}


def regime_page(reading: RegimeReading, lang: str) -> Page:
    """Return the regime with every component."""

    def draw(width: int) -> Iterator[RenderableType]:
        del width
        yield regime_line(reading, lang)
        yield Text(text("regime.score", lang, value=amount(reading.score_points, "change", lang)))
        confidence = amount(reading.confidence_ratio, "ratio", lang)
        yield Text(text("regime.confidence", lang, value=confidence))
        for name in ("previous", "changed_on", "shadow"):
            value = getattr(reading, name)
            if value is not None:
                yield Text(text(f"regime.{name}", lang, value=value))
        yield Text("")
        rows = [
            (text(f"component.{name}", lang), amount(value, _UNITS.get(name, "pct"), lang))
            for name, value in reading.components.items()
        ]
        yield grid(
            [
                fitted(text("column.part", lang), [r[0] for r in rows], most=24),
                Column(title=text("column.input", lang), width=10, right=True),
            ],
            rows,
        )

    return Page(draw)


def sectors_page(budget: Sequence[SectorRow], trade_date: date, lang: str) -> Page:
    """Return the sector budget of a session, best return first."""
    rows = sorted(budget, key=lambda r: -(-99.0 if r.return_pct is None else r.return_pct))
    figures = ("tier", "return", "stocks", "knife", "cap", "portfolio", "held")

    def draw(width: int) -> Iterator[RenderableType]:
        del width
        title = text("sectors.title", lang, trade_date=trade_date)
        yield Text(title, style="bold")
        cells = [
            (
                group_label(r.group, lang),
                r.tier.value,
                amount(r.return_pct, "pct", lang),
                str(r.stocks),
                amount(r.falling_knife_ratio, "ratio", lang),
                str(r.effective_cap),
                str(r.portfolio_cap),
                held_text(r.held_count, lang),
            )
            for r in rows
        ]
        names = [c[0] for c in cells]
        columns = [fitted(text("column.group", lang), names, most=16)]
        for i, name in enumerate(figures, start=1):
            column = fitted(text(f"column.{name}", lang), [c[i] for c in cells], most=14)
            columns.append(Column(title=column.title, width=column.width, right=i > 1))
        yield grid(columns, cells)

    return Page(draw)


def history_page(runs: Sequence[ScoutRun], lang: str) -> Page:
    """Return past runs, one a line."""

    def draw(width: int) -> Iterator[RenderableType]:
        del width
        if not runs:
            yield Text(text("history.empty", lang))
            return
        names = ("run", "trade_date", "market", "regime", "scorer", "watchlist", "tradable")
        cells = [
            (
                r.run_id,
                r.trade_date.isoformat(),
                r.market,
                r.regime.regime.value,
                r.scorer,
                str(r.counts.get("watchlist", 0)),
                str(r.counts.get("tradable", 0)),
            )
            for r in runs
        ]
        yield grid(
            [
                fitted(text(f"column.{name}", lang), [c[i] for c in cells], most=20)
                for i, name in enumerate(names)
            ],
            cells,
        )

    return Page(draw)


def rules_page(silence: Silence, judged: SessionSilence | None, lang: str) -> Page:
    """Return the rules that never fired over the stored runs, and those that wait for data.

    What the sessions of this account left silent follows, if there were any.
    """

    def draw(width: int) -> Iterator[RenderableType]:
        del width
        silent = silence.dead.never_fired
        key = "rules.title" if silent else "rules.none"
        yield Text("")
        yield Text(text(key, lang, count=len(silent), runs=silence.runs))
        yield from (Text(f"  {r.id}  {rule_name(r.id, lang)}") for r in silent)
        yield Text(text("rules.waiting", lang, count=len(silence.dead.waiting)))
        yield from _waiting(silence.dead, lang)
        if judged is not None:
            yield from _judged(judged, lang)

    return Page(draw)


def _judged(judged: SessionSilence, lang: str) -> Iterator[Text]:
    dead, sessions = judged.dead, judged.sessions
    key = "rules.session_title" if dead.never_fired else "rules.session_none"
    yield Text("")
    yield Text(text(key, lang, count=len(dead.never_fired), sessions=sessions))
    for rule in dead.never_fired:
        asked = text("rules.asked", lang, count=f"{judged.asked.get(rule.id, 0):,}")
        yield Text(f"  {rule.id}  {rule_name(rule.id, lang)} · {asked}")
    if dead.asleep:
        yield Text(text("rules.asleep", lang, count=len(dead.asleep)))
        for asleep in dead.asleep:
            name = rule_name(asleep.rule.id, lang)
            yield Text("  " + text("rules.sleeps", lang, rule=name, setting=asleep.setting))
    if dead.waiting:
        yield Text(text("rules.waiting", lang, count=len(dead.waiting)))
        yield from _waiting(dead, lang)
    refusing, asked_ones = len(judged.refusing), len(judged.refusing) + len(judged.calm)
    if asked_ones:
        yield Text(text("rules.stamp", lang, count=asked_ones, refusing=refusing))


def _waiting(dead: DeadRules, lang: str) -> Iterator[Text]:
    for waiting in dead.waiting:
        inputs = ", ".join(text(f"input.{i}", lang) for i in waiting.inputs)
        name = rule_name(waiting.rule.id, lang)
        yield Text("  " + text("rules.waits_for", lang, rule=name, inputs=inputs))
