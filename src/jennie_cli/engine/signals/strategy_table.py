"""The answers of all strategies over a session's bars, and which of them is taken."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from jennie_cli.engine.indicators import SessionBars, rolling_mean
from jennie_cli.engine.indicators.rolling import FloatArray
from jennie_cli.engine.rules import Check, Rule, RuleCount
from jennie_cli.engine.rules import strategies as ids
from jennie_cli.engine.rules.strategies import STRATEGY_RULES
from jennie_cli.engine.signals.figures import Figures, figures_of, last_rows
from jennie_cli.engine.signals.guests import Layer
from jennie_cli.engine.signals.inputs import REGIMES, Candidates, Flags, Weather
from jennie_cli.engine.signals.policy import StrategyPolicy
from jennie_cli.engine.signals.strategies import STRATEGIES
from jennie_cli.engine.signals.strategies_scene import FAST, SLOW, Condition, Scene

STRATEGY_ORDER = tuple(STRATEGIES)
"""The first layers of a StrategyTable, in the order in which they are asked; guests follow."""

_COUNTED = tuple(STRATEGY_RULES[strategy].id for strategy in STRATEGY_ORDER)

Kind = TypeVar("Kind", bound=np.generic)

NO_STRATEGY = -1

LOOK_BACK = SLOW + 1
"""Bars before the last one that the strategies read whatever their settings."""

_REGIME_RULES = (ids.BULL, ids.NOT_BULL, ids.BULL_OR_SCORE)


@dataclass(frozen=True, slots=True, kw_only=True)
class StrategyTable:
    """What every strategy says of every bar; the figures are read off `conditions` when asked.

    `hit` is (strategies, rows, stocks), switched-off and forbidden ones included; `enabled` is
    (strategies,) and `allowed`, the word of the macro side, as `hit`. `chosen` is (rows, stocks):
    the first hit in the order that is enabled and allowed, an index into `order`, else
    NO_STRATEGY. `order` names the layers and `counted` the rules under which they are counted.
    """

    hit: Flags
    enabled: Flags
    allowed: Flags
    chosen: NDArray[np.int8]
    known: Flags
    conditions: tuple[tuple[Condition, ...], ...]
    order: tuple[str, ...] = STRATEGY_ORDER
    counted: tuple[str, ...] = _COUNTED

    @property
    def shadow(self) -> Flags:
        """Hits of strategies that are switched off, as `hit`."""
        return self.hit & ~self.enabled[:, None, None]

    @property
    def missed(self) -> NDArray[np.int8]:
        """Which condition decides, as `hit`: the place of the first one missed, else the last."""
        places = np.empty(self.hit.shape, dtype=np.int8)
        for layer, conditions in enumerate(self.conditions):
            places[layer] = len(conditions) - 1
            for place in reversed(range(len(conditions))):
                np.copyto(places[layer], np.int8(place), where=~conditions[place].passed)
        return places

    @property
    def value(self) -> FloatArray:
        """The figure that decides, as `hit`, NaN where there is none."""
        return self._figures(lambda condition: condition.value)

    @property
    def limit(self) -> FloatArray:
        """What that figure is held against, as `hit`, NaN where nothing is."""
        return self._figures(lambda condition: condition.limit)

    def checks(self, row: int, stock: int) -> Mapping[str, Check]:
        """Return for each strategy, in order, what it missed first at a bar.

        One that missed nothing shows its switch if that is off, then the macro side's word, then
        the figure of its hit; a check that passed is a hit that could be taken.
        """
        return {s: self._check(layer, row, stock) for layer, s in enumerate(self.order)}

    def counts(self, among: Flags | None = None) -> tuple[RuleCount, ...]:
        """Return how often each strategy was asked and hit, shadow hits too, at the bars `among`.

        `among` is (rows, stocks), every bar by default.
        """
        asked = self.known if among is None else self.known & among
        return tuple(
            RuleCount(
                rule=rule,
                asked=int(asked.sum()),
                fired=int((self.hit[layer] & asked).sum()),
            )
            for layer, rule in enumerate(self.counted)
        )

    def _check(self, layer: int, row: int, stock: int) -> Check:
        cell = (layer, row, stock)
        if self.hit[cell] and not self.enabled[layer]:
            return _said(ids.SWITCH, passed=False)
        if self.hit[cell] and not self.allowed[cell]:
            return _said(ids.ALLOWED, passed=False)
        for condition in self.conditions[layer]:
            check = _answer(condition, self.known.shape, row, stock)
            if not check.passed:
                break
        return check

    def _figures(self, figure: Callable[[Condition], FloatArray]) -> FloatArray:
        figures = np.empty(self.hit.shape)
        for layer, conditions in enumerate(self.conditions):
            figures[layer] = figure(conditions[-1])
            for condition in reversed(conditions):
                np.copyto(figures[layer], figure(condition), where=~condition.passed)
        return np.where(self.known, figures, np.nan)


def judge_strategies(
    bars: SessionBars,
    candidates: Candidates,
    weather: Weather,
    policy: StrategyPolicy,
    figures: Figures | None = None,
    *,
    guests: Sequence[Layer] = (),
) -> StrategyTable:
    """Ask every strategy about every bar; row t reads rows 0..t of the bars.

    `figures` are those of the same bars where they are there already, `guests` what strategies of
    plugins said of them.
    """
    seen = figures or figures_of(bars)
    return _table(_scene(bars, seen, candidates, weather, policy, whole=bars), guests)


def judge_latest(
    bars: SessionBars,
    candidates: Candidates,
    weather: Weather,
    policy: StrategyPolicy,
    figures: Figures,
    *,
    guests: Sequence[Layer] = (),
) -> StrategyTable:
    """Ask every strategy about each stock's last bar; the table has that one row.

    The weather is that of now, (1, stocks), and what `guests` said is of those bars. It says what
    `judge_strategies` says of the same bars, to the bit, but reads only as many of them as the
    longest look-back needs.
    """
    reach = 1 + max(
        policy.high_bars,
        policy.high_volume_bars,
        policy.volume_bars,
        policy.momentum_bars,
        LOOK_BACK,
    )
    near, told = last_rows(bars, bars.count, reach), last_rows(figures, bars.count, reach)
    scene = _scene(near, told, candidates, weather, policy, whole=bars)
    return _last_row(_table(scene, guests))


def _scene(
    bars: SessionBars,
    figures: Figures,
    candidates: Candidates,
    weather: Weather,
    policy: StrategyPolicy,
    *,
    whole: SessionBars,
) -> Scene:
    nothing = np.full(len(candidates.codes), np.nan)
    return Scene(
        bars=bars,
        figures=figures,
        candidates=candidates,
        weather=weather,
        policy=policy,
        first_open=whole.open[0] if len(whole.open) else nothing,
        first_close=whole.close[0] if len(whole.close) else nothing,
        fast=rolling_mean(bars.close, FAST),
        slow=rolling_mean(bars.close, SLOW),
    )


def _table(scene: Scene, guests: Sequence[Layer]) -> StrategyTable:
    own = tuple(STRATEGIES[s](scene) for s in STRATEGY_ORDER)
    conditions = (*own, *(guest.conditions for guest in guests))
    known = scene.bars.known
    hit = np.stack([_all(c, known) for c in conditions])
    switches = [getattr(scene.policy, s.value.lower()) for s in STRATEGY_ORDER]
    enabled = np.asarray([*switches, *(guest.enabled for guest in guests)])
    words = [scene.weather.allowed.get(s, np.asarray(True)) for s in STRATEGY_ORDER]
    words.extend(guest.allowed for guest in guests)
    allowed = np.stack([np.broadcast_to(word, known.shape) for word in words])
    names = tuple(guest.name for guest in guests)
    return StrategyTable(
        order=(*STRATEGY_ORDER, *names),
        counted=(*_COUNTED, *names),
        hit=hit,
        enabled=enabled,
        allowed=allowed,
        chosen=_first(hit & allowed & enabled[:, None, None]),
        known=known,
        conditions=conditions,
    )


def _last_row(table: StrategyTable) -> StrategyTable:
    return StrategyTable(
        order=table.order,
        counted=table.counted,
        hit=table.hit[:, -1:],
        enabled=table.enabled,
        allowed=table.allowed[:, -1:],
        chosen=table.chosen[-1:],
        known=table.known[-1:],
        conditions=tuple(tuple(_last(c) for c in layer) for layer in table.conditions),
    )


def _last(condition: Condition) -> Condition:
    return Condition(
        rule=condition.rule,
        value=_bottom(condition.value),
        limit=_bottom(condition.limit),
        passed=_bottom(condition.passed),
    )


def _bottom(array: NDArray[Kind]) -> NDArray[Kind]:
    """Return the last row of what has rows; anything else holds for every row."""
    return array[-1:] if array.ndim > 1 else array


def _all(conditions: tuple[Condition, ...], known: Flags) -> Flags:
    held = known.copy()
    for condition in conditions:
        held &= condition.passed
    return held


def _first(hits: Flags) -> NDArray[np.int8]:
    return np.where(hits.any(axis=0), hits.argmax(axis=0), NO_STRATEGY).astype(np.int8)


def _answer(condition: Condition, shape: tuple[int, ...], row: int, stock: int) -> Check:
    value, limit, passed = (
        np.broadcast_to(array, shape)[row, stock]
        for array in (condition.value, condition.limit, condition.passed)
    )
    said: float | str | None = None if np.isnan(value) else float(value)
    if condition.rule in _REGIME_RULES:
        said = REGIMES[int(value)].value
    return Check(
        rule=condition.rule.id,
        value=said,
        limit=None if np.isnan(limit) else float(limit),
        unit=condition.rule.unit,
        passed=bool(passed),
    )


def _said(rule: Rule, *, passed: bool) -> Check:
    return Check(rule=rule.id, value=None, limit=None, unit=rule.unit, passed=passed)
