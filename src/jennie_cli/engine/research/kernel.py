"""Signals and a stop over a past of many stocks: which trades come of them, at which prices.

A leave signal ends whatever is open, so the stretches between two leave signals of a stock know
nothing of each other. All stretches of all stocks go forward together, one trade each a round:
there are as many rounds as the most stops in one stretch, and no loop over bars or stocks.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jennie_cli.engine.indicators.rolling import FloatArray
from jennie_cli.engine.research.filling import paid, received, stop_reached
from jennie_cli.engine.research.path import PATH, Priced, Prices, price_path
from jennie_cli.engine.research.policy import FillPolicy
from jennie_cli.engine.research.trades import NO_ROW, Ending, IntArray, Trades

Flags = NDArray[np.bool_]

_WHOLE_BP = 10_000.0
_FIRST_LOOK, _LONGEST_LOOK, _CELLS = 32, 1024, 1 << 22


def trade_signals(
    bars: Priced,
    *,
    enter: Flags,
    leave: Flags,
    stop_pct: float,
    fills: FillPolicy,
    buy_bp: float = 0.0,
    sell_bp: FloatArray | float = 0.0,
) -> Trades:
    """Return the long trades that signals and a stop below the entry price make.

    Signals are (rows, stocks), given at the close of their bar and filled at the open of the
    stock's next one; without a next one nothing comes of them. Enter counts while no share is
    held at that close, leave while one is; a bar that says both says leave. The stop stands
    `stop_pct` under the entry price (100 = none) from the entry's own bar on; an order to leave
    meets the open before the stop looks at it. After a stop the close of the same bar may enter
    again. Costs are basis points of the amount, `sell_bp` any shape that broadcasts to (rows,
    stocks), so that a tax may change with the day. A row with an unknown price is no bar;
    ValueError for a signal on one.
    """
    tape = _tape(bars, enter, leave)
    found = _rounds(tape, stop_pct, fills)
    stock, entry_row = np.divmod(found.entry, tape.rows)
    exit_row = np.where(found.exit == NO_ROW, NO_ROW, found.exit - stock * tape.rows)
    entry_row, exit_row = tape.original(entry_row, stock), tape.original(exit_row, stock)
    cost_bp = np.broadcast_to(np.asarray(sell_bp, dtype=np.float64), bars.close.shape)
    return Trades(
        stock=stock,
        entry_row=entry_row,
        entry_price=found.entry_price,
        exit_row=exit_row,
        exit_price=found.exit_price,
        cost=found.entry_price * (1.0 + buy_bp / _WHOLE_BP),
        proceeds=found.exit_price * (1.0 - cost_bp[exit_row, stock] / _WHOLE_BP),
        ending=found.ending,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tape:
    """Bars without gaps, each stock's own from row 0 on. A place is stock * rows + row.

    `enters` and `ends` are ascending places. An end is a leave signal or the last bar of a stock;
    no place is both. `kept` are the rows the bars came from, None if none was left out.
    """

    bars: Priced
    enters: IntArray
    ends: IntArray
    last: IntArray
    kept: IntArray | None

    @property
    def rows(self) -> int:
        return len(self.bars.close)

    def of(self, prices: FloatArray, places: IntArray) -> FloatArray:
        """Return prices at places."""
        stock, row = np.divmod(places, self.rows)
        return prices[row, stock]

    def original(self, row: IntArray, stock: IntArray) -> IntArray:
        """Return the rows that bars of stocks had among the gaps; NO_ROW stays."""
        if self.kept is None:
            return row
        return np.where(row == NO_ROW, NO_ROW, self.kept[row, stock])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """Trades as places and prices; `exit` is NO_ROW and its price NaN while one is open."""

    entry: IntArray
    exit: IntArray
    entry_price: FloatArray
    exit_price: FloatArray
    ending: NDArray[np.int8]


def _tape(bars: Priced, enter: Flags, leave: Flags) -> _Tape:
    """Lay out bars and signals by stock; gaps are closed where there are any."""
    rows, stocks = bars.close.shape
    count, kept = np.full(stocks, rows), None
    # one pass without a mask tells whether there is any gap at all
    if np.isnan([getattr(bars, point).min(initial=np.inf) for point in PATH]).any():
        known = ~np.isnan([getattr(bars, point) for point in PATH]).any(axis=0)
        if ((enter | leave) & ~known).any():
            raise ValueError("a signal stands on a row without a bar")
        kept, count = np.argsort(~known, axis=0, kind="stable"), known.sum(axis=0)
        enter, leave = (np.take_along_axis(flags, kept, axis=0) for flags in (enter, leave))
        bars = Prices(**{n: np.take_along_axis(getattr(bars, n), kept, axis=0) for n in PATH})
    alive = np.flatnonzero(count)
    last = alive * rows + count[alive] - 1
    ends = leave.T.flatten()
    ends[last] = True
    return _Tape(
        bars=bars,
        enters=np.flatnonzero(enter.T.ravel() & ~ends),
        ends=np.flatnonzero(ends),
        last=last,
        kept=kept,
    )


def _rounds(tape: _Tape, stop_pct: float, fills: FillPolicy) -> _Found:
    """Go through all stretches at once, one trade of each a round."""
    stretch = np.searchsorted(tape.ends, tape.enters)
    turn = np.flatnonzero(np.diff(stretch, prepend=-1))
    rounds = []
    while True:
        end = tape.ends[stretch[turn]]
        found = _one_each(tape, tape.enters[turn] + 1, end, stop_pct, fills)
        rounds.append(found)
        stopped = found.ending == Ending.STOP
        again = np.searchsorted(tape.enters, found.exit[stopped])
        same = np.append(stretch, -1)[again] == stretch[turn][stopped]
        turn = again[same]
        if not turn.size:
            return _in_order(rounds)


def _one_each(
    tape: _Tape, entry: IntArray, end: IntArray, stop_pct: float, fills: FillPolicy
) -> _Found:
    """Return the trades entered at places, each of which the end of its stretch closes at last."""
    price = paid(tape.of(tape.bars.open, entry), fills)
    stop = price * (1.0 - stop_pct / 100.0)
    hit = _first_reach(tape, entry, end, stop) if stop_pct < 100.0 else np.full(len(entry), NO_ROW)
    stopped, kept = hit != NO_ROW, np.isin(end, tape.last)
    left = ~stopped & ~kept
    exit_price = np.full(len(entry), np.nan)
    exit_price[left] = received(tape.of(tape.bars.open, end[left] + 1), fills)
    at = hit[stopped]
    met = Prices(**{n: tape.of(getattr(tape.bars, n), at)[None] for n in PATH})
    exit_price[stopped] = received(stop_reached(price_path(met), stop[stopped])[0], fills)
    ending = np.select([stopped, left], [Ending.STOP, Ending.SIGNAL], Ending.STILL_OPEN)
    return _Found(
        entry=entry,
        exit=np.where(stopped, hit, np.where(left, end + 1, NO_ROW)),
        entry_price=price,
        exit_price=exit_price,
        ending=ending.astype(np.int8),
    )


def _first_reach(tape: _Tape, start: IntArray, end: IntArray, stop: FloatArray) -> IntArray:
    """Return the first place from start to end whose low is at or below the stop, else NO_ROW."""
    stock, row = np.divmod(start, tape.rows)
    last = row + (end - start)
    found = np.full(len(start), NO_ROW)
    todo, width = np.argsort(row, kind="stable"), _FIRST_LOOK
    row = row.copy()
    while todo.size:
        look = np.minimum(row[todo, None] + np.arange(width), last[todo, None])
        met = tape.bars.low[look, stock[todo, None]] <= stop[todo, None]
        hit = met.any(axis=1)
        where = todo[hit]
        found[where] = stock[where] * tape.rows + look[hit, met[hit].argmax(axis=1)]
        row[todo] += width
        todo = todo[~hit & (row[todo] <= last[todo])]
        affordable = max(_FIRST_LOOK, _CELLS // max(todo.size, 1))
        width = min(2 * width, _LONGEST_LOOK, affordable)
    return found


def _in_order(rounds: list[_Found]) -> _Found:
    """Return the trades of all rounds by stock and time."""
    order = np.argsort(np.concatenate([found.entry for found in rounds]), kind="stable")
    names = ("entry", "exit", "entry_price", "exit_price", "ending")
    return _Found(
        **{n: np.concatenate([getattr(found, n) for found in rounds])[order] for n in names}
    )
