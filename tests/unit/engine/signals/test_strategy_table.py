"""Which strategy is taken, what is kept of the others, and that nothing looks ahead."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.engine.signals.charts import Facts, bar, cut, judged, still, verdict, walk, weather
from tests.unit.engine.signals.test_strategies import BREAKOUT
from tests.unit.engine.signals.walks import day, watchlist

from jennie_cli.engine.indicators import SessionBars
from jennie_cli.engine.model import Regime, Strategy
from jennie_cli.engine.rules import Check
from jennie_cli.engine.rules import strategies as ids
from jennie_cli.engine.signals import strategies
from jennie_cli.engine.signals.figures import figures_of
from jennie_cli.engine.signals.policy import StrategyPolicy
from jennie_cli.engine.signals.strategies_scene import Condition, Scene, above
from jennie_cli.engine.signals.strategy_table import (
    NO_STRATEGY,
    STRATEGY_ORDER,
    StrategyTable,
    judge_latest,
    judge_strategies,
)

BULL_ONLY = STRATEGY_ORDER[:7]
SCORED = Facts(llm=80)
SHORT = StrategyPolicy(high_bars=2, high_volume_bars=1, volume_bars=2, momentum_bars=2)
BOUGHT = [Strategy.MOMENTUM_CONTINUATION, Strategy.SHORT_TERM_HIGH_BREAKOUT,
          Strategy.VOLUME_BREAKOUT_1MIN, Strategy.VCP_BREAKOUT, Strategy.GOLDEN_CROSS,
          Strategy.MOMENTUM]  # fmt: skip


def hits(table: StrategyTable, row: int = -1) -> list[Strategy]:
    """Return the strategies that hit a bar, shadow hits too."""
    return [s for layer, s in enumerate(STRATEGY_ORDER) if table.hit[layer, row, 0]]


def taken(facts: Facts) -> Strategy | None:
    """Return the strategy chosen on the last bar of the breakout."""
    chosen = int(judged(BREAKOUT, facts).chosen[-1, 0])
    return None if chosen == NO_STRATEGY else STRATEGY_ORDER[chosen]


def test_the_order_is_that_of_the_words() -> None:
    """Strategies are asked in the order in which the model lists them."""
    assert tuple(Strategy) == STRATEGY_ORDER


def test_breakout_bars_buy_nothing_in_a_sideways_market() -> None:
    """Case 6: bars on which four bull strategies hit leave all seven silent when SIDEWAYS."""
    assert BOUGHT == hits(judged(BREAKOUT, SCORED))
    sideways = judged(BREAKOUT, replace(SCORED, regime=Regime("SIDEWAYS")))
    assert set() == set(BULL_ONLY) & set(hits(sideways))


def test_an_rsi_cross_is_silent_in_a_bull_market() -> None:
    """Case 6: the RSI crosses its line, and RSI_REBOUND buys outside bull markets alone."""
    falls = (10_000.0 + 10 * (n % 3 == 0) - 10 * (n // 3) for n in range(24))
    cross = walk(*falls, 10_040)
    said = {r: verdict(Strategy.RSI_REBOUND, cross, Facts(regime=r)) for r in Regime}
    assert "buys" == said[Regime.NEUTRAL]
    assert {"not_bull"} == {said[Regime.BULL], said[Regime.STRONG_BULL]}


def test_the_first_hit_in_the_order_is_taken() -> None:
    """Of several hits the first one counts; what is off or avoided makes way for the next."""
    off = StrategyPolicy(momentum_continuation=False)
    avoid = frozenset({Strategy.SHORT_TERM_HIGH_BREAKOUT, Strategy.VOLUME_BREAKOUT_1MIN})
    assert Strategy.MOMENTUM_CONTINUATION is taken(SCORED)
    assert Strategy.SHORT_TERM_HIGH_BREAKOUT is taken(replace(SCORED, policy=off))
    assert Strategy.VCP_BREAKOUT is taken(replace(SCORED, policy=off, avoid=avoid))
    assert None is taken(replace(SCORED, avoid=frozenset(Strategy)))


def test_no_hit_is_no_choice() -> None:
    """Bars on which nothing happens choose nothing."""
    assert np.all(judged(still(40), Facts()).chosen == NO_STRATEGY)


@pytest.mark.parametrize("strategy", BOUGHT)
def test_a_strategy_that_is_off_leaves_a_shadow(strategy: Strategy) -> None:
    """Its hit is kept and told as a shadow hit, and never taken."""
    off = replace(StrategyPolicy(), **{strategy.value.lower(): False})
    table = judged(BREAKOUT, replace(SCORED, policy=off))
    layer = STRATEGY_ORDER.index(strategy)
    assert BOUGHT == hits(table)
    assert [layer] == np.flatnonzero(table.shadow[:, -1, 0]).tolist()
    assert layer != table.chosen[-1, 0]
    assert "strategy.switch" == table.checks(-1, 0)[strategy].rule


@pytest.mark.parametrize("strategy", BOUGHT)
def test_what_the_macro_side_avoids_is_not_taken(strategy: Strategy) -> None:
    """A name on the avoid list bars any strategy, by its canonical name or by its alias."""
    alias = Strategy("MOMENTUM_CONTINUATION_BULL")
    named = alias if strategy is Strategy.MOMENTUM_CONTINUATION else strategy
    table = judged(BREAKOUT, replace(SCORED, avoid=frozenset({named})))
    assert BOUGHT == hits(table)
    assert not table.shadow[:, -1].any()
    assert STRATEGY_ORDER.index(strategy) != table.chosen[-1, 0]
    assert "strategy.allowed" == table.checks(-1, 0)[strategy].rule


def test_by_default_all_but_conviction_are_on() -> None:
    """The ten of the founding document, DIP_BUY and BB_LOWER are live."""
    table = judged(still(1), Facts())
    off = [s for s, on in zip(STRATEGY_ORDER, table.enabled, strict=True) if not on]
    assert [Strategy.WATCHLIST_CONVICTION_ENTRY] == off


def test_the_record_shows_the_figure_that_decided() -> None:
    """A hit shows its deciding figure; a miss the first condition it failed, unknown as None."""
    checks = judged(BREAKOUT, Facts()).checks(-1, 0)
    rise = Check(rule="strategy.rise", value=2.1, limit=1.5, unit="pct", passed=True)
    unscored = Check(rule="strategy.llm_score", value=None, limit=65.0, unit="points", passed=False)
    regime = Check(rule="strategy.not_bull", value="BULL", limit=None, unit="", passed=False)
    assert rise == checks[Strategy.MOMENTUM]
    assert unscored == checks[Strategy.MOMENTUM_CONTINUATION]
    assert regime == checks[Strategy.RSI_REBOUND]


def test_arrays_and_checks_tell_the_same() -> None:
    """Value and limit of the arrays are those of the checks, at every cell of a small day."""
    bars = day(3, rows=70, stocks=4)
    sky = weather(bars, Regime.NEUTRAL)
    table = judge_strategies(bars, watchlist(3, stocks=4), sky, StrategyPolicy())
    value, limit = table.value, table.limit
    for row, stock in np.argwhere(bars.known):
        for layer, check in enumerate(table.checks(row, stock).values()):
            cell = (layer, row, stock)
            if check.rule in {"strategy.switch", "strategy.allowed"}:
                continue
            assert check.passed == bool(table.hit[cell])
            if not isinstance(check.value, str):
                np.testing.assert_equal(value[cell], np.nan if check.value is None else check.value)
            np.testing.assert_equal(limit[cell], np.nan if check.limit is None else check.limit)


def differing(bars: SessionBars, seed: int, rows: int) -> set[Strategy]:
    """Return the strategies that say otherwise of the first rows once the rest is cut off."""
    stocks = bars.shape[1]
    names = set()
    for regime in (Regime.BULL, Regime.NEUTRAL):
        whole, part = (
            judge_strategies(b, watchlist(seed, stocks), weather(b, regime), StrategyPolicy())
            for b in (bars, cut(bars, rows))
        )
        for layer, strategy in enumerate(STRATEGY_ORDER):
            same = all(
                np.array_equal(getattr(whole, n)[layer, :rows], getattr(part, n)[layer],
                               equal_nan=n in {"value", "limit"})
                for n in ("hit", "missed", "value", "limit")
            )  # fmt: skip
            if not same:
                names.add(strategy)
    return names


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 90))
def test_no_strategy_looks_ahead(seed: int, rows: int) -> None:
    """Cut after any row, every figure and every decision up to there is the same to the bit."""
    assert set() == differing(day(seed, rows=90, stocks=5), seed, rows)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 120), st.sampled_from([StrategyPolicy(), SHORT]))
def test_the_last_bars_alone_say_the_same(seed: int, rows: int, policy: StrategyPolicy) -> None:
    """A live call, which reads the last bars only, says what the whole session says of them."""
    bars, stocks = cut(day(seed, rows=120, stocks=5), rows), watchlist(seed, stocks=5)
    sky = weather(bars, Regime.BULL)
    whole = judge_strategies(bars, stocks, sky, policy)
    last = np.maximum(bars.count - 1, 0)
    ends = np.where(bars.count > 0, (bars.minute.max(axis=0, initial=0) + 1) * 60, 0)
    now = replace(sky, at_second=ends[None, :].astype(np.int64))
    live = judge_latest(bars, stocks, now, policy, figures_of(bars))
    for stock in np.flatnonzero(bars.count).tolist():
        at = (int(last[stock]), stock)
        assert whole.checks(*at) == live.checks(0, stock)
        assert whole.chosen[at] == live.chosen[0, stock]
        assert np.array_equal(whole.hit[:, *at], live.hit[:, 0, stock])
    assert not live.hit[:, 0, bars.count == 0].any()


def test_a_planted_look_ahead_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """A strategy that reads the next bar's close is named."""

    def tomorrow(scene: Scene) -> tuple[Condition, ...]:
        close = scene.bars.close
        ahead = np.vstack([close[1:], np.full((1, close.shape[1]), np.nan)])
        condition: Any = above(ids.UP, ahead, close)
        return (condition,)

    monkeypatch.setitem(strategies.STRATEGIES, Strategy.MOMENTUM, tomorrow)
    assert {Strategy.MOMENTUM} == differing(day(1, rows=90, stocks=5), 1, 60)


def test_every_strategy_speaks_on_a_walking_day() -> None:
    """On seeded walks with busy minutes none of them is always silent in a regime of its own."""
    spoken = set()
    for seed in range(3):
        bars, stocks = day(seed), watchlist(seed)
        for regime in Regime:
            table = judge_strategies(bars, stocks, weather(bars, regime), StrategyPolicy())
            spoken |= {s for n, s in enumerate(STRATEGY_ORDER) if table.hit[n].any()}
    assert set(STRATEGY_ORDER) - spoken == set()


def test_a_session_without_bars_says_nothing() -> None:
    """Before the first bar there is nothing to judge."""
    table = judged([], Facts())
    assert (len(STRATEGY_ORDER), 0, 1) == table.hit.shape
    assert {0} == {c.asked for c in table.counts()}


def test_only_the_bars_asked_about_are_counted() -> None:
    """A live session counts each bar once, however often the session is judged."""
    table = judged([*still(20), bar(10_010, 150)], Facts())
    last = np.zeros(table.known.shape, dtype=np.bool_)
    last[-1] = True
    assert {1} == {c.asked for c in table.counts(last)}
