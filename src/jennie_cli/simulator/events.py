"""What happens to a listing: first days, designations, halts, splits, the way out."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jennie_cli.engine.model import SecurityKind, StockStatus
from jennie_cli.engine.store.panels import BoolArray, FloatArray
from jennie_cli.simulator.cast import ALWAYS_LISTED
from jennie_cli.simulator.roster import Roster
from jennie_cli.simulator.streams import Stream, stream
from jennie_cli.simulator.ticks import IntArray

STATUSES = tuple(StockStatus)
NORMAL, HALTED, ADMINISTRATIVE, LIQUIDATION, WARNING, RISK, OVERHEATED = (
    STATUSES.index(s)
    for s in (
        StockStatus.NORMAL,
        StockStatus.HALTED,
        StockStatus.ADMINISTRATIVE,
        StockStatus.LIQUIDATION,
        StockStatus.WARNING,
        StockStatus.RISK,
        StockStatus.OVERHEATED,
    )
)
NEVER = -1
_HALT_ODDS = 0.0004
_LONG_HALTS = 0.20
_SUSPECT_ODDS = 0.00009
_SPLIT_ODDS = 0.0005
_SPLIT_FROM = 60_000
_SPLIT_TEN_FROM = 300_000
_LIQUIDATION_DAYS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class DayEvents:
    """One day's listings, (N,) each. `live` has a row in the bars, `trading` also a price.

    `push` is what the event does to the expected return; `unlimited` trades without limits;
    `split` is the number of new shares for one old; `changed` marks master rows to tell again.
    """

    live: BoolArray
    trading: BoolArray
    unlimited: BoolArray
    push: FloatArray
    split: IntArray
    changed: BoolArray


class Events:
    """Carries the designation of every stock from day to day."""

    def __init__(self, seed: int, roster: Roster) -> None:
        """Start with the designations that a market always has."""
        rng = stream(seed, Stream.EVENTS, 0)
        n = roster.size
        self._seed = seed
        self._roster = roster
        self._common = roster.is_kind(SecurityKind.COMMON)
        self.listed: BoolArray = roster.list_day == ALWAYS_LISTED
        self.status: NDArray[np.intp] = np.full(n, NORMAL)
        self.since: NDArray[np.intp] = np.full(n, NEVER)
        self.delisted: NDArray[np.intp] = np.full(n, NEVER)
        self._until = np.full(n, NEVER)
        self._after = np.full(n, NORMAL)
        odds, stay = rng.random((2, n))
        weak = self._common & self.listed & (roster.cap < 3e11)
        self._designate(weak & (odds < 0.022), ADMINISTRATIVE, 0, (40 + 260 * stay).astype(np.intp))
        self._halt(weak & (odds > 0.991), 0, (10 + 280 * stay).astype(np.intp))

    def step(self, day: int, price: IntArray, surge: FloatArray) -> DayEvents:
        """Open a day: `price` is yesterday's close, `surge` the change over the last five days."""
        rng = stream(self._seed, Stream.EVENTS, day + 1)
        before = (self.status.copy(), self.listed.copy())
        self._expire(day, rng)
        self._arise(day, rng, surge)
        split = self._split(rng, price)
        first = self._roster.list_day == day
        self.listed |= first
        leaving = self.listed & (self.status == LIQUIDATION)
        changed = (self.status != before[0]) | (self.listed != before[1]) | (split > 1)
        return DayEvents(
            live=self.listed.copy(),
            trading=self.listed & (self.status != HALTED),
            unlimited=first | leaving,
            push=self._push(day, rng, first, leaving),
            split=split,
            changed=changed,
        )

    def _push(
        self, day: int, rng: np.random.Generator, first: BoolArray, leaving: BoolArray
    ) -> FloatArray:
        luck = rng.random(self._roster.size)
        last_days = np.where(self.since == day, -0.55 - 0.3 * luck, -0.30 + 0.35 * luck)
        push = np.where(leaving, last_days, 0.0)
        return np.where(first, -0.15 + 1.1 * luck**2, push)

    def _expire(self, day: int, rng: np.random.Generator) -> None:
        luck = rng.random(self._roster.size)
        over = (self._until == day) & self.listed
        gone = over & (self.status == LIQUIDATION)
        self.listed[gone] = False
        self.delisted[gone] = day
        self._until[gone] = NEVER
        suspect = over & (self.status == ADMINISTRATIVE)
        out = suspect & (luck < 0.6)
        self._designate(out, LIQUIDATION, day, np.full(luck.size, _LIQUIDATION_DAYS))
        rest = over & ~gone & ~out
        follow = np.where(rest & (self.status == HALTED), self._after, NORMAL)
        for status in (NORMAL, ADMINISTRATIVE):
            days = np.full(luck.size, 0) if status == NORMAL else (30 + 200 * luck).astype(np.intp)
            self._designate(rest & (follow == status), status, day, days)

    def _arise(self, day: int, rng: np.random.Generator, surge: FloatArray) -> None:
        odds, stay, kind = rng.random((3, self._roster.size))
        free = self.listed & self._common & (self.status == NORMAL)
        short = rng.geometric(0.25, self._roster.size)
        long = (60 + 200 * stay).astype(np.intp)
        self._halt(free & (odds < _HALT_ODDS), day, np.where(kind < _LONG_HALTS, long, short))
        weak = np.where(self._roster.base_roe < 0, 3.0, 0.6)
        suspect = free & (odds > 1 - _SUSPECT_ODDS * weak)
        self._designate(suspect, ADMINISTRATIVE, day, (60 + 240 * stay).astype(np.intp))
        hot = free & ~suspect & (odds >= _HALT_ODDS)
        ten = np.full(self._roster.size, 10)
        risk = (self.listed & (self.status == WARNING) & (surge > 0.45)) | (hot & (surge > 0.90))
        self._designate(risk, RISK, day, ten)
        self._designate(hot & ~risk & (surge > 0.50), WARNING, day, ten)
        warm = hot & (surge > 0.30) & (surge <= 0.50) & (kind < 0.4)
        self._designate(warm, OVERHEATED, day, np.full(ten.size, 3))

    def _split(self, rng: np.random.Generator, price: IntArray) -> IntArray:
        odds = rng.random(self._roster.size)
        able = self.listed & self._common & (self.status == NORMAL) & (price >= _SPLIT_FROM)
        ratio = np.where(price >= _SPLIT_TEN_FROM, 10, 5)
        return np.where(able & (odds < _SPLIT_ODDS), ratio, 1)

    def _halt(self, stocks: BoolArray, day: int, days: NDArray[np.intp]) -> None:
        self._after[stocks] = self.status[stocks]
        self._designate(stocks, HALTED, day, days)

    def _designate(self, stocks: BoolArray, status: int, day: int, days: NDArray[np.intp]) -> None:
        self.status[stocks] = status
        self.since[stocks] = day
        self._until[stocks] = NEVER if status == NORMAL else day + days[stocks]
