"""Turns a run's arrays into the records that are kept: one per candidate, losers included."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace

import numpy as np

from jennie_cli.engine.analyst import RiskInputs, Verdict, risk_inputs
from jennie_cli.engine.model import Phase, WatchlistEntry
from jennie_cli.engine.rules import Check
from jennie_cli.engine.scout.advisor import Advice
from jennie_cli.engine.scout.choose import Choice
from jennie_cli.engine.scout.cut import Cut
from jennie_cli.engine.scout.discovery import Candidates
from jennie_cli.engine.scout.measure import Measured
from jennie_cli.engine.scout.parts import factor_scores
from jennie_cli.engine.store import Drop, ScoredStock, Stage

_PHASES = tuple(Phase)
_UNKNOWN_RISK = RiskInputs()


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """Everything one run worked out, by stock index of the view."""

    measured: Measured
    candidates: Candidates
    cut: Cut
    verdicts: Mapping[int, Verdict]
    shadows: Mapping[int, tuple[Check, ...]]
    choice: Choice
    advice: Advice = field(default_factory=Advice)


def scored_stocks(walk: Walk) -> tuple[ScoredStock, ...]:
    """Return the record of every candidate: the watchlist by rank, then the rest by score."""
    rank = {code: i for i, code in enumerate(walk.choice.selection.chosen, start=1)}
    records = [_record(walk, int(s), rank) for s in walk.candidates.stocks]
    return tuple(sorted(records, key=_order))


def watchlist_entry(stock: ScoredStock) -> WatchlistEntry:
    """Return the watchlist entry of a chosen stock."""
    if stock.rank is None or stock.quant_score is None or stock.coverage_ratio is None:
        raise ValueError(f"{stock.code} was not chosen")
    if stock.llm_score is None or stock.hybrid_score is None or stock.llm_status is None:
        raise ValueError(f"{stock.code} was not analysed")
    if stock.grade is None or stock.trade_tier is None or stock.risk_tag is None:
        raise ValueError(f"{stock.code} has no verdict")
    return WatchlistEntry(
        rank=stock.rank,
        code=stock.code,
        name=stock.name,
        market=stock.market,
        sector=stock.sector,
        sector_group=stock.sector_group,
        quant_score=stock.quant_score,
        llm_score=stock.llm_score,
        llm_status=stock.llm_status,
        hybrid_score=stock.hybrid_score,
        grade=stock.grade,
        trade_tier=stock.trade_tier,
        risk_tag=stock.risk_tag,
        veto_applied=stock.veto_applied,
        is_tradable=stock.is_tradable,
        coverage_ratio=stock.coverage_ratio,
        backfilled=stock.backfilled,
        fact_check=stock.opinion.fact_check if stock.opinion else None,
    )


def _order(stock: ScoredStock) -> tuple[float, float, str]:
    score = stock.hybrid_score if stock.hybrid_score is not None else stock.quant_score
    return (
        stock.rank if stock.rank is not None else float("inf"),
        -score if score is not None else float("inf"),
        stock.code,
    )


def _record(walk: Walk, stock: int, rank: Mapping[str, int]) -> ScoredStock:
    listed = walk.measured.view.stocks[stock]
    place = rank.get(listed.code)
    drop = None if place else _drop(walk, stock)
    close = walk.measured.view.bars.close[-1, stock]
    found = ScoredStock(
        code=listed.code,
        name=listed.name,
        market=listed.market.value,
        sector=listed.sector_fine,
        sector_group=listed.sector_group,
        sources=walk.candidates.sources(stock),
        stage=Stage.WATCHLIST if drop is None else drop.stage,
        drop=drop,
        rank=place,
        risk_inputs=_risk(_UNKNOWN_RISK),
        price=int(close) if np.isfinite(close) else None,
        backfilled=listed.code in walk.choice.selection.backfilled,
        checks=_checks(walk, stock),
    )
    return _with_verdict(_with_scores(found, walk.measured, stock), walk.verdicts.get(stock), walk)


def _drop(walk: Walk, stock: int) -> Drop:
    """Return where and why a candidate that is not on the watchlist left the run."""
    ineligible = walk.measured.eligibility.first_fired(stock)
    if ineligible is not None:
        return Drop(stage=Stage.ELIGIBILITY, check=ineligible)
    if stock in walk.cut.drops:
        return walk.cut.drops[stock]
    if stock in walk.choice.turned_away:
        return Drop(stage=Stage.SELECTION, check=walk.choice.turned_away[stock])
    verdict = walk.verdicts[stock]
    if not verdict.approved:
        wanted = "veto.distribution" if verdict.veto_applied else "approve.min"
        check = next(c for c in verdict.checks if c.rule == wanted)
        return Drop(stage=Stage.ANALYST, check=check)
    code = walk.measured.view.stocks[stock].code
    return Drop(stage=Stage.SELECTION, check=walk.choice.selection.left_out[code])


def _checks(walk: Walk, stock: int) -> tuple[Check, ...]:
    verdict = walk.verdicts.get(stock)
    admitted = walk.choice.admitted.get(stock)
    return (
        *walk.measured.eligibility.checks(stock),
        *walk.cut.checks.get(stock, ()),
        *(verdict.checks if verdict else ()),
        *walk.shadows.get(stock, ()),
        *((admitted,) if admitted else ()),
    )


def _with_scores(found: ScoredStock, measured: Measured, stock: int) -> ScoredStock:
    table = measured.table
    if found.stage is Stage.ELIGIBILITY or not table.valid[-1, stock]:
        return found
    return replace(
        found,
        quant_score=float(table.total[-1, stock]),
        coverage_ratio=float(table.coverage_ratio[-1, stock]),
        phase=_PHASES[int(table.phase[-1, stock])],
        phase_points=float(table.phase_points[-1, stock]),
        falling_knife=bool(table.knife[-1, stock]),
        factors=factor_scores(table, stock),
        risk_inputs=_risk(risk_inputs(table, -1, stock)),
    )


def _risk(inputs: RiskInputs) -> dict[str, float | bool | None]:
    return asdict(inputs)


def _with_verdict(found: ScoredStock, verdict: Verdict | None, walk: Walk) -> ScoredStock:
    if verdict is None:
        return found
    heard = walk.advice.heard
    opinion = heard.opinions.get(found.code)
    return replace(
        found,
        llm_raw_score=None if opinion is None else float(opinion.raw_score),
        opinion=opinion,
        llm_failure=heard.failures.get(found.code),
        bonus_points=walk.advice.bonus(found.code) or None,
        llm_score=verdict.blend.llm_score,
        llm_status=verdict.blend.llm_status,
        quant_ratio=verdict.blend.quant_ratio,
        hybrid_score=verdict.blend.hybrid_score,
        grade=verdict.grade,
        risk_tag=verdict.risk_tag,
        trade_tier=verdict.trade_tier,
        veto_applied=verdict.veto_applied,
        is_tradable=found.rank is not None and verdict.is_tradable,
    )
