"""A calm bar that every gate lets pass, to be changed in one thing; and sessions to judge."""

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import date, time
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tests.unit.engine.indicators.sessions import random_session

from jennie_cli.engine.indicators import SessionBars
from jennie_cli.engine.model import Market, Regime
from jennie_cli.engine.rules.gates import NOTES
from jennie_cli.engine.signals import (
    REGIMES,
    Candidates,
    Figures,
    GateTable,
    SignalPolicy,
    Weather,
    judge_figures,
)
from jennie_cli.engine.venue import default_calendar

DAY = date(2025, 6, 30)
EXAM_DAY = date(2025, 11, 13)
LATE_OPENING = date(2026, 1, 2)
REST = -np.inf


def cell(figure: float | None) -> NDArray[np.float64]:
    """Return one bar of one stock; None is unknown."""
    return np.array([[np.nan if figure is None else figure]])


def second(at: str) -> int:
    """Return a time of day as the second it is."""
    moment = time.fromisoformat(at)
    return moment.hour * 3600 + moment.minute * 60 + moment.second


def hours(day: date) -> tuple[int, int]:
    """Return the seconds at which the session of a day opens and closes."""
    session = default_calendar().session(day)
    assert session is not None
    return second(f"{session.open:%H:%M}"), second(f"{session.close:%H:%M}")


def figures(**changes: float | None) -> Figures:
    """Return the figures of a calm bar."""
    calm: dict[str, float | None] = {
        "bars": 60.0,
        "price": 10_000.0,
        "rsi": 50.0,
        "volume_ratio": 1.0,
        "vwap": 10_000.0,
        "wick_ratio": 0.0,
        "engulfed": 0.0,
    }
    return Figures(**{name: cell(value) for name, value in (calm | changes).items()})


def stocks(count: int = 1, **changes: Any) -> Candidates:
    """Return stocks that may be bought, at 10,000 won yesterday."""
    yes, no = np.ones(count, dtype=np.bool_), np.zeros(count, dtype=np.bool_)
    calm = Candidates(
        day=DAY,
        codes=tuple(f"{900_010 + n}" for n in range(count)),
        markets=(Market.KOSPI,) * count,
        is_tradable=yes,
        is_blocked=no,
        is_recon=no,
        hybrid_score=np.full(count, 80.0),
        llm_score=np.full(count, 80.0),
        list_days=np.zeros(count),
        list_close=np.full(count, 10_000.0),
        own={},
        momentum_pct=np.full(count, 1.5),
        base_price=np.full(count, 10_000.0),
        upper_limit=np.full(count, 13_000.0),
    )
    return replace(calm, **changes)


def weather(
    at: str = "10:30:00", *, day: date = DAY, market: Regime = Regime.BULL, **changes: Any
) -> Weather:
    """Return calm weather at a time of a day."""
    opens, closes = hours(day)
    calm = Weather(
        at_second=np.array([[second(at)]]),
        opens=opens,
        closes=closes,
        regime=np.array([[REGIMES.index(market)]], dtype=np.int8),
        risk_off_level=np.zeros((1, 1), dtype=np.int8),
        vix_crisis=np.zeros((1, 1), dtype=np.bool_),
        context_known=np.ones((1, 1), dtype=np.bool_),
        allowed={},
        signal_rest=cell(REST),
        stop_rest=cell(REST),
        sale_rest=cell(REST),
    )
    return replace(calm, **changes)


def judged(
    seen: Figures | None = None,
    *,
    stock: Candidates | None = None,
    sky: Weather | None = None,
    policy: SignalPolicy | None = None,
) -> GateTable:
    """Return what the gates say of one bar, calm where nothing else is said."""
    return judge_figures(
        seen or figures(), stock or stocks(), sky or weather(), policy or SignalPolicy()
    )


def without(*switches: str) -> SignalPolicy:
    """Return the settings with some gates switched off."""
    off: dict[str, Any] = dict.fromkeys(switches, False)
    return SignalPolicy(**off)


def blocking(table: GateTable) -> list[str]:
    """Return the gates that block the one bar, without the common part of their ids."""
    return [
        check.rule.removeprefix("gate.")
        for check in table.checks(0, 0)
        if not check.passed and check.rule not in NOTES
    ]


def noted(table: GateTable) -> list[str]:
    """Return the notes made of the one bar."""
    return [
        check.rule.removeprefix("gate.")
        for check in table.checks(0, 0)
        if not check.passed and check.rule in NOTES
    ]


def told(table: GateTable, rule: str) -> tuple[float | str | None, float | str | None, bool]:
    """Return value, limit and answer of one gate for the one bar."""
    (found,) = (c for c in table.checks(0, 0) if c.rule == f"gate.{rule}")
    return found.value, found.limit, found.passed


def stormy(seed: int) -> tuple[SessionBars, Candidates, Weather]:
    """Return a random session with gaps, in weather in which every gate has something to say."""
    rng = np.random.default_rng(seed)
    bars = random_session(seed)
    bars = replace(bars, after_gap=bars.known & (rng.random(bars.shape) < 0.05))
    rows, count = bars.shape
    at = (bars.minute.astype(np.int64) + 1) * 60
    rests = np.where(rng.random((3, rows, count)) < 0.2, at + rng.integers(-900, 900), REST)
    sky = weather(
        at_second=at,
        opens=second("09:00"),
        closes=second("12:00"),
        regime=rng.integers(0, 5, (rows, 1)).astype(np.int8),
        risk_off_level=rng.integers(0, 4, (rows, 1)).astype(np.int8),
        vix_crisis=rng.random((rows, 1)) < 0.1,
        context_known=rng.random((rows, 1)) < 0.8,
        signal_rest=rests[0],
        stop_rest=rests[1],
        sale_rest=rests[2],
    )
    listed = stocks(
        count,
        is_blocked=rng.random(count) < 0.2,
        base_price=np.where(rng.random(count) < 0.2, np.nan, 9_000.0),
        upper_limit=np.where(rng.random(count) < 0.2, np.nan, 11_700.0),
        markets=tuple(list(Market)[n] for n in rng.integers(0, 2, count)),
    )
    return bars, listed, sky


def mapped(sky: Weather, change: Callable[[NDArray[Any]], NDArray[Any]]) -> Weather:
    """Return the weather with something done to each of its arrays."""
    arrays = {f.name: getattr(sky, f.name) for f in fields(sky)}
    changed: dict[str, Any] = {
        name: change(array) for name, array in arrays.items() if isinstance(array, np.ndarray)
    }
    return replace(sky, **changed)


def until(sky: Weather, rows: int) -> Weather:
    """Return the weather of the first rows."""
    return mapped(sky, lambda array: array[:rows])
