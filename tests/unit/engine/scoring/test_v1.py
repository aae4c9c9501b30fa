"""Quant score v1, kept for rollback: its formulas, fall-backs and limits."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.engine.scoring.frames import (
    POLICY,
    PRICE,
    Array,
    flat,
    inputs,
    random_inputs,
    series,
    with_rows,
)

from jennie_cli.engine.model import Phase
from jennie_cli.engine.scoring import SCORERS, ScoreTable, ScoringPolicy, score_v1

V1 = SCORERS["v1"]
VOLUME = flat(value=1_000.0)


def scored(**given_: Any) -> ScoreTable:
    """Return the v1 scores of `inputs(...)`."""
    return V1(inputs(**given_), POLICY)


def points(factor: str, name: str, **given_: Any) -> float:
    """Return the points of one part of the only stock."""
    return float(scored(**given_).parts[factor][name].points[0, 0])


@pytest.mark.parametrize(("with_index", "expected"), [(True, 10.5), (False, 8.0)])
def test_six_month(with_index: bool, expected: float) -> None:
    """Six months start at 7.5 points against an index and at 5 without one."""
    index = np.full((160, 2), 100.0) if with_index else None
    close = with_rows(flat(), {-120: PRICE / 1.12})
    got = points("momentum", "six_month_relative", close=close, index=index)
    assert expected == pytest.approx(got)


def test_block_stability() -> None:
    """Five points are shared over six blocks of 20 rows that rose."""
    close = with_rows(flat(), {-1: PRICE + 1, -21: PRICE + 1, -41: PRICE + 1, -61: PRICE - 1})
    assert pytest.approx(5.0 * 3 / 6) == points("momentum", "block_stability", close=close)


@pytest.mark.parametrize(
    ("name", "key", "value", "expected"),
    [
        ("roe_level", "roe_pct", 10.0, 6.67),
        ("roe_level", "roe_pct", np.nan, 5.0),
        ("eps_growth", "eps_growth_pct", 20.0, 2.91),
        ("eps_growth", "eps_growth_pct", np.nan, 1.75),
    ],
)
def test_quality(name: str, key: str, value: float, expected: float) -> None:
    """ROE weighs 10 and growth of earnings 3.5 points."""
    assert pytest.approx(expected) == points("quality", name, slow={key: value})


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [("pbr", 1.0, 6.0), ("pbr", np.nan, 3.75), ("per", 10.0, 6.0), ("per", -2.0, 0.0)],
)
def test_value(name: str, value: float, expected: float) -> None:
    """Price to book and to earnings weigh 7.5 points each."""
    assert pytest.approx(expected) == points("value", name, slow={name: value})


def test_unknown_per_scores_nothing() -> None:
    """An unknown PER scores 0 in v1 and is told as missing."""
    part = scored().parts["value"]["per"]
    assert (True, 0.0) == (part.missing[0, 0], part.points[0, 0])


@pytest.mark.parametrize(
    ("sentiment", "expected"), [(25.0, 2.0), (50.0, 6.4), (0.0, 4.0), (np.nan, 4.0), (100.0, 8.0)]
)
def test_news_level(sentiment: float, expected: float) -> None:
    """Sentiment scores 0.08 a point, with the odd steps at 50 and 0 that v1 had."""
    assert pytest.approx(expected) == points("news", "level", slow={"sentiment": sentiment})


def test_inputs_without_a_source() -> None:
    """Growth of sales and win rates are missing at their fall-back points."""
    table = scored()
    growth, rate = table.parts["quality"]["sales_growth"], table.parts["news"]["win_rate"]
    assert (True, 1.75) == (growth.missing[0, 0], growth.points[0, 0])
    assert (True, 2.0) == (rate.missing[0, 0], rate.points[0, 0])


@pytest.mark.parametrize(
    ("rise", "fall", "high_pct", "expected"),
    [(75, 25, 0.5, -1.5), (68, 32, 1.0, -1.0), (68, 32, 2.5, 0.0), (60, 40, 0.5, 0.0)],
)
def test_peak_and_overheat(rise: float, fall: float, high_pct: float, expected: float) -> None:
    """A stock near its high with a hot RSI loses technical points."""
    close = series(PRICE, PRICE - fall, PRICE - fall + rise)
    high = np.maximum(close, with_rows(close, {-2: close[-1, 0] * (1 + high_pct / 100)}))
    assert expected == points("technical", "peak_overheat", close=close, high=high)


def test_bollinger_position() -> None:
    """A close in the middle of the bands scores half of 3 points."""
    wave: Array = PRICE + 100.0 * np.tile([1.0, -1.0], 80)[:, None]
    wave[-2:] = PRICE
    assert pytest.approx(1.5, abs=0.01) == points("technical", "bollinger", close=wave)


def test_young_trend_keeps_its_rsi() -> None:
    """A strong stock whose RSI is 50..60 keeps at least 1.5 points of RSI."""
    rise = np.linspace(PRICE / 2, PRICE, 140)
    waves = PRICE + np.cumsum(np.tile([60.0, -50.0], 10))
    close = np.concatenate([rise, waves])[:, None]
    table = scored(close=close, index=np.full((160, 2), 100.0))
    assert 50.0 < table.rsi14[0, 0] < 60.0
    assert sum(p.points[0, 0] for p in table.parts["momentum"].values()) >= 20.0
    assert table.parts["technical"]["rsi"].points[0, 0] == 1.5


def test_supply() -> None:
    """Foreign buying into a dip, institutions, holdings, the turn and smart money add up to 15."""
    flows = {
        "foreign": with_rows(flat(value=60.0), dict.fromkeys(range(-10, -5), -60.0)),
        "institution": flat(value=30.0),
        "foreign_pct": flat(value=25.0),
    }
    close = with_rows(flat(), {-1: PRICE - 10.0})
    table = scored(close=close, volume=VOLUME, flows=flows)
    got = {name: p.points[0, 0] for name, p in table.parts["supply_demand"].items()}
    assert {
        "foreign": 7.0,
        "foreign_dip": 3.0,
        "institution": 5.0,
        "foreign_ratio": 1.5,
        "reversal": 1.5,
        "smart_money": 3.0,
    } == pytest.approx(got)
    assert table.factors["supply_demand"][0, 0] == 15.0


def test_compound_bonus() -> None:
    """An oversold stock that foreigners buy gets 5 points more."""
    close = series(PRICE, PRICE - 50.0)
    flows = {"foreign": flat(value=20.0)}
    bought = scored(close=close, volume=VOLUME, flows=flows)
    assert bought.factors["compound"][0, 0] == 5.0
    assert scored(close=close, volume=VOLUME).factors["compound"][0, 0] == 0.0


@pytest.mark.parametrize(("daily", "multiplier"), [(0.2, 1.2), (-0.2, 0.0)])
def test_phase_multiplies(daily: float, multiplier: float) -> None:
    """The chart phase multiplies the sum of v1, unless it is switched off."""
    close = PRICE * np.cumprod(np.full((160, 1), 1.0 + daily / 100.0), axis=0)
    table = scored(close=close)
    whole = sum(values[0, 0] for values in table.factors.values())
    assert pytest.approx(whole * multiplier, abs=0.0051) == table.total[0, 0]
    off = score_v1(inputs(close=close), ScoringPolicy(chart_phase_enabled=False))
    assert pytest.approx(whole, abs=0.0051) == off.total[0, 0]
    assert table.phase[0, 0] in {list(Phase).index(p) for p in (Phase.UPTREND, Phase.DOWNTREND)}


def test_scorers_name_their_maxima() -> None:
    """Each scorer is found by name and knows the maxima of what it returns."""
    for name, scorer in SCORERS.items():
        table = scorer(inputs(), POLICY)
        assert name == table.scorer == scorer.name
        assert {f: list(p) for f, p in scorer.part_max.items()} == {
            f: list(p) for f, p in table.parts.items()
        }
        assert list(scorer.factor_max) == list(table.factors)
        assert np.all((table.coverage_ratio >= 0.0) & (table.coverage_ratio <= 1.0))


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=40)
def test_points_stay_within_maxima(seed: int) -> None:
    """No factor or total of v1 leaves its range, whatever the market."""
    table = V1(random_inputs(seed, days=2), POLICY)
    total = table.total[table.valid]
    assert np.all((total >= 0.0) & (total <= 100.0))
    for factor, parts in table.parts.items():
        assert np.all(table.factors[factor] <= V1.factor_max[factor])
        for name, part in parts.items():
            assert np.all(part.points <= V1.part_max[factor][name])
