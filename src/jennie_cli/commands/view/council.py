"""What the council ruled and said, as a person reads it."""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path

from rich.console import RenderableType
from rich.text import Text

from jennie_cli.commands.view.page import Column, Page, fitted, grid
from jennie_cli.commands.view.watchlist import group_label
from jennie_cli.engine.clock import KST
from jennie_cli.engine.council import Consulted, cost_rows, overruled
from jennie_cli.engine.messages import amount, known, text
from jennie_cli.engine.model import Outlook
from jennie_cli.engine.store import CouncilRecord

_FLOWS = ("kospi_foreign_net", "kospi_institutional_net", "kospi_retail_net")
_EOK = 100_000_000
_ORDER = (Outlook.BULLISH, Outlook.BEARISH)


def skipped_page(day: date, skipped: str, why: str, lang: str) -> Page:
    """Return why nobody was asked."""
    told = why or text("council.skipped.weekend", lang)
    words = text(f"council.skipped.{skipped}", lang, day=day, why=told)
    return Page(lambda _: [Text(words)])


def insight_page(record: CouncilRecord, lang: str, *, today: bool, everything: bool) -> Page:
    """Return an insight; `everything` adds what each sage said word for word."""

    def draw(width: int) -> Iterator[RenderableType]:
        del width
        yield Text(_head(record, lang, today=today), style="bold")
        yield from (Text(line) for line in _ruling(record, lang))
        yield from (Text(line) for line in _lists(record, lang))
        yield from (Text(line) for line in _words(record, lang))
        yield from (Text(line) for line in _spoken(record, lang))
        if everything:
            yield from _raw(record, lang)

    return Page(draw)


def consulted_page(told: Consulted, path: Path, lang: str, rate: float) -> Page:
    """Return the plan, who dissents, the cost, and where the report is."""

    def draw(width: int) -> Iterator[RenderableType]:
        del width
        for sage, answer in told.answers.items():
            verdict = answer.value.reply.verdict
            yield Text(f"{_role(sage, lang)}: {verdict.decision} {verdict.confidence}/100")
        yield Text("")
        yield from _plan(told, lang)
        notes = [*told.plan.value.reply.dissent] if told.plan else []
        dissent = [f"{_role(sage, lang)}: {decision}" for sage, decision in told.dissent] + notes
        yield from _listed("council.report.dissent", dissent, lang)
        silent = [f"{_role(role, lang)}: {f.message}" for role, f in told.failures.items()]
        yield from _listed("council.report.silent", silent, lang)
        yield Text("")
        yield _cost(told, lang, rate)
        yield Text("")
        yield Text(text("council.saved", lang, path=path))

    return Page(draw)


def _plan(told: Consulted, lang: str) -> Iterator[Text]:
    if told.plan is None:
        yield Text(text("council.report.no_plan", lang))
        return
    yield Text(told.plan.value.reply.title, style="bold")
    yield from (Text(f"{number}. {step}") for number, step in enumerate(told.steps, 1))


def _cost(told: Consulted, lang: str, rate: float) -> RenderableType:
    names = ("role", "model", "tokens_in", "tokens_out", "usd", "krw")
    rows = [
        (_role(role, lang), model, f"{tokens_in:,}", f"{out:,}", f"{usd:.6f}", f"{krw:,}")
        for role, model, tokens_in, out, usd, krw in cost_rows(told, rate)
    ]
    columns = []
    for at, name in enumerate(names):
        cells = [row[at] for row in rows]
        column = fitted(text(f"council.report.{name}", lang), cells, most=24)
        columns.append(Column(title=column.title, width=column.width, right=at > 1))
    return grid(columns, rows)


def _head(record: CouncilRecord, lang: str, *, today: bool) -> str:
    return text(
        "council.head",
        lang,
        day=record.insight_date,
        when=f"{record.updated_at.astimezone(KST):%m-%d %H:%M}",
        simulated=text("council.simulated", lang) if record.simulated else "",
        stale="" if today else text("council.past", lang),
    )


def _ruling(record: CouncilRecord, lang: str) -> Iterator[str]:
    yield text(
        "council.ruling",
        lang,
        sentiment=text(f"council.sentiment.{record.sentiment}", lang),
        score=record.sentiment_score,
        hint=record.regime_hint or "—",
        size=record.position_size_pct,
        stop=record.stop_loss_adjust_pct,
    )
    summary = f" · {record.political_risk_summary}" if record.political_risk_summary else ""
    level = text(f"council.level.{record.political_risk_level or 'unknown'}", lang)
    agreed = text(f"council.agreed.{record.council_consensus or 'unknown'}", lang)
    yield text("council.political", lang, level=level, summary=summary)
    yield text("council.consensus", lang, consensus=agreed)
    for role, word in overruled(record).items():
        stated = text(f"council.sentiment.{word}", lang)
        yield text("council.overruled", lang, role=_role(role, lang), stated=stated)
    if record.degraded:
        roles = ", ".join(_role(role, lang) for role in record.failed_steps)
        yield text("council.degraded", lang, roles=roles)
    figures = " · ".join(_figures(record, lang))
    if figures:
        yield text("council.figures", lang, figures=figures)


