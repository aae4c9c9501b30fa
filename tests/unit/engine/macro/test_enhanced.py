"""The whole macro side of a moment: figures alone hold back, and two sets of bans add up."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.unit.engine.macro.collecting.makers import NOW, item, stored

from jennie_cli.engine.macro import EnhancedContext, MacroPolicy, Told, VixRegime, enhanced_context
from jennie_cli.engine.macro.collecting import MacroRecord, politics_of
from jennie_cli.engine.model import (
    MacroInsight,
    Outlook,
    PoliticalRisk,
    Regime,
    Strategy,
    ThrottleLevel,
)

CALM = {"vix": 18.0, "treasury_10y": 4.2, "treasury_2y": 3.7, "global_news_sentiment": 0.1}
CRISIS = {**CALM, "vix": 36.0, "treasury_2y": 4.5, "global_news_sentiment": -0.4}
INSIGHT = MacroInsight(
    day=NOW.date(),
    at=NOW - timedelta(hours=3),
    sentiment_score=55,
    size_pct=100,
    favour=frozenset({Strategy.MOMENTUM, Strategy.RSI_REBOUND}),
    avoid=frozenset({Strategy.RSI_REBOUND}),
    sector_outlook={"금융": Outlook.BULLISH, "기타": Outlook.NEUTRAL, "조선/기계": Outlook.BEARISH},
    political=PoliticalRisk.LOW,
    reasoning="조심",
    regime_hint="BULL",
)


def seen(told: Told, record: MacroRecord | None) -> EnhancedContext:
    """Return the macro side at eleven."""
    return enhanced_context(
        told,
        record,
        throttle=ThrottleLevel.NORMAL,
        regime=Regime.NEUTRAL,
        now=NOW,
        policy=MacroPolicy(),
    )


@pytest.mark.parametrize(
    ("values", "size", "stop", "hints"),
    [
        (CALM, 0.8, 1.2, ()),
        ({**CALM, "vix": 12.0}, 0.8, 1.2, ("momentum_ok", "breakout_ok")),
        ({**CALM, "vix": 26.0}, 0.8, 1.3, ("cautious_breakout", "prefer_pullback")),
        (
            CRISIS,
            0.7,
            1.5,
            (
                "avoid_breakout",
                "prefer_pullback",
                "reduce_position",
                "defensive_only",
                "no_new_entry",
            ),
        ),
    ],
)
def test_figures_alone_hold_back_and_never_push(
    values: dict[str, float], size: float, stop: float, hints: tuple[str, ...]
) -> None:
    """Without a council the careful default is the most, and a fright takes more."""
    found = seen(Told(), stored(values, at=NOW))
    assert (size, stop, hints) == (
        found.context.size_factor,
        found.context.stop_factor,
        found.hints,
    )


def test_what_the_council_and_risk_off_forbid_adds_up() -> None:
    """At level 3 with a list of the council only what both leave is allowed."""
    found = seen(Told(insight=INSIGHT), stored(CRISIS, at=NOW))
    assert (3, frozenset({Strategy.BULL_PULLBACK})) == (
        found.context.risk_off_level,
        found.allowed,
    )
    assert (frozenset(), True) == (found.favour, found.reduce_exposure)


def test_everything_that_stands_behind_it_is_told() -> None:
    """Figures of the snapshot, words of the council, whose politics stand over the feeds'."""
    record = replace(
        stored({**CALM, "fed_rate": 4.25, "usd_krw": 1_400.0, "kospi_index": 5_800.0}, at=NOW),
        politics=politics_of([item("Powell speaks")], NOW),
        completeness_ratio=0.7,
        sources=("fred",),
    )
    found = seen(Told(insight=INSIGHT), record)
    assert (18.0, VixRegime.NORMAL, PoliticalRisk.LOW, 30) == (
        found.vix,
        found.vix_regime,
        found.political,
        found.political_score,
    )
    assert {"금융": 0.5, "기타": 0.0, "조선/기계": -0.5} == found.sector_signals
    assert (4.25, 0.5, 1_400.0, 5_800.0, 0.7, ("fred",)) == (
        found.fed_rate,
        found.spread_pct,
        found.usd_krw,
        found.kospi_index,
        found.completeness_ratio,
        found.sources,
    )
    assert ("조심", "BULL", 55, 1.0, frozenset({Strategy.MOMENTUM})) == (
        found.reasoning,
        found.regime_hint,
        found.sentiment_score,
        found.take_profit_factor,
        found.favour,
    )
    assert (True, True, False, NOW, NOW.date(), 5) == (
        found.has_council,
        found.has_global_data,
        found.reduce_exposure,
        found.updated_at,
        found.day,
        len(found.risk_checks),
    )
    assert 1.0 == found.context.size_factor


def test_nothing_known_is_careful() -> None:
    """No council and no snapshot: the default sizes, level 1, and no word of anything."""
    found = seen(Told(), None)
    assert (0.8, 1.2, 1, ("reduce_aggression",)) == (
        found.context.size_factor,
        found.context.stop_factor,
        found.context.risk_off_level,
        found.hints,
    )
    assert (None, None, False, False, None) == (
        found.vix,
        found.usd_krw,
        found.has_council,
        found.has_global_data,
        found.updated_at,
    )
