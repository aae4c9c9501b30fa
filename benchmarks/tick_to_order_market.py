"""The made-up exchange of the benchmark from tick to order: seeded stocks, their ticks and orders.

A stock costs 50,000 to 100,000 won and walks to and fro between 600 won below and above that, so
that nothing held comes near a stop. Some stocks trade five times as often as others.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta

import numpy as np
from benchmarks.tick_to_order_seen import Seen, TurningClock
from numpy.typing import NDArray

from jennie_cli.api import Condition, Rule, View, holds
from jennie_cli.engine.broker import Acknowledged, MemoryBroker, OrderTicket
from jennie_cli.engine.feed import MarketEvent, MinuteBar, Quote, Tick
from jennie_cli.engine.indicators import DayBars
from jennie_cli.engine.model import (
    Market,
    Regime,
    RiskTag,
    SecurityKind,
    ThrottleLevel,
    TradingContext,
)
from jennie_cli.engine.sectors import GROUPS
from jennie_cli.engine.signals import Candidates, StrategyPolicy, own_lists
from jennie_cli.engine.trading.session import Morning
from jennie_cli.engine.venue import Session

Whole = NDArray[np.int64]

HELD = 10
"""Stocks in the account, the last ones of the list; nothing is bought there."""

SHARES = 100
DAYS = 90
REST_S = 0.5
"""Seconds that an order rests before the exchange turns it away."""

_STEP = 100
"""Won between two prices."""

_WIDE = 6
"""Steps that a price goes away from its base at most."""

_GUEST = Rule(id="turn", unit="")


def code_of(place: int) -> str:
    """Return the code of a stock."""
    return f"{place + 1:06d}"


class Turns:
    """A strategy of a plugin that says yes to so many stocks at each turn, to others each time."""

    def __init__(self, signals: int, stocks: int) -> None:
        """It wants `signals` of the first `stocks` codes at once."""
        self._signals, self._stocks = signals, stocks

    def __call__(self, view: View) -> tuple[Condition, ...]:
        """Answer by code and minute alone."""
        place = np.array([int(code) - 1 for code in view.codes])
        ahead = (place - view.second // 60 * self._signals) % self._stocks
        return (holds(_GUEST, (ahead < self._signals) & (place < self._stocks)),)


class Stocks:
    """Seeded stocks: what was known of them this morning, and how they go on."""

    def __init__(self, count: int, hours: Session, rng: np.random.Generator) -> None:
        """Draw them."""
        self.codes = tuple(code_of(place) for place in range(count))
        self.base = rng.integers(500, 1_000, count) * _STEP
        self.often = (rng.dirichlet(np.full(count, 2.0)) + 1.0 / count) / 2.0
        self._hours, self._rng = hours, rng

    @property
    def held(self) -> tuple[str, ...]:
        """The codes in the account."""
        return self.codes[-HELD:]

    def morning(self) -> Morning:
        """Return the morning of these stocks, all of them on the list."""
        count, hours = len(self.codes), self._hours
        return Morning(
            day=hours.day,
            hours=hours,
            candidates=self._candidates(),
            days=self._days(),
            names=self.codes,
            groups=tuple(GROUPS[place % len(GROUPS)] for place in range(count)),
            kinds=(SecurityKind.COMMON,) * count,
            regime=Regime.BULL,
            context=TradingContext(
                at=hours.open - timedelta(minutes=10),
                regime=Regime.BULL,
                size_factor=1.0,
                stop_factor=1.0,
                risk_off_level=0,
                throttle=ThrottleLevel.NORMAL,
                max_positions=100,
            ),
            tags=(RiskTag.NEUTRAL,) * count,
        )

    def walk(self, column: Whole, start: Whole) -> Whole:
        """Return the prices in won of ticks of these columns, each stock going on from `start`."""
        price = np.empty(len(column), dtype=np.int64)
        for place, base in enumerate(self.base.tolist()):
            mine = np.flatnonzero(column == place)
            steps = start[place] + np.cumsum(self._rng.choice((-1, 1), len(mine)))
            price[mine] = base + _STEP * (np.abs(steps % (4 * _WIDE) - 2 * _WIDE) - _WIDE)
        return price

    def bars(self, place: int, until: datetime) -> tuple[MinuteBar, ...]:
        """Return the minutes of the day before a moment, as a chart tells them."""
        minutes = int((until - self._hours.open) / timedelta(minutes=1))
        steps = np.cumsum(self._rng.choice((-1, 1), (minutes, 10)).ravel()).reshape(-1, 10)
        price = self.base[place] + _STEP * (np.abs(steps % (4 * _WIDE) - 2 * _WIDE) - _WIDE)
        volume = self._rng.integers(100, 10_000, minutes).tolist()
        told = zip(price[:, 0], price.max(1), price.min(1), price[:, -1], volume, strict=True)
        return tuple(
            MinuteBar(
                code=self.codes[place],
                start=self._hours.open + timedelta(minutes=minute),
                open=int(first),
                high=int(high),
                low=int(low),
                close=int(last),
                volume=shares,
            )
            for minute, (first, high, low, last, shares) in enumerate(told)
        )

    def _candidates(self) -> Candidates:
        count, base = len(self.codes), self.base.astype(np.float64)
        own, momentum_pct = own_lists([{}] * count, StrategyPolicy())
        yes, no = np.ones(count, dtype=np.bool_), np.zeros(count, dtype=np.bool_)
        return Candidates(
            day=self._hours.day,
            codes=self.codes,
            markets=(Market.KOSPI,) * count,
            is_tradable=yes,
            is_blocked=no,
            is_recon=no,
            hybrid_score=np.full(count, 80.0),
            llm_score=np.full(count, 80.0),
            list_days=np.ones(count),
            list_close=base,
            own=own,
            momentum_pct=momentum_pct,
            base_price=base,
            upper_limit=base * 1.3 // _STEP * _STEP,
        )

    def _days(self) -> DayBars:
        """Return days of moves of 1.5 %, each stock its own way, that end at the base prices."""
        moves = self._rng.normal(0.0, 0.015, (DAYS, len(self.codes)))
        base = self.base.astype(np.float64)
        close = base * np.exp(-np.cumsum(moves[::-1], axis=0)[::-1])
        wide = 1.0 + np.abs(self._rng.normal(0.0, 0.01, close.shape))
        days = tuple(self._hours.day - timedelta(days=n) for n in range(DAYS, 0, -1))
        return DayBars(days=days, high=close * wide, low=close / wide, close=close)


class Exchange:
    """Hands in so many ticks a second, and answers questions of quotes and charts at once."""

    def __init__(self, stocks: Stocks, clock: TurningClock, *, rate: float, seconds: float) -> None:
        """Have ticks for so many seconds of the wall."""
        self._stocks, self._clock, self._rate = stocks, clock, rate
        rng, count = np.random.default_rng(len(stocks.codes)), int(rate * seconds)
        column = rng.choice(len(stocks.codes), count, p=stocks.often)
        start = rng.integers(0, 4 * _WIDE, len(stocks.codes))
        self._column = column.tolist()
        self._price = stocks.walk(column, start).tolist()
        self._qty = rng.integers(1, 100, count).tolist()
        self._last = dict(zip(stocks.codes, stocks.base.tolist(), strict=True))
        self._volume = 0
        self._stream: asyncio.Queue[Tick | MarketEvent] = asyncio.Queue()

    def watch(self, codes: Sequence[str], *, held: Sequence[str] = ()) -> None:
        """Everything is told anyway."""

    async def ticks(self) -> AsyncIterator[Tick | MarketEvent]:
        """Yield what was handed in."""
        while True:
            yield await self._stream.get()

    async def hand_in(self, begun: float, seen: Seen) -> None:
        """Hand in each tick when it is due."""
        given = 0
        while given < len(self._column):
            due = min(len(self._column), int((time.perf_counter() - begun) * self._rate))
            for number in range(given, due):
                tick = self._tick(number, begun)
                seen.handed_in(tick)
                self._stream.put_nowait(tick)
            given = seen.ticks = due
            seen.seconds = time.perf_counter() - begun
            await asyncio.sleep(0.001)

    async def quote(self, code: str) -> Quote:
        """Return a stock now."""
        base, price = int(self._stocks.base[int(code) - 1]), self._last[code]
        return Quote(
            code=code,
            price=price,
            base_price=base,
            open=base,
            high=price,
            low=price,
            upper_limit=base * 13 // 10,
            lower_limit=base * 7 // 10,
            volume=1,
            value=price,
        )

    async def quotes(self, codes: Sequence[str]) -> tuple[Quote, ...]:
        """Return many stocks now."""
        return tuple([await self.quote(code) for code in codes])

    async def minutes(self, code: str) -> tuple[MinuteBar, ...]:
        """Return the day's minutes so far."""
        until = self._clock.now().replace(second=0, microsecond=0)
        return self._stocks.bars(int(code) - 1, until)

    def _tick(self, number: int, begun: float) -> Tick:
        code, price = code_of(self._column[number]), self._price[number]
        self._last[code] = price
        self._volume += self._qty[number]
        return Tick(
            code=code,
            at=self._clock.at(begun + number / self._rate),
            price=price,
            qty=self._qty[number],
            day_volume=self._volume,
            day_high=price,
        )


class WatchedBroker(MemoryBroker):
    """The twin of a broker; it notes when it is given an order, and turns it away a little later.

    Nothing trades, so that every stock can be bought again.
    """

    def __init__(self, clock: TurningClock, stocks: Stocks, seen: Seen) -> None:
        """Hold some stocks at their base prices, and cash enough for all orders."""
        worth = zip(stocks.codes, stocks.base.tolist(), strict=True)
        held = {code: (SHARES, SHARES * won) for code, won in worth if code in stocks.held}
        super().__init__(clock, cash=100_000_000_000, holdings=held)
        self._seen = seen

    async def place(self, ticket: OrderTicket) -> Acknowledged:
        """Note when, and take it."""
        self._seen.sent(ticket.code, time.perf_counter())
        taken = await super().place(ticket)
        asyncio.get_running_loop().call_later(REST_S, self.reject, taken.broker_id)
        return taken
