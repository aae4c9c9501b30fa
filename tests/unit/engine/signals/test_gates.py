"""What each gate lets pass and what it stops: one bar in, one decision out."""

from datetime import date
from typing import Any

import numpy as np
import pytest
from tests.unit.engine.indicators.sessions import session
from tests.unit.engine.signals.gate_cases import (
    DAY,
    EXAM_DAY,
    LATE_OPENING,
    blocking,
    cell,
    figures,
    judged,
    noted,
    second,
    stocks,
    told,
    weather,
    without,
)

from jennie_cli.engine.model import Market, Regime
from jennie_cli.engine.signals import SignalPolicy, figures_of, judge_gates
from jennie_cli.engine.signals.gates import top_prices
from jennie_cli.settings import Settings

YES, NO = np.array([True]), np.array([False])


def test_a_calm_bar_passes_every_gate() -> None:
    """Each case below changes one thing of a bar that may be bought."""
    table = judged()
    assert ([], []) == (blocking(table), noted(table))
    assert table.open.all()


@pytest.mark.parametrize(
    ("bars", "expected"), [(1, ["min_bars"]), (19, ["min_bars"]), (20, []), (60, [])]
)
def test_case_1_a_stock_needs_twenty_bars_of_this_session(bars: int, expected: list[str]) -> None:
    """19 bars block, 20 pass."""
    seen = session([10_000.0] * bars, [100.0] * bars)
    table = judge_gates(seen, stocks(), weather(), SignalPolicy())
    last = [c.rule for c in table.checks(bars - 1, 0) if not c.passed]
    assert [f"gate.{rule}" for rule in expected] == last
    assert [n >= 19 for n in range(bars)] == table.open[:, 0].tolist()


NORMAL = [
    ("09:00:00", ["no_trade_window"]),
    ("09:29:59", ["no_trade_window"]),
    ("09:30:00", []),
    ("13:59:59", []),
    ("14:00:00", ["danger_zone"]),
    ("14:59:59", ["danger_zone"]),
    ("15:00:00", []),
    ("15:19:59", []),
    ("15:20:00", ["last_entry"]),
    ("15:30:00", ["last_entry"]),
]
EXAM = [
    ("10:00:00", ["no_trade_window"]),
    ("10:29:59", ["no_trade_window"]),
    ("10:30:00", []),
    ("14:00:00", []),
    ("14:59:59", []),
    ("15:00:00", ["danger_zone"]),
    ("15:59:59", ["danger_zone"]),
    ("16:00:00", []),
    ("16:19:59", []),
    ("16:20:00", ["last_entry"]),
]
LATE = [
    ("10:29:59", ["no_trade_window"]),
    ("10:30:00", []),
    ("13:59:59", []),
    ("14:00:00", ["danger_zone"]),
    ("15:00:00", []),
    ("15:20:00", ["last_entry"]),
]


@pytest.mark.parametrize(
    ("day", "at", "expected"),
    [
        *((DAY, *case) for case in NORMAL),
        *((EXAM_DAY, *case) for case in EXAM),
        *((LATE_OPENING, *case) for case in LATE),
    ],
)
def test_case_2_times_of_day_move_with_the_session(day: date, at: str, expected: list[str]) -> None:
    """The same on a normal day, on the exam day (10:00-16:30) and on a 10:00 opening."""
    assert expected == blocking(judged(sky=weather(at, day=day)))


@pytest.mark.parametrize(
    ("at", "rule", "expected"),
    [
        ("09:29:59", "no_trade_window", ("09:29:59", "09:30:00", False)),
        ("13:59:59", "danger_zone", ("13:59:59", "14:00:00", True)),
        ("14:30:00", "danger_zone", ("14:30:00", "15:00:00", False)),
        ("15:20:00", "last_entry", ("15:20:00", "15:20:00", False)),
    ],
)
def test_a_time_is_told_as_a_time(at: str, rule: str, expected: tuple[str, str, bool]) -> None:
    """A record says when it was and which moment was meant."""
    assert expected == told(judged(sky=weather(at)), rule)


@pytest.mark.parametrize(
    ("rsi", "expected"), [(75.0, []), (75.1, ["rsi"]), (100.0, ["rsi"]), (None, [])]
)
def test_case_3_an_overbought_stock_is_not_bought(rsi: float | None, expected: list[str]) -> None:
    """75.0 passes, 75.1 blocks, an unknown RSI passes and is told as unknown."""
    table = judged(figures(rsi=rsi))
    assert expected == blocking(table)
    assert (rsi, 75.0) == told(table, "rsi")[:2]


