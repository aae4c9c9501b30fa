"""The kernel of the past beside vectorbt, backtesting.py and nautilus_trader, in one run.

    python -m benchmarks.backtest_sma [--swing X] [--only NAME ...]

Common work: averages of 20 and 50 closes, bought and sold at the open after they cross, a stop of
3 % under the entry, 0.015 % a side, the purse at the end. Every engine must make the same trades
and, at the ordinary swing, where no stop is met, the same money. The libraries belong into a
place of their own, not into the project; one that is absent is named with what installs it.

`cold` is the first call, `warm` the best of the calls after it. Exit code 1: a trade count or a
purse differs, or a ratio is missed; 2: nothing is wrong, but a library is absent.
"""

import argparse
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from os import cpu_count
from time import perf_counter

import numpy as np
from benchmarks.backtest_nautilus import nautilus
from benchmarks.backtest_rivals import Rival, backtesting, vectorbt
from benchmarks.backtest_walk import (
    FAST,
    FEE_BP,
    MANY,
    ONE,
    SLOW,
    STOP_PCT,
    SWING,
    Array,
    Made,
    Size,
    Work,
    walk,
)

from jennie_cli.engine.indicators import rolling_mean
from jennie_cli.engine.research import FillPolicy, Prices, trade_signals

VECTORBT = "'vectorbt[rust]' 'plotly<6'"


def kernel(bars: Prices, _volume: Array) -> Work:
    """Return our own work."""
    fills = FillPolicy(slippage_bp=0.0)

    def work() -> Made:
        fast, slow = rolling_mean(bars.close, FAST), rolling_mean(bars.close, SLOW)
        trades = trade_signals(
            bars,
            enter=crossed(fast > slow, slow),
            leave=crossed(fast < slow, slow),
            stop_pct=STOP_PCT,
            fills=fills,
            buy_bp=FEE_BP,
            sell_bp=FEE_BP,
        )
        return Made(trades=len(trades.stock), worth=trades.equity(bars.close)[-1])

    return work


def crossed(side: np.ndarray, known: Array) -> np.ndarray:
    """Return where a side is newly taken; the first known row takes none."""
    out = np.zeros_like(side)
    out[1:] = side[1:] & ~side[:-1] & ~np.isnan(known[:-1])
    return out


ENGINES = (
    Rival(name="jennie", modules=(), pip="", prepare=kernel, times=10),
    Rival(
        name="vectorbt numba",
        modules=("vectorbt",),
        pip=VECTORBT,
        prepare=vectorbt("numba"),
        times=10,
    ),
    Rival(
        name="vectorbt rust",
        modules=("vectorbt", "vectorbt_rust"),
        pip=VECTORBT,
        prepare=vectorbt("auto"),
        times=10,
    ),
    Rival(
        name="backtesting.py",
        modules=("backtesting",),
        pip="backtesting",
        prepare=backtesting,
        times=0,
    ),
    Rival(
        name="nautilus_trader",
        modules=("nautilus_trader",),
        pip="nautilus_trader",
        prepare=nautilus,
        times=0,
    ),
)
WANTED = (
    (ONE, "vectorbt numba", 1.0),
    (ONE, "vectorbt rust", 1.0),
    (MANY, "vectorbt numba", 1.0),
    (MANY, "vectorbt rust", 1.0),
    (ONE, "backtesting.py", 10.0),
    (MANY, "nautilus_trader", 100.0),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """One engine on one size: seconds of its first and of its best later call."""

    size: Size
    engine: str
    cold: float
    warm: float
    made: Made


def timed(engine: Rival, size: Size, bars: tuple[Prices, Array]) -> Timed:
    """Run an engine's work once, and then as often as it says."""
    work = engine.prepare(*bars)
    cold, made = seconds(work)
    warm = min((seconds(work)[0] for _ in range(engine.times)), default=cold)
    return Timed(size=size, engine=engine.name, cold=cold, warm=warm, made=made)


def seconds(work: Work) -> tuple[float, Made]:
    """Return how long one call took, and what it made."""
    start = perf_counter()
    made = work()
    return perf_counter() - start, made


def faults(rows: list[Timed], swing: float) -> Iterator[str]:
    """Say what differs between engines or misses its ratio."""
    ours = {row.size: row for row in rows if row.engine == "jennie"}
    for row in rows:
        if row.made.trades != row.size.trades:
            yield f"{row.engine}, {row.size.name}: {row.made.trades:,} trades"
        apart = np.abs(row.made.worth / ours[row.size].made.worth - 1.0).max()
        if swing == SWING and apart > 1e-4:
            yield f"{row.engine}, {row.size.name}: a purse differs by {apart:.1e}"
    for size, name, least in WANTED:
        for row in rows:
            ratio = row.warm / ours[size].warm
            if (row.size, row.engine) == (size, name) and ratio < least:
                yield f"{name}, {size.name}: {ratio:.2f} x, wanted {least:.0f} x"


def told(row: Timed, ours: float, tell: Callable[[str], None] = print) -> None:
    """Print one row of the table."""
    tell(
        f"{row.size.name:>13}  {row.engine:<16}{row.cold:10.3f}{row.warm:10.4f}"
        f"{row.warm / ours:9.1f} x{row.made.trades:9,}   {row.made.worth.mean():.6f}"
    )


def main() -> int:
    """Measure, compare, print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--swing", type=float, default=SWING, help="3e-3 meets some stops")
    parser.add_argument("--only", nargs="*", default=[], help="these engines beside jennie")
    given = parser.parse_args()
    asked = [e for e in ENGINES if e.name == "jennie" or not given.only or e.name in given.only]
    absent = [engine for engine in asked if not engine.present]
    print(f"{cpu_count()} cores; seconds; ratio to jennie, warm; purse: mean of one won a stock")
    print(f"{'':>13}  {'engine':<16}{'cold':>10}{'warm':>10}{'ratio':>11}{'trades':>9}   purse")
    rows: list[Timed] = []
    ours = 0.0
    for size in (ONE, MANY):
        bars = walk(size, given.swing)
        for engine in asked:
            if engine in absent:
                print(f"{size.name:>13}  {engine.name:<16}absent: pip install {engine.pip}")
                continue
            rows.append(timed(engine, size, bars))
            ours = rows[-1].warm if engine.name == "jennie" else ours
            told(rows[-1], ours)
    found = list(faults(rows, given.swing))
    for fault in found:
        print("FAULT", fault)
    return 1 if found else 2 if absent else 0


if __name__ == "__main__":
    sys.exit(main())
