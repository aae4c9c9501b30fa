"""The gates that a bar must pass before anything is bought on it, whatever the strategy.

Each gate is one function over arrays; none looks at a later bar. Together they are conjunctive, so
their order changes no decision, only which of them a record names first.
"""

from collections.abc import Iterator, Sequence
from datetime import time

import numpy as np

from jennie_cli.engine.indicators import SessionBars
from jennie_cli.engine.indicators.rolling import FloatArray
from jennie_cli.engine.model import Market, Regime
from jennie_cli.engine.rules import Rule
from jennie_cli.engine.rules import gates as rule
from jennie_cli.engine.signals.figures import Figures, figures_of
from jennie_cli.engine.signals.gate_table import Answer, GateTable, gate_table
from jennie_cli.engine.signals.inputs import REGIMES, Candidates, Flags, Weather
from jennie_cli.engine.signals.policy import SignalPolicy
from jennie_cli.engine.signals.strategies_scene import Condition
from jennie_cli.engine.venue import floor_prices

NORMAL_OPEN, NORMAL_CLOSE = time(9), time(15, 30)
"""The session that the times of the settings are written for."""


def judge_gates(
    bars: SessionBars, candidates: Candidates, weather: Weather, policy: SignalPolicy
) -> GateTable:
    """Ask every gate of every bar of a session, or of a session so far."""
    return judge_figures(figures_of(bars), candidates, weather, policy)


def judge_figures(
    figures: Figures,
    candidates: Candidates,
    weather: Weather,
    policy: SignalPolicy,
    guests: Sequence[Condition] = (),
) -> GateTable:
    """Ask every gate of figures that are there already, such as those of the latest bars.

    `guests` is what gates of plugins said of the same bars; they stand last.
    """
    own = _answers(figures, candidates, weather, policy)
    return gate_table(figures.known, (*own, *map(_of_guest, guests)))


def _of_guest(said: Condition) -> Answer:
    return Answer(rule=said.rule, value=said.value, limit=said.limit, passed=said.passed)


def _answers(
    figures: Figures, candidates: Candidates, weather: Weather, policy: SignalPolicy
) -> Iterator[Answer]:
    yield min_bars(figures, policy)
    yield from time_of_day(weather, policy)
    yield rsi(figures, policy)
    yield from risk_flags(figures, policy)
    yield resting(rule.COOLDOWN, weather.signal_rest, weather)
    if policy.macro_gate:
        yield from macro(weather, policy)
    if policy.bear_gate:
        yield regime(weather)
    if policy.stop_loss_gate:
        yield resting(rule.STOP_LOSS_COOLDOWN, weather.stop_rest, weather)
    if policy.sale_gate:
        yield resting(rule.SELL_COOLDOWN, weather.sale_rest, weather)
    if policy.micro_timing:
        yield from micro_timing(figures, policy)
    yield _fact(rule.TRADABLE, candidates.is_tradable)
    yield _fact(rule.TIER, ~candidates.is_blocked)
    yield from near_the_top(figures, candidates, policy)


def min_bars(figures: Figures, policy: SignalPolicy) -> Answer:
    """Want enough completed bars of this session."""
    return Answer(
        rule=rule.MIN_BARS,
        value=figures.bars,
        limit=policy.min_bars,
        passed=figures.bars >= policy.min_bars,
    )


def time_of_day(weather: Weather, policy: SignalPolicy) -> Iterator[Answer]:
    """Buy nothing after the open, in the danger zone and before the closing auction.

    A start belongs to its time, an end does not. `limit` of the danger zone is the edge that
    comes next, its end once it is over.
    """
    now = weather.at_second
    start, end = (
        weather.opens + _seconds(at) - _seconds(NORMAL_OPEN)
        for at in (policy.no_trade_start, policy.no_trade_end)
    )
    danger, safe, last = (
        weather.closes + _seconds(at) - _seconds(NORMAL_CLOSE)
        for at in (policy.danger_start, policy.danger_end, policy.last_entry)
    )
    yield Answer(
        rule=rule.NO_TRADE_WINDOW, value=now, limit=end, passed=(now < start) | (now >= end)
    )
    yield Answer(rule=rule.LAST_ENTRY, value=now, limit=last, passed=now < last)
    yield Answer(
        rule=rule.DANGER_ZONE,
        value=now,
        limit=np.where(now < danger, danger, safe),
        passed=(now < danger) | (now >= safe),
    )