@pytest.mark.parametrize(
    ("ratio", "price", "flags", "blocked"),
    [
        (2.1, 10_000.0, ["volume"], []),
        (2.1, 10_210.0, ["volume", "vwap"], ["combined_risk"]),
        (2.0, 10_000.0, [], []),
        (2.0, 10_210.0, ["vwap"], []),
        (2.1, 10_200.0, ["volume"], []),
        (None, 10_210.0, ["vwap"], []),
    ],
)
def test_case_4_two_flags_block_together(
    ratio: float | None, price: float, flags: list[str], blocked: list[str]
) -> None:
    """A burst of volume or a price above VWAP x 1.02 is a flag; neither blocks alone."""
    table = judged(figures(volume_ratio=ratio, price=price, vwap=10_000.0))
    assert (flags, blocked) == (noted(table), blocking(table))
    assert float(len(flags)) == told(table, "combined_risk")[0]
    assert (not blocked) == table.open.all()


@pytest.mark.parametrize(
    ("after", "left", "expected"),
    [(0, 600.0, ["cooldown"]), (599, 1.0, ["cooldown"]), (600, 0.0, []), (601, 0.0, [])],
)
def test_case_5_a_stock_rests_after_a_signal(after: int, left: float, expected: list[str]) -> None:
    """A second signal 599 s after the first blocks, one 601 s after passes."""
    first = second("10:30:00")
    sky = weather(at_second=np.array([[first + after]]), signal_rest=cell(first + 600.0))
    table = judged(sky=sky)
    assert expected == blocking(table)
    assert left == told(table, "cooldown")[0]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"is_blocked": YES}, ["tier"]),
        ({"is_tradable": NO}, ["tradable"]),
        ({"is_blocked": YES, "is_tradable": NO}, ["tradable", "tier"]),
        ({"is_recon": YES}, []),
    ],
)
def test_case_10_a_blocked_tier_is_not_bought_with_every_gate_open(
    changes: dict[str, Any], expected: list[str]
) -> None:
    """Tier BLOCKED and is_tradable false each block; no switch lets them pass."""
    off = without("macro_gate", "bear_gate", "stop_loss_gate", "sale_gate", "micro_timing")
    for policy in (None, off):
        table = judged(stock=stocks(**changes), policy=policy)
        assert expected == blocking(table)
        assert (not expected) == table.open.all()


@pytest.mark.parametrize(
    ("known", "level", "crisis", "blocked", "value"),
    [
        (True, 0, False, [], 0.0),
        (True, 1, False, [], 1.0),
        (True, 2, False, ["macro_risk"], 2.0),
        (True, 3, True, ["macro_risk", "vix_crisis"], 3.0),
        (True, 0, True, ["vix_crisis"], 0.0),
        (False, 3, True, [], 1.0),
        (False, 0, False, [], 1.0),
    ],
)
def test_nothing_is_bought_in_risk_off(
    known: bool, level: int, crisis: bool, blocked: list[str], value: float
) -> None:
    """Level 2 or a VIX crisis blocks; a context nobody knows, or an old one, is level 1, noted."""
    sky = weather(
        context_known=np.array([[known]]),
        risk_off_level=np.array([[level]], dtype=np.int8),
        vix_crisis=np.array([[crisis]]),
    )
    table = judged(sky=sky)
    assert ([] if known else ["macro_known"], blocked) == (noted(table), blocking(table))
    assert value == told(table, "macro_risk")[0]
    assert (float(crisis) if known else None) == told(table, "vix_crisis")[0]
    assert [] == blocking(judged(sky=sky, policy=without("macro_gate")))


@pytest.mark.parametrize(
    ("regime", "expected"),
    [
        (Regime.STRONG_BULL, []),
        (Regime.BULL, []),
        (Regime.NEUTRAL, []),
        (Regime.BEAR, ["regime"]),
        (Regime.STRONG_BEAR, ["regime"]),
    ],
)
def test_nothing_is_bought_in_a_bear_market(regime: Regime, expected: list[str]) -> None:
    """The regime is told by name; the switch opens the gate."""
    table = judged(sky=weather(market=regime))
    assert expected == blocking(table)
    assert (regime.value, "NEUTRAL") == told(table, "regime")[:2]
    assert [] == blocking(judged(sky=weather(market=regime), policy=without("bear_gate")))


