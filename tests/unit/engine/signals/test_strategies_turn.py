"""Strategies that buy a turn or a dip: the last bar of a chart, and what each says of it."""

from dataclasses import replace

import numpy as np
import pytest
from tests.unit.engine.signals.charts import (
    ON_REQUEST,
    UNKNOWN,
    Bar,
    Chart,
    Facts,
    bar,
    judged,
    session,
    still,
    verdict,
    walk,
)

from jennie_cli.engine.model import Regime, Strategy
from jennie_cli.engine.rules.strategies import STRATEGY_RULES
from jennie_cli.engine.signals.figures import figures_of
from jennie_cli.engine.signals.policy import StrategyPolicy

NEUTRAL = Regime.NEUTRAL
CLIMB = walk(*range(10_000, 10_170, 10))


def pulled_back(*volumes: float, falls: int = 2, last: float = 10_160) -> Chart:
    """Return a climb, three bars of which some fall, and a last bar that opens at 10,140."""
    ups = [(10_140.0, 10_150.0, 10_140.0, 10_150.0)] * (3 - falls)
    downs = [(10_160.0, 10_160.0, 10_140.0, 10_140.0)] * falls
    end = (10_140.0, max(last, 10_140.0), min(last, 10_140.0), last)
    return [
        *CLIMB,
        *((*prices, v) for prices, v in zip((*ups, *downs, end), volumes, strict=True)),
    ]


def dropping_back(last: float) -> Chart:
    """Return a jump that sinks to a last close; the mean of all twenty is 10,040 at 10,040."""
    high = ((10_200.0, 10_200.0, 10_190.0, 10_190.0, 90.0),) * 4
    return [*still(15), *high, (10_030.0, last, 10_030.0, last, 91.0)]


FELL_EARLY = [
    *CLIMB,
    *((10_160.0, 10_160.0, 10_140.0, 10_140.0, v) for v in (90.0, 80.0)),
    (10_140.0, 10_150.0, 10_140.0, 10_150.0, 70.0),
    (10_150.0, 10_160.0, 10_150.0, 10_160.0, 71.0),
]


@pytest.mark.parametrize(
    ("what", "chart", "said"),
    [
        ("calm, then a share more", pulled_back(90, 80, 70, 71), "buys"),
        ("equal volumes are calm", pulled_back(80, 80, 80, 81), "buys"),
        ("no more volume", pulled_back(90, 80, 70, 70), "volume_up"),
        ("volume rose to the last bar but one", pulled_back(90, 70, 71, 99), "volume_calm"),
        ("volume rose before that", pulled_back(80, 81, 70, 99), "volume_calm"),
        ("one falling bar", pulled_back(90, 80, 70, 71, falls=1), "down_before"),
        ("three falling bars", pulled_back(90, 80, 70, 71, falls=3), "buys"),
        ("the last bar stood still", pulled_back(90, 80, 70, 71, last=10_140), "up"),
        ("a won up", pulled_back(90, 80, 70, 71, last=10_141), "buys"),
        ("19 bars", pulled_back(90, 80, 70, 71)[2:], "bars"),
        ("20 bars", pulled_back(90, 80, 70, 71)[1:], "buys"),
        ("no trend", still(20), "trend"),
        ("at the mean of 20", dropping_back(10_040), "above_mean"),
        ("a won above it", dropping_back(10_041), "buys"),
        ("fell three and two bars before", FELL_EARLY, "buys"),
    ],
)
def test_bull_pullback(what: str, chart: Chart, said: str) -> None:
    """In an up-trend two falling bars of three on calm volume, then a rising one on more."""
    assert said == verdict(Strategy.BULL_PULLBACK, chart, Facts()), what


BODY = (10_000.0, 10_010.0, 10_000.0, 10_010.0, 100.0)
FALLING = (10_010.0, 10_010.0, 10_000.0, 10_000.0, 100.0)


@pytest.mark.parametrize(
    ("what", "before", "last", "said"),
    [
        ("twice the body", BODY, (10_010, 10_030, 10_010, 10_030, 101), "buys"),
        ("less than twice", BODY, (10_010, 10_029, 10_010, 10_029, 101), "body"),
        ("a falling body counts", FALLING, (10_010, 10_030, 10_010, 10_030, 101),
         "buys"),
        ("no body before", bar(10_000), (10_010, 10_030, 10_010, 10_030, 101), "body_before"),
        ("no more volume", BODY, (10_010, 10_030, 10_010, 10_030, 100), "volume_up"),
        ("wick of a tenth", BODY, (10_010, 10_110, 10_010, 10_100, 101), "wick"),
        ("wick of less", BODY, (10_010, 10_110, 10_000, 10_100, 101), "buys"),
        ("a falling bar", BODY, (10_030, 10_030, 10_010, 10_010, 101), "up"),
    ],
)  # fmt: skip
def test_institutional_entry(what: str, before: Bar, last: Bar, said: str) -> None:
    """A bar that closes in its top tenth with twice the body before, on more volume."""
    chart = [*still(3), before, last]
    assert said == verdict(Strategy.INSTITUTIONAL_ENTRY, chart, Facts()), what
    assert "bars" == verdict(Strategy.INSTITUTIONAL_ENTRY, chart[1:], Facts())