def rsi(figures: Figures, policy: SignalPolicy) -> Answer:
    """Buy nothing overbought; an unknown RSI passes."""
    return Answer(
        rule=rule.RSI,
        value=figures.rsi,
        limit=policy.rsi_max,
        passed=~(figures.rsi > policy.rsi_max),
    )


def risk_flags(figures: Figures, policy: SignalPolicy) -> Iterator[Answer]:
    """Flag a burst of volume and a price far above the VWAP; together they block.

    An unknown figure raises no flag.
    """
    far = figures.vwap * (1.0 + policy.vwap_above_ratio)
    burst, stretched = figures.volume_ratio > policy.volume_ratio, figures.price > far
    flags = burst.astype(np.int64) + stretched
    yield Answer(
        rule=rule.VOLUME, value=figures.volume_ratio, limit=policy.volume_ratio, passed=~burst
    )
    yield Answer(rule=rule.VWAP, value=figures.price, limit=far, passed=~stretched)
    yield Answer(
        rule=rule.COMBINED_RISK,
        value=flags,
        limit=policy.flags_block,
        passed=flags < policy.flags_block,
    )


def resting(which: Rule, until: FloatArray, weather: Weather) -> Answer:
    """Let a stock rest; `value` is the seconds left. An unknown end blocks."""
    left = until - weather.at_second
    return Answer(rule=which, value=np.maximum(left, 0.0), limit=0.0, passed=left <= 0.0)


def macro(weather: Weather, policy: SignalPolicy) -> Iterator[Answer]:
    """Buy nothing in risk-off or a VIX crisis; an unknown context counts as a middling risk."""
    known = weather.context_known
    level = np.where(known, weather.risk_off_level, policy.unknown_risk_level)
    yield _fact(rule.MACRO_KNOWN, known)
    yield Answer(
        rule=rule.MACRO_RISK,
        value=level,
        limit=policy.risk_off_level,
        passed=level < policy.risk_off_level,
    )
    crisis = weather.vix_crisis & known
    yield Answer(
        rule=rule.VIX_CRISIS, value=np.where(known, crisis, np.nan), limit=np.nan, passed=~crisis
    )


def regime(weather: Weather) -> Answer:
    """Buy nothing in a bear market; REGIMES run from the best to the worst."""
    worst = REGIMES.index(Regime.NEUTRAL)
    return Answer(
        rule=rule.REGIME, value=weather.regime, limit=worst, passed=weather.regime <= worst
    )


def micro_timing(figures: Figures, policy: SignalPolicy) -> Iterator[Answer]:
    """Buy nothing after a shooting star or a bearish engulfing; an unknown shape passes."""
    yield Answer(
        rule=rule.SHOOTING_STAR,
        value=figures.wick_ratio,
        limit=policy.wick_ratio,
        passed=~(figures.wick_ratio > policy.wick_ratio),
    )
    yield Answer(
        rule=rule.BEARISH_ENGULFING,
        value=figures.engulfed,
        limit=np.nan,
        passed=~(figures.engulfed == 1.0),
    )


def near_the_top(
    figures: Figures, candidates: Candidates, policy: SignalPolicy
) -> Iterator[Answer]:
    """Buy nothing that has risen far today, or that is a few ticks from its upper limit.

    An unknown base price blocks. Without an upper limit, known or not, only the rise is asked.
    """
    base, price = candidates.base_price, figures.price
    rise = (price - base) * 100.0 / base
    top = top_prices(candidates, policy)
    yield Answer(
        rule=rule.TOP_CHANGE,
        value=rise,
        limit=policy.top_change_pct,
        passed=rise < policy.top_change_pct,
    )
    yield Answer(rule=rule.TOP_PRICE, value=price, limit=top, passed=~(price >= top))


def top_prices(candidates: Candidates, policy: SignalPolicy) -> FloatArray:
    """Return the won price from which each stock is too near its upper limit; NaN without one."""
    limit = candidates.upper_limit
    price = np.where(np.isnan(limit), 0.0, limit).astype(np.int64)
    for market in Market:
        own = np.array([board is market for board in candidates.markets], dtype=np.bool_)
        for _ in range(policy.top_ticks):
            below = np.maximum(price[own] - 1, 0)
            price[own] = floor_prices(below, market=market, on=candidates.day)
    return np.where(np.isnan(limit), np.nan, price)


def _fact(which: Rule, holds: Flags) -> Answer:
    """Want a fact: `value` is 1 or 0."""
    return Answer(rule=which, value=holds, limit=np.nan, passed=holds)


def _seconds(at: time) -> int:
    return at.hour * 3600 + at.minute * 60 + at.second
