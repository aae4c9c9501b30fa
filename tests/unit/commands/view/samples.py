"""A small run made by hand, so that its page depends on no scorer and no market."""

from datetime import date, datetime
from typing import Any

from jennie_cli.engine.clock import KST
from jennie_cli.engine.model import (
    Grade,
    LlmStatus,
    Phase,
    Regime,
    RiskTag,
    SectorTier,
    TradeTier,
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

AT = datetime(2025, 6, 30, 8, 30, tzinfo=KST)
Parts = dict[str, tuple[float, float, float | None]]


def stock(rank: int | None, name: str, group: str, score: float, **given: Any) -> ScoredStock:
    """Return one candidate; parts are points, maximum and input by "factor.part"."""
    parts: Parts = given.pop("parts")
    told: dict[str, Any] = {
        "code": f"9{rank or 50:04d}0",
        "market": "KOSPI",
        "sector": "반도체와반도체장비",
        "stage": Stage.WATCHLIST,
        "coverage_ratio": 0.92,
        "llm_status": LlmStatus.FALLBACK,
        "grade": Grade.B,
        "risk_tag": RiskTag.NEUTRAL,
        "trade_tier": TradeTier.RECON,
        "is_tradable": True,
        "phase": Phase.UPTREND,
        "phase_points": 5.0,
        "checks": tier_checks(score),
    }
    return ScoredStock(
        name=name,
        sector_group=group,
        rank=rank,
        quant_score=score,
        llm_score=score,
        hybrid_score=score,
        factors=factors(parts),
        **(told | given),
    )


def factors(parts: Parts) -> dict[str, FactorScore]:
    """Return factor scores from parts by dotted name."""
    grouped: dict[str, dict[str, PartScore]] = {}
    for name, (points, top, figure) in parts.items():
        factor, part = name.split(".")
        grouped.setdefault(factor, {})[part] = PartScore(
            points=points, max=top, input=figure, unit="", missing=figure is None
        )
    return {
        f: FactorScore(points=sum(p.points for p in ps.values()), max=20.0, parts=ps)
        for f, ps in grouped.items()
    }


def tier_checks(score: float, *, sign: bool = True) -> tuple[Check, ...]:
    """Return the checks that decide a tier."""
    small = 60 <= score < 75 and sign
    return (
        Check(rule="score.coverage", value=0.92, limit=0.6, unit="ratio", passed=True),
        Check(rule="approve.min", value=score, limit=50.0, unit="points", passed=score >= 50),
        Check(rule="tier.tier1", value=score, limit=75.0, unit="points", passed=score >= 75),
        Check(rule="recon.ma20_rising", value=None, limit=None, unit="", passed=sign),
        Check(rule="tier.recon", value=score, limit=60.0, unit="points", passed=small),
    )


def sector(group: str, tier: SectorTier, cap: int) -> SectorRow:
    """Return one row of the budget."""
    return SectorRow(
        group=group,
        tier=tier,
        return_pct={SectorTier.HOT: 2.4, SectorTier.WARM: 0.3, SectorTier.COOL: -2.1}[tier],
        stocks=41,
        falling_knife_ratio=0.0,
        watchlist_cap=cap,
        portfolio_cap=cap,
        effective_cap=cap,
        held_count=0,
    )


def vetoed() -> ScoredStock:
    """Return the stock that was sold at its top."""
    check = Check(
        rule="veto.distribution", value="DISTRIBUTION_RISK", limit=None, unit="", passed=False
    )
    return stock(
        None,
        "미르모터스",
        "자동차/운송",
        70.2,
        stage=Stage.ANALYST,
        drop=Drop(stage=Stage.ANALYST, check=check),
        trade_tier=TradeTier.BLOCKED,
        risk_tag=RiskTag.DISTRIBUTION_RISK,
        veto_applied=True,
        is_tradable=False,
        risk_inputs={"drawdown_20d_pct": -1.2, "rsi14": 74.0, "flow_reversal": -1.0},
        parts={"supply_demand.reversal": (-3.0, 3.0, -1.0)},
    )


def listed() -> tuple[ScoredStock, ...]:
    """Return a watchlist of twelve: full, small and blocked, one backfilled."""
    buying: Parts = {
        "supply_demand.reversal": (3.0, 3.0, 1.0),
        "quality.roe_trend": (8.0, 8.0, 2.4),
        "value.per": (1.1, 5.0, 24.5),
        "technical.accumulation": (0.0, 4.0, 6.0),
    }
    busy: Parts = {
        "technical.volume_trend": (1.4, 3.0, 1.7),
        "supply_demand.institution": (0.4, 3.0, -0.02),
        "news.level": (1.5, 4.0, 37.5),
    }
    first = stock(
        1,
        "가온칩스텍",
        "반도체/IT",
        81.2,
        market="KOSDAQ",
        grade=Grade.S,
        trade_tier=TradeTier.TIER1,
        parts=buying,
    )
    third = stock(3, "라온바이오", "바이오/헬스케어", 68.9, market="KOSDAQ", parts=busy)
    last = stock(
        10,
        "새솔건설",
        "건설/부동산",
        55.3,
        trade_tier=TradeTier.BLOCKED,
        is_tradable=False,
        parts=busy,
    )
    thin = stock(
        9,
        "한울아주긴이름홀딩스우주항공",
        "통신/인터넷",
        63.0,
        trade_tier=TradeTier.BLOCKED,
        is_tradable=False,
        coverage_ratio=0.44,
        checks=(
            Check(rule="score.coverage", value=0.44, limit=0.6, unit="ratio", passed=False),
            *tier_checks(63.0)[1:],
        ),
        parts=busy,
    )
    middle = [
        stock(r, f"도담기계{r}", "조선/기계", 73.0 - r, parts=buying, backfilled=r == 8)
        for r in (2, 4, 5, 6, 7, 8)
    ]
    watched = {"trade_tier": TradeTier.BLOCKED, "is_tradable": False}
    rest = [
        stock(r, f"마루식품{r}", "음식료/농업", 65.0 - r, parts=busy, **watched) for r in (11, 12)
    ]
    return tuple(sorted((first, third, last, thin, *middle, *rest), key=lambda s: s.rank or 0))


def sample_run(*, market: str = "generated", empty: bool = False) -> ScoutRun:
    """Return the run whose page is the golden one."""
    stocks = () if empty else listed()
    return ScoutRun(
        run_id="20250630-083000-001",
        generated_at=AT,
        as_of=AT,
        trade_date=AT.date(),
        newest_bar=date(2025, 6, 27),
        profile="sim",
        market=market,
        scorer="v2",
        regime=RegimeReading(
            regime=Regime.BULL,
            score_points=31.0,
            confidence_ratio=0.9,
            components={"ma20_gap_pct": 3.1, "advance_pct": 58.0, "turnover_ratio": 1.12},
        ),
        counts={
            "universe": 200,
            "eligible": 187,
            "scored": 187,
            "passed_quant": 74,
            "watchlist": len(stocks),
            "tradable": sum(s.is_tradable for s in stocks),
            "vetoed": 1,
            "coverage_blocked": 3,
            "from_market_cap": 200,
        },
        dropped={"cut.quant": 113},
        rules=(RuleCount(rule="cut.quant", asked=187, fired=113),),
        sectors=(
            sector("반도체/IT", SectorTier.HOT, 5),
            sector("바이오/헬스케어", SectorTier.WARM, 3),
            sector("조선/기계", SectorTier.HOT, 5),
            sector("통신/인터넷", SectorTier.WARM, 3),
            sector("음식료/농업", SectorTier.WARM, 3),
            sector("건설/부동산", SectorTier.COOL, 2),
        ),
        data_missing=(("900010", "market_cap"),),
        llm={"provider": None, "asked": True, "calls": 0, "fallbacks": 70, "cost_usd": 0.0},
        elapsed_s={"load": 0.3, "score": 0.1, "analyst": 0.0, "total": 0.4},
        stocks=(*stocks, vetoed()),
        settings={
            "scout": {"filter_cutoff_ratio": 0.6},
            "analyst": {"approve_min_score": 50.0, "coverage_min_ratio": 0.6},
            "inputs": ["bars", "master"],
        },
    )
