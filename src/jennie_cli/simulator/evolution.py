"""One trading day after another: drivers, events, bars and flows in their order."""

from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from jennie_cli.engine.store.panels import BoolArray, FloatArray
from jennie_cli.simulator.accounts import Accounts, quarter_number
from jennie_cli.simulator.bars import BarMaker, DayBars
from jennie_cli.simulator.drivers import Drivers, Push
from jennie_cli.simulator.events import DayEvents, Events
from jennie_cli.simulator.flows import FlowMaker
from jennie_cli.simulator.indices import DayMarket, IndexMaker
from jennie_cli.simulator.news import DayNews, NewsMaker
from jennie_cli.simulator.roster import Roster
from jennie_cli.simulator.tape import Tape
from jennie_cli.simulator.ticks import IntArray, price_grid, round_down

_PULL_TO_VALUE = 0.0008
_SURGE_DAYS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class DayMade:
    """What one day left beside its bars and flows on the tape; `base` is what it began from."""

    number: int
    day: date
    events: DayEvents
    market: DayMarket
    news: DayNews
    base: IntArray
    close: IntArray
    volume: IntArray
    shares: IntArray
    foreign_pct: FloatArray


class Evolution:
    """The state of one market between two trading days."""

    def __init__(self, seed: int, roster: Roster) -> None:
        """Stand before the first day."""
        self.roster = roster
        self.accounts = Accounts(seed, roster)
        self.events = Events(seed, roster)
        self.tape = Tape()
        self.shares: IntArray = roster.shares.copy()
        self._drivers = Drivers(seed, roster)
        self._bars = BarMaker(seed, roster)
        self._flows = FlowMaker(seed, roster)
        self._index = IndexMaker(roster)
        self._news = NewsMaker(seed, roster)
        self._price: IntArray = roster.price.astype(np.int64)
        self._recent: list[IntArray] = []

    def step(self, day: date) -> DayMade:
        """Make the next trading day, which the caller names."""
        number = len(self.tape.days)
        growth = self.accounts.quarter(quarter_number(day)).growth
        if number == 0:
            self._price = round_down(self._price, self.roster.board, day)
        events = self.events.step(number, self._price, self._surge())
        self._split(events.split, day)
        self._drivers.cool(~events.trading)
        push = self._push(number, day, growth, events)
        base = self._price
        grid = price_grid(base, self.roster.board, day, unlimited=events.unlimited)
        story, shares = self._drivers.story, self.shares
        made = self._bars.step(number, base=base, push=push, story=story, shares=shares, grid=grid)
        bars = _stand_still(made, base, events.trading)
        flows = self._flows.step(
            number, bars=bars, story=story, growth=growth, shares=shares, trading=events.trading
        )
        news = self._news.step(number, bars.change, story, growth, events.trading)
        market = self._index.step(base, bars, flows, shares, events)
        self.tape.append(day, events.live, bars, flows, events.split)
        self._recent = [*self._recent[-_SURGE_DAYS:], base]
        self._price = bars.close
        return DayMade(
            number=number,
            day=day,
            events=events,
            market=market,
            news=news,
            base=base,
            close=bars.close,
            volume=bars.volume,
            shares=shares,
            foreign_pct=flows.foreign_pct,
        )

    def _push(self, number: int, day: date, growth: FloatArray, events: DayEvents) -> Push:
        push = self._drivers.step(number, growth)
        equity = self.accounts.quarter(quarter_number(day)).equity
        stretch = np.log(self._price * self.shares / (equity * self.roster.fair_pbr))
        pull = np.where(self.roster.sigma > 0.01, -_PULL_TO_VALUE * np.clip(stretch, -3, 3), 0.0)
        lead = self._flows.lead + self._news.lead
        return replace(push, expected=push.expected + lead + pull + events.push)

    def _surge(self) -> FloatArray:
        if len(self._recent) < _SURGE_DAYS:
            return np.zeros(self.roster.size)
        return self._price / self._recent[-_SURGE_DAYS] - 1.0

    def _split(self, ratio: IntArray, day: date) -> None:
        divided = np.flatnonzero(ratio > 1)
        if not divided.size:
            return
        self._price = np.where(
            ratio > 1, round_down(self._price // ratio, self.roster.board, day), self._price
        )
        self.shares = self.shares * ratio
        self._recent = [p // ratio for p in self._recent]
        self._index.restate(ratio)
        for stock in divided:
            self.tape.restate(int(stock), int(ratio[stock]))


def _stand_still(bars: DayBars, base: IntArray, trading: BoolArray) -> DayBars:
    return DayBars(
        open=np.where(trading, bars.open, 0),
        high=np.where(trading, bars.high, 0),
        low=np.where(trading, bars.low, 0),
        close=np.where(trading, bars.close, base),
        volume=np.where(trading, bars.volume, 0),
        change=np.where(trading, bars.change, 0.0),
    )
