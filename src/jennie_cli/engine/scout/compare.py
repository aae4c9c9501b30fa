"""What moved between two runs and why, and how two scorers rank one market."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from jennie_cli.engine.messages import text
from jennie_cli.engine.rules import Tally
from jennie_cli.engine.scoring.market import MarketView
from jennie_cli.engine.scout.measure import measure
from jennie_cli.engine.scout.policy import ScoutPolicies
from jennie_cli.engine.scout.ranking import ranked
from jennie_cli.engine.scout.wording import check_text
from jennie_cli.engine.store import ScoredStock, ScoutRun

_TOP = 20
_NOISE = 0.01


def compare(a: ScoutRun, b: ScoutRun, lang: str) -> dict[str, Any]:
    """Return what changed from run `a` to run `b`: entered, left, moved, and the cause of each."""
    before = {s.code: s for s in a.stocks}
    after = {s.code: s for s in b.stocks}
    was = {c for c, s in before.items() if s.rank is not None}
    now = {c for c, s in after.items() if s.rank is not None}
    both = sorted(was & now, key=lambda c: after[c].rank or 0)
    return {
        "a": _head(a),
        "b": _head(b),
        "regime_changed": a.regime.regime != b.regime.regime,
        "entered": [
            {
                **_change(before.get(c), after[c]),
                "reason": _cause(before.get(c), lang),
            }
            for c in sorted(now - was, key=lambda c: after[c].rank or 0)
        ],
        "left": [
            {**_change(before[c], after.get(c)), "reason": _cause(after.get(c), lang)}
            for c in sorted(was - now, key=lambda c: before[c].rank or 0)
        ],
        "moved": [_change(before[c], after[c]) for c in both if _differs(before[c], after[c])],
        "unchanged": sum(not _differs(before[c], after[c]) for c in both),
    }


def compare_scorers(
    view: MarketView, codes: Sequence[str], names: Sequence[str], policies: ScoutPolicies
) -> dict[str, Any]:
    """Return how two scorers rank the same `codes` on one view."""
    first, second = names
    wanted = np.isin(np.asarray(view.bars.codes), np.asarray(codes, dtype=str))
    totals = {n: measure(view, n, policies, Tally()).table.total[-1] for n in names}
    within = wanted & np.isfinite(totals[first]) & np.isfinite(totals[second])
    places = {
        n: {int(s): i for i, s in enumerate(_ranked(view, totals[n], within), start=1)}
        for n in names
    }
    tops = [{s for s, i in places[n].items() if i <= _TOP} for n in names]
    rows = [
        {
            "code": view.stocks[s].code,
            "name": view.stocks[s].name,
            **{f"rank_{n}": places[n][s] for n in names},
            **{f"score_{n}": float(totals[n][s]) for n in names},
        }
        for s in places[second]
    ]
    return {
        "scorers": list(names),
        "newest_bar": view.bars.days[-1],
        "stocks": len(rows),
        "rank_correlation": _correlation(places[first], places[second]),
        "top": _TOP,
        "overlap": len(tops[0] & tops[1]),
        "rows": rows,
    }


def _ranked(view: MarketView, total: Any, within: Any) -> Any:
    return ranked(total, view.market_cap, view.bars.codes, within)


def _correlation(a: Mapping[int, int], b: Mapping[int, int]) -> float | None:
    """Return Spearman's rho of two rankings without ties, None below two stocks."""
    if len(a) < 2:
        return None
    left = np.array([a[s] for s in b], dtype=np.float64)
    right = np.array(list(b.values()), dtype=np.float64)
    return round(float(np.corrcoef(left, right)[0, 1]), 4)


def _head(run: ScoutRun) -> dict[str, Any]:
    return {
        "run_id": run.run_id,
        "trade_date": run.trade_date,
        "market": run.market,
        "scorer": run.scorer,
        "regime": run.regime.regime,
        "watchlist": run.counts.get("watchlist", 0),
        "tradable": run.counts.get("tradable", 0),
    }


def _differs(a: ScoredStock, b: ScoredStock) -> bool:
    return (a.rank, a.hybrid_score, a.trade_tier) != (b.rank, b.hybrid_score, b.trade_tier)


def _change(a: ScoredStock | None, b: ScoredStock | None) -> dict[str, Any]:
    known = b or a
    if known is None:
        raise ValueError("nothing to compare")
    deltas = _deltas(a, b)
    biggest = max(deltas, key=lambda f: abs(deltas[f]), default=None)
    return {
        "code": known.code,
        "name": known.name,
        "rank_a": a.rank if a else None,
        "rank_b": b.rank if b else None,
        "score_a": _score(a),
        "score_b": _score(b),
        "score_delta": _delta(_score(a), _score(b)),
        "tier_a": a.trade_tier if a else None,
        "tier_b": b.trade_tier if b else None,
        "factor_deltas": deltas,
        "moved_most": {"factor": biggest, "delta": deltas[biggest]} if biggest else None,
    }


def _deltas(a: ScoredStock | None, b: ScoredStock | None) -> dict[str, float]:
    """Return what each factor and the phase added to the change, and what is left (penalties and
    the clamp to 0..100); zeros left out.
    """
    if a is None or b is None or a.quant_score is None or b.quant_score is None:
        return {}
    shared = [f for f in a.factors if f in b.factors]
    moved = {f: b.factors[f].points - a.factors[f].points for f in shared}
    moved["phase"] = (b.phase_points or 0.0) - (a.phase_points or 0.0)
    moved["penalty"] = b.quant_score - a.quant_score - sum(moved.values())
    return {f: round(d, 2) for f, d in moved.items() if abs(d) >= _NOISE}


def _score(stock: ScoredStock | None) -> float | None:
    if stock is None:
        return None
    return stock.quant_score if stock.hybrid_score is None else stock.hybrid_score


def _delta(a: float | None, b: float | None) -> float | None:
    return None if a is None or b is None else round(b - a, 2)


def _cause(other: ScoredStock | None, lang: str) -> str:
    """Return what kept the stock off the other run's watchlist."""
    if other is None or other.drop is None:
        return text("compare.no_candidate", lang)
    return check_text(other.drop.check, lang)