def _figures(record: CouncilRecord, lang: str) -> Iterator[str]:
    for index in ("kospi", "kosdaq"):
        level, change = (getattr(record, f"{index}_{name}") for name in ("index", "change_pct"))
        if level is not None:
            told = "" if change is None else f" ({amount(change, 'pct', lang)})"
            yield f"{index.upper()} {level:,.2f}{told}"
    for name in _FLOWS:
        net = getattr(record, name)
        if net is not None:
            sign = "+" if net > 0 else "−" if net < 0 else ""
            won = amount(abs(net) * _EOK, "KRW", lang)
            yield text(f"council.figure.{name}", lang, value=f"{sign}{won}")
    if record.usd_krw is not None:
        yield text("council.figure.usd_krw", lang, value=f"{record.usd_krw:,.1f}")
    if record.vix_value is not None:
        yield f"VIX {record.vix_value:.2f}"


def _lists(record: CouncilRecord, lang: str) -> Iterator[str]:
    favour = (*_strategies(record.strategies_to_favor, lang), *_groups(record, lang, "favor"))
    avoid = (*_strategies(record.strategies_to_avoid, lang), *_groups(record, lang, "avoid"))
    for key, listed in (("favour", favour), ("avoid", avoid)):
        if listed:
            yield text(f"council.{key}", lang, names=", ".join(listed))
    by_outlook: dict[Outlook, list[str]] = {outlook: [] for outlook in Outlook}
    for group, outlook in record.sector_signals.items():
        by_outlook[outlook].append(group_label(group, lang))
    told = [
        f"{text(f'council.outlook.{o.value}', lang)}: {', '.join(by_outlook[o])}"
        for o in _ORDER
        if by_outlook[o]
    ]
    if told:
        yield text("council.sectors", lang, names=" · ".join(told))
    if record.dropped_names:
        count, names = len(record.dropped_names), ", ".join(record.dropped_names)
        yield text("council.dropped", lang, count=count, names=names)


def _groups(record: CouncilRecord, lang: str, which: str) -> Iterator[str]:
    return (group_label(group, lang) for group in getattr(record, f"sectors_to_{which}"))


def _strategies(names: Iterable[str], lang: str) -> Iterator[str]:
    for name in names:
        key = f"strategy.name.{name}"
        yield text(key, lang) if known(key, lang) else name


def _words(record: CouncilRecord, lang: str) -> Iterator[str]:
    for key, factors in (
        ("risks", record.risk_factors),
        ("opportunities", record.opportunity_factors),
    ):
        if factors:
            yield text(f"council.{key}", lang)
            yield from (f"  · {factor}" for factor in factors)
    if record.investor_flow_analysis:
        yield text("council.flows", lang, text=record.investor_flow_analysis)
    if record.trading_reasoning:
        yield text("council.reasoning", lang, text=record.trading_reasoning)


def _spoken(record: CouncilRecord, lang: str) -> Iterator[str]:
    spoken = [f"{_role(role, lang)} {model}" for role, model in record.models.items()]
    yield text("council.models", lang, models=" · ".join(spoken))
    yield text(
        "council.cost",
        lang,
        usd=f"{record.council_cost_usd_micro / 1_000_000:.4f}",
        krw=f"{record.council_cost_krw:,}",
        tokens_in=f"{record.tokens_in:,}",
        tokens_out=f"{record.tokens_out:,}",
    )


def _raw(record: CouncilRecord, lang: str) -> Iterator[Text]:
    said: Mapping[str, str] = record.raw_council_output
    for role, raw in said.items():
        yield Text("")
        yield Text(_role(role, lang), style="bold")
        yield Text(json.dumps(json.loads(raw), ensure_ascii=False, indent=1))


def _listed(key: str, lines: Iterable[str], lang: str) -> Iterator[Text]:
    told = [Text(f"  · {line}") for line in lines]
    if told:
        yield Text("")
        yield Text(text(key, lang))
        yield from told


def _role(role: str, lang: str) -> str:
    key = f"council.role.{role}"
    return text(key, lang) if known(key, lang) else role
