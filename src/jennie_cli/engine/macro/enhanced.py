"""The whole macro side of a moment in one value: what a session trades by and tells others."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from jennie_cli.engine.macro.collecting import MacroRecord, as_snapshot, treasury_spread
from jennie_cli.engine.macro.context import trading_context
from jennie_cli.engine.macro.insight import Told
from jennie_cli.engine.macro.policy import MacroPolicy
from jennie_cli.engine.macro.risk_off import risk_inputs, risk_off
from jennie_cli.engine.macro.vix import VixRegime, vix_regime
from jennie_cli.engine.model import (
    Outlook,
    PoliticalRisk,
    Regime,
    Strategy,
    ThrottleLevel,
    TradingContext,
)
from jennie_cli.engine.rules import Check

_SIGNALS = {Outlook.BULLISH: 0.5, Outlook.NEUTRAL: 0.0, Outlook.BEARISH: -0.5}
_HINTS_OF_VIX = {
    VixRegime.CRISIS: ("avoid_breakout", "prefer_pullback", "reduce_position"),
    VixRegime.ELEVATED: ("cautious_breakout", "prefer_pullback"),
    VixRegime.LOW_VOL: ("momentum_ok", "breakout_ok"),
}
_HINTS_OF_LEVEL = {
    3: ("defensive_only", "no_new_entry"),
    2: ("defensive_only", "no_new_entry"),
    1: ("reduce_aggression",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class EnhancedContext:
    """What trading goes by (`context`) and what stands behind it; None is unknown.

    `risk_checks` are the answers that the risk-off level comes from, `sector_signals` are -1..1 by
    group, `take_profit_factor` is 1: nothing moves a profit target. `reduce_exposure` says that a
    risk-off level or the VIX asks for less.
    """

    context: TradingContext
    day: date
    updated_at: datetime | None = None
    vix: float | None = None
    vix_regime: VixRegime | None = None
    political_score: int | None = None
    political: PoliticalRisk | None = None
    risk_checks: tuple[Check, ...] = ()
    sector_signals: Mapping[str, float] = field(default_factory=dict)
    hints: tuple[str, ...] = ()
    favour: frozenset[Strategy] = frozenset()
    allowed: frozenset[Strategy] = frozenset(Strategy)
    take_profit_factor: float = 1.0
    reasoning: str = ""
    sentiment_score: int | None = None
    regime_hint: str = ""
    fed_rate: float | None = None
    spread_pct: float | None = None
    usd_krw: float | None = None
    kospi_index: float | None = None
    completeness_ratio: float = 0.0
    sources: tuple[str, ...] = ()
    has_global_data: bool = False
    has_council: bool = False
    reduce_exposure: bool = False


def enhanced_context(
    told: Told,
    record: MacroRecord | None,
    *,
    throttle: ThrottleLevel,
    regime: Regime | None,
    now: datetime,
    policy: MacroPolicy,
) -> EnhancedContext:
    """Return the macro side at `now`. The council's level of politics stands over the feeds'; what
    it avoids and what risk-off forbids are both left out of what is allowed.
    """
    snapshot = None if record is None else as_snapshot(record)
    inputs = risk_inputs(told, snapshot, now=now, policy=policy)
    core = trading_context(
        told, throttle=throttle, regime=regime, now=now, policy=policy, snapshot=snapshot
    )
    insight, level, fear = told.insight, core.risk_off_level, vix_regime(inputs.vix)
    politics = record.politics if record else None
    allowed = frozenset(Strategy) - core.avoid
    return EnhancedContext(
        context=core,
        day=record.day if record else now.date(),
        updated_at=max(_moments(told, record), default=None),
        vix=inputs.vix,
        vix_regime=fear,
        political_score=politics.score if politics else None,
        political=inputs.political,
        risk_checks=risk_off(inputs, policy).checks,
        sector_signals=_signals(told),
        hints=_hints(fear, level),
        favour=(insight.favour & allowed) if insight else frozenset(),
        allowed=allowed,
        reasoning=insight.reasoning if insight else "",
        sentiment_score=inputs.sentiment,
        regime_hint=insight.regime_hint if insight else "",
        fed_rate=record.value("fed_rate") if record else None,
        spread_pct=treasury_spread(record) if record else None,
        usd_krw=record.value("usd_krw") if record else None,
        kospi_index=record.value("kospi_index") if record else None,
        completeness_ratio=record.completeness_ratio if record else 0.0,
        sources=record.sources if record else (),
        has_global_data=inputs.vix is not None or inputs.spread_pct is not None,
        has_council=insight is not None,
        reduce_exposure=level >= 1 or fear in {VixRegime.ELEVATED, VixRegime.CRISIS},
    )


def _hints(fear: VixRegime | None, level: int) -> tuple[str, ...]:
    of_fear = _HINTS_OF_VIX.get(fear, ()) if fear else ()
    return (*of_fear, *_HINTS_OF_LEVEL.get(level, ()))


def _moments(told: Told, record: MacroRecord | None) -> Iterable[datetime]:
    if told.insight is not None:
        yield told.insight.at
    if record is not None:
        yield record.at


def _signals(told: Told) -> Mapping[str, float]:
    if told.insight is None:
        return {}
    return {group: _SIGNALS[outlook] for group, outlook in told.insight.sector_outlook.items()}
