"""The table a trader reads each morning: funnel, regime, verdicts with reasons, what to do next."""

import shlex
from collections.abc import Iterable, Iterator, Sequence

from rich.cells import cell_len
from rich.console import RenderableType
from rich.text import Text

from jennie_cli.commands.view.analyst import STOOD_IN, has_model, model_lines
from jennie_cli.commands.view.page import Column, Page, as_many_as_fit, fitted, grid, remaining
from jennie_cli.engine.clock import KST
from jennie_cli.engine.messages import amount, known, text
from jennie_cli.engine.model import LlmStatus, Market, Regime, TradeTier
from jennie_cli.engine.regime import CASH_FLOOR_PCT
from jennie_cli.engine.rules import catalogue as rule
from jennie_cli.engine.scout import cautious_size, not_tradable_reasons, why
from jennie_cli.engine.store import RegimeReading, ScoredStock, ScoutRun

TOP = 10
_WIDE, _WIDEST = 100, 120
_MARKET_CELLS = max(len(m.value) for m in Market)
_VETO_LINES = 3
_HOLDING_BACK = frozenset({Regime.BEAR, Regime.STRONG_BEAR})
_STYLES = {TradeTier.TIER1: "bold red", TradeTier.RECON: "red"}


def watchlist_page(
    run: ScoutRun,
    lang: str,
    *,
    show: int | None = TOP,
    jennie: str = "jennie",
    named: bool = False,
) -> Page:
    """Return the page of a run; `show` rows of the watchlist, None for all of it.

    `jennie` is how the program is called for this home, for the commands at the end; they name
    the run if it is `named`, as a run that may not be the newest must be.
    """

    def draw(width: int) -> Iterator[RenderableType]:
        yield Text(head_line(run, lang))
        yield regime_line(run.regime, lang)
        yield Text(_funnel(run, lang))
        yield Text("")
        yield from _list(run, lang, width, show)
        yield from _footer(run, lang)
        yield from _next_lines(run, lang, jennie, named=named)

    return Page(draw)


def head_line(run: ScoutRun, lang: str) -> str:
    """Return which market, which moment, and what the profile means."""
    note = f"head.note.{run.profile}"
    note = note if known(note, lang) else f"{note}_{run.market}"
    return text(
        "head.line",
        lang,
        market=run.market,
        label=text(f"head.{run.market}", lang),
        when=_moment(run, lang),
        profile=run.profile,
        note=text(note, lang),
    )


def regime_line(reading: RegimeReading, lang: str) -> Text:
    """Return the regime in words with the figures it rests on."""
    units = {"ma20_gap_pct": "pct", "advance_pct": "share_pct", "turnover_ratio": "times"}
    figures = [
        text(f"regime.{name}", lang, value=amount(reading.components[name], unit, lang))
        for name, unit in units.items()
        if reading.components.get(name) is not None
    ]
    cash = amount(CASH_FLOOR_PCT[reading.regime], "share_pct", lang)
    line = text(
        "regime.line",
        lang,
        regime=reading.regime,
        arrow=text(f"regime.arrow.{reading.regime}", lang),
        figures=" · ".join(figures) or text("regime.unknown", lang),
        advice=text(f"regime.advice.{reading.regime}", lang, cash=cash),
    )
    return Text(line)


def next_commands(
    run: ScoutRun, lang: str, *, named: bool = False
) -> tuple[tuple[tuple[str, ...], str], ...]:
    """Return the three commands to try next, as arguments, each with what it shows."""
    of_run = ("--run", run.run_id) if named else ()
    first = next(iter(run.stocks), None)
    parts = 0 if first is None else sum(len(f.parts) for f in first.factors.values())
    third = ("init",) if run.market == "generated" else ("scout", "history")
    rows: tuple[tuple[tuple[str, ...], str], ...] = (
        (None if named else _buy_line(run, lang))
        or (("sectors", "show", *of_run), text("next.sectors", lang)),
        (third, text(f"next.{third[-1]}", lang)),
    )
    if first is None:
        return rows
    key = "next.explain" if first.rank is not None else "next.explain_blocked"
    return ((("scout", "explain", first.name, *of_run), text(key, lang, parts=parts)), *rows)


