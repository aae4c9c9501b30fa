"""The same work in vectorbt, backtesting.py and nautilus_trader, each in its own idiom.

Each `prepare` turns the walk into what its library reads and returns the work that is timed. The
work returns what came of it: the trades and, stock by stock, what they made of one won.
"""

from contextlib import redirect_stderr
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from io import StringIO
from typing import Any

import numpy as np
import pandas as pd
from benchmarks.backtest_walk import (
    FAST,
    FEE_BP,
    FIRST_NS,
    MINUTE_NS,
    SLOW,
    STOP_PCT,
    Array,
    Made,
    Prepare,
    Work,
)

from jennie_cli.engine.research import Prices

FEE, STOP = FEE_BP / 10_000, STOP_PCT / 100
CASH = 1e12


@dataclass(frozen=True, slots=True, kw_only=True)
class Rival:
    """A library: how it is prepared, how often its work is timed, how it is installed."""

    name: str
    modules: tuple[str, ...]
    pip: str
    prepare: Prepare
    times: int

    @property
    def present(self) -> bool:
        """Whether its modules can be imported here."""
        return all(find_spec(module) is not None for module in self.modules)


def _index(rows: int) -> pd.DatetimeIndex:
    # naive on purpose: of an index with a zone vectorbt makes objects, and takes a hundred times
    # as long
    return pd.DatetimeIndex(FIRST_NS + MINUTE_NS * np.arange(rows, dtype=np.int64))


def vectorbt(engine: str) -> Prepare:
    """Return the preparation for one of vectorbt's two engines."""

    def prepare(bars: Prices, _volume: Array) -> Work:
        vbt: Any = import_module("vectorbt")
        index = _index(len(bars.close))
        frame = {n: pd.DataFrame(getattr(bars, n), index=index) for n in bars.__slots__}

        def work() -> Made:
            vbt.settings["engine"] = engine
            fast, slow = vbt.MA.run(frame["close"], FAST), vbt.MA.run(frame["close"], SLOW)
            folio = vbt.Portfolio.from_signals(
                frame["close"],
                _next_bar(fast.ma_crossed_above(slow)),
                _next_bar(fast.ma_crossed_below(slow)),
                price=frame["open"],
                open=frame["open"],
                high=frame["high"],
                low=frame["low"],
                sl_stop=STOP,
                stop_entry_price="fillprice",
                fees=FEE,
                freq="1min",
                engine=engine,
            )
            worth = np.asarray(folio.value()).reshape(len(index), -1) / 100.0
            return Made(trades=int(np.sum(folio.trades.count())), worth=worth[-1])

        return work

    return prepare


def _next_bar(signal: Any) -> Any:
    """Return a signal as the order it gives for the bar after it."""
    flags = np.asarray(signal).reshape(len(signal), -1)
    return np.concatenate([np.zeros_like(flags[:1]), flags[:-1]])


def backtesting(bars: Prices, volume: Array) -> Work:
    """Prepare backtesting.py, one run a stock: it knows no more than one at a time."""
    library: Any = import_module("backtesting")
    index = _index(len(bars.close))

    def mean(values: Any, n: int) -> Any:
        return pd.Series(values).rolling(n).mean()

    class Crossing(library.Strategy):  # type: ignore[misc]  # no types where it is not installed
        def init(self) -> None:
            self.fast = self.I(mean, self.data.Close, FAST)
            self.slow = self.I(mean, self.data.Close, SLOW)

        def next(self) -> None:
            fast, slow = self.fast, self.slow
            if self.position:
                if fast[-1] < slow[-1] and fast[-2] >= slow[-2]:
                    self.position.close()
            elif fast[-1] > slow[-1] and fast[-2] <= slow[-2]:
                # the next open is this close: the walk has no gaps
                self.buy(sl=self.data.Close[-1] * (1 - STOP))

    columns = ("Open", "High", "Low", "Close")
    frames = [
        pd.DataFrame(
            {c: getattr(bars, c.lower())[:, stock] for c in columns} | {"Volume": volume[:, stock]},
            index=index,
        )
        for stock in range(bars.close.shape[1])
    ]

    def work() -> Made:
        runs = [
            library.Backtest(frame, Crossing, cash=CASH, commission=FEE, finalize_trades=False)
            for frame in frames
        ]
        with redirect_stderr(StringIO()):  # its progress bars
            stats = [run.run() for run in runs]
        worth = np.array([row["Equity Final [$]"] / CASH for row in stats])
        # a trade that is still open is not in its list
        trades = sum(len(row["_trades"]) + (row["_strategy"].position.size > 0) for row in stats)
        return Made(trades=trades, worth=worth)

    return work
