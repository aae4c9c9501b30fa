"""One stock laid open: every sub-score with its input, and the sentences that decided."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from jennie_cli.commands.view.analyst import analyst_part
from jennie_cli.commands.view.page import Column, Page, fitted, grid, remaining
from jennie_cli.commands.view.watchlist import held_text
from jennie_cli.engine.messages import amount, known, text

_POINTS_CELLS = 9


def explanation_page(doc: Mapping[str, Any], *, market: str, lang: str, every_gate: bool) -> Page:
    """Return the page of an explain document; `every_gate` adds all checks."""

    def draw(width: int) -> Iterator[RenderableType]:
        yield from _head(doc, market, lang)
        if doc["quant"]["factors"]:
            yield _parts(doc["quant"]["factors"], lang, width)
        if doc["analyst"] is not None:
            yield from analyst_part(doc["analyst"], lang)
        yield Text("")
        yield Text(text("explain.tier_title", lang), style="bold")
        yield from (Text(f"  {said}") for said in doc["tier_reasons"])
        if doc["sector_budget"] is not None:
            yield Text(_sector(doc["sector_budget"], lang))
        if every_gate:
            yield Text("")
            yield Text(text("explain.checks_title", lang), style="bold")
            yield from (Text(_gate(check)) for check in doc["checks"])

    return Page(draw)


def _head(doc: Mapping[str, Any], market: str, lang: str) -> Iterator[Text]:
    title = {k: doc[k] for k in ("name", "code", "market", "sector")}
    yield Text(text("explain.title", lang, **title, group=doc["sector_group"]), style="bold")
    yield Text(
        text("explain.run", lang, run=doc["run_id"], trade_date=doc["trade_date"], market=market)
    )
    quant = doc["quant"]
    if quant["total"] is not None:
        yield Text(
            text(
                "explain.quant",
                lang,
                total=amount(quant["total"], "points2", lang),
                coverage=amount(quant["coverage"], "ratio", lang),
                phase=text(f"phase.{quant['phase']}", lang),
                phase_points=amount(quant["phase_points"], "change", lang),
            )
        )
    if doc["hybrid_score"] is not None:
        hybrid = amount(doc["hybrid_score"], "points2", lang)
        verdict = {"grade": doc["grade"], "tier": doc["trade_tier"], "tag": doc["risk_tag"]}
        yield Text(text("explain.hybrid", lang, hybrid=hybrid, **verdict))
    yield Text("")


def _parts(factors: Mapping[str, Any], lang: str, width: int) -> RenderableType:
    rows: list[Sequence[str | Text]] = []
    for factor, score in factors.items():
        name = text(f"factor.{factor}", lang)
        points = _points(score["points"], score["max"])
        note = ""
        if score["scale_factor"] != 1.0:
            scaled = amount(score["scale_factor"], "number", lang)
            note = text("explain.scaled", lang, factor=scaled)
        rows.append((Text(name, style="bold"), Text(points, style="bold"), note))
        rows.extend(_part(f"{factor}.{n}", part, lang) for n, part in score["parts"].items())
    columns = [
        fitted(text("column.part", lang), [str(r[0]) for r in rows], most=34),
        Column(title=text("column.points", lang), width=_POINTS_CELLS, right=True),
    ]
    space = remaining(columns, width)
    columns.append(Column(title=text("column.input", lang), width=space))
    return grid(columns, rows)


def _part(name: str, part: Mapping[str, Any], lang: str) -> Sequence[str | Text]:
    points = _points(part["points"], part["max"])
    if part["missing"]:
        return f"  {part['text']}", points, Text(text("explain.missing", lang), style="dim")
    return f"  {part['text']}", points, f"{part['input']:.6g} {_unit(name, part['unit'], lang)}"


def _unit(name: str, unit: str, lang: str) -> str:
    return text(f"unit.{name}", lang) if known(f"unit.{name}", lang) else unit


def _points(points: float, top: float) -> str:
    return f"{points:.2f}/{top:g}"


def _sector(budget: Mapping[str, Any], lang: str) -> str:
    return text(
        "explain.sector",
        lang,
        group=budget["group"],
        tier=budget["tier"],
        cap=budget["effective_cap"],
        held=held_text(budget["held_count"], lang),
    )


def _gate(check: Mapping[str, Any]) -> str:
    mark = "✓" if check["passed"] else "✗"
    return f"  {mark} {check['rule']}: {check['text']}"
