"""The figures a run states about itself: counts per stage and reason, gaps, inputs, settings."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from jennie_cli.engine.model import FactCheck, LlmStatus
from jennie_cli.engine.scout.eligibility import codes_in
from jennie_cli.engine.scout.policy import ScoutPolicies
from jennie_cli.engine.scout.record import Walk
from jennie_cli.engine.scout.request import ScoutRequest
from jennie_cli.engine.store import ScoredStock

_SAID = 200
"""Letters of what an error said that a run keeps."""


def counts(walk: Walk, stocks: Sequence[ScoredStock], policies: ScoutPolicies) -> dict[str, int]:
    """Return how many candidates reached each stage, and how many `coverage` blocked."""
    covered = [s.coverage_ratio for s in stocks if s.coverage_ratio is not None]
    floor = policies.analyst.coverage_min_ratio
    chosen = [s for s in stocks if s.rank is not None]
    sources = {f"from_{name}": len(found) for name, found in walk.candidates.by_source.items()}
    return {
        "universe": len(stocks),
        "eligible": int(walk.measured.eligibility.eligible[walk.candidates.stocks].sum()),
        "scored": len(walk.cut.scored),
        "passed_quant": len(walk.cut.passed),
        "analysed": len(walk.cut.analysed),
        "approved": sum(v.approved for v in walk.verdicts.values()),
        "watchlist": len(chosen),
        "tradable": sum(s.is_tradable for s in chosen),
        "vetoed": sum(s.veto_applied for s in stocks),
        "backfilled": sum(s.backfilled for s in chosen),
        "coverage_blocked": sum(ratio < floor for ratio in covered),
        **sources,
    }


def dropped(stocks: Sequence[ScoredStock]) -> dict[str, int]:
    """Return how many candidates each rule dropped, the busiest rule first."""
    rules = Counter(s.drop.check.rule for s in stocks if s.drop is not None)
    return dict(sorted(rules.items(), key=lambda kv: (-kv[1], kv[0])))


def data_missing(walk: Walk, request: ScoutRequest) -> tuple[tuple[str, str], ...]:
    """Return (code, what) for what the candidates lack; "*" stands for a whole data set."""
    view, found = walk.measured.view, walk.candidates.stocks
    named = {"*", *(view.bars.codes[s] for s in found)}
    told = [(code, what) for code, what in view.data_missing if code in named]
    if request.recalled is None:
        told.append(("*", "archived_news"))
    gaps = {
        "flows": ~np.isfinite(view.flows.foreign).any(axis=0),
        "accounts": ~np.isfinite(view.earnings.roe_pct[-1]) & ~np.isfinite(view.earnings.per[-1]),
    }
    mine = [(view.bars.codes[s], what) for what, gap in gaps.items() for s in found if gap[s]]
    return (*told, *mine)


def model_use(walk: Walk, request: ScoutRequest, policies: ScoutPolicies) -> dict[str, Any]:
    """Return who was asked, how often, what it cost, and how many stocks fell back to quant.

    `calls` are the stocks a model was asked about now, `cached` those it had answered earlier the
    same day, `failures` how asking failed by kind, `stop` why it ended before the last stock. Cost
    and tokens are of all questions, of those too that came to nothing.
    """
    heard = walk.advice.heard
    opinions = heard.opinions.values()
    statuses = [v.blend.llm_status for v in walk.verdicts.values()]
    cached, lost = sum(o.cached for o in opinions), heard.lost
    return {
        "provider": _most(o.provider for o in opinions),
        "model": _most(o.model for o in opinions),
        "asked": request.use_llm and policies.scout.use_unified_analyst,
        "simulated": any(o.simulated for o in opinions),
        "calls": len(heard.opinions) - cached + len(heard.failures),
        "cached": cached,
        "fallbacks": statuses.count(LlmStatus.FALLBACK),
        "failures": dict(sorted(Counter(heard.failures.values()).items())),
        "fact_check_failed": sum(o.fact_check is FactCheck.FAILED for o in opinions),
        "stop": heard.stop,
        "said": heard.said[:_SAID] or None,
        "cost_usd": (lost.usd_micro + sum(o.usd_micro for o in opinions)) / 1_000_000,
        "tokens_in": lost.tokens_in + sum(o.tokens_in for o in opinions),
        "tokens_out": lost.tokens_out + sum(o.tokens_out for o in opinions),
    }


def _most(names: Iterable[str]) -> str | None:
    """Return the name that occurs most, the first by letters among equals."""
    counted = Counter(names)
    return min(counted, key=lambda n: (-counted[n], n), default=None)


def elapsed(spent: Mapping[str, float], load_s: float) -> dict[str, float]:
    """Return seconds by part and in total, load included."""
    parts = {"load": load_s, **spent}
    return {k: round(v, 4) for k, v in {**parts, "total": sum(parts.values())}.items()}


def inputs(walk: Walk, request: ScoutRequest, policies: ScoutPolicies) -> tuple[str, ...]:
    """Return the inputs this run had, in the words of the rule catalogue."""
    view = walk.measured.view
    stable = policies.scout.stability if request.stability is None else request.stability
    there = {
        "bars": bool(len(view.bars.days)),
        "master": bool(view.stocks),
        "market_caps": bool(np.isfinite(view.market_cap).any()),
        "flows": bool(np.isfinite(view.flows.foreign).any()),
        "accounts": bool(np.isfinite(view.earnings.roe_pct).any()),
        "news": bool(np.isfinite(view.sentiment.level).any()),
        "model": bool(walk.advice.heard.opinions),
        "competitor": bool(walk.advice.heard.opinions) and walk.advice.bonuses is not None,
        "holdings": request.held is not None,
        "macro": request.risk_off_level is not None,
        "council": request.council_avoid is not None or request.council_favour is not None,
        "exclusions": bool(codes_in(policies.scout.excluded)),
        "stability": stable,
        "free_slots": walk.choice.selection.free_slots > 0,
    }
    return tuple(name for name, known in there.items() if known)


def settings(walk: Walk, request: ScoutRequest, policies: ScoutPolicies) -> dict[str, Any]:
    """Return what the run was told: the settings of every room, the request, its inputs."""
    asked = {
        "universe": request.universe or policies.scout.universe_size,
        "board": request.board.value if request.board else "all",
        "stability": request.stability,
        "use_llm": request.use_llm,
        "risk_off_level": request.risk_off_level,
    }
    inputs_had = list(inputs(walk, request, policies))
    return {**asdict(policies), "request": asked, "inputs": inputs_had, **_recalled(request)}


def _recalled(request: ScoutRequest) -> dict[str, Any]:
    """Return what archived news named, and by which model; nothing where it named nobody."""
    if not request.recalled:
        return {}
    named = [asdict(one) for one in request.recalled]
    return {"recalled": named, "recalled_by": request.recalled_by}