@pytest.mark.parametrize(
    ("regime", "days", "price", "said"),
    [
        (Regime.BULL, 1, 9_950, "buys"),
        (Regime.BULL, 1, 9_951, "dip"),
        (Regime.BULL, 1, 9_700, "buys"),
        (Regime.BULL, 1, 9_699, "dip_floor"),
        (Regime.BULL, 0, 9_900, "first_day"),
        (Regime.BULL, 5, 9_900, "buys"),
        (Regime.BULL, 6, 9_900, "last_day"),
        (Regime.STRONG_BULL, 5, 9_950, "buys"),
        (Regime.NEUTRAL, 1, 9_800, "buys"),
        (Regime.NEUTRAL, 1, 9_801, "dip"),
        (Regime.NEUTRAL, 3, 9_500, "buys"),
        (Regime.NEUTRAL, 3, 9_499, "dip_floor"),
        (Regime.NEUTRAL, 4, 9_800, "last_day"),
        (Regime.BEAR, 3, 9_800, "buys"),
        (Regime.STRONG_BEAR, 4, 9_800, "last_day"),
        (Regime.BULL, UNKNOWN, 9_900, "first_day"),
    ],
)
def test_dip_buy(regime: Regime, days: float, price: float, said: str) -> None:
    """-3.0 % to -0.5 % on days 1 to 5 in a bull market, -5 % to -2 % on days 1 to 3 elsewhere."""
    facts = Facts(regime=regime, llm=65, days=days, list_close=10_000)
    assert said == verdict(Strategy.DIP_BUY, [bar(price)], facts)


def test_dip_buy_wants_a_score_and_a_close_to_measure_from() -> None:
    """Without a score of 65, or the close of its day on the list, a dip is none."""
    facts = Facts(llm=65, days=1, list_close=10_000)
    dip = [bar(9_900)]
    assert "llm_score" == verdict(Strategy.DIP_BUY, dip, replace(facts, llm=64.9))
    assert "llm_score" == verdict(Strategy.DIP_BUY, dip, replace(facts, llm=UNKNOWN))
    assert "dip_floor" == verdict(Strategy.DIP_BUY, dip, replace(facts, list_close=UNKNOWN))


def test_dip_buy_looks_at_the_rsi_only_if_told_to() -> None:
    """The RSI clause is off; switched on it wants 30 to 50, and knows nothing under 15 bars."""
    facts = Facts(llm=65, days=1, list_close=10_000)
    told = replace(facts, policy=StrategyPolicy(dip_rsi=True))
    rising = walk(*range(9_700, 9_900, 10))
    assert "buys" == verdict(Strategy.DIP_BUY, rising, facts)
    assert "dip_rsi" == verdict(Strategy.DIP_BUY, rising, told)
    assert "buys" == verdict(Strategy.DIP_BUY, still(15, 9_900), told)
    assert "dip_rsi" == verdict(Strategy.DIP_BUY, still(14, 9_900), told)


@pytest.mark.parametrize(
    ("what", "chart", "said"),
    [
        ("5 over 20 on 1.5 times the volume", [*still(20), bar(10_010, 150)], "buys"),
        ("1.49 times", [*still(20), bar(10_010, 149)], "volume"),
        ("20 bars", [*still(19), bar(10_010, 150)], "bars"),
        ("averages alike", [*still(20), bar(10_000, 150)], "trend"),
        ("above since a bar", [*still(20), bar(10_010), bar(10_020, 150)], "no_trend_before"),
        ("the 20-bar mean jumps over the 5-bar mean of the bar before",
         [*still(20), bar(10_010), bar(12_000, 150)], "no_trend_before"),
    ],
)  # fmt: skip
def test_golden_cross(what: str, chart: Chart, said: str) -> None:
    """Not above on the bar before, above now, each average on its own bar, on volume."""
    assert said == verdict(Strategy.GOLDEN_CROSS, chart, Facts()), what
    unasked = Facts(own={Strategy.MOMENTUM: None})
    assert "asked" == verdict(Strategy.GOLDEN_CROSS, chart, unasked)