@pytest.mark.parametrize(
    ("rest", "rule", "switch"),
    [
        ("stop_rest", "stop_loss_cooldown", "stop_loss_gate"),
        ("sale_rest", "sell_cooldown", "sale_gate"),
        ("signal_rest", "cooldown", None),
    ],
)
@pytest.mark.parametrize(
    ("until", "rests"),
    [(-np.inf, False), (37_800.0, False), (37_801.0, True), (np.inf, True), (np.nan, True)],
)
def test_a_stock_that_was_sold_rests(
    rest: str, rule: str, switch: str | None, until: float, rests: bool
) -> None:
    """To the second, over days, and also where nobody knows for how long."""
    changes: dict[str, Any] = {rest: cell(until)}
    sky = weather("10:30:00", **changes)
    assert ([rule] if rests else []) == blocking(judged(sky=sky))
    if switch:
        assert [] == blocking(judged(sky=sky, policy=without(switch)))


@pytest.mark.parametrize(
    ("wick", "engulfed", "expected"),
    [
        (2.0, 0.0, []),
        (2.01, 0.0, ["shooting_star"]),
        (0.0, 1.0, ["bearish_engulfing"]),
        (None, None, []),
    ],
)
def test_a_warning_shape_on_five_minutes_blocks(
    wick: float | None, engulfed: float | None, expected: list[str]
) -> None:
    """A wick of more than two bodies or a bearish engulfing; both have one switch."""
    seen = figures(wick_ratio=wick, engulfed=engulfed)
    assert expected == blocking(judged(seen))
    assert [] == blocking(judged(seen, policy=without("micro_timing")))


@pytest.mark.parametrize(
    ("base", "upper", "price", "expected"),
    [
        (10_000.0, 13_000.0, 11_990.0, []),
        (10_000.0, 13_000.0, 12_000.0, ["top_change"]),
        (10_000.0, 13_000.0, 12_960.0, ["top_change"]),
        (10_000.0, 13_000.0, 12_970.0, ["top_change", "top_price"]),
        (20.0, 26.0, 22.0, []),
        (20.0, 26.0, 23.0, ["top_price"]),
        (None, 13_000.0, 10_000.0, ["top_change"]),
        (10_000.0, None, 11_990.0, []),
        (10_000.0, None, 12_000.0, ["top_change"]),
    ],
)
def test_nothing_is_bought_near_the_upper_limit(
    base: float | None, upper: float | None, price: float, expected: list[str]
) -> None:
    """From +20 % on, or within three ticks of the limit; an unknown base price blocks."""
    listed = stocks(base_price=cell(base)[0], upper_limit=cell(upper)[0])
    assert expected == blocking(judged(figures(price=price, vwap=price), stock=listed))


@pytest.mark.parametrize(
    ("day", "market", "upper", "expected"),
    [
        (DAY, Market.KOSPI, 13_000.0, 12_970.0),
        (DAY, Market.KOSPI, 20_050.0, 19_980.0),
        (DAY, Market.KOSDAQ, 130_000.0, 129_700.0),
        (date(2022, 6, 30), Market.KOSDAQ, 130_000.0, 129_700.0),
        (date(2022, 6, 30), Market.KOSPI, 130_000.0, 128_500.0),
        (DAY, Market.KOSPI, 2.0, 0.0),
    ],
)
def test_ticks_below_the_limit_are_those_of_board_and_day(
    day: date, market: Market, upper: float, expected: float
) -> None:
    """Three steps down, each of the price it starts from."""
    listed = stocks(day=day, markets=(market,), upper_limit=np.array([upper]))
    assert [expected] == top_prices(listed, SignalPolicy()).tolist()


def test_figures_are_taken_of_real_bars() -> None:
    """A rise on a burst of volume runs into RSI and the two flags."""
    close = [10_000.0] * 30 + [10_300.0 + 100.0 * n for n in range(5)]
    bars = session(close, [100.0] * 30 + [900.0] * 5)
    table = judge_gates(bars, stocks(), weather(), SignalPolicy())
    failed = {c.rule for c in table.checks(34, 0) if not c.passed}
    assert {"gate.rsi", "gate.volume", "gate.vwap", "gate.combined_risk"} == failed
    assert 100.0 == figures_of(bars).rsi[34, 0]


def test_the_windows_are_set_by_the_names_of_the_seed() -> None:
    """Times are written as the clock of a normal day and move with any other."""
    environ = {"NO_TRADE_WINDOW_END": "09:15", "DANGER_ZONE_START": "14:30"}
    policy = Settings(environ=environ, file={}).slice(SignalPolicy)
    cases = [("10:14:59", False), ("10:15:00", True), ("15:29:59", True), ("15:30:00", False)]
    found = [
        (at, not blocking(judged(sky=weather(at, day=EXAM_DAY), policy=policy))) for at, _ in cases
    ]
    assert cases == found
