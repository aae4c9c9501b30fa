"""Who advises a run beyond its figures, and what is put before him."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np

from jennie_cli.engine.analyst import (
    Analyst,
    AnalystCase,
    Benefit,
    Heard,
    News,
    Points,
    bonus_points,
    risk_inputs,
)
from jennie_cli.engine.messages import text
from jennie_cli.engine.model import Phase, Stock
from jennie_cli.engine.scout.choose import Order
from jennie_cli.engine.scout.cut import Cut
from jennie_cli.engine.scout.measure import Measured
from jennie_cli.engine.scout.parts import factor_scores
from jennie_cli.engine.scout.wording import NamedPart, best_and_worst, part_label
from jennie_cli.engine.store import FactorScore

Headlines = Callable[[Sequence[Stock]], Mapping[str, tuple[News, ...]]]
"""The headlines that stocks had as the run knows them, by code."""

_SHOWN = 3
_LANG = "ko"
_PHASES = tuple(Phase)


@dataclass(frozen=True, slots=True, kw_only=True)
class Advisor:
    """The analyst with his sources; `benefits` are None where nobody tells of competitors."""

    analyst: Analyst
    headlines: Headlines
    benefits: Mapping[str, Benefit] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """What an advisor made of a run: his opinions, and the bonus points of stocks by code.

    `bonuses` is None where nobody tells of competitors.
    """

    heard: Heard = field(default_factory=Heard)
    bonuses: Mapping[str, float] | None = None

    def bonus(self, code: str) -> float | None:
        """Return the bonus of one stock: 0 where there is none, None where nobody tells."""
        return None if self.bonuses is None else self.bonuses.get(code, 0.0)


def consulted(advisor: Advisor | None, order: Order) -> Advisor | None:
    """Return the advisor if this run wants one."""
    wanted = order.request.use_llm and order.policies.scout.use_unified_analyst
    return advisor if wanted else None


def bonuses_of(advisor: Advisor | None, measured: Measured, order: Order) -> Advice:
    """Return the bonuses that stand at the run's moment, before anybody is asked."""
    if advisor is None or advisor.benefits is None:
        return Advice()
    most, at = order.policies.analyst.competitor_bonus_max_points, measured.view.as_of
    worth = {c: bonus_points(b, at, most=most) for c, b in advisor.benefits.items()}
    return Advice(bonuses={code: points for code, points in worth.items() if points > 0})


def advised(
    advisor: Advisor | None, measured: Measured, worthy: Cut, order: Order, advice: Advice
) -> Advice:
    """Return the advice with the opinions on the stocks worth an analysis."""
    if advisor is None or not len(worthy.analysed):
        return advice
    stocks = [int(s) for s in worthy.analysed]
    file = _File(
        measured=measured,
        trade_date=order.request.trade_date,
        advice=advice,
        benefits=advisor.benefits or {},
        news=advisor.headlines([measured.view.stocks[s] for s in stocks]),
    )
    return replace(advice, heard=advisor.analyst.opinions([file.case(s) for s in stocks]))


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    """All that cases are made of."""

    measured: Measured
    trade_date: date
    advice: Advice
    benefits: Mapping[str, Benefit]
    news: Mapping[str, tuple[News, ...]]

    def case(self, stock: int) -> AnalystCase:
        """Return what the model is shown of one stock."""
        listed, table = self.measured.view.stocks[stock], self.measured.table
        at = (-1, stock)
        factors = factor_scores(table, stock)
        best, worst = best_and_worst(factors, best=_SHOWN, worst=_SHOWN)
        bonus = self.advice.bonus(listed.code) or None
        return AnalystCase(
            code=listed.code,
            name=listed.name,
            market=listed.market.value,
            sector=listed.sector_fine,
            sector_group=listed.sector_group,
            trade_date=self.trade_date,
            regime=self.measured.regime.regime,
            quant_score=float(table.total[at]),
            coverage_ratio=float(table.coverage_ratio[at]),
            factors=tuple(
                Points(name=text(f"factor.{name}", _LANG), points=score.points, max=score.max)
                for name, score in factors.items()
            ),
            strongest=tuple(map(_points, best)),
            weakest=tuple(map(_points, worst)),
            phase=_PHASES[int(table.phase[at])],
            phase_points=float(table.phase_points[at]),
            falling_knife=bool(table.knife[at]),
            **self._measures(stock, factors),
            news=self.news.get(listed.code, ()),
            bonus_points=bonus,
            bonus_reason=self.benefits[listed.code].reason if bonus else "",
        )

    def _measures(self, stock: int, factors: Mapping[str, FactorScore]) -> dict[str, float | None]:
        """Return the figures that may be unknown."""
        inputs = risk_inputs(self.measured.table, -1, stock)
        view = self.measured.view
        trend = factors["supply_demand"].parts.get("foreign_ratio_trend")
        return {
            "rsi14": inputs.rsi14,
            "drawdown_20d_pct": inputs.drawdown_20d_pct,
            "flow_reversal": inputs.flow_reversal,
            "foreign_trend_pp": trend.input if trend else None,
            "per": _known(view.earnings.per[-1, stock]),
            "pbr": _known(view.earnings.pbr[-1, stock]),
            "roe_pct": _known(view.earnings.roe_pct[-1, stock]),
            "market_cap": _known(view.market_cap[stock]),
        }


def _points(named: NamedPart) -> Points:
    label = part_label(named.factor, named.name, named.part, _LANG)
    return Points(name=label, points=named.part.points, max=named.part.max)


def _known(value: np.float64) -> float | None:
    return None if np.isnan(value) else float(value)
