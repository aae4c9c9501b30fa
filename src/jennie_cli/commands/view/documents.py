"""The JSON documents of the scout: shapes that scripts rely on."""

from collections.abc import Mapping
from typing import Any

from jennie_cli.engine.rules import DeadRules, SessionSilence
from jennie_cli.engine.scout import Silence, check_text, not_tradable_reason, why
from jennie_cli.engine.store import RegimeReading, ScoredStock, ScoutRun, SectorRow


def run_document(run: ScoutRun, lang: str, *, top: int | None = None) -> dict[str, Any]:
    """Return a run with its watchlist, at most `top` stocks of it."""
    chosen = [s for s in run.stocks if s.rank is not None]
    return {
        **run_head(run),
        **{k: run.counts[k] for k in _STAGES if k in run.counts},
        "coverage_blocked": run.counts.get("coverage_blocked"),
        "llm": dict(run.llm),
        "data_missing": [{"code": c, "what": w} for c, w in run.data_missing],
        "elapsed_s": dict(run.elapsed_s),
        "stocks": [_entry(s, lang) for s in chosen[:top]],
        "vetoed": [_entry(s, lang) for s in run.stocks if s.veto_applied],
        "dropped": dict(run.dropped),
        "sources": {
            k.removeprefix("from_"): n for k, n in run.counts.items() if k.startswith("from_")
        },
        "regime_detail": regime_document(run.regime),
        "sectors": [sector_document(r) for r in run.sectors],
        "rules": [{"rule": c.rule, "asked": c.asked, "fired": c.fired} for c in run.rules],
    }


def run_head(run: ScoutRun) -> dict[str, Any]:
    """Return what names a run."""
    return {
        "run_id": run.run_id,
        "generated_at": run.generated_at,
        "as_of": run.as_of,
        "trade_date": run.trade_date,
        "newest_bar": run.newest_bar,
        "profile": run.profile,
        "market": run.market,
        "scorer": run.scorer,
        "regime": run.regime.regime,
    }


def regime_document(reading: RegimeReading) -> dict[str, Any]:
    """Return a regime reading with its components."""
    return {
        "regime": reading.regime,
        "score": reading.score_points,
        "confidence": reading.confidence_ratio,
        "components": dict(reading.components),
        "previous": reading.previous,
        "changed_on": reading.changed_on,
        "shadow": reading.shadow,
    }


def sector_document(row: SectorRow) -> Mapping[str, Any]:
    """Return one group of the sector budget."""
    return {
        "group": row.group,
        "tier": row.tier,
        "return_pct": row.return_pct,
        "stocks": row.stocks,
        "falling_knife_ratio": row.falling_knife_ratio,
        "watchlist_cap": row.watchlist_cap,
        "portfolio_cap": row.portfolio_cap,
        "effective_cap": row.effective_cap,
        "held_count": row.held_count,
    }


_STAGES = (
    "universe",
    "eligible",
    "scored",
    "passed_quant",
    "analysed",
    "approved",
    "watchlist",
    "tradable",
    "backfilled",
)


def _entry(stock: ScoredStock, lang: str) -> dict[str, Any]:
    return {
        "rank": stock.rank,
        "code": stock.code,
        "name": stock.name,
        "market": stock.market,
        "sector": stock.sector,
        "sector_group": stock.sector_group,
        "quant_score": stock.quant_score,
        "llm_score": stock.llm_score,
        "llm_status": stock.llm_status,
        "llm_raw_score": stock.llm_raw_score,
        "llm_reason": stock.opinion.reason if stock.opinion else None,
        "model": stock.opinion.model if stock.opinion else None,
        "fact_check": stock.opinion.fact_check if stock.opinion else None,
        "llm_failure": stock.llm_failure,
        "hybrid_score": stock.hybrid_score,
        "grade": stock.grade,
        "trade_tier": stock.trade_tier,
        "risk_tag": stock.risk_tag,
        "veto_applied": stock.veto_applied,
        "is_tradable": stock.is_tradable,
        "coverage": stock.coverage_ratio,
        "backfilled": stock.backfilled,
        "why": why(stock, lang),
        "reason": not_tradable_reason(stock, lang),
        "dropped_by": check_text(stock.drop.check, lang) if stock.drop else None,
    }


def silence_document(silence: Silence, judged: SessionSilence | None) -> dict[str, Any]:
    """Return the rules that never fired over the stored runs, and those that wait for an input.

    `session_rules` says the same of the sessions of this account, null before the first.
    """
    return {
        "rules_over_runs": silence.runs,
        "never_fired": [r.id for r in silence.dead.never_fired],
        "waiting": _waiting(silence.dead),
        "session_rules": None if judged is None else _session_rules(judged),
    }


def _session_rules(judged: SessionSilence) -> dict[str, Any]:
    dead = judged.dead
    return {
        "sessions": judged.sessions,
        "never_fired": [
            {"rule": r.id, "asked": judged.asked.get(r.id, 0)} for r in dead.never_fired
        ],
        "asleep": [{"rule": s.rule.id, "setting": s.setting} for s in dead.asleep],
        "waiting": _waiting(dead),
        "stamp": {"refusing": judged.refusing, "never_refused": judged.calm},
    }


def _waiting(dead: DeadRules) -> list[dict[str, Any]]:
    return [{"rule": w.rule.id, "inputs": w.inputs} for w in dead.waiting]
