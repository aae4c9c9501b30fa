"""One stock of one run, whole: every sub-score with its input, and the exact reasons."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from jennie_cli.engine.errors import UnknownStock
from jennie_cli.engine.messages import text
from jennie_cli.engine.model import Market, Stock, TradeTier
from jennie_cli.engine.rules import Check
from jennie_cli.engine.scoring.market import find_stock
from jennie_cli.engine.scout.wording import check_text, not_tradable_reason, part_label, why
from jennie_cli.engine.store import FactorScore, ScoredStock, ScoutRun

_VERDICT = (
    "veto.distribution",
    "score.coverage",
    "approve.min",
    "tier.tier1",
    "recon.golden_cross",
    "recon.volume_ratio",
    "recon.ma20_rising",
    "recon.momentum",
    "tier.recon",
    "held.held",
    "held.sold_24h",
    "stability.enter",
    "stability.stay",
)


def stock_of(run: ScoutRun, asked: str) -> ScoredStock:
    """Return the candidate of a run with this code or name. Raises UnknownStock, AmbiguousStock."""
    stocks = [Stock(code=s.code, name=s.name, market=Market(s.market)) for s in run.stocks]
    try:
        found = find_stock(stocks, asked)
    except UnknownStock as unknown:
        raise UnknownStock(
            f"'{asked}' was not among the {len(stocks)} candidates of run {run.run_id}.",
            hint=f"{unknown.hint} A wider run: jennie scout run --universe 1000",
        ) from unknown
    return next(s for s in run.stocks if s.code == found.code)


def explain(run: ScoutRun, asked: str, lang: str) -> dict[str, Any]:
    """Return the whole record of one candidate as a JSON document; texts are in `lang`."""
    stock = stock_of(run, asked)
    return {
        "code": stock.code,
        "name": stock.name,
        "market": stock.market,
        "sector": stock.sector,
        "sector_group": stock.sector_group,
        "run_id": run.run_id,
        "trade_date": run.trade_date,
        "scorer": run.scorer,
        "sources": stock.sources,
        "recalled": _recalled(run, stock.code),
        "stage": stock.stage,
        "rank": stock.rank,
        "quant": _quant(stock, lang),
        "risk_inputs": dict(stock.risk_inputs),
        "analyst": analyst_record(stock),
        "hybrid_score": stock.hybrid_score,
        "llm_score": stock.llm_score,
        "llm_status": stock.llm_status,
        "grade": stock.grade,
        "risk_tag": stock.risk_tag,
        "trade_tier": stock.trade_tier,
        "veto_applied": stock.veto_applied,
        "is_tradable": stock.is_tradable,
        "backfilled": stock.backfilled,
        "why": why(stock, lang),
        "reason": not_tradable_reason(stock, lang),
        "missing": missing_parts(stock),
        "tier_reasons": tier_reasons(stock, lang),
        "sector_budget": sector_budget(run, stock),
        "checks": [_check(c, lang) for c in stock.checks],
    }


def _recalled(run: ScoutRun, code: str) -> Mapping[str, Any] | None:
    """Return the archived text that made the stock a candidate: theme, title, at, source."""
    told = run.settings.get("recalled", ())
    return next((one for one in told if one["code"] == code), None)


def tier_reasons(stock: ScoredStock, lang: str) -> tuple[str, ...]:
    """Return the sentences that decided tier and tradability, the decisive drop last."""
    by_rule = {c.rule: c for c in stock.checks}
    asked = [by_rule[r] for r in _VERDICT if r in by_rule]
    if stock.trade_tier is TradeTier.TIER1:
        # a full buy was never a candidate for the small one
        asked = [c for c in asked if c.rule != "tier.recon"]
    said = [check_text(c, lang) for c in asked]
    if stock.rank is not None:
        said.append(text("reason.selected", lang, rank=stock.rank))
    if stock.drop is not None:
        said.append(check_text(stock.drop.check, lang))
    return tuple(dict.fromkeys(said))


def analyst_record(stock: ScoredStock) -> dict[str, Any] | None:
    """Return who said what of the stock and what became of it, None if it was not analysed."""
    if stock.llm_status is None:
        return None
    said = stock.opinion
    return {
        "status": stock.llm_status,
        "raw_score": stock.llm_raw_score,
        "bonus_points": stock.bonus_points,
        "clamped_score": stock.llm_score,
        "quant_ratio": stock.quant_ratio,
        "hybrid_score": stock.hybrid_score,
        "failure": stock.llm_failure,
        "reason": said.reason if said else None,
        "fact_check": said.fact_check if said else None,
        "unsupported": said.unsupported if said else (),
        "provider": said.provider if said else None,
        "model": said.model if said else None,
        "simulated": said.simulated if said else False,
        "cached": said.cached if said else False,
        "prompt": said.prompt if said else None,
        "prompt_sha256": said.prompt_sha256 if said else None,
        "key": said.key if said else None,
        "tokens_in": said.tokens_in if said else 0,
        "tokens_out": said.tokens_out if said else 0,
        "cost_usd": said.usd_micro / 1_000_000 if said else 0.0,
    }


def missing_parts(stock: ScoredStock) -> tuple[str, ...]:
    """Return factor.part of every sub-score that rests on no data."""
    return tuple(
        f"{factor}.{name}"
        for factor, score in stock.factors.items()
        for name, part in score.parts.items()
        if part.missing
    )


def sector_budget(run: ScoutRun, stock: ScoredStock) -> Mapping[str, Any] | None:
    """Return the budget row of the stock's group in this run."""
    row = next((r for r in run.sectors if r.group == stock.sector_group), None)
    if row is None:
        return None
    return {
        "group": row.group,
        "tier": row.tier,
        "return_pct": row.return_pct,
        "watchlist_cap": row.watchlist_cap,
        "portfolio_cap": row.portfolio_cap,
        "effective_cap": row.effective_cap,
        "held_count": row.held_count,
    }


def _quant(stock: ScoredStock, lang: str) -> dict[str, Any]:
    return {
        "total": stock.quant_score,
        "coverage": stock.coverage_ratio,
        "phase": stock.phase,
        "phase_points": stock.phase_points,
        "falling_knife": stock.falling_knife,
        "factors": {f: _factor(f, s, lang) for f, s in stock.factors.items()},
    }


def _factor(factor: str, score: FactorScore, lang: str) -> dict[str, Any]:
    return {
        "points": score.points,
        "max": score.max,
        "scale_factor": score.scale_factor,
        "parts": {
            name: {
                "points": part.points,
                "max": part.max,
                "input": part.input,
                "unit": part.unit,
                "missing": part.missing,
                "text": part_label(factor, name, part, lang),
            }
            for name, part in score.parts.items()
        },
    }


def _check(check: Check, lang: str) -> dict[str, Any]:
    return {**asdict(check), "text": check_text(check, lang)}
