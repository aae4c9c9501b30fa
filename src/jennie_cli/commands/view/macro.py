"""The macro side of a day: each figure with unit, source, moment and age, and what is missing."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from rich.console import RenderableType
from rich.text import Text

from jennie_cli.commands.view.page import Page, fitted, grid, remaining
from jennie_cli.engine.clock import KST
from jennie_cli.engine.feed import BudgetUse
from jennie_cli.engine.macro import vix_regime
from jennie_cli.engine.macro.collecting import (
    MacroRecord,
    SourceReport,
    fields,
    is_risk_off,
    krw_pressure,
    rate_differential,
    treasury_spread,
)
from jennie_cli.engine.messages import amount, text

_WHOLE_FROM = 10_000
_SIGNED = frozenset({"change_pct", "eok", "sentiment"})
_WHOLE = frozenset({"eok", "count", "thousand", "usd_bn", "usd_mn", "krw_bn"})
_ALERTS = 5


def macro_page(
    record: MacroRecord | None,
    *,
    now: datetime,
    lang: str,
    budgets: Sequence[BudgetUse] = (),
    notes: Sequence[str] = (),
) -> Page:
    """Return a snapshot as it stands at `now`, with notes and allowances where there are any."""

    def draw(width: int) -> Iterator[RenderableType]:
        if record is None:
            yield Text(text("collecting.none", lang))
        else:
            yield from _snapshot(record, now, width, lang)
        yield from map(Text, notes)
        if budgets:
            yield Text("")
            yield from (Text(_budget(use, lang)) for use in budgets)

    return Page(draw)


def macro_sources_page(
    record: MacroRecord,
    reports: Sequence[SourceReport],
    *,
    now: datetime,
    notes: Sequence[str],
    lang: str,
) -> Page:
    """Return a snapshot just taken, how each source did, and what is to be said below."""

    def draw(width: int) -> Iterator[RenderableType]:
        yield from _snapshot(record, now, width, lang)
        yield Text("")
        yield _sources(reports, lang)
        yield from _failures(reports, lang)
        yield from map(Text, notes)

    return Page(draw)


def _snapshot(
    record: MacroRecord, now: datetime, width: int, lang: str
) -> Iterator[RenderableType]:
    yield Text(
        text(
            "collecting.title",
            lang,
            day=record.day,
            time=f"{record.at.astimezone(KST):%H:%M}",
            scope=text(f"collecting.scope.{record.scope}", lang),
            complete=amount(record.completeness_ratio, "ratio", lang),
            fresh=amount(record.freshness_ratio, "ratio", lang),
        ),
        style="bold",
    )
    yield Text(_derived(record, lang))
    yield from _politics(record, lang)
    yield Text("")
    yield _figures(record, now, width, lang)
    yield from _missing(record, lang)
    yield from (Text(text("collecting.rejected", lang, what=w)) for w in record.rejected)


def _derived(record: MacroRecord, lang: str) -> str:
    regime, won = vix_regime(record.value("vix")), krw_pressure(record)
    return text(
        "collecting.derived",
        lang,
        vix=text(f"collecting.vix.{regime}", lang) if regime else amount(None, "pp", lang),
        spread=amount(treasury_spread(record), "pp", lang),
        difference=amount(rate_differential(record), "pp", lang),
        won=text(f"collecting.won.{won}", lang) if won else amount(None, "pp", lang),
        risk_off=_yes_or_no(is_risk_off(record), lang),
    )


def _yes_or_no(told: bool | None, lang: str) -> str:
    if told is None:
        return amount(None, "pp", lang)
    return text("collecting.yes" if told else "collecting.no", lang)


def _politics(record: MacroRecord, lang: str) -> Iterator[Text]:
    politics = record.politics
    if politics is None:
        return
    level = text(f"collecting.level.{politics.level}", lang)
    yield Text(
        text("collecting.politics", lang, level=level, score=politics.score, count=politics.count)
    )
    for alert in politics.alerts[:_ALERTS]:
        severity = text(f"collecting.level.{alert.severity}", lang)
        yield Text("  " + text("collecting.alert", lang, severity=severity, title=alert.title))


def _figures(record: MacroRecord, now: datetime, width: int, lang: str) -> RenderableType:
    rows = [
        (
            text(f"collecting.field.{name}", lang),
            figure_text(figure.value, fields()[name].unit, lang),
            f"{figure.as_of.astimezone(KST):%m-%d %H:%M}",
            amount((now - figure.as_of).total_seconds(), "seconds", lang),
            figure.source,
        )
        for name, figure in record.figures.items()
    ]
    titles = [text(f"collecting.column.{n}", lang) for n in ("field", "value", "as_of", "age")]
    columns = [
        fitted(title, [r[i] for r in rows], most=22, right=i in {1, 3})
        for i, title in enumerate(titles)
    ]
    source = text("collecting.column.source", lang)
    left = remaining(columns, width)
    return grid([*columns, fitted(source, [r[4] for r in rows], most=left)], rows)


def figure_text(value: float, unit: str, lang: str) -> str:
    """Return a figure in the unit of its field: won and counts whole, changes with their sign."""
    digits = 0 if unit in _WHOLE or abs(value) >= _WHOLE_FROM else 2
    sign = "+" if unit in _SIGNED else ""
    return text(f"collecting.unit.{unit}", lang, v=f"{value:{sign},.{digits}f}")


def _missing(record: MacroRecord, lang: str) -> Iterator[Text]:
    """Yield what is not known, one line a reason."""
    reasons: dict[tuple[str, str], list[str]] = {}
    for name, gap in record.missing.items():
        reasons.setdefault((gap.why, gap.said), []).append(name)
    for (why, said), names in reasons.items():
        told = ", ".join(text(f"collecting.field.{n}", lang) for n in names)
        words = text(f"collecting.why.{why}", lang)
        key = "collecting.missing_said" if said else "collecting.missing"
        yield Text(text(key, lang, why=words, said=said, names=told))


def _sources(reports: Sequence[SourceReport], lang: str) -> RenderableType:
    names = ("source", "figures", "headlines", "took")
    rows = [(r.name, str(r.given), str(r.items), f"{r.took_s:.1f}") for r in reports]
    columns = [
        fitted(text(f"collecting.column.{n}", lang), [r[i] for r in rows], most=20, right=i > 0)
        for i, n in enumerate(names)
    ]
    return grid(columns, rows)


def _failures(reports: Sequence[SourceReport], lang: str) -> Iterator[Text]:
    """Yield why a source, or a part of it, gave nothing; a reason is told once."""
    for report in reports:
        reasons = (report.failure,) if report.failure else dict.fromkeys(report.failed.values())
        for why in reasons:
            yield Text(text("collecting.source_failed", lang, name=report.name, why=why))


def _budget(use: BudgetUse, lang: str) -> str:
    unbounded = text("collecting.no_limit", lang)
    return text(
        "collecting.budget",
        lang,
        name=use.budget,
        minute=use.minute_used,
        minute_limit=use.minute_limit or unbounded,
        day=use.day_used,
        day_limit=use.day_limit or unbounded,
    )
