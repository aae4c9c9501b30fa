"""A scout run in which every field is used, for exams and tests."""

from datetime import date, timedelta

from jennie_cli.engine.model import (
    Grade,
    LlmStatus,
    Regime,
    RiskTag,
    SectorTier,
    TradeTier,
    WatchlistEntry,
)
from jennie_cli.engine.rules import Check, RuleCount
from jennie_cli.engine.store import (
    Drop,
    FactorScore,
    PartScore,
    RegimeReading,
    ScoredStock,
    ScoutRun,
    SectorRow,
    Stage,
)
from jennie_cli.testing.rows import moment

RUN_DAY = date(2025, 6, 27)
_CHECK = Check(rule="quant.cut", value=41, limit=60.5, unit="points", passed=False)


def make_run(run_id: str = "r1", *, day: date = RUN_DAY, minute: int = 30) -> ScoutRun:
    """Return a small run with a chosen stock and a dropped one."""
    return ScoutRun(
        run_id=run_id,
        generated_at=moment(day, 8, minute),
        as_of=moment(day, 8, minute),
        trade_date=day,
        newest_bar=day - timedelta(days=1),
        profile="sim",
        market="generated",
        scorer="v2",
        regime=_regime(day),
        counts={"universe": 200, "scored": 187},
        dropped={"quant.cut": 1},
        rules=(RuleCount(rule="quant.cut", asked=2, fired=1),),
        sectors=(_sector(),),
        data_missing=(("005930", "consensus"),),
        llm={"provider": None, "calls": 0},
        elapsed_s={"total": 1.5},
        stocks=(_chosen(), _dropped()),
        settings={"scout.universe_size": 200},
    )


def make_watchlist() -> tuple[WatchlistEntry, ...]:
    """Return the watchlist of such a run."""
    return (
        WatchlistEntry(
            rank=1,
            code="005930",
            name="삼성전자",
            market="KOSPI",
            sector="반도체",
            sector_group="반도체/IT",
            quant_score=71.25,
            llm_score=71.25,
            llm_status=LlmStatus.FALLBACK,
            hybrid_score=71.25,
            grade=Grade.A,
            trade_tier=TradeTier.TIER1,
            risk_tag=RiskTag.NEUTRAL,
            veto_applied=False,
            is_tradable=True,
            coverage_ratio=0.82,
        ),
    )


def _regime(day: date) -> RegimeReading:
    return RegimeReading(
        regime=Regime.BULL,
        score_points=6.5,
        confidence_ratio=0.7,
        components={"trend": 0.5, "breadth": None},
        previous=Regime.NEUTRAL,
        changed_on=day,
    )


def _sector() -> SectorRow:
    return SectorRow(
        group="반도체/IT",
        tier=SectorTier.HOT,
        return_pct=3.2,
        stocks=40,
        falling_knife_ratio=0.1,
        watchlist_cap=5,
        portfolio_cap=5,
        effective_cap=4,
        held_count=1,
    )


def _chosen() -> ScoredStock:
    part = PartScore(points=1.476, max=5.0, input=None, unit="pct", missing=True)
    factor = FactorScore(points=14.0, max=20.0, parts={"one_month": part}, scale_factor=1.25)
    return ScoredStock(
        code="005930",
        name="삼성전자",
        market="KOSPI",
        sector="반도체",
        sector_group="반도체/IT",
        sources=("volume", "sector"),
        stage=Stage.WATCHLIST,
        quant_score=71.25,
        coverage_ratio=0.82,
        factors={"momentum": factor},
        risk_inputs={"rsi14": 53.571, "flow_reversal": None},
        llm_score=71.25,
        llm_status=LlmStatus.FALLBACK,
        hybrid_score=71.25,
        grade=Grade.A,
        risk_tag=RiskTag.NEUTRAL,
        trade_tier=TradeTier.TIER1,
        is_tradable=True,
        rank=1,
        checks=(_CHECK,),
    )


def _dropped() -> ScoredStock:
    return ScoredStock(
        code="000020",
        name="동화약품",
        market="KOSPI",
        sector="제약",
        sector_group="바이오",
        stage=Stage.SCORE,
        drop=Drop(stage=Stage.QUANT_CUT, check=_CHECK),
        quant_score=41.0,
        price=6_300,
    )
