"""The whole of v2: neutral values, maxima, penalty, coverage and what must not matter."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.engine.scoring.frames import POLICY, flat, random_inputs, scored

from jennie_cli.engine.scoring import PART_MAX, PARTS, ScoreInputs, ScoreTable, score_v2

SEEDS = st.integers(0, 2**32 - 1)
NEUTRAL = {
    "six_month_relative": 2.5,
    "one_month": 2.5,
    "bottom_bounce": 0.0,
    "base_breakout": 0.0,
    "roe_level": 2.0,
    "roe_trend": 4.0,
    "eps_growth": 2.5,
    "stability": 1.5,
    "pbr": 2.5,
    "per": 2.5,
    "per_vs_history": 2.5,
    "peg": 2.5,
    "volume_trend": 1.5,
    "rsi": 1.5,
    "accumulation": 0.0,
    "level": 2.0,
    "momentum": 3.0,
    "foreign": 2.5,
    "institution": 1.5,
    "reversal": 0.0,
    "foreign_ratio_trend": 1.0,
    "smart_money_sync": 0.0,
}
BY_PRICE_ALONE = {"one_month", "bottom_bounce"}


def arrays_of(table: ScoreTable) -> dict[str, np.ndarray[Any, Any]]:
    """Return every array of a table by name."""
    fields = [f for f in ScoreTable.__slots__ if isinstance(getattr(table, f), np.ndarray)]
    out = {name: getattr(table, name) for name in fields}
    out |= {f"factor {name}": values for name, values in table.factors.items()}
    for factor, name in PARTS:
        part = table.parts[factor][name]
        out |= {f"{factor} {name} {x}": getattr(part, x) for x in ("points", "input", "missing")}
    return out


def assert_same(expected: ScoreTable, got: ScoreTable) -> None:
    """Compare two tables bit by bit."""
    want, have = arrays_of(expected), arrays_of(got)
    assert want.keys() == have.keys()
    for name, values in want.items():
        np.testing.assert_array_equal(values, have[name], err_msg=name)


def test_all_missing() -> None:
    """Thirty silent rows give every part its neutral value and a coverage of the price alone."""
    table = scored(close=flat(30))
    points = {name: table.parts[f][name].points[0, 0] for f, name in PARTS}
    missing = {name for f, name in PARTS if table.parts[f][name].missing[0, 0]}
    assert NEUTRAL == points
    assert set(NEUTRAL) - BY_PRICE_ALONE == missing
    assert pytest.approx(0.10) == table.coverage_ratio[0, 0]
    # momentum 5, quality 10, value 10, technical 3, news 5, supply at half: 10
    assert table.total[0, 0] == 43.0


@pytest.mark.parametrize(("rows", "valid"), [(29, False), (30, True)])
def test_thirty_rows_make_a_score(rows: int, valid: bool) -> None:
    """Below 30 rows a stock has no total, from 30 on it has one."""
    table = scored(close=flat(rows))
    assert valid == table.valid[0, 0]
    assert valid != np.isnan(table.total[0, 0])


def test_a_delisted_stock_has_no_score() -> None:
    """A stock without a close on the scored day is not valid."""
    close = flat()
    close[-1] = np.nan
    assert not scored(close=close).valid[0, 0]


def test_maxima_are_the_seed() -> None:
    """The six factors weigh 20, 20, 20, 10, 10 and 20 of 100 points over 22 parts."""
    assert [20.0, 20.0, 20.0, 10.0, 10.0, 20.0] == [sum(p.values()) for p in PART_MAX.values()]
    assert len(PARTS) == 22


def test_knife_costs_ten() -> None:
    """A member of a falling-knife sector loses exactly 10 points before anything else is cut."""
    close = np.hstack([flat(), flat()])
    table = scored(close=close, slow={"knife": [False, True]})
    assert pytest.approx(10.0) == table.total[0, 0] - table.total[0, 1]
    assert [False, True] == table.knife[0].tolist()


def test_risk_inputs() -> None:
    """Drawdown is taken from the 20-row high, the golden cross and the rising average from MAs."""
    close = np.concatenate([np.linspace(12_000, 10_000, 159), [10_600.0]])[:, None]
    high = close.copy()
    high[-20] = 12_000.0
    table = scored(close=close, high=high)
    assert pytest.approx(10_600 / 12_000 * 100 - 100) == table.drawdown_20d_pct[0, 0]
    assert not table.ma20_rising[0, 0]
    assert not table.golden_cross[0, 0]
    jump = np.concatenate([close[:-1], [[11_200.0]]])
    assert scored(close=jump).golden_cross[0, 0]
    assert not scored(close=np.concatenate([jump, [[11_200.0]]])).golden_cross[0, 0]


@pytest.mark.parametrize("at", [[], [5, 5], [9, 3], [160]])
def test_days_must_ascend(at: list[int]) -> None:
    """Rows to score that do not ascend within the panel are refused."""
    with pytest.raises(ValueError, match="ascending rows"):
        scored(at=at)


@given(SEEDS)
@settings(max_examples=60)
def test_points_stay_within_maxima(seed: int) -> None:
    """No part, factor or total leaves its range, whatever the market."""
    table = score_v2(random_inputs(seed, days=3), POLICY)
    total = table.total[table.valid]
    assert np.all((total >= 0.0) & (total <= 100.0))
    assert not np.isnan(total).any()
    for factor, tops in PART_MAX.items():
        whole = table.factors[factor]
        assert np.all((whole >= 0.0) & (whole <= sum(tops.values()) + 1e-9))
        for name, top in tops.items():
            points = table.parts[factor][name].points
            assert np.all((points >= (-3.0 if name == "reversal" else 0.0)) & (points <= top))


@given(SEEDS)
@settings(max_examples=40)
def test_total_is_the_sum(seed: int) -> None:
    """The total is factors plus phase plus penalty, kept within 0..100, at two decimals."""
    table = score_v2(random_inputs(seed), POLICY)
    whole = sum(table.factors.values()) + table.phase_points - 10.0 * table.knife
    expected = np.where(table.valid, np.round(np.clip(whole, 0.0, 100.0), 2), np.nan)
    np.testing.assert_allclose(table.total, expected, atol=0.0101)


def permuted(given_: ScoreInputs, order: np.ndarray[Any, Any]) -> ScoreInputs:
    """Return the same market with its stocks in another order."""
    bars, flows = given_.bars, given_.flows
    codes = tuple(bars.codes[n] for n in order)
    columns = ("open", "high", "low", "close", "volume", "halted")
    nets = ("foreign", "institution", "individual", "foreign_pct")
    fixed = {"bars", "flows", "at", "index_close", "board"}
    slow = {n: getattr(given_, n)[..., order] for n in ScoreInputs.__slots__ if n not in fixed}
    return replace(
        given_,
        bars=replace(bars, codes=codes, **{n: getattr(bars, n)[:, order] for n in columns}),
        flows=replace(flows, codes=codes, **{n: getattr(flows, n)[:, order] for n in nets}),
        board=given_.board[order],
        **slow,
    )


@given(SEEDS)
@settings(max_examples=20)
def test_order_of_stocks_does_not_matter(seed: int) -> None:
    """Permuting the stocks permutes the results and changes nothing."""
    market = random_inputs(seed, stocks=9, days=2)
    order = np.random.default_rng(seed).permutation(9)
    straight, crossed = score_v2(market, POLICY), score_v2(permuted(market, order), POLICY)
    want = arrays_of(straight)
    for name, values in arrays_of(crossed).items():
        np.testing.assert_array_equal(want[name][:, order], values, err_msg=name)


def cut(market: ScoreInputs, rows: int) -> ScoreInputs:
    """Return the market as it stood after its first `rows` rows."""
    bars, flows = market.bars, market.flows
    columns = ("open", "high", "low", "close", "volume", "halted")
    nets = ("foreign", "institution", "individual", "foreign_pct")
    days = bars.days[:rows]
    return replace(
        market,
        bars=replace(bars, days=days, **{n: getattr(bars, n)[:rows] for n in columns}),
        flows=replace(flows, days=days, **{n: getattr(flows, n)[:rows] for n in nets}),
        index_close=market.index_close[:rows],
    )


@given(SEEDS, st.integers(130, 174))
@settings(max_examples=30)
def test_the_future_does_not_matter(seed: int, rows: int) -> None:
    """Rows after the scored day change no bit of its score."""
    market = random_inputs(seed, rows=175)
    market = replace(market, at=np.array([rows - 1]))
    assert_same(score_v2(cut(market, rows), POLICY), score_v2(market, POLICY))


def one_day(market: ScoreInputs, day: int) -> ScoreInputs:
    """Return the market with only one of its scored days."""
    fixed = {"bars", "flows", "index_close", "board"}
    slow = {n: getattr(market, n)[[day]] for n in ScoreInputs.__slots__ if n not in fixed}
    return replace(market, **slow)


@given(SEEDS, st.booleans())
@settings(max_examples=10)
def test_a_day_alone_scores_the_same(seed: int, sparse: bool) -> None:
    """A day scored alone has the bits it has among years, with or without days between."""
    market = random_inputs(seed, rows=520, days=300)
    if sparse:
        kept = np.flatnonzero(np.random.default_rng(seed).random(300) < 0.2)
        fixed = {"bars", "flows", "index_close", "board"}
        slow = {n: getattr(market, n)[kept] for n in ScoreInputs.__slots__ if n not in fixed}
        market = replace(market, **slow)
    whole = arrays_of(score_v2(market, POLICY))
    for day in (0, len(market.at) // 2, len(market.at) - 1):
        for name, values in arrays_of(score_v2(one_day(market, day), POLICY)).items():
            np.testing.assert_array_equal(whole[name][[day]], values, err_msg=name)


@given(SEEDS, st.sampled_from([0.25, 4.0]), st.sampled_from([0.5, 8.0]))
@settings(max_examples=20)
def test_units_do_not_matter(seed: int, price: float, shares: float) -> None:
    """Prices in another unit, and shares in another unit, leave every total as it is."""
    market = random_inputs(seed)
    bars, flows = market.bars, market.flows
    prices = {n: getattr(bars, n) * price for n in ("open", "high", "low", "close")}
    nets = {n: getattr(flows, n) * shares for n in ("foreign", "institution", "individual")}
    scaled = replace(
        market,
        bars=replace(bars, volume=bars.volume * shares, **prices),
        flows=replace(flows, **nets),
    )
    np.testing.assert_array_equal(score_v2(market, POLICY).total, score_v2(scaled, POLICY).total)


def test_single_precision_panel() -> None:
    """A panel kept in single precision scores as its values say."""
    market = random_inputs(3)
    bars = market.bars
    single = {n: getattr(bars, n).astype(np.float32) for n in ("high", "low", "close", "volume")}
    twin = {n: values.astype(np.float64) for n, values in single.items()}
    assert_same(
        score_v2(replace(market, bars=replace(bars, **twin)), POLICY),
        score_v2(replace(market, bars=replace(bars, **single)), POLICY),
    )
