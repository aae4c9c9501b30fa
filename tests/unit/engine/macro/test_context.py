"""The context of a moment: council, throttle and risk-off together, and never more than each."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.engine.macro.days import DAY, at

from jennie_cli.engine.macro import (
    LEVELS,
    MacroPolicy,
    RiskInputs,
    Told,
    is_volatile,
    max_positions,
    risk_inputs,
    risk_off,
    risk_off_level,
    strategies_to_avoid,
    throttled,
    trading_context,
)
from jennie_cli.engine.model import (
    MacroInsight,
    MacroSnapshot,
    PoliticalRisk,
    Regime,
    Strategy,
    ThrottleLevel,
    TradingContext,
)
from jennie_cli.engine.rules import MACRO_RULES

POLICY = MacroPolicy()
NOW = at("10:00")
NORMAL, CAUTION, WARNING, DANGER, CRITICAL = LEVELS
INSIGHT = MacroInsight(day=DAY, at=at("07:30"), sentiment_score=50, size_pct=120, stop_pct=110)
CALM = MacroSnapshot(
    at=NOW,
    kospi_change_pct=0.1,
    vix_points=18.0,
    spread_pct=0.5,
    news_sentiment_score=0.1,
    political=PoliticalRisk.LOW,
)


def context(
    told: Told,
    throttle: ThrottleLevel = NORMAL,
    regime: Regime | None = Regime.BULL,
    snapshot: MacroSnapshot | None = CALM,
) -> TradingContext:
    """Return the context of ten o'clock."""
    return trading_context(
        told, throttle=throttle, regime=regime, now=NOW, policy=POLICY, snapshot=snapshot
    )


@pytest.mark.parametrize(
    ("inputs", "level"),
    [
        (RiskInputs(), 1),  # nothing known is not calm
        (RiskInputs(vix=24.9, sentiment=40), 0),
        (RiskInputs(vix=25.0), 0),  # one signal, one point
        (RiskInputs(vix=34.9), 0),
        (RiskInputs(vix=35.0), 1),  # one signal, two points
        (RiskInputs(spread_pct=0.3), 0),
        (RiskInputs(spread_pct=0.29), 0),
        (RiskInputs(spread_pct=0.0), 0),
        (RiskInputs(spread_pct=-0.01), 1),
        (RiskInputs(sentiment=39), 0),
        (RiskInputs(sentiment=30), 0),
        (RiskInputs(sentiment=29), 1),
        (RiskInputs(news_sentiment=-0.15), 0),
        (RiskInputs(news_sentiment=-0.9), 0),  # news is never more than one point
        (RiskInputs(political=PoliticalRisk.HIGH), 0),
        (RiskInputs(political=PoliticalRisk.CRITICAL), 1),
        (RiskInputs(vix=25.0, sentiment=39), 1),  # two signals, two points
        (RiskInputs(vix=25.0, news_sentiment=-0.16), 1),
        (RiskInputs(vix=35.0, sentiment=39), 2),  # two signals, three points
        (RiskInputs(vix=35.0, sentiment=29), 2),  # four points, but only two signals
        (RiskInputs(vix=25.0, sentiment=39, spread_pct=0.2), 2),  # three signals, three points
        (RiskInputs(vix=35.0, sentiment=39, spread_pct=0.2), 3),  # three signals, four points
        (RiskInputs(vix=25.0, spread_pct=0.2, sentiment=39, news_sentiment=-0.2), 3),
        (RiskInputs(vix=50.0, spread_pct=-1.0, sentiment=0, political=PoliticalRisk.CRITICAL), 3),
    ],
)
def test_risk_off_by_signals_and_points(inputs: RiskInputs, level: int) -> None:
    """Level 3 takes three signals and four points, 2 two and three, 1 two signals or two points."""
    assert level == risk_off_level(inputs, POLICY)


