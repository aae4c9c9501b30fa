"""The momentum family: the last bar of a chart, and what each strategy says of it."""

import pytest
from tests.unit.engine.signals.charts import UNKNOWN, Chart, Facts, bar, still, verdict, walk

from jennie_cli.engine.model import Regime, Strategy

SCORED = Facts(llm=65)
OPENED_LOW = [(9_800.0, 10_000.0, 9_800.0, 10_000.0, 100.0)]
HOUR = [(10_000.0, 10_010.0, 10_000.0, 10_000.0, 100.0)] * 60
WIDE = [(10_000.0, 10_050.0, 9_950.0, 10_000.0, 100.0)] * 10
NARROW = [(10_000.0, 10_035.0, 9_965.0, 10_000.0, 100.0)] * 10
NEARLY = [(10_000.0, 10_036.0, 9_965.0, 10_000.0, 100.0)] * 10
TALL = [(10_000.0, 11_000.0, 10_000.0, 10_000.0, 100.0)]


@pytest.mark.parametrize(
    ("what", "chart", "facts", "said"),
    [
        ("+2.0 % since the open", [*still(19), bar(10_200)], SCORED, "buys"),
        ("+1.99 %", [*still(19), bar(10_199)], SCORED, "rise"),
        ("+4.99 %", [*still(19), bar(10_499)], SCORED, "buys"),
        ("+5.0 %", [*still(19), bar(10_500)], SCORED, "rise_cap"),
        ("19 bars", [*still(18), bar(10_200)], SCORED, "bars"),
        ("model 64.9", [*still(19), bar(10_200)], Facts(llm=64.9), "llm_score"),
        ("no model score", [*still(19), bar(10_200)], Facts(llm=UNKNOWN), "llm_score"),
        ("averages alike", [*OPENED_LOW, *still(19)], SCORED, "trend"),
        ("the rise was an hour ago", [*OPENED_LOW, *still(60), bar(10_010)], SCORED, "buys"),
        ("first close +2 %, open +0 %", [*OPENED_LOW, *still(19, 9_800)], SCORED, "trend"),
        ("neutral", [*still(19), bar(10_200)], Facts(llm=65, regime=Regime.NEUTRAL), "bull"),
    ],
)
def test_momentum_continuation(what: str, chart: Chart, facts: Facts, said: str) -> None:
    """An up-trend of a stock scored 65, from 2 % to under 5 % above the session's open."""
    assert said == verdict(Strategy.MOMENTUM_CONTINUATION, chart, facts), what


@pytest.mark.parametrize(
    ("what", "chart", "said"),
    [
        ("a won above, twice the volume", [*HOUR, bar(10_011, 200)], "buys"),
        ("at the high", [*HOUR, bar(10_010, 200)], "high"),
        ("1.99 times the volume", [*HOUR, bar(10_020, 199)], "volume"),
        ("59 bars before", [*HOUR[1:], bar(10_020, 200)], "bars"),
        ("a high 60 bars before", [*TALL, *HOUR[1:], bar(10_020, 200)], "high"),
        ("a high 61 bars before", [*TALL, *HOUR, bar(10_020, 200)], "buys"),
        ("busy before the last 30 bars", [*still(31, volume=900), *HOUR[30:], bar(10_020, 200)],
         "buys"),
        ("no volume before", [*still(60, volume=0), bar(10_020, 200)], "volume"),
    ],
)  # fmt: skip
def test_short_term_high_breakout(what: str, chart: Chart, said: str) -> None:
    """A close above the highs of 60 bars, on twice the mean volume of 30."""
    assert said == verdict(Strategy.SHORT_TERM_HIGH_BREAKOUT, chart, Facts()), what


