"""One pass over the whole market: eligibility, sector trends, falling knives, scores, regime."""

from dataclasses import dataclass

from jennie_cli.engine.regime import detect
from jennie_cli.engine.rules import Tally
from jennie_cli.engine.rules import catalogue as rule
from jennie_cli.engine.scoring import SCORERS, ScoreTable
from jennie_cli.engine.scoring.market import MarketView
from jennie_cli.engine.scout.eligibility import Eligibility, Gate, screen
from jennie_cli.engine.scout.policy import ScoutPolicies
from jennie_cli.engine.sectors import FineTrend, fine_trends, knife_members
from jennie_cli.engine.store import RegimeReading


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What is known of the whole market before a candidate is named; scores have one day."""

    view: MarketView
    eligibility: Eligibility
    trends: tuple[FineTrend, ...]
    table: ScoreTable
    coverage: Gate
    regime: RegimeReading


def measure(view: MarketView, scorer: str, policies: ScoutPolicies, tally: Tally) -> Measured:
    """Measure every stock of the view at its newest day."""
    eligibility = screen(
        view.bars, view.stocks, view.market_cap, policy=policies.scout, tally=tally
    )
    fine = [s.sector_fine for s in view.stocks]
    trends = fine_trends(
        close=view.bars.close,
        fine=fine,
        market_cap=view.market_cap,
        policy=policies.sectors,
        counted=eligibility.eligible,
    )
    inputs = view.score_inputs(knife_members(trends, fine))
    table = SCORERS[scorer](inputs, policies.scoring)
    return Measured(
        view=view,
        eligibility=eligibility,
        trends=trends,
        table=table,
        coverage=_coverage(table, policies.analyst.coverage_min_ratio, tally),
        regime=reading(view, policies),
    )


def _coverage(table: ScoreTable, limit: float, tally: Tally) -> Gate:
    """Ask of every scored stock whether enough of its score rests on real data."""
    ratio, scored = table.coverage_ratio[-1], table.valid[-1]
    fired = scored & (ratio < limit)
    tally.count(rule.COVERAGE, asked=int(scored.sum()), fired=int(fired.sum()))
    return Gate(rule=rule.COVERAGE, fired=fired, value=ratio, limit=limit)


def reading(view: MarketView, policies: ScoutPolicies) -> RegimeReading:
    """Return the market's regime at the newest day of the view."""
    return detect(
        days=view.bars.days,
        index_close=view.index_close,
        advances=view.advances,
        declines=view.declines,
        turnover=view.turnover,
        policy=policies.regime,
    )
