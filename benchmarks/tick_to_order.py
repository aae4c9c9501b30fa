"""How long it takes from a tick to a stamped order, and to the broker, at the turn of a minute.

    python -m benchmarks.tick_to_order [--turns N] [--rate N] [--stocks 40,200] [--signals 1,5,20]

The shell of `jennie trade run` with its bus, journal, tables, tape and stamp runs in one process;
only the exchange that ticks and the broker behind the stamp are made up. Ticks come at a steady
rate of real time. Of each exchange minute only the three seconds around its turn are played, as
fast as on the wall, and the others left out: the next turn comes after three seconds, and what a
session does each second or each few seconds is done no less often than in a day.

A guest strategy says yes to so many stocks at each turn, to others each time. The settings let
them pass: no rest after a signal, no most of buys, holdings, heat, sector or correlation, no RSI,
flags or shape of bars that block. Ten stocks are held and judged by the exits at every tick. Each
order rests for half a second and is turned away by the exchange, so that it can be given again.

A signal is counted from the moment at which the tick that closed its bar was due to be handed in,
or the second at which the timer closed it: a loop that is late makes it longer. Quotes and buying
power, which KIS would be asked for over the network, are answered at once. The processor time that
the loop's thread worked meanwhile is told too, for a machine that others use. Times stand beside
the goal, never judged; exit status 1 only when a signal was lost or refused.
"""

import argparse
import asyncio
import gc
import os
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
from benchmarks.stream_seen import processors
from benchmarks.tick_to_order_market import HELD, Exchange, Stocks, Turns
from benchmarks.tick_to_order_room import Floor, opened
from benchmarks.tick_to_order_seen import (
    KEPT_S,
    Course,
    Seen,
    TurningClock,
    of_processor_ms,
    spread,
    to_broker_ms,
    to_signal_ms,
    to_stamp_ms,
)
from numpy.typing import NDArray

from jennie_cli.engine.venue import default_calendar

GOAL_MS = 20
DAY = date(2025, 7, 1)
FIRST = timedelta(hours=2, minutes=30)
"""The first turn, after the open: bars enough for every strategy, and long before the last hour."""

UNCOUNTED = 3
"""Turns at the start that are not counted: the charts are read meanwhile."""

LOOK_S = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One column of the table."""

    stocks: int
    signals: int
    turns: int
    rate: float
    seed: int

    @property
    def wanted(self) -> int:
        """How many signals are to be counted."""
        return self.signals * self.turns

    @property
    def seconds(self) -> float:
        """Seconds of the wall."""
        return (self.turns + UNCOUNTED) * KEPT_S


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What was seen, of it the signals that count, and the load of the machine meanwhile."""

    case: Case
    seen: Seen
    courses: list[Course]
    load: float

    @property
    def whole(self) -> bool:
        """Whether every signal came, was stamped and reached the broker."""
        return self.case.wanted == sum(course.sent is not None for course in self.courses)


async def measured(case: Case, folder: Path) -> Outcome:
    """Run a session of its own."""
    hours = default_calendar().session(DAY)
    if hours is None:
        raise LookupError(f"no session on {DAY}")
    first, seen = hours.open + FIRST, Seen()
    stocks = Stocks(case.stocks, hours, np.random.default_rng(case.seed))
    clock = TurningClock(first)
    exchange = Exchange(stocks, clock, rate=case.rate, seconds=case.seconds + KEPT_S)
    async with opened(folder, stocks, clock=clock, exchange=exchange, seen=seen) as floor:
        # as a trading room does once it listens
        gc.freeze()
        await _play(floor, Turns(case.signals, case.stocks - HELD), case, seen)
        gc.unfreeze()
    since = first + timedelta(minutes=UNCOUNTED)
    return Outcome(case=case, seen=seen, courses=seen.counted(since), load=os.getloadavg()[0])


