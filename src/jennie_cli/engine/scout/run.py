"""The pipeline: from a view of the market to a run that is kept and a watchlist."""

from collections.abc import Callable
from dataclasses import dataclass, field

from jennie_cli.engine.analyst import Verdict, judge, risk_inputs
from jennie_cli.engine.clock import Clock
from jennie_cli.engine.model import WatchlistEntry
from jennie_cli.engine.rules import Tally
from jennie_cli.engine.scoring.market import MarketView
from jennie_cli.engine.scout import report
from jennie_cli.engine.scout.advisor import Advice, Advisor, advised, bonuses_of, consulted
from jennie_cli.engine.scout.choose import Order, choose
from jennie_cli.engine.scout.cut import Cut, cut
from jennie_cli.engine.scout.discovery import discover
from jennie_cli.engine.scout.measure import Measured, measure
from jennie_cli.engine.scout.policy import ScoutPolicies
from jennie_cli.engine.scout.record import Walk, scored_stocks, watchlist_entry
from jennie_cli.engine.scout.request import Previous, ScoutRequest
from jennie_cli.engine.scout.shadow import shadow_checks
from jennie_cli.engine.store import ScoutRun

_NOTHING_BEFORE = Previous()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Laps:
    """Seconds spent so far in each part of a run."""

    watch: Callable[[], float]
    begun: float
    spent: dict[str, float] = field(default_factory=dict)

    def lap(self, part: str) -> None:
        """Book the time since the last lap on `part`."""
        total = self.watch() - self.begun
        self.spent[part] = total - sum(self.spent.values())


def _laps(watch: Callable[[], float]) -> _Laps:
    return _Laps(watch=watch, begun=watch())


def run_scout(
    view: MarketView,
    request: ScoutRequest,
    policies: ScoutPolicies,
    clock: Clock,
    *,
    profile: str,
    market: str,
    previous: Previous = _NOTHING_BEFORE,
    load_s: float = 0.0,
    stopwatch: Callable[[], float] | None = None,
    advisor: Advisor | None = None,
) -> tuple[ScoutRun, tuple[WatchlistEntry, ...]]:
    """Run the pipeline over `view`; `load_s` (reading it) and `stopwatch` serve the report.

    Without an `advisor`, or where the request wants none, the quant score stands alone.
    """
    laps = _laps(stopwatch or clock.monotonic)
    tally = Tally()
    order = Order(request=request, policies=policies, previous=previous)
    walk = _walk(view, order, tally, laps, consulted(advisor, order))
    stocks = scored_stocks(walk)
    laps.lap("choose")
    run = ScoutRun(
        run_id=request.run_id,
        generated_at=clock.now(),
        as_of=view.as_of,
        trade_date=request.trade_date,
        newest_bar=view.bars.days[-1],
        profile=profile,
        market=market,
        scorer=walk.measured.table.scorer,
        regime=walk.measured.regime,
        counts=report.counts(walk, stocks, policies),
        dropped=report.dropped(stocks),
        rules=tally.counts(),
        sectors=walk.choice.sectors,
        data_missing=report.data_missing(walk, request),
        llm=report.model_use(walk, request, policies),
        elapsed_s=report.elapsed(laps.spent, load_s),
        stocks=stocks,
        settings=report.settings(walk, request, policies),
        standing=request.standing,
    )
    return run, tuple(watchlist_entry(s) for s in stocks if s.rank is not None)


def _walk(
    view: MarketView, order: Order, tally: Tally, laps: _Laps, advisor: Advisor | None
) -> Walk:
    request, policies = order.request, order.policies
    measured = measure(view, request.scorer or policies.scoring.version, policies, tally)
    found = discover(measured, request, policies)
    eligible = found.stocks[measured.eligibility.eligible[found.stocks]]
    bonuses = bonuses_of(advisor, measured, order)
    worthy = cut(measured, eligible, policies=policies, tally=tally, favoured=bonuses.bonuses or ())
    laps.lap("score")
    advice = advised(advisor, measured, worthy, order, bonuses)
    verdicts = _verdicts(measured, worthy, policies, tally, advice)
    shadows = {
        s: shadow_checks(v.blend.hybrid_score, measured.regime.regime, tally)
        for s, v in verdicts.items()
    }
    laps.lap("analyst")
    return Walk(
        measured=measured,
        candidates=found,
        cut=worthy,
        verdicts=verdicts,
        shadows=shadows,
        choice=choose(measured, verdicts, order, tally),
        advice=advice,
    )


def _verdicts(
    measured: Measured, worthy: Cut, policies: ScoutPolicies, tally: Tally, advice: Advice
) -> dict[int, Verdict]:
    table, codes = measured.table, measured.view.bars.codes
    return {
        int(s): judge(
            risk_inputs(table, -1, int(s)),
            quant_score=float(table.total[-1, s]),
            covered=measured.coverage.check(int(s)),
            regime=measured.regime.regime,
            opinion=advice.heard.opinions.get(codes[s]),
            policy=policies.analyst,
            tally=tally,
            bonus_points=advice.bonus(codes[s]),
        )
        for s in worthy.analysed
    }