@pytest.mark.parametrize(
    ("what", "chart", "said"),
    [
        ("a won above, three times the volume", [*still(20), bar(10_001, 300)], "buys"),
        ("at the highest close", [*still(20), bar(10_000, 300)], "high_close"),
        ("2.99 times the volume", [*still(20), bar(10_001, 299)], "volume"),
        ("19 bars before", [*still(19), bar(10_001, 300)], "bars"),
        ("highs do not count", [*TALL, *still(19), bar(10_001, 300)], "buys"),
        ("a close 20 bars before", [bar(10_001), *still(19), bar(10_001, 300)], "high_close"),
        ("a close 21 bars before", [bar(10_001), *still(20), bar(10_001, 300)], "buys"),
        ("no volume before", [*still(20, volume=0), bar(10_001, 300)], "volume"),
    ],
)
def test_volume_breakout_1min(what: str, chart: Chart, said: str) -> None:
    """A close above the closes of 20 bars, on three times their mean volume."""
    assert said == verdict(Strategy.VOLUME_BREAKOUT_1MIN, chart, Facts()), what


@pytest.mark.parametrize(
    ("what", "chart", "said"),
    [
        ("70 % as wide, above all highs", [*WIDE, *NARROW, bar(10_051, 300)], "buys"),
        ("71 % as wide", [*WIDE, *NEARLY, bar(10_051, 300)], "contraction"),
        ("2.99 times the volume", [*WIDE, *NARROW, bar(10_051, 299)], "volume"),
        ("at the highest high", [*WIDE, *NARROW, bar(10_050, 300)], "high"),
        ("20 bars", [*WIDE[1:], *NARROW, bar(10_051, 300)], "bars"),
        ("never any width", [*still(20), bar(10_051, 300)], "contraction"),
        ("only the width before the last bar counts",
         [*WIDE, *NARROW, (10_000.0, 11_000.0, 9_000.0, 10_051.0, 300.0)], "buys"),
    ],
)  # fmt: skip
def test_vcp_breakout(what: str, chart: Chart, said: str) -> None:
    """Ranges that shrink to 70 %, then a close above them on three times the volume."""
    assert said == verdict(Strategy.VCP_BREAKOUT, chart, Facts()), what


@pytest.mark.parametrize(
    ("what", "chart", "own", "said"),
    [
        ("+1.5 %", [*still(30), bar(10_150)], {}, "buys"),
        ("+1.49 %", [*still(30), bar(10_149)], {}, "rise"),
        ("+6.99 %", [*still(30), bar(10_699)], {}, "buys"),
        ("+7.0 %", [*still(30), bar(10_700)], {}, "rise_cap"),
        ("two bars are a window", [bar(10_000), bar(10_150)], {}, "buys"),
        ("first close 29 bars before", [bar(9_000), *still(28), bar(10_000)], {}, "rise_cap"),
        ("first close 30 bars before", [bar(9_000), *still(29), bar(10_000)], {}, "rise"),
        ("closes, not opens", [(9_800.0, 10_000.0, 9_800.0, 10_000.0, 1.0), bar(10_000)], {},
         "rise"),
        ("listed: +3.0 %", [*still(30), bar(10_300)], {Strategy.MOMENTUM: None}, "buys"),
        ("listed: +2.99 %", [*still(30), bar(10_299)], {Strategy.MOMENTUM: None}, "rise"),
        ("listed at 2 %", [*still(30), bar(10_200)], {Strategy.MOMENTUM: 2.0}, "buys"),
        ("not listed", [*still(30), bar(10_300)], {Strategy.GOLDEN_CROSS: None}, "asked"),
    ],
)  # fmt: skip
def test_momentum(what: str, chart: Chart, own: dict[Strategy, float | None], said: str) -> None:
    """A rise over the last 30 bars from 1.5 %, or what the stock's list says, to under 7 %."""
    assert said == verdict(Strategy.MOMENTUM, chart, Facts(own=own)), what


def test_a_rise_in_small_steps_counts_as_one() -> None:
    """The rise of a window is taken from its ends, whatever lies between."""
    steps = [10_000.0 + 5 * n for n in range(31)]
    assert "rise" == verdict(Strategy.MOMENTUM, walk(*steps), Facts())
    assert "buys" == verdict(Strategy.MOMENTUM, walk(*steps, 10_161), Facts())
