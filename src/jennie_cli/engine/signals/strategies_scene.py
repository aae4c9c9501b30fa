"""What a strategy looks at, and how it states a condition."""

from dataclasses import dataclass

import numpy as np

from jennie_cli.engine.indicators import SessionBars, rolling_sum
from jennie_cli.engine.indicators.rolling import FloatArray
from jennie_cli.engine.model import Regime, Strategy
from jennie_cli.engine.rules import Rule
from jennie_cli.engine.rules import strategies as ids
from jennie_cli.engine.signals.figures import Figures
from jennie_cli.engine.signals.inputs import REGIMES, Candidates, Flags, Weather
from jennie_cli.engine.signals.policy import StrategyPolicy

FAST, SLOW = 5, 20
"""Bars of the two moving averages that make a trend."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One condition over arrays that broadcast to (rows, stocks); an unknown figure misses it."""

    rule: Rule
    value: FloatArray
    limit: FloatArray
    passed: Flags


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Bars and their figures, list and weather.

    The bars may be the last rows of a session, each stock's own last bar below: what reaches back
    to its beginning is `first_open` and `first_close`, (stocks,), and `figures`. `fast` and `slow`
    are the moving averages of the closes. All are won.
    """

    bars: SessionBars
    candidates: Candidates
    weather: Weather
    policy: StrategyPolicy
    figures: Figures
    first_open: FloatArray
    first_close: FloatArray
    fast: FloatArray
    slow: FloatArray

    @property
    def bull(self) -> Flags:
        """Where the regime is BULL or STRONG_BULL."""
        return self.where_is(Regime.BULL) | self.where_is(Regime.STRONG_BULL)

    def where_is(self, regime: Regime) -> Flags:
        """Return where the regime is this one."""
        return np.asarray(self.weather.regime == REGIMES.index(regime))

    def asks_for(self, strategy: Strategy) -> Flags:
        """Return which stocks' own lists name a strategy, (stocks,)."""
        nobody = np.zeros(len(self.candidates.codes), dtype=np.bool_)
        return self.candidates.own.get(strategy, nobody)


def before(values: FloatArray, rows: int = 1) -> FloatArray:
    """Return what stood some rows before, NaN where nothing did."""
    moved = np.full(values.shape, np.nan)
    moved[rows:] = values[:-rows]
    return moved


def rise_pct(price: FloatArray, base: FloatArray) -> FloatArray:
    """Return a price against another in percent; the nearest figure to the true one, so that
    10,150 is 1.5 % above 10,000 and not a hair less.
    """
    return (price - base) * 100.0 / base


def at_least(rule: Rule, value: FloatArray, limit: FloatArray | float) -> Condition:
    """Want value >= limit."""
    return _stated(rule, value, limit, np.asarray(value >= limit))


def at_most(rule: Rule, value: FloatArray, limit: FloatArray | float) -> Condition:
    """Want value <= limit."""
    return _stated(rule, value, limit, np.asarray(value <= limit))


def above(rule: Rule, value: FloatArray, limit: FloatArray | float) -> Condition:
    """Want value > limit."""
    return _stated(rule, value, limit, np.asarray(value > limit))


def below(rule: Rule, value: FloatArray, limit: FloatArray | float) -> Condition:
    """Want value < limit."""
    return _stated(rule, value, limit, np.asarray(value < limit))


def holds(rule: Rule, passed: Flags, *, value: FloatArray | float = np.nan) -> Condition:
    """Want a fact that has no limit."""
    return _stated(rule, np.asarray(value, dtype=np.float64), np.nan, passed)


def in_regime(rule: Rule, scene: Scene, passed: Flags) -> Condition:
    """Want a regime; the figure is its number in REGIMES."""
    return holds(rule, passed, value=scene.weather.regime.astype(np.float64))


def enough_bars(scene: Scene, least: int) -> Condition:
    """Want that many completed bars of the session."""
    return at_least(ids.BARS, scene.figures.bars, least)


def in_bull(scene: Scene) -> Condition:
    """Want a bull market."""
    return in_regime(ids.BULL, scene, scene.bull)


def outside_bull(scene: Scene) -> Condition:
    """Want any market but a bull one."""
    return in_regime(ids.NOT_BULL, scene, ~scene.bull)


def in_trend(scene: Scene) -> Condition:
    """Want the fast average above the slow one."""
    return above(ids.TREND, scene.fast, scene.slow)


def rising_bar(scene: Scene) -> Condition:
    """Want a bar that closed above its open."""
    return above(ids.UP, scene.bars.close, scene.bars.open)


def volume_times(scene: Scene, bars: int) -> FloatArray:
    """Return the volume as a multiple of the mean of that many bars before; NaN if they had none.

    Taken as volume x bars / sum, which is exactly 3 where it is three times the mean.
    """
    volume = scene.bars.volume
    earlier = before(rolling_sum(volume, bars))
    return volume * bars / np.where(earlier > 0.0, earlier, np.nan)


def _stated(rule: Rule, value: FloatArray, limit: FloatArray | float, passed: Flags) -> Condition:
    return Condition(
        rule=rule, value=value, limit=np.asarray(limit, dtype=np.float64), passed=passed
    )
