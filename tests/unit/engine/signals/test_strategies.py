"""The strategies that look at the list, the regimes of all, and the words for what they say."""

from dataclasses import replace

import numpy as np
import pytest
from tests.unit.engine.signals.charts import (
    ON_REQUEST,
    UNKNOWN,
    Chart,
    Facts,
    bar,
    still,
    verdict,
    walk,
)

from jennie_cli.engine.messages import known
from jennie_cli.engine.model import Regime, Strategy
from jennie_cli.engine.rules.strategies import CONDITION_RULES
from jennie_cli.engine.signals.policy import StrategyPolicy
from jennie_cli.engine.signals.strategies import own_lists

Own = dict[Strategy, float | None]

BULLS = (Regime.STRONG_BULL, Regime.BULL)
OTHERS = (Regime.NEUTRAL, Regime.BEAR, Regime.STRONG_BEAR)
ON = StrategyPolicy(watchlist_conviction_entry=True)
CONVINCING = Facts(hybrid=70, llm=60, days=0, list_close=10_000, policy=ON)
HIGH_VWAP = (10_150.0, 10_150.0, 9_700.0, 10_150.0, 100.0)
HIGHER_VWAP = (10_150.0, 10_150.0, 9_696.0, 10_150.0, 100.0)


@pytest.mark.parametrize(
    ("what", "facts", "said"),
    [
        ("RECON, scored 70, bull", Facts(recon=True, llm=70), "buys"),
        ("strong bull", Facts(recon=True, llm=70, regime=Regime.STRONG_BULL), "buys"),
        ("scored 69.9", Facts(recon=True, llm=69.9), "llm_score"),
        ("not scored", Facts(recon=True), "llm_score"),
        ("another tier", Facts(llm=90), "recon"),
        ("neutral", Facts(recon=True, llm=90, regime=Regime.NEUTRAL), "bull"),
    ],
)
def test_recon_bull_entry(what: str, facts: Facts, said: str) -> None:
    """A RECON stock scored 70 in a bull market."""
    assert said == verdict(Strategy.RECON_BULL_ENTRY, still(1), facts), what


@pytest.mark.parametrize(
    ("what", "chart", "facts", "said"),
    [
        ("09:15, new, scored 70", still(15), CONVINCING, "buys"),
        ("09:14", still(14), CONVINCING, "begins"),
        ("10:29", still(89), CONVINCING, "buys"),
        ("10:30", still(90), CONVINCING, "ends"),
        ("2 bars", still(2), CONVINCING, "bars"),
        ("hybrid 69.9, model 71.9", still(20), replace(CONVINCING, hybrid=69.9, llm=71.9),
         "convinced"),
        ("hybrid 69.9, model 72", still(20), replace(CONVINCING, hybrid=69.9, llm=72), "buys"),
        ("nothing known of it", still(20), replace(CONVINCING, hybrid=UNKNOWN, llm=UNKNOWN),
         "convinced"),
        ("neutral, hybrid 75", still(20), replace(CONVINCING, hybrid=75, regime=Regime.NEUTRAL),
         "buys"),
        ("neutral, hybrid 74.9", still(20),
         replace(CONVINCING, hybrid=74.9, regime=Regime.NEUTRAL), "bull_or_score"),
        ("bear, hybrid 99", still(20), replace(CONVINCING, hybrid=99, regime=Regime.BEAR),
         "bull_or_score"),
        ("day 2", still(20), replace(CONVINCING, days=2), "buys"),
        ("day 3", still(20), replace(CONVINCING, days=3), "last_day"),
        ("day unknown", still(20), replace(CONVINCING, days=UNKNOWN), "buys"),
        ("+2.99 % since the list", still(20, 10_299), CONVINCING, "buys"),
        ("+3.0 % since the list", still(20, 10_300), CONVINCING, "rise_cap"),
        ("list close unknown: since the open", still(20, 10_300),
         replace(CONVINCING, list_close=UNKNOWN), "buys"),
        ("1.5 % above the VWAP", [HIGH_VWAP] * 20, CONVINCING, "buys"),
        ("a hair more", [HIGHER_VWAP] * 20, CONVINCING, "vwap"),
        ("RSI 100", walk(*range(10_000, 10_200, 10)), CONVINCING, "rsi_cap"),
        ("RSI at its line", still(20), replace(CONVINCING, policy=replace(ON, conviction_rsi=50)),
         "rsi_cap"),
        ("RSI under it", still(20), replace(CONVINCING, policy=replace(ON, conviction_rsi=50.1)),
         "buys"),
        ("RSI not known yet", still(14), replace(CONVINCING, policy=replace(ON, conviction_from=0)),
         "rsi_cap"),
    ],
)  # fmt: skip
def test_watchlist_conviction_entry(what: str, chart: Chart, facts: Facts, said: str) -> None:
    """From 15 to 90 minutes after the open, a convincing new stock that has not run away."""
    assert said == verdict(Strategy.WATCHLIST_CONVICTION_ENTRY, chart, facts), what


