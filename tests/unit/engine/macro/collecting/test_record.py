"""What follows from a snapshot: regimes, differences, the small reading."""

from dataclasses import replace

import pytest
from tests.unit.engine.macro.collecting.makers import HOUR, NOW, item, stored

from jennie_cli.engine.macro import vix_regime
from jennie_cli.engine.macro.collecting import (
    FieldKind,
    as_snapshot,
    fields,
    is_risk_off,
    korean_day,
    krw_pressure,
    politics_of,
    rate_differential,
    treasury_spread,
)
from jennie_cli.engine.macro.collecting.fields import ESSENTIAL
from jennie_cli.engine.model import MacroSnapshot, PoliticalRisk
from jennie_cli.engine.venue import default_calendar


@pytest.mark.parametrize(
    ("vix", "regime"),
    [
        (None, None),
        (14.9, "low_vol"),
        (15.0, "normal"),
        (25.0, "elevated"),
        (34.9, "elevated"),
        (35.0, "crisis"),
    ],
)
def test_the_vix_has_a_regime(vix: float | None, regime: str | None) -> None:
    """Four of them, and none without a VIX."""
    assert regime == vix_regime(vix)


@pytest.mark.parametrize(
    ("fed", "bok", "difference", "pressure"),
    [
        (4.25, 2.5, 1.75, "weakness"),
        (4.0, 2.5, 1.5, "neutral"),
        (2.0, 2.5, -0.5, "neutral"),
        (1.75, 2.5, -0.75, "strength"),
    ],
)
def test_the_rates_push_the_won(fed: float, bok: float, difference: float, pressure: str) -> None:
    """A dollar that pays more is bought."""
    record = stored({"fed_rate": fed, "bok_rate": bok})
    assert (difference, pressure) == (rate_differential(record), krw_pressure(record))


def test_nothing_follows_from_nothing() -> None:
    """Half a difference is none."""
    record = stored({"fed_rate": 4.0, "treasury_2y": 4.0})
    assert (None, None, None) == (
        rate_differential(record),
        krw_pressure(record),
        treasury_spread(record),
    )


@pytest.mark.parametrize(
    ("values", "titles", "off"),
    [
        ({}, [], None),
        ({"bok_rate": 2.5}, [], None),
        ({"vix": 35.0}, [], False),
        ({"vix": 35.0, "dxy_index": 111.0}, [], True),
        ({"treasury_10y": 3.0, "treasury_2y": 3.6, "global_news_sentiment": -0.6}, [], True),
        ({"treasury_10y": 3.0, "treasury_2y": 3.4, "global_news_sentiment": -0.6}, [], False),
        ({"dxy_index": 110.1}, ["Powell speaks"], True),
        ({"dxy_index": 110.0}, ["Powell speaks"], False),
    ],
)
def test_two_signals_are_risk_off(
    values: dict[str, float], titles: list[str], off: bool | None
) -> None:
    """One alone is not, and of nothing known nobody says calm."""
    record = replace(stored(values), politics=politics_of([item(t) for t in titles], NOW))
    assert off is is_risk_off(record)


def test_sessions_read_a_few_figures() -> None:
    """The moment is KOSPI's, the news are the world's."""
    record = replace(
        stored(
            {
                "kospi_change_pct": -1.5,
                "vix": 21.0,
                "treasury_10y": 4.2,
                "treasury_2y": 3.9,
                "global_news_sentiment": -0.2,
                "korea_news_sentiment": 0.2,
            },
            at=NOW,
        ),
        politics=politics_of([item("Powell speaks")], NOW),
    )
    assert MacroSnapshot(
        at=NOW - HOUR,
        kospi_change_pct=-1.5,
        vix_points=21.0,
        spread_pct=0.3,
        news_sentiment_score=-0.2,
        political=PoliticalRisk.HIGH,
    ) == as_snapshot(record)


def test_what_is_not_known_stays_unknown() -> None:
    """Without KOSPI the moment is the record's; Korea's news stand in for the world's."""
    record = stored({"korea_news_sentiment": 0.2}, at=NOW)
    assert MacroSnapshot(at=NOW, news_sentiment_score=0.2) == as_snapshot(record)
    assert MacroSnapshot(at=NOW) == as_snapshot(stored({}, at=NOW))


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-03-04T09:00+09:00", "2026-03-04"),
        ("2026-03-04T08:59+09:00", "2026-03-03"),
        ("2026-03-04T00:30+00:00", "2026-03-04"),
        ("2026-03-02T10:00+09:00", "2026-02-27"),
        ("2026-03-07T12:00+09:00", "2026-03-06"),
        ("2026-03-09T07:00+09:00", "2026-03-06"),
    ],
)
def test_before_nine_it_is_still_the_day_before(moment: str, day: str) -> None:
    """Weekends and holidays step back."""
    at = NOW.fromisoformat(moment)
    assert day == korean_day(at, default_calendar()).isoformat()


def test_the_table_of_fields_is_whole() -> None:
    """What completeness counts is in it; MANEMP is nobody's PMI, the VXX nobody's VIX."""
    assert ESSENTIAL <= fields().keys()
    assert not {"us_pmi", "vxx"} & fields().keys()
    assert {FieldKind.NEWS} == {f.kind for f in fields().values() if f.unit == "sentiment"}