def test_risk_off_says_why() -> None:
    """Each signal is answered with its figure and the line that counts, unknown ones as unknown."""
    found = risk_off(RiskInputs(vix=36.0, sentiment=35), POLICY)
    said = {c.rule: (c.value, c.limit, c.passed) for c in found.checks}
    assert said.keys() <= MACRO_RULES.keys()
    assert (36.0, 35.0, False) == said["macro.risk_vix"]
    assert (35, 40, False) == said["macro.risk_sentiment"]
    assert (None, 0.3, True) == said["macro.risk_spread"]
    assert (None, "high", True) == said["macro.risk_political"]


@pytest.mark.parametrize(
    ("level", "vix", "most"),
    [
        (0, None, 10),
        (0, 24.9, 10),
        (1, None, 7),
        (2, None, 5),
        (3, None, 3),
        (0, 25.0, 5),
        (1, 34.9, 5),
        (0, 35.0, 3),
        (3, 10.0, 3),
    ],
)
def test_places(level: int, vix: float | None, most: int) -> None:
    """The worse of risk-off level and VIX leaves 10, 7, 5 or 3 places."""
    assert most == max_positions(level, vix, POLICY)


@pytest.mark.parametrize(
    ("level", "allowed"),
    [
        (0, set(Strategy)),
        (1, set(Strategy)),
        (2, {"GOLDEN_CROSS", "RSI_REBOUND", "MOMENTUM", "BULL_PULLBACK", "INSTITUTIONAL_ENTRY"}),
        (3, {"RSI_REBOUND", "BULL_PULLBACK"}),
    ],
)
def test_strategies_of_a_level_and_of_the_council(level: int, allowed: set[str]) -> None:
    """The council takes names away from what a level leaves, it never gives any back."""
    council = Told(insight=replace(INSIGHT, avoid=frozenset({Strategy.RSI_REBOUND})))
    assert set(Strategy) - allowed == strategies_to_avoid(Told(), level)
    left = allowed - {"RSI_REBOUND"}
    assert set(Strategy) - left == strategies_to_avoid(council, level)


@pytest.mark.parametrize(
    ("throttle", "high", "low", "none"),
    [
        (NORMAL, 1.2, 0.7, 0.8),
        (CAUTION, 0.8, 0.56, 0.64),
        (WARNING, 0.6, 0.42, 0.48),
        (DANGER, 0.0, 0.0, 0.0),
        (CRITICAL, 0.0, 0.0, 0.0),
    ],
)
@pytest.mark.parametrize("regime", Regime)
def test_size_at_every_level_in_every_regime(
    regime: Regime, throttle: ThrottleLevel, high: float, low: float, none: float
) -> None:
    """A throttle multiplies at most 1, and changes no regime; DANGER and CRITICAL buy nothing."""
    for told, size in (
        (Told(insight=INSIGHT), high),
        (Told(insight=replace(INSIGHT, size_pct=60)), low),
        (Told(), none),
    ):
        found = context(told, throttle, regime)
        assert pytest.approx(size) == found.size_factor
        assert (regime, throttle) == (found.regime, found.throttle)


@pytest.mark.parametrize(
    ("score", "regime"),
    [
        (100, Regime.STRONG_BULL),
        (70, Regime.STRONG_BULL),
        (69, Regime.BULL),
        (60, Regime.BULL),
        (59, Regime.NEUTRAL),
        (40, Regime.NEUTRAL),
        (39, Regime.BEAR),
        (25, Regime.BEAR),
        (24, Regime.STRONG_BEAR),
        (0, Regime.STRONG_BEAR),
    ],
)
def test_the_regime_of_a_score_where_no_detector_spoke(score: int, regime: Regime) -> None:
    """Without a detected regime the council's score names one."""
    told = Told(insight=replace(INSIGHT, sentiment_score=score))
    assert regime is context(told, regime=None).regime