BREAKOUT = [
    *[(10_000.0, 10_060.0, 9_940.0, 10_000.0, 100.0)] * 51,
    *[(10_000.0, 10_035.0, 9_965.0, 10_000.0, 100.0)] * 10,
    (10_010.0, 10_210.0, 10_010.0, 10_210.0, 400.0),
]
PULLBACK = [
    *walk(*range(10_000, 10_170, 10)),
    *[(10_160.0, 10_160.0, 10_140.0, 10_140.0, v) for v in (90.0, 80.0, 70.0)],
    (10_140.0, 10_160.0, 10_140.0, 10_160.0, 71.0),
]
CANDLE = [
    *still(4),
    (10_000.0, 10_010.0, 10_000.0, 10_010.0, 100.0),
    (10_010.0, 10_030.0, 10_010.0, 10_030.0, 101.0),
]
SLIDE = walk(*(10_000.0 + 10 * (n % 3 == 0) - 10 * (n // 3) for n in range(24)), 10_040)
LOW = [*walk(*(10_000.0 + 10 * (n % 2) for n in range(19))), bar(9_900)]
CROSS = [*still(20), bar(10_010, 150)]
RISE = [*still(30), bar(10_160)]
SCORED = Facts(recon=True, llm=80, days=2, list_close=10_000, own={})
BEARISH = (Regime.BEAR, Regime.STRONG_BEAR)


@pytest.mark.parametrize(
    ("strategy", "chart", "facts", "regimes"),
    [
        (Strategy.RECON_BULL_ENTRY, still(1), SCORED, BULLS),
        (Strategy.MOMENTUM_CONTINUATION, BREAKOUT, SCORED, BULLS),
        (Strategy.SHORT_TERM_HIGH_BREAKOUT, BREAKOUT, SCORED, BULLS),
        (Strategy.VOLUME_BREAKOUT_1MIN, BREAKOUT, SCORED, BULLS),
        (Strategy.BULL_PULLBACK, PULLBACK, SCORED, BULLS),
        (Strategy.VCP_BREAKOUT, BREAKOUT, SCORED, BULLS),
        (Strategy.INSTITUTIONAL_ENTRY, CANDLE, SCORED, BULLS),
        (Strategy.DIP_BUY, [bar(9_750)], SCORED, (*BULLS, *OTHERS)),
        (Strategy.GOLDEN_CROSS, CROSS, SCORED, (*BULLS, *OTHERS)),
        (Strategy.RSI_REBOUND, SLIDE, replace(SCORED, policy=StrategyPolicy(rebound_bear_rsi=40)),
         OTHERS),
        (Strategy.BB_LOWER, LOW, replace(SCORED, own=ON_REQUEST), OTHERS),
        (Strategy.MOMENTUM, RISE, SCORED, (*BULLS, *OTHERS)),
        (Strategy.WATCHLIST_CONVICTION_ENTRY, still(20), CONVINCING, BULLS),
        (Strategy.WATCHLIST_CONVICTION_ENTRY, still(20), replace(CONVINCING, hybrid=75),
         (*BULLS, Regime.NEUTRAL)),
    ],
)  # fmt: skip
def test_each_strategy_buys_in_its_regimes_alone(
    strategy: Strategy, chart: Chart, facts: Facts, regimes: tuple[Regime, ...]
) -> None:
    """The same bars buy in the regimes of a strategy and in no other of the five."""
    bought = tuple(
        r for r in Regime if "buys" == verdict(strategy, chart, replace(facts, regime=r))
    )
    assert regimes == bought


def test_an_empty_list_asks_for_the_default() -> None:
    """Golden cross, RSI rebound and momentum at 1.5 %; momentum named bare wants 3 %."""
    lists: list[Own] = [
        {},
        {Strategy.MOMENTUM: None},
        {Strategy.MOMENTUM: 2.0},
        {Strategy.BB_LOWER: None},
    ]
    own, momentum_pct = own_lists(lists, StrategyPolicy())
    assert [True, False, False, False] == own[Strategy.GOLDEN_CROSS].tolist()
    assert [True, False, False, False] == own[Strategy.RSI_REBOUND].tolist()
    assert [False, False, False, True] == own[Strategy.BB_LOWER].tolist()
    assert [True, True, True, False] == own[Strategy.MOMENTUM].tolist()
    assert [1.5, 3.0, 2.0] == momentum_pct[:3].tolist()
    assert np.isnan(momentum_pct[3])


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_every_condition_and_every_strategy_has_words(lang: str) -> None:
    """What a record can hold can be read."""
    wanted = [f"check.{r}.{end}" for r in CONDITION_RULES for end in ("pass", "fail")]
    wanted += [f"strategy.name.{s.value}" for s in Strategy]
    assert [] == [key for key in wanted if not known(key, lang)]
