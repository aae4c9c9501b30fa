"""Quarterly accounts, and the growth that moves prices before it is published."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from jennie_cli.engine.store.panels import FloatArray
from jennie_cli.simulator.roster import Roster
from jennie_cli.simulator.streams import Stream, stream

FIRST_YEAR = 2022
QUARTER_LAG_DAYS = 45
YEAR_LAG_DAYS = 90
_MEMORY = 0.55
_REVERSION = 0.76
_PAYOUT = 0.25
_TAX = 0.22
_TAIL = 3.0
_TAIL_SCALE = 0.72


def quarter_number(day: date) -> int:
    """Return the number of the quarter a day lies in; 0 is the first quarter of the accounts."""
    return (day.year - FIRST_YEAR) * 4 + (day.month - 1) // 3


def quarter_label(number: int) -> str:
    """Return YYYYQn."""
    return f"{FIRST_YEAR + number // 4}Q{number % 4 + 1}"


def quarter_end(number: int) -> date:
    """Return the last day of a quarter."""
    year, quarter = FIRST_YEAR + number // 4, number % 4
    start = date(year + 1, 1, 1) if quarter == 3 else date(year, quarter * 3 + 4, 1)
    return start - timedelta(days=1)


def published_on(number: int) -> date:
    """Return the day a quarter becomes known: 45 days after its end, 90 for the fourth."""
    lag = YEAR_LAG_DAYS if number % 4 == 3 else QUARTER_LAG_DAYS
    return quarter_end(number) + timedelta(days=lag)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarter:
    """One quarter of every stock, (N,) each: KRW, `roe` in percent a year, `growth` a hidden
    standard score that leads earnings, prices, flows and news alike.
    """

    growth: FloatArray
    roe: FloatArray
    net_income: FloatArray
    equity: FloatArray
    revenue: FloatArray
    op_income: FloatArray


class Accounts:
    """The quarters of a seed, in order, made when first asked for."""

    def __init__(self, seed: int, roster: Roster) -> None:
        """Nothing is drawn yet."""
        self._seed = seed
        self._roster = roster
        self._excess = np.zeros(roster.size)
        self._quarters: list[Quarter] = []

    def quarter(self, number: int) -> Quarter:
        """Return one quarter; all before it are made first, so the order of asking is free."""
        while len(self._quarters) <= number:
            self._quarters.append(self._next())
        return self._quarters[number]

    def _next(self) -> Quarter:
        number = len(self._quarters)
        rng = stream(self._seed, Stream.QUARTER, number)
        noise = rng.standard_normal((3, self._roster.size))
        surprise = np.clip(rng.standard_t(_TAIL, self._roster.size) * _TAIL_SCALE, -4.5, 4.5)
        if number == 0:
            return self._settle(self._opening_equity(), surprise, noise)
        before = self._quarters[-1]
        growth = _MEMORY * before.growth + np.sqrt(1 - _MEMORY**2) * surprise
        kept = before.net_income - _PAYOUT * np.maximum(before.net_income, 0.0)
        floor = 0.25 * self._opening_equity()
        return self._settle(np.maximum(before.equity + kept, floor), growth, noise)

    def _opening_equity(self) -> FloatArray:
        return self._roster.cap / self._roster.fair_pbr

    def _settle(self, equity: FloatArray, growth: FloatArray, noise: FloatArray) -> Quarter:
        spread = np.clip(3.2 + 0.08 * np.abs(self._roster.base_roe), 3.2, 5.5)
        self._excess = _REVERSION * self._excess + spread * growth + 0.25 * noise[1]
        roe = np.where(
            self._roster.sigma < 0.01, self._roster.base_roe, self._roster.base_roe + self._excess
        )
        net_income = equity * roe / 400.0
        margin = np.clip(0.05 + 0.004 * self._roster.base_roe, 0.015, 0.25)
        revenue = np.maximum(
            np.abs(equity) * 0.02 / margin * np.exp(0.05 * growth + 0.04 * noise[2]), 1e8
        )
        before_tax = np.where(net_income > 0, net_income / (1 - _TAX), net_income)
        op_income = before_tax * (1.0 + 0.06 * noise[0])
        return Quarter(
            growth=growth,
            roe=roe,
            net_income=net_income,
            equity=equity,
            revenue=revenue,
            op_income=op_income,
        )