@pytest.mark.parametrize(
    ("score", "regime"),
    [
        (100, Regime.NEUTRAL),
        (60, Regime.NEUTRAL),
        (40, Regime.NEUTRAL),
        (39, Regime.BEAR),
        (0, Regime.STRONG_BEAR),
    ],
)
def test_a_stale_score_names_no_bull(score: int, regime: Regime) -> None:
    """Yesterday's council may hold back, never push."""
    told = Told(insight=replace(INSIGHT, sentiment_score=score), stale=True)
    assert regime is context(told, regime=None).regime
    assert Regime.BULL is context(told).regime


def test_nothing_known_is_the_careful_default() -> None:
    """No insight, no snapshot, no regime: NEUTRAL, 0.8, 1.2, risk level 1."""
    expected = TradingContext(
        at=NOW,
        regime=Regime.NEUTRAL,
        size_factor=0.8,
        stop_factor=1.2,
        risk_off_level=1,
        throttle=NORMAL,
        max_positions=7,
    )
    assert expected == context(Told(), regime=None, snapshot=None)


def test_a_context_of_today() -> None:
    """The words of the council reach the context under their own names."""
    insight = replace(
        INSIGHT,
        avoid=frozenset({Strategy.MOMENTUM}),
        avoid_sectors=frozenset({"금융"}),
        favour_sectors=frozenset({"반도체/IT"}),
    )
    expected = TradingContext(
        at=NOW,
        regime=Regime.BULL,
        size_factor=1.2,
        stop_factor=1.1,
        risk_off_level=0,
        throttle=NORMAL,
        avoid=frozenset({Strategy.MOMENTUM}),
        avoid_sectors=frozenset({"금융"}),
        favour_sectors=frozenset({"반도체/IT"}),
        insight_at=at("07:30"),
    )
    assert expected == context(Told(insight=insight))
    stale = replace(
        expected, size_factor=1.0, stop_factor=1.0, favour_sectors=frozenset(), stale=True
    )
    assert stale == context(Told(insight=insight, stale=True))


@pytest.mark.parametrize(("vix", "crisis"), [(34.9, False), (35.0, True)])
def test_a_vix_crisis(vix: float, crisis: bool) -> None:
    """VIX 35 is a crisis."""
    assert crisis is context(Told(), snapshot=replace(CALM, vix_points=vix)).vix_crisis


@pytest.mark.parametrize(
    ("vix", "hint", "throttle", "volatile"),
    [
        (None, "", NORMAL, False),
        (24.9, "SHORT_TERM_HIGH", CAUTION, False),
        (25.0, "", NORMAL, True),
        (None, "neutral, high_volatility", NORMAL, True),
        (None, "고변동성 하락", NORMAL, True),
        (None, "", WARNING, True),
    ],
)
def test_a_volatile_day(
    vix: float | None, hint: str, throttle: ThrottleLevel, volatile: bool
) -> None:
    """VIX from 25, a whole word of the hint, or a throttle from WARNING on; any is enough."""
    told = Told(insight=replace(INSIGHT, regime_hint=hint))
    assert volatile is is_volatile(told, RiskInputs(vix=vix), throttle, POLICY)


def test_figures_of_risk_come_from_the_snapshot_and_words_from_the_council() -> None:
    """A snapshot's VIX goes before the insight's, the council's politics before the feed's."""
    insight = replace(INSIGHT, vix_points=31.0, political=PoliticalRisk.LOW)
    snapshot = replace(CALM, political=PoliticalRisk.HIGH)
    found = risk_inputs(Told(insight=insight), snapshot, now=NOW, policy=POLICY)
    assert (18.0, PoliticalRisk.LOW, 50) == (found.vix, found.political, found.sentiment)
    alone = risk_inputs(Told(insight=insight), None, now=NOW, policy=POLICY)
    assert (31.0, None) == (alone.vix, alone.spread_pct)
    stale = risk_inputs(Told(insight=insight, stale=True), snapshot, now=NOW, policy=POLICY)
    assert PoliticalRisk.HIGH is stale.political
    assert None is risk_inputs(Told(insight=insight, stale=True), None, now=NOW, policy=POLICY).vix