async def _play(floor: Floor, guest: Turns, case: Case, seen: Seen) -> None:
    """Hand in ticks and let the session trade until its turns are over."""
    run, begun = floor.run(guest), floor.clock.begin()
    until = floor.clock.at(begun + case.seconds) - timedelta(milliseconds=1)
    beside = [
        asyncio.ensure_future(work)
        for work in (
            floor.exchange.hand_in(begun, seen),
            floor.execution.listen(floor.broker),
            _lag(seen),
        )
    ]
    (had, given), worked = processors(), time.process_time()
    try:
        await run.run(until)
    finally:
        all_told, taken = processors()
        gone = time.perf_counter() - begun
        seen.stolen = (taken - given) / max(1, all_told - had)
        seen.worked = (time.process_time() - worked) / gone
        for task in beside:
            task.cancel()
        for done in await asyncio.gather(*beside, return_exceptions=True):
            if isinstance(done, Exception):
                raise done


async def _lag(seen: Seen) -> None:
    """Note how late the loop wakes who sleeps."""
    while True:
        before = time.perf_counter()
        await asyncio.sleep(LOOK_S)
        seen.lag.append(time.perf_counter() - before - LOOK_S)


def column(outcome: Outcome) -> dict[str, str]:
    """Return one column of the table."""
    case, seen, courses = outcome.case, outcome.seen, outcome.courses
    by_tick = sum(course.by_tick for course in courses)
    stamped, timed = to_stamp_ms(courses), [c for c in courses if not c.by_tick]
    return {
        "stocks, signals at a turn": f"{case.stocks}, {case.signals}",
        "signals wanted, sent": f"{case.wanted:,}, {sum(c.sent is not None for c in courses):,}",
        "closed by a tick, by the timer": f"{by_tick:,}, {len(courses) - by_tick:,}",
        "ticks a second, handed in": f"{seen.ticks / seen.seconds:,.0f}",
        "to the judged bar, ms (p50, p99, max)": spread(to_signal_ms(courses)),
        "to the STAMPED ORDER, ms (p50, p99, max)": spread(stamped),
        "  the same, of processor time": spread(of_processor_ms(courses)),
        "  of those that the timer closed": spread(to_stamp_ms(timed)),
        f"  goal: p99 <= {GOAL_MS} ms": _share(stamped),
        "to the broker, ms (p50, p99, max)": spread(to_broker_ms(courses)),
        "loop late, ms (p50, p99, max)": spread(np.array(seen.lag) * 1e3),
        "of a core, for us": f"{seen.worked:.0%}",
        "taken by the host of this machine": f"{seen.stolen:.1%}",
        "load of this machine at the end": f"{outcome.load:.1f}",
        "held, failures told": f"{seen.held}, {len(seen.troubles)}",
    }


def _share(stamped_ms: NDArray[np.float64]) -> str:
    return f"{np.mean(stamped_ms <= GOAL_MS):.1%} within" if len(stamped_ms) else "-"


def _numbers(text: str) -> list[int]:
    return [int(word) for word in text.split(",")]


def _print(columns: Iterable[dict[str, str]]) -> None:
    told = list(columns)
    for name in told[0]:
        print(f"{name:<42}" + "".join(f"{each[name]:>24}" for each in told))


def main() -> int:
    """Measure each case and print the table; 1 when a signal was lost or refused."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--turns", type=int, default=30, help="of each case")
    parser.add_argument("--rate", type=float, default=2_000.0, help="ticks a second")
    parser.add_argument("--stocks", type=_numbers, default=[40, 200])
    parser.add_argument("--signals", type=_numbers, default=[1, 5, 20], help="at one turn")
    parser.add_argument("--seed", type=int, default=142)
    asked = parser.parse_args()
    outcomes = []
    for stocks in asked.stocks:
        for signals in asked.signals:
            case = Case(
                stocks=stocks,
                signals=signals,
                turns=asked.turns,
                rate=asked.rate,
                seed=asked.seed,
            )
            with tempfile.TemporaryDirectory() as folder:
                outcomes.append(asyncio.run(measured(case, Path(folder))))
            refused = {course.refused for course in outcomes[-1].courses if course.refused}
            for said in (*sorted(refused), *outcomes[-1].seen.troubles):
                print(f"{stocks} stocks, {signals} signals: {said}", file=sys.stderr)
    _print(column(outcome) for outcome in outcomes)
    return 0 if all(outcome.whole for outcome in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
