"""What traded in one stock: the tape, members' trades between its prints, and the day's sums."""

import numpy as np

from jennie_cli.engine.model import Side
from jennie_cli.simulator.exchange.background import Background
from jennie_cli.simulator.exchange.board import Stretch, StretchRow
from jennie_cli.simulator.exchange.happenings import Traded
from jennie_cli.simulator.exchange.plan import NEVER
from jennie_cli.simulator.tapes import AUCTION, BUY, SELL, Ints

_NOBODY_ASKED = (0, 1, 0)


class Record:
    """The trades of one stock's day."""

    def __init__(self, code: str, price: Ints, qty: Ints, background: Background) -> None:
        """Members have not traded yet; the times of the tape's prints come with `retime`."""
        self._code = code
        self._price, self._qty = price, qty
        self._background = background
        self._at = self._aggressor = np.empty(0, dtype=np.int64)
        self._own: list[tuple[int, Traded]] = []
        self._day: Ints | None = None
        self._open = 0
        self._known = _NOBODY_ASKED

    def retime(self, at_ms: Ints, aggressor: Ints) -> None:
        """Take the times at which the tape's prints trade."""
        self._at, self._aggressor, self._day = at_ms, aggressor, None

    def add(self, trade: Traded, prints: int) -> None:
        """Keep a member's trade made after so many prints."""
        self._own.append((prints, trade))
        self._day = None

    def trades(self, now: int) -> int:
        """Return how many trades there were up to now."""
        whole = self._whole()
        # asked of every stock each second, while most of them trade every few seconds
        count, since, until = self._known
        if not since <= now < until:
            at = whole[StretchRow.AT_MS]
            count = int(at.searchsorted(now, side="right"))
            since = int(at[count - 1]) if count else 0
            until = int(at[count]) if count < len(at) else NEVER
            self._known = (count, since, until)
        return count

    def stretch(self, first: int, last: int) -> Stretch:
        """Return the trades with numbers first..last-1."""
        return Stretch(code=self._code, open=self._open, table=self._whole()[:, first:last])

    def between(self, after: int, to: int) -> Stretch:
        """Return the trades with after < time <= to."""
        at = self._whole()[StretchRow.AT_MS]
        first, last = at.searchsorted((after, to), side="right").tolist()
        return self.stretch(first, last)

    def moment(self, last: int, name: StretchRow) -> int:
        """Return when the day's HIGH or LOW of the first `last` trades was reached."""
        day, sign = self._whole(), 1 if name is StretchRow.HIGH else -1
        reach = sign * day[name, :last]
        return int(day[StretchRow.AT_MS, np.searchsorted(reach, reach[-1])])

    def _whole(self) -> Ints:
        if self._day is None:
            self._day = self._summed(*self._merged())
            self._known = _NOBODY_ASKED
            self._open = int(self._day[StretchRow.PRICE, 0]) if self._day.size else 0
        return self._day

    def _merged(self) -> tuple[Ints, Ints, Ints, Ints, Ints]:
        """Return at_ms, price, qty, aggressor and the prints so far of every trade."""
        count = np.arange(1, len(self._at) + 1)
        tape = (self._at, self._price, self._qty, self._aggressor, count)
        if not self._own:
            return tape
        places = [prints for prints, _ in self._own]
        own = np.array(
            [(t.at_ms, t.price, t.qty, t.aggressor, prints) for prints, t in self._own]
        ).T
        merged = (np.insert(mine, places, new) for mine, new in zip(tape, own, strict=True))
        at, price, qty, aggressor, prints = merged
        return at, price, qty, aggressor, prints

    def _summed(self, at_ms: Ints, price: Ints, qty: Ints, aggressor: Ints, prints: Ints) -> Ints:
        bought, sold = aggressor == BUY, aggressor == SELL
        marks = np.concatenate((np.array([self._background.base_price]), self._price))
        takers = np.concatenate((np.array([AUCTION]), self._aggressor))
        index = np.arange(len(marks))
        ask, ask_qty = self._background.touch(marks, takers, index, Side.SELL)
        bid, bid_qty = self._background.touch(marks, takers, index, Side.BUY)
        rows = {
            StretchRow.AT_MS: at_ms,
            StretchRow.PRICE: price,
            StretchRow.QTY: qty,
            StretchRow.AGGRESSOR: aggressor,
            StretchRow.VOLUME: np.cumsum(qty),
            StretchRow.VALUE: np.cumsum(price * qty),
            StretchRow.HIGH: np.maximum.accumulate(price),
            StretchRow.LOW: np.minimum.accumulate(price),
            StretchRow.BUY_TRADES: np.cumsum(bought),
            StretchRow.SELL_TRADES: np.cumsum(sold),
            StretchRow.BUY_VOLUME: np.cumsum(qty * bought),
            StretchRow.SELL_VOLUME: np.cumsum(qty * sold),
            StretchRow.ASK: ask[prints],
            StretchRow.ASK_QTY: ask_qty[prints],
            StretchRow.BID: bid[prints],
            StretchRow.BID_QTY: bid_qty[prints],
        }
        return np.stack([rows[name] for name in StretchRow])