def rebound(last: float) -> Chart:
    """Return a slide with small bounces, and a last close."""
    slide = [10_000.0]
    for n in range(20):
        slide.append(slide[-1] + (10 if n % 3 == 0 else -10))
    return walk(*slide, slide[-1] + last)


@pytest.mark.parametrize(
    ("regime", "step", "said"),
    [
        (Regime.NEUTRAL, 60, "buys"),
        (Regime.NEUTRAL, 10, "rsi"),
        (Regime.BEAR, 60, "rsi_before"),
        (Regime.BULL, 60, "not_bull"),
        (Regime.STRONG_BULL, 60, "not_bull"),
    ],
)
def test_rsi_rebound(regime: Regime, step: float, said: str) -> None:
    """The RSI comes back above 40 in a neutral market; from 34 it is above a bear's 30 already."""
    chart = rebound(step)
    assert said == verdict(Strategy.RSI_REBOUND, chart, Facts(regime=regime))


@pytest.mark.parametrize("regime", [Regime.NEUTRAL, Regime.BEAR, Regime.STRONG_BEAR])
def test_rsi_rebound_at_its_line(regime: Regime) -> None:
    """An RSI that reaches the line buys; a hair less does not, nor one that stood on it before."""
    chart = rebound(60)
    before, now = figures_of(session(chart)).rsi[-2:, 0]

    def said(line: float) -> str:
        policy = StrategyPolicy(rebound_neutral_rsi=line, rebound_bear_rsi=line)
        return verdict(Strategy.RSI_REBOUND, chart, Facts(regime=regime, policy=policy))

    assert "buys" == said(now)
    assert "rsi" == said(np.nextafter(now, 100.0))
    assert "rsi_before" == said(before)
    assert "buys" == said(np.nextafter(before, 100.0))


def test_rsi_rebound_knows_nothing_before_sixteen_bars() -> None:
    """The bar before needs an RSI too, which takes 15 closes."""
    chart = rebound(60)
    assert "rsi_before" == verdict(Strategy.RSI_REBOUND, chart[-15:], Facts(regime=NEUTRAL))


def test_bb_lower_at_its_band() -> None:
    """Two deviations of the 20 closes themselves: 4.36 of 19 closes the last one away from."""
    wave = walk(*(10_000.0 + 10 * (n % 2) for n in range(19)))
    facts = Facts(regime=NEUTRAL, own=ON_REQUEST)
    lowest = next(
        p
        for p in range(10_000, 9_900, -1)
        if p <= np.mean(c := [*(b[3] for b in wave), p]) - 2 * np.std(c)
    )
    assert "buys" == verdict(Strategy.BB_LOWER, [*wave, bar(lowest)], facts)
    assert "band" == verdict(Strategy.BB_LOWER, [*wave, bar(lowest + 1)], facts)
    assert "bars" == verdict(Strategy.BB_LOWER, [*wave[1:], bar(lowest)], facts)
    assert "band" == verdict(Strategy.BB_LOWER, still(20), facts)
    mean = replace(facts, policy=StrategyPolicy(band_sigma=0.0))
    assert "buys" == verdict(Strategy.BB_LOWER, [*wave[1:], *[bar(10_005)] * 2], mean)
    assert "band" == verdict(Strategy.BB_LOWER, [*wave[1:], bar(10_005), bar(10_006)], mean)


def test_bb_lower_only_on_request() -> None:
    """It runs for a stock whose list asks for it, and never in a bull market."""
    fall = [*walk(*(10_000.0 + 10 * (n % 2) for n in range(19))), bar(9_900)]
    asked = Facts(regime=NEUTRAL, own=ON_REQUEST)
    assert "buys" == verdict(Strategy.BB_LOWER, fall, asked)
    assert "asked" == verdict(Strategy.BB_LOWER, fall, replace(asked, own={}))
    assert "not_bull" == verdict(Strategy.BB_LOWER, fall, replace(asked, regime=Regime.BULL))


def test_every_strategy_is_counted_under_its_own_rule() -> None:
    """Each strategy has a rule id; every bar asks it, and its hits are counted."""
    counts = {c.rule: c for c in judged([*still(20), bar(10_010, 150)], Facts()).counts()}
    assert {r.id for r in STRATEGY_RULES.values()} == set(counts)
    cross = counts[STRATEGY_RULES[Strategy.GOLDEN_CROSS].id]
    assert (21, 1) == (cross.asked, cross.fired)
