"""The character of every stock of the generated market: price, risk, value, owners, debts."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jennie_cli.engine.model import SecurityKind
from jennie_cli.engine.sectors import FINE, GROUPS
from jennie_cli.engine.store.panels import BoolArray, FloatArray
from jennie_cli.simulator.cast import (
    FINES,
    KOSPI,
    Cast,
    IntArray,
    draw_cast,
    draw_codes,
    draw_names,
    fine_sectors,
)
from jennie_cli.simulator.streams import Stream, stream

_FIRST_LISTING = date(1998, 1, 5)
_LISTING_SPAN_DAYS = 8_900
_FUNDS = (SecurityKind.SPAC, SecurityKind.ETF)


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """All stocks by code, (N,) each; `cap`, `price`, `shares` are those of a stock's first day.

    `list_day` is the day number of the first bar, ALWAYS_LISTED before the window. `sigma` is the
    stock's own daily volatility, `turnover` the usual share of its stock that trades in a day,
    `base_roe` percent a year, `fair_pbr` times, `leverage` debt over equity.
    """

    code: tuple[str, ...]
    name: tuple[str, ...]
    kind: tuple[SecurityKind, ...]
    board: IntArray
    fine: IntArray
    group: IntArray
    cap: FloatArray
    price: FloatArray
    shares: NDArray[np.int64]
    list_day: IntArray
    listed_on: tuple[date, ...]
    beta: FloatArray
    sector_load: FloatArray
    sigma: FloatArray
    turnover: FloatArray
    foreign_pct: FloatArray
    base_roe: FloatArray
    fair_pbr: FloatArray
    leverage: FloatArray

    @property
    def size(self) -> int:
        """Return the number of stocks."""
        return len(self.code)

    def is_kind(self, *kinds: SecurityKind) -> BoolArray:
        """Return which stocks are of one of these kinds."""
        return np.array([k in kinds for k in self.kind])


def build_roster(seed: int) -> Roster:
    """Return the roster of a seed, ordered by code."""
    rng = stream(seed, Stream.ROSTER)
    cast = draw_cast(rng)
    fine = fine_sectors(rng, cast)
    # names have their own stream, so that a changed word list leaves the market as it is
    labels = stream(seed, Stream.NAMES)
    codes = draw_codes(labels, cast)
    names = draw_names(labels, cast, fine)
    days = rng.integers(0, _LISTING_SPAN_DAYS, len(codes))
    order = np.argsort(np.array(codes))
    fields: dict[str, NDArray[Any]] = {
        "board": cast.board,
        "cap": cast.cap,
        "list_day": cast.list_day,
        "fine": fine,
        "group": np.array([GROUPS.index(FINE[FINES[f]]) for f in fine]),
        **_prices(rng, cast),
        **_risks(rng, cast),
        **_values(rng, cast),
    }
    return Roster(
        code=tuple(codes[i] for i in order),
        name=tuple(names[i] for i in order),
        kind=tuple(cast.kind[i] for i in order),
        listed_on=tuple(_FIRST_LISTING + timedelta(days=int(days[i])) for i in order),
        **{name: values[order] for name, values in fields.items()},
    )


def _log_cap(cast: Cast) -> FloatArray:
    return np.log10(cast.cap / 1e11)


def _prices(rng: np.random.Generator, cast: Cast) -> dict[str, FloatArray | NDArray[np.int64]]:
    n = cast.cap.size
    middle = np.where(cast.board == KOSPI, np.log(9_000.0), np.log(4_600.0))
    price = np.exp(middle + 0.62 * _log_cap(cast) + 0.95 * rng.standard_normal(n))
    price = np.clip(price, 150.0, 900_000.0)
    price = np.where(cast.is_kind(SecurityKind.SPAC), rng.uniform(2_000, 2_300, n), price)
    baskets = cast.is_kind(SecurityKind.ETF, SecurityKind.REIT)
    price = np.where(baskets, rng.uniform(4_000, 40_000, n), price)
    shares = np.maximum(np.round(cast.cap / price), 100_000).astype(np.int64)
    return {"price": price, "shares": shares}


def _risks(rng: np.random.Generator, cast: Cast) -> dict[str, FloatArray]:
    n, log_cap = cast.cap.size, _log_cap(cast)
    spac, reit, fund = (
        cast.is_kind(*k) for k in ((SecurityKind.SPAC,), (SecurityKind.REIT,), _FUNDS)
    )
    sigma = np.clip(0.0325 - 0.0055 * log_cap, 0.018, 0.042)
    sigma = sigma * np.exp(0.22 * rng.standard_normal(n))
    middle = np.where(cast.board == KOSPI, np.log(0.0026), np.log(0.0042))
    width = np.where(cast.cap > 2e12, 0.5, np.where(cast.board == KOSPI, 0.9, 1.1))
    turnover = np.exp(middle + width * rng.standard_normal(n))
    beta = np.clip(rng.normal(1.0, 0.28, n), 0.2, 1.9)
    load = np.clip(rng.normal(1.0, 0.25, n), 0.2, 1.8)
    return {
        "beta": np.where(spac, 0.05, beta),
        "sector_load": np.where(fund | reit, 0.1, load),
        "sigma": np.where(fund, 0.003, np.where(reit, 0.008, sigma)),
        "turnover": np.clip(turnover, 2e-5, 0.12),
        "foreign_pct": np.clip(2.0 + 9.0 * log_cap + rng.gamma(1.2, 4.0, n), 0.1, 62.0),
    }


def _values(rng: np.random.Generator, cast: Cast) -> dict[str, FloatArray]:
    n, log_cap = cast.cap.size, _log_cap(cast)
    dull = cast.is_kind(SecurityKind.REIT, *_FUNDS)
    roe = np.where(cast.board == KOSPI, 7.0, 5.0) + 1.5 * np.clip(log_cap, -1, 2)
    roe = roe + rng.standard_t(5.0, n) * np.clip(8.0 - 2.5 * log_cap, 2.5, 10.0)
    roe = np.where(dull, 3.0 + 0.3 * rng.standard_normal(n), np.clip(roe, -35.0, 32.0))
    rich = np.where(cast.board == KOSPI, 0.74, 1.40)
    pbr = rich * np.exp(0.030 * (roe - 5.0) + 0.40 * rng.standard_normal(n))
    return {
        "base_roe": roe,
        "fair_pbr": np.where(dull, 1.0, np.clip(pbr, 0.2, 12.0)),
        "leverage": np.exp(rng.normal(-0.2, 0.6, n)),
    }
