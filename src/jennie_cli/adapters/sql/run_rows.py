"""A scout run spread over its record tables."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from jennie_cli.adapters.sql.moments import day_number
from jennie_cli.engine.model import LlmStatus, Opinion, WatchlistEntry
from jennie_cli.engine.store import ScoredStock, ScoutRun
from jennie_cli.engine.store.codec import to_json

Row = dict[str, Any]
_FACTOR_COLUMNS = {
    "momentum_score": "momentum",
    "quality_score": "quality",
    "value_score": "value",
    "technical_score": "technical",
    "news_stat_score": "news",
    "supply_demand_score": "supply_demand",
}


def record_rows(run: ScoutRun, watchlist: Sequence[WatchlistEntry]) -> Mapping[str, Sequence[Row]]:
    """Return the rows of every record table by its name."""
    return {
        "scout_run": [_run(run)],
        "daily_quant_score": [_score(run, s, at) for at, s in enumerate(run.stocks)],
        "shadow_radar_log": [_shadow(run, s) for s in run.stocks if s.drop],
        "llm_decision_ledger": [_decision(run, s) for s in run.stocks if s.llm_status],
        "watchlist_history": [_entry(run, e) for e in watchlist],
        "rule_count": [
            {"run_id": run.run_id, "rule": c.rule, "asked": c.asked, "fired": c.fired}
            for c in run.rules
        ],
    }


def _run(run: ScoutRun) -> Row:
    return {
        "run_id": run.run_id,
        "generated_at": int(run.generated_at.timestamp() * 1_000_000),
        "as_of": int(run.as_of.timestamp()),
        "trade_date": day_number(run.trade_date),
        "newest_bar": day_number(run.newest_bar),
        "profile": run.profile,
        "market": run.market,
        "scorer": run.scorer,
        "standing": run.standing,
        "regime": run.regime.regime.value,
        "detail": to_json(replace(run, stocks=())),
    }


def _score(run: ScoutRun, stock: ScoredStock, position: int) -> Row:
    factors = {
        column: stock.factors[name].points if name in stock.factors else None
        for column, name in _FACTOR_COLUMNS.items()
    }
    return {
        "run_id": run.run_id,
        "code": stock.code,
        "score_date": day_number(run.trade_date),
        "name": stock.name,
        "market": stock.market,
        "sector_group": stock.sector_group,
        "market_regime": run.regime.regime.value,
        "stage": stock.stage.value,
        "drop_stage": stock.drop.stage.value if stock.drop else None,
        "drop_rule": stock.drop.check.rule if stock.drop else None,
        "total_quant_score": stock.quant_score,
        **factors,
        "coverage_ratio": stock.coverage_ratio,
        "llm_score": stock.llm_score,
        "hybrid_score": stock.hybrid_score,
        "trade_tier": stock.trade_tier.value if stock.trade_tier else None,
        "risk_tag": stock.risk_tag.value if stock.risk_tag else None,
        "is_tradable": stock.is_tradable,
        "list_rank": stock.rank,
        "position": position,
        "detail": to_json(stock),
    }


def _shadow(run: ScoutRun, stock: ScoredStock) -> Row:
    drop = stock.drop
    if drop is None:
        raise ValueError(f"{stock.code} was not dropped")
    return {
        "run_id": run.run_id,
        "code": stock.code,
        "logged_at": int(run.generated_at.timestamp()),
        "name": stock.name,
        "rejection_stage": drop.stage.value,
        "rejection_rule": drop.check.rule,
        "rule_value": _word(drop.check.value),
        "rule_limit": _word(drop.check.limit),
        "unit": drop.check.unit,
        "quant_score": stock.quant_score,
        "price": stock.price,
    }


def _decision(run: ScoutRun, stock: ScoredStock) -> Row:
    return {
        "run_id": run.run_id,
        "code": stock.code,
        "logged_at": int(run.generated_at.timestamp()),
        "name": stock.name,
        "market_regime": run.regime.regime.value,
        "quant_score": stock.quant_score,
        "llm_raw_score": stock.llm_raw_score,
        "llm_score": stock.llm_score,
        "hybrid_score": stock.hybrid_score,
        "llm_status": stock.llm_status.value if stock.llm_status else "",
        "gate_result": stock.trade_tier.value if stock.trade_tier else "NONE",
        "final_decision": _decided(stock),
        "final_reason": stock.drop.check.rule if stock.drop else None,
        **_said(stock.opinion),
        "failure": stock.llm_failure,
    }


def _said(opinion: Opinion | None) -> Row:
    """Return who judged and why; names that a provider gives are cut to their column."""
    return {
        "reason": opinion.reason if opinion else None,
        "provider": opinion.provider[:64] if opinion else None,
        "model": opinion.model[:100] if opinion else None,
        "prompt_sha256": opinion.prompt_sha256 if opinion else None,
        "reply_key": opinion.key if opinion else None,
        "usd_micro": opinion.usd_micro if opinion else None,
        "fact_check": opinion.fact_check.value if opinion else None,
    }


def _decided(stock: ScoredStock) -> str:
    """Return the decision; without a model's word there is none to judge a model by."""
    if stock.llm_status is LlmStatus.FALLBACK:
        return "NO_DECISION"
    return "BUY" if stock.is_tradable else "HOLD"


def _entry(run: ScoutRun, entry: WatchlistEntry) -> Row:
    return {
        "run_id": run.run_id,
        "code": entry.code,
        "snapshot_date": day_number(run.trade_date),
        "list_rank": entry.rank,
        "name": entry.name,
        "is_tradable": entry.is_tradable,
        "trade_tier": entry.trade_tier.value,
        "hybrid_score": entry.hybrid_score,
        "detail": to_json(entry),
    }


def _word(value: float | str | None) -> str | None:
    return None if value is None else str(value)[:100]