def group_label(group: str, lang: str) -> str:
    """Return the short name of a sector group."""
    return text(f"group.{group}", lang) if known(f"group.{group}", lang) else group


def held_text(count: int | None, lang: str) -> str:
    """Return how many stocks of a group are held, or that nobody knows."""
    return text("sectors.held_unknown", lang) if count is None else str(count)


def _moment(run: ScoutRun, lang: str) -> str:
    at = run.as_of.astimezone(KST)
    if at.date() == run.newest_bar:
        return text("head.as_of_close", lang, day=run.newest_bar)
    return text("head.as_of", lang, moment=f"{at:%Y-%m-%d %H:%M}")


def _funnel(run: ScoutRun, lang: str) -> str:
    cutoff = run.settings.get("scout", {}).get("filter_cutoff_ratio", 0.6)
    stages = ("universe", "eligible", "scored", "passed_quant", "watchlist", "vetoed")
    key = "funnel.held_back" if _holds_back(run) else "funnel.tradable"
    told: dict[str, object] = {s: run.counts.get(s, 0) for s in stages}
    told["share"] = f"{100 * (1 - float(cutoff)):.0f}"
    told["tradable"] = text(key, lang, count=run.counts.get("tradable", 0))
    return text("funnel.line", lang, **told)


def _holds_back(run: ScoutRun) -> bool:
    """Tell whether the regime keeps even a tradable stock from being bought."""
    return run.regime.regime in _HOLDING_BACK


def _list(run: ScoutRun, lang: str, width: int, show: int | None) -> Iterator[RenderableType]:
    chosen = [s for s in run.stocks if s.rank is not None]
    if not chosen:
        limit = run.settings.get("analyst", {}).get("approve_min_score", 50.0)
        yield Text(text("verdict.empty", lang, limit=amount(limit, "points", lang)))
        return
    shown = chosen[:show]
    yield _table(run, shown, lang, width)
    if len(shown) < len(chosen):
        yield Text(text("verdict.rest", lang, count=len(chosen) - len(shown)))


def _table(run: ScoutRun, shown: Sequence[ScoredStock], lang: str, width: int) -> RenderableType:
    caps = {r.group: f"{r.tier}{r.effective_cap}" for r in run.sectors}
    sectors = [f"{group_label(s.sector_group, lang)} {caps.get(s.sector_group, '')}" for s in shown]
    verdicts = [_verdict(s, lang, held_back=_holds_back(run)) for s in shown]
    title = {c: text(f"column.{c}", lang) for c in ("rank", "name", "market", "sector", "score")}
    # where there is little room the reasons go before the sector, which `sectors show` tells
    roomy, judged = width >= _WIDE, has_model(run)
    placed = width >= _WIDEST or not judged
    columns = [
        Column(title=title["rank"], width=3, right=True),
        fitted(title["name"], [s.name for s in shown], most=14 if roomy else 12),
        *([fitted(title["sector"], sectors, most=20)] if placed else []),
        Column(title=title["score"], width=max(5, cell_len(title["score"])), right=True),
        fitted(text("column.verdict", lang), verdicts, most=12),
    ]
    models = [_model_cell(s, lang) for s in shown]
    if judged:
        column = fitted(text("column.model", lang), models, most=5, right=True)
        columns.insert(len(columns) - 1, column)
    if roomy:
        columns.insert(2, Column(title=title["market"], width=_MARKET_CELLS))
    space = remaining(columns, width)
    columns.append(Column(title=text("column.why", lang), width=space))
    rows = []
    for stock, sector, verdict, model in zip(shown, sectors, verdicts, models, strict=True):
        score = amount(stock.hybrid_score, "score", lang)
        row: list[str | Text] = [str(stock.rank), stock.name]
        row += [sector, score] if placed else [score]
        row += [model] if judged else []
        row += [
            Text(verdict, style=_style(stock, held_back=_holds_back(run))),
            as_many_as_fit(_reasons(stock, lang), space),
        ]
        if roomy:
            row.insert(2, stock.market)
        rows.append(row)
    return grid(columns, rows)