@pytest.mark.parametrize(
    ("age", "used"),
    [
        (timedelta(days=3), True),
        (timedelta(days=3, seconds=1), False),
        (timedelta(seconds=-1), False),
    ],
)
def test_a_snapshot_too_old_or_from_the_future_says_nothing(age: timedelta, used: bool) -> None:
    """Three days are the most, and nothing later than now is read."""
    found = risk_inputs(Told(), replace(CALM, at=NOW - age), now=NOW, policy=POLICY)
    assert used is (found.vix is not None)


def test_a_figure_that_is_no_number_is_unknown() -> None:
    """NaN is no VIX, and not a calm one."""
    found = context(Told(), snapshot=MacroSnapshot(at=NOW, vix_points=float("nan")))
    assert (1, False) == (found.risk_off_level, found.vix_crisis)


insights = st.builds(
    replace,
    st.just(INSIGHT),
    size_pct=st.none() | st.integers(-50, 300),
    stop_pct=st.none() | st.integers(-50, 300),
    sentiment_score=st.integers(0, 100),
    regime_hint=st.sampled_from(["", "VOLATILE"]),
)
snapshots = st.none() | st.builds(
    MacroSnapshot,
    at=st.just(NOW),
    vix_points=st.none() | st.floats(allow_nan=True),
    spread_pct=st.none() | st.floats(allow_nan=True),
    news_sentiment_score=st.none() | st.floats(-1, 1),
    political=st.none() | st.sampled_from(PoliticalRisk),
)
said = st.builds(Told, insight=st.none() | insights, stale=st.booleans())


@given(told=said, throttle=st.sampled_from(LEVELS), snapshot=snapshots)
def test_factors_stay_within_their_bounds(
    told: Told, throttle: ThrottleLevel, snapshot: MacroSnapshot | None
) -> None:
    """Size is 0 to 1.3 and never above 1 while throttled or stale, stops are 0.8 to 1.5."""
    found = context(told, throttle, None, snapshot)
    assert 0 <= found.size_factor <= 1.3
    assert 0.8 <= found.stop_factor <= 1.5
    assert 0 <= found.risk_off_level <= 3
    assert 3 <= found.max_positions <= 10
    if throttle is not NORMAL or told.stale or told.insight is None:
        assert found.size_factor <= 1


@given(council=st.floats(0.7, 1.3), less=st.floats(0, 0.6))
def test_a_worse_level_or_council_never_gives_more(council: float, less: float) -> None:
    """Size falls with each level, and with the council's factor within a level."""
    sizes = [throttled(council, level, POLICY) for level in LEVELS]
    assert sorted(sizes, reverse=True) == sizes
    lower = [throttled(council - less, level, POLICY) for level in LEVELS]
    assert all(a <= b for a, b in zip(lower, sizes, strict=True))


@given(
    vix=st.floats(10, 60),
    spread=st.floats(-2, 2),
    sentiment=st.integers(0, 100),
    news=st.floats(-1, 1),
    worse=st.floats(0, 1),
)
def test_worse_figures_never_give_a_better_level(
    vix: float, spread: float, sentiment: int, news: float, worse: float
) -> None:
    """Risk-off rises, and places fall, with every figure pushed the wrong way."""
    mild = RiskInputs(vix=vix, spread_pct=spread, sentiment=sentiment, news_sentiment=news)
    bad = RiskInputs(
        vix=vix + 30 * worse,
        spread_pct=spread - 2 * worse,
        sentiment=int(sentiment * (1 - worse)),
        news_sentiment=news - worse,
    )
    before, after = risk_off_level(mild, POLICY), risk_off_level(bad, POLICY)
    assert before <= after
    assert max_positions(before, mild.vix, POLICY) >= max_positions(after, bad.vix, POLICY)
