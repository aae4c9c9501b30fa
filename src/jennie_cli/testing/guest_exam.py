"""What every gate or strategy of a plugin must keep to, and views to try one on."""

from abc import ABC, abstractmethod
from dataclasses import fields, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from jennie_cli.engine.indicators import NO_BAR, SessionBars
from jennie_cli.engine.indicators.rolling import FloatArray
from jennie_cli.engine.model import Regime
from jennie_cli.engine.signals import View, figures_of
from jennie_cli.engine.signals.guests import Ask, answers

_OPENS, _CLOSES = 9 * 3600, 15 * 3600 + 30 * 60


def make_view(
    close: ArrayLike,
    *,
    volume: ArrayLike = 1_000.0,
    spread: float = 0.0,
    regime: Regime = Regime.NEUTRAL,
    base_price: float = 10_000.0,
) -> View:
    """Return a session from 09:00 on with these closes in won, (bars,) or (bars, stocks).

    Each bar opens at the close before it and reaches `spread` won beyond both; NaN is no bar, and
    none may follow one.
    """
    price = np.asarray(close, dtype=np.float64)
    price = price[:, None] if price.ndim == 1 else price
    known = ~np.isnan(price)
    first = np.vstack([price[:1], price[:-1]])
    minute = 540 + np.arange(len(price), dtype=np.int32)[:, None]
    bars = SessionBars(
        minute=np.where(known, minute, np.int32(NO_BAR)),
        open=np.where(known, first, np.nan),
        high=np.maximum(first, price) + spread,
        low=np.minimum(first, price) - spread,
        close=price,
        volume=np.where(known, np.broadcast_to(_column(volume), price.shape), np.nan),
        after_gap=np.zeros(price.shape, dtype=np.bool_),
    )
    return _seen(bars, regime, base_price)


class GuestExam(ABC):
    """The exam of one gate or strategy; a subclass in a test says which."""

    @abstractmethod
    def guest(self) -> Ask:
        """Return the function under exam."""

    def test_it_answers_whatever_it_sees(self) -> None:
        """No bar at all, one bar, a quiet stock, unknown figures: it raises nothing."""
        for view in (_cut(_walk(1), 0), _cut(_walk(1), 1), make_view(np.full(30, 10_000.0))):
            self._said(view)
        whole = _walk(2)
        unknown = np.full(len(whole.codes), np.nan)
        self._said(replace(whole, base_price=unknown, hybrid_score=unknown, llm_score=unknown))

    def test_it_never_looks_ahead(self) -> None:
        """What it says of a bar stays what it is when later bars come."""
        whole = _walk(3)
        said = self._said(whole)
        for rows in range(1, len(whole.close), 7):
            _same(self._said(_cut(whole, rows)), [part[:, :rows] for part in said])

    def test_each_stock_stands_alone(self) -> None:
        """What it says of a stock does not change with the stocks beside it."""
        whole = _walk(4)
        said = self._said(whole)
        for column in range(len(whole.codes)):
            only = [part[:, :, column : column + 1] for part in said]
            _same(self._said(_columns(whole, slice(column, column + 1))), only)

    def _said(self, view: View) -> list[NDArray[Any]]:
        """Return passed, value and limit of every condition, (conditions, bars, stocks)."""
        told = answers(self.guest(), view)
        here = view.known
        return [
            np.stack([np.where(here, getattr(c, name), False) for c in told])
            for name in ("passed", "value", "limit")
        ]


def _walk(seed: int, rows: int = 120, stocks: int = 4) -> View:
    """Return walking prices of stocks that trade for different times."""
    rng = np.random.default_rng(seed)
    close = 10_000.0 + 10.0 * np.cumsum(rng.integers(-4, 5, (rows, stocks)), axis=0)
    there = np.arange(rows)[:, None] < np.r_[rows, rng.integers(1, rows, stocks - 1)]
    volume = rng.integers(0, 9_000, (rows, stocks)).astype(np.float64)
    return make_view(np.where(there, close, np.nan), volume=volume, spread=20.0)


def _seen(bars: SessionBars, regime: Regime, base_price: float) -> View:
    told, stocks = figures_of(bars), bars.shape[1]
    return View(
        codes=tuple(f"{900_000 + n}" for n in range(stocks)),
        known=bars.known,
        second=np.where(bars.known, (bars.minute.astype(np.int64) + 1) * 60, 0),
        opens=_OPENS,
        closes=_CLOSES,
        regime=regime,
        open=bars.open,
        high=bars.high,
        low=bars.low,
        close=bars.close,
        volume=bars.volume,
        rsi=told.rsi,
        volume_ratio=told.volume_ratio,
        vwap=told.vwap,
        base_price=np.full(stocks, base_price),
        hybrid_score=np.full(stocks, 75.0),
        llm_score=np.full(stocks, 75.0),
    )


def _cut(view: View, rows: int) -> View:
    """Return the view as it was after some bars."""
    return _sliced(view, slice(rows), slice(None))


def _columns(view: View, columns: slice) -> View:
    """Return the view of some stocks."""
    return _sliced(view, slice(None), columns)


def _sliced(view: View, rows: slice, columns: slice) -> View:
    arrays = {f.name: getattr(view, f.name) for f in fields(view)}
    parts: dict[str, Any] = {
        name: array[rows, columns] if array.ndim > 1 else array[columns]
        for name, array in arrays.items()
        if isinstance(array, np.ndarray)
    }
    return replace(view, **parts, codes=view.codes[columns])


def _column(values: ArrayLike) -> FloatArray:
    array = np.asarray(values, dtype=np.float64)
    return array[:, None] if array.ndim == 1 else array


def _same(one: list[NDArray[Any]], other: list[NDArray[Any]]) -> None:
    for told, before in zip(one, other, strict=True):
        np.testing.assert_array_equal(told, before)