def _model_cell(stock: ScoredStock, lang: str) -> str:
    """Return the model's score as it counts, or that the quant score stands in for it."""
    if stock.llm_status is LlmStatus.FALLBACK:
        return STOOD_IN
    return amount(stock.llm_score, "score", lang)


def _verdict(stock: ScoredStock, lang: str, *, held_back: bool) -> str:
    if not stock.is_tradable or stock.trade_tier is None:
        return text("verdict.watch", lang)
    return text(f"verdict.{'held_back.' if held_back else ''}{stock.trade_tier}", lang)


def _style(stock: ScoredStock, *, held_back: bool) -> str:
    if held_back or not stock.is_tradable or stock.trade_tier is None:
        return "dim"
    return _STYLES.get(stock.trade_tier, "")


def _reasons(stock: ScoredStock, lang: str) -> Iterable[str]:
    """Return the phrases of a row, most telling first; a full buy shows strength first."""
    if stock.backfilled:
        yield text("verdict.backfilled", lang)
    for i, reason in enumerate(not_tradable_reasons(stock, lang)):
        yield f"· {reason}" if i else text("verdict.blocked", lang, reason=reason)
    parts = why(stock, lang)
    yield from (
        parts if stock.trade_tier is TradeTier.TIER1 else (*parts[:1], *parts[2:], *parts[1:2])
    )


def _buy_line(run: ScoutRun, lang: str) -> tuple[tuple[str, ...], str] | None:
    """Return how the best stock that may be bought now is bought, None if there is none."""
    best = next((s for s in run.stocks if s.is_tradable and s.rank is not None), None)
    if best is None or _holds_back(run):
        return None
    return ("trade", "buy", best.name), text(f"next.buy_{run.profile}", lang)


def _typed(args: Sequence[str]) -> str:
    """Return arguments as one types them; a Korean name needs no quotes in any shell."""
    return " ".join(a if a.isalnum() else shlex.quote(a) for a in args)


def _footer(run: ScoutRun, lang: str) -> Iterator[Text]:
    yield from _cautious(run, lang)
    for stock in [s for s in run.stocks if s.veto_applied][:_VETO_LINES]:
        yield Text(_veto_line(stock, lang))
    blocked = run.counts.get("coverage_blocked", 0)
    if blocked:
        floor = run.settings.get("analyst", {}).get("coverage_min_ratio", 0.6)
        yield Text(
            text(
                "funnel.coverage",
                lang,
                count=blocked,
                scored=run.counts.get("scored", 0),
                limit=amount(floor, "ratio", lang),
            )
        )
    yield from map(Text, model_lines(run, lang))
    yield Text(text("evidence.unmeasured", lang))


def _cautious(run: ScoutRun, lang: str) -> Iterator[Text]:
    """Yield why the list is shorter than the settings say, where risk-off has cut it."""
    size = run.settings.get("scout", {}).get("max_watchlist_size", 0)
    most = cautious_size(size)
    if most < size and any(c.rule == rule.RISK_OFF.id and c.fired for c in run.rules):
        level = run.settings.get("request", {}).get("risk_off_level")
        yield Text(text("funnel.cautious", lang, level=level, size=size, most=most))


def _veto_line(stock: ScoredStock, lang: str) -> str:
    inputs = stock.risk_inputs
    figures = (
        text("veto.drawdown", lang, value=amount(inputs.get("drawdown_20d_pct"), "pct", lang)),
        text("veto.rsi", lang, value=amount(inputs.get("rsi14"), "rsi", lang)),
        text("veto.sell_turn", lang),
    )
    return text("veto.line", lang, name=stock.name, figures=" · ".join(figures))


def _next_lines(run: ScoutRun, lang: str, jennie: str, *, named: bool) -> Iterator[Text]:
    commands = next_commands(run, lang, named=named)
    rows = [(f"{jennie} {_typed(args)}", said) for args, said in commands]
    widest = max(cell_len(command) for command, _ in rows)
    title = text("next.title", lang)
    for i, (command, said) in enumerate(rows):
        lead = title if i == 0 else " " * cell_len(title)
        gap = " " * (widest - cell_len(command) + 3)
        yield Text(f"{lead}  {command}{gap}{said}")
