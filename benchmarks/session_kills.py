"""Kills a running session again and again, and asks whether the next one goes on where it was.

    python -m benchmarks.session_kills                 # 200 kills over several sessions
    python -m benchmarks.session_kills --kills 20      # the short form, at most 4 minutes
    python -m benchmarks.session_kills --kills 20 --defect forget    # must fail

`jennie trade run` plays sessions of a fresh home and is killed with SIGKILL: at random moments of
its start and of its run, and right after it told of a signal, an order, a purchase or a sale. Once
the first hour is over the exchange now and then goes on for some minutes before the next one
begins, so that a run sees whole days, and tops, stops and rests that ended while nobody watched.
What it had kept at its death is compared with what the next one begins with; at each close the
ledger is compared with the exchange's own records, and every watermark with the charts. A short run
ends with the exchange's clock moved to the close. Exit status 1 on any difference.
"""

import argparse
import asyncio
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
from benchmarks.chaos import Books, Tally, compare
from benchmarks.session_child import Child, Home, Live, Window

from jennie_cli.adapters.journal import Journal
from jennie_cli.engine.clock import KST
from jennie_cli.engine.exits import Trade, trades_of
from jennie_cli.engine.model import Order, Side
from jennie_cli.engine.risk import BY_SIGNAL
from jennie_cli.settings import Masker, Profile
from jennie_cli.wiring.trading import TradingRoom, open_trading

ARMED_S = 5.0
OPENS_S = 90.0
LONGEST_S, PATIENCE_S = 4.0, 8.0
EVENTS = ("signal", "ordered", "bought", "sold")
MOST_BREACHES = 20
SHORT, HASTE = 20, 0.6
FIRST = timedelta(minutes=28)
LEAPS_FROM, LEAP_ODDS, LEAP_MINUTES = timedelta(hours=1), 0.25, (2.0, 12.0)
"""After the open, when most was bought."""

AFTER_CLOSE = timedelta(minutes=15)
REST = timedelta(seconds=600)
CHARTED_WITHIN, MOST_UNJUDGED = timedelta(seconds=60), 40
ON_THE_WAY = timedelta(seconds=1)
"""What was traded so shortly before a word may not have been heard."""

_PROFILE = Profile.SIM


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A watermark as a session that had read the charts had it; it had `begun` to hear then."""

    code: str
    since: datetime
    begun: datetime
    at: datetime
    high: float
    price: float


@dataclass(slots=True)
class Report:
    """What a run did and found."""

    kills: Counter[str] = field(default_factory=Counter)
    armed_s: list[float] = field(default_factory=list)
    start_s: list[float] = field(default_factory=list)
    positions: int = 0
    same: Counter[str] = field(default_factory=Counter)
    raised: int = 0
    moved: int = 0
    again: int = 0
    sessions: int = 0
    leaps: int = 0
    judged: int = 0
    breaches: list[str] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)

    @property
    def killed(self) -> int:
        """How many were killed."""
        return self.kills.total()

    @property
    def clean(self) -> bool:
        """Whether nothing was lost."""
        return not self.breaches and self.tally.clean


class Kills:
    """One run over as many sessions as it takes."""

    def __init__(self, home: Home, window: Window, count: int, seed: int, *, forgets: bool) -> None:
        """Begin with nothing kept; `forgets` plants a bus that loses what a session kept there."""
        self.report = Report()
        self._home, self._window, self._count = home, window, count
        self._rng = np.random.default_rng(seed)
        self._forgets = forgets
        self._haste = HASTE if count <= SHORT else 1.0
        self._kept: Live | None = None
        self._begun: datetime | None = None
        self._signals: list[tuple[str, datetime]] = []
        self._highs: dict[tuple[str, date], tuple[tuple[int, int], ...]] = {}

    async def run(self) -> None:
        """Kill until there were enough, then let the session come to its close."""
        await self._home.scout()
        now = datetime.fromisoformat((await self._home.tell("sim", "clock", "show"))["now"])
        at = now.replace(hour=9, minute=0, second=0, microsecond=0) + FIRST
        await self._home.tell("sim", "clock", "set", at.isoformat())
        while self.report.killed < self._count and len(self.report.breaches) < MOST_BREACHES:
            if await self._one():
                await self._closed()
                if self.report.killed < self._count:
                    await self._home.tell("sim", "clock", "next")
                    await self._home.scout()
            elif self._rng.random() < LEAP_ODDS:
                await self._leap()
        if not self._over:
            await self._last()
            await self._closed()

    _over = False

    async def _leap(self) -> None:
        """Let the exchange go on while nobody watches, but not over the close."""
        now = datetime.fromisoformat((await self._home.tell("sim", "clock", "show"))["now"])
        to = now + timedelta(minutes=float(self._rng.uniform(*LEAP_MINUTES)))
        hours = self._home.house.calendar.session(now.astimezone(KST).date())
        if hours is not None and hours.open + LEAPS_FROM <= now < to < hours.closing_auction_start:
            await self._home.tell("sim", "clock", "set", to.isoformat())
            self.report.leaps += 1

    async def _one(self) -> bool:
        """Run one session process and kill it; True when it had come to its close."""
        kind = str(self._rng.choice(["start", "random", "event"], p=[0.15, 0.4, 0.45]))
        await self._window.forget(everything=self._forgets)
        async with self._home.trading() as child:
            self._over, self._begun = False, None
            if kind == "start":
                await asyncio.sleep(float(self._rng.uniform(0.0, 5.0)))
            elif await child.until(lambda: child.opened_at is not None, OPENS_S):
                await self._armed(child)
                await self._wait(child, kind)
            if await child.kill():
                self.report.kills[kind] += 1
                print(f"{self.report.killed:>4} {kind:<7} {child.last}", file=sys.stderr)
            elif child.process.returncode:
                said = " | ".join(child.lines[-3:])
                self.report.breaches.append(f"ended with {child.process.returncode}: {said}")
            else:
                self._over = True
        await self._remember(child)
        return self._over

    async def _last(self) -> None:
        """Let a last session process begin, and run to the close when the run is a long one."""
        await self._window.forget(everything=self._forgets)
        async with self._home.trading() as child:
            if await child.until(lambda: child.opened_at is not None, OPENS_S):
                await self._armed(child)
            if self._count > SHORT:
                await child.process.wait()
            else:
                await asyncio.sleep(1.0)
                await child.kill()
        await self._remember(child)

    async def _wait(self, child: Child, kind: str) -> None:
        """Wait for the moment of the kill: any, or one just after something was told."""
        if kind == "random":
            await child.until(lambda: False, self._haste * float(self._rng.uniform(0.0, LONGEST_S)))
            return
        wanted = EVENTS[: int(self._rng.integers(1, len(EVENTS) + 1))][-1:]
        seen = len(child.steps)
        await child.until(
            lambda: any(s[1] in wanted for s in child.steps[seen:]), self._haste * PATIENCE_S
        )
        await asyncio.sleep(float(self._rng.choice([0.0, 0.03, 0.3]) * self._rng.random()))

    async def _armed(self, child: Child) -> None:
        """Wait for the first word of the session; compare it with the last of the one before."""
        live = await self._window.first(child, 4 * ARMED_S)
        opened = child.opened_at or 0.0
        took = time.monotonic() - opened
        if live is None:
            if child.process.returncode is None:
                self.report.breaches.append(f"no exits after {took:.1f} s")
            return
        self.report.armed_s.append(took)
        self.report.start_s.append(time.monotonic() - child.begun_at)
        if took > ARMED_S:
            self.report.breaches.append(f"exits armed only after {took:.1f} s")
        for code, position in live.positions.items():
            self.report.positions += 1
            if not position["protected_at"]:
                self.report.breaches.append(f"{code}: held without protection at {live.at}")
        self._begun = live.at
        self._see(live)
        if self._kept is not None:
            Comparison(self.report, self._kept, live, self._trades()).all()
        self._look_for_signals(live)
        self._kept = live

    async def _remember(self, child: Child) -> None:
        """Keep what the dead session had kept."""
        live = await self._window.look()
        if live is not None:
            self._kept = live
            self._see(live)
        if self._kept is None:
            return
        day = self._kept.at.astimezone(KST).date()
        self._signals = [
            (code, datetime.combine(day, clock, KST))
            for clock, step, words in child.steps
            if step == "signal"
            for name, code in self._home.names.items()
            if words.startswith(name)
        ]

    def _look_for_signals(self, live: Live) -> None:
        """A signal that was told a moment before the kill may be forgotten, if none was bought."""
        resting = live.rests["signal"]
        fresh = [code for code, at in self._signals if live.at - at < REST]
        self.report.again += len(set(fresh) - resting.keys())

    def _see(self, live: Live) -> None:
        """Remember what is to be judged once the whole charts can be read."""
        for code, position in live.positions.items():
            if not position["charted"]:
                if self._begun is not None and live.at - self._begun > CHARTED_WITHIN:
                    self.report.breaches.append(f"{code}: charts not read at {live.at}")
                continue
            self.report.seen.append(
                Seen(
                    code=code,
                    since=datetime.fromisoformat(position["since"]),
                    begun=self._begun or live.at,
                    at=live.at,
                    high=position["high"],
                    price=position["average"],
                )
            )

    def _trades(self) -> tuple[Trade, ...]:
        house = self._home.house
        journal = Journal(house.folder.ledger(_PROFILE), mask=Masker())
        return trades_of([recorded.event for recorded in journal.read()])

    async def _closed(self) -> None:
        """Compare everything once the session is over."""
        now = datetime.fromisoformat((await self._home.tell("sim", "clock", "show"))["now"])
        house = self._home.house
        hours = house.calendar.session(now.astimezone(KST).date())
        if hours is not None and now < hours.close + AFTER_CLOSE:
            await self._home.tell("sim", "clock", "set", (hours.close + AFTER_CLOSE).isoformat())
        self.report.sessions += 1
        async with open_trading(self._home.house) as room:
            await room.execution.recover()
            await room.execution.reconcile()
            books = Books(
                execution=room.execution,
                orders=room.orders,
                account=room.account,
                costs=room.costs,
            )
            await compare(books, self.report.tally)
            await self._charts(room)
            self._no_order_twice(room)
        self._judge_watermarks()

    async def _charts(self, room: TradingRoom) -> None:
        today = room.clock.now().astimezone(KST).date()
        for code in {seen.code for seen in self.report.seen}:
            bars = await room.quotes.minutes(code)
            told = [(bar.start.astimezone(KST), bar.high) for bar in bars if bar.volume > 0]
            self._highs[code, today] = tuple((at.hour * 60 + at.minute, h) for at, h in told)

    def _judge_watermarks(self) -> None:
        self.report.judged += len(self.report.seen)
        if self.report.positions >= MOST_UNJUDGED and not self.report.judged:
            self.report.breaches.append("no watermark was judged by the charts")
        told = [watermark_breach(seen, self._highs) for seen in self.report.seen]
        self.report.breaches += filter(None, told)
        self.report.seen = []

    def _no_order_twice(self, room: TradingRoom) -> None:
        """No stock is bought again while it rests, and no level is sold twice."""
        orders = sorted(room.execution.book().values(), key=lambda order: order.created_at)
        last: dict[str, datetime] = {}
        for order in (o for o in orders if o.side is Side.BUY and o.reason == BY_SIGNAL):
            before = last.get(order.code)
            if before is not None and order.created_at - before < REST:
                self.report.breaches.append(f"{order.code}: bought twice, {before} and {order}")
            last[order.code] = order.created_at
        self.report.breaches += _levels_twice(orders)


def _levels_twice(orders: list[Order]) -> list[str]:
    taken: dict[str, set[str]] = {}
    found: list[str] = []
    for order in orders:
        if order.side is Side.BUY:
            taken.pop(order.code, None)
        mark = order.strategy or ""
        if order.side is Side.SELL and order.filled_qty and mark.startswith("SCALE_OUT"):
            if mark in taken.setdefault(order.code, set()):
                found.append(f"{order.code}: {mark} sold twice")
            taken[order.code].add(mark)
    return found


def _minute(at: datetime) -> float:
    local = at.astimezone(KST)
    return local.toordinal() * 1440 + local.hour * 60 + local.minute


DayHighs = Mapping[tuple[str, date], tuple[tuple[int, int], ...]]
"""Minutes of a day with their highs in won, by code and day."""


def watermark_breach(seen: Seen, highs: DayHighs) -> str | None:
    """Return what is wrong with a watermark, None where the charts bear it out."""
    told = _between(seen, highs)
    low = max((high for minute, high in told if _must_count(seen, minute)), default=0)
    top = max((high for _, high in told), default=0)
    if low <= seen.high <= max(top, seen.price + 1e-6):
        return None
    return f"{seen.code}: watermark {seen.high} at {seen.at}, charts say {low} to {top}"


def _between(seen: Seen, highs: DayHighs) -> list[tuple[float, int]]:
    """Return minutes and highs after a position began up to the minute in which it was seen."""
    first, last = _minute(seen.since), _minute(seen.at)
    every = [
        (day.toordinal() * 1440 + minute, high)
        for (code, day), told in highs.items()
        if code == seen.code
        for minute, high in told
    ]
    return [(minute, high) for minute, high in every if first < minute <= last]


def _must_count(seen: Seen, minute: float) -> bool:
    """Whether all of a minute was charted or heard by then; that of the start has a gap."""
    return minute != _minute(seen.begun) and minute < _minute(seen.at - ON_THE_WAY)


class Comparison:
    """What a session begins with, beside what the one before it had kept."""

    def __init__(self, report: Report, kept: Live, live: Live, trades: tuple[Trade, ...]) -> None:
        """Trades after the last word of the dead session may have changed things."""
        self._report, self._kept, self._live = report, kept, live
        since = kept.at - timedelta(seconds=1)
        self._moved = {trade.code for trade in trades if trade.at >= since}

    def all(self) -> None:
        """Compare positions and rests."""
        for code in self._kept.positions.keys() | self._live.positions.keys():
            self._position(code)
        same_day = self._kept.at.astimezone(KST).date() == self._live.at.astimezone(KST).date()
        for kind in ("signal", "stop", "sale"):
            if same_day:
                self._resting(kind)

    def _position(self, code: str) -> None:
        old, new = self._kept.positions.get(code), self._live.positions.get(code)
        if code in self._moved:
            self._report.moved += 1
            if old and new and old["since"] == new["since"] and new["level"] < old["level"]:
                self._breach(code, "scale-out level", old["level"], new["level"])
            return
        if old is None or new is None:
            self._breach(code, "held", old and old["qty"], new and new["qty"])
            return
        for name in ("qty", "average", "level", "rsi_sold", "since"):
            if old[name] != new[name]:
                self._breach(code, name, old[name], new[name])
            self._report.same[name] += old[name] == new[name]
        if new["high"] < old["high"] or (old["floor_armed"] and not new["floor_armed"]):
            self._breach(code, "watermark", old["high"], new["high"])
        self._report.raised += new["high"] > old["high"]
        self._report.same["watermark"] += new["high"] == old["high"]

    def _resting(self, kind: str) -> None:
        old, new = self._kept.rests[kind], self._live.rests[kind]
        for code, end in old.items():
            over = end is not None and datetime.fromisoformat(end) <= self._live.at
            if over or code in self._moved:
                continue
            if code not in new or new[code] != end:
                self._breach(code, f"{kind} rest", end, new.get(code, "none"))
            else:
                self._report.same[f"{kind} rest"] += 1
        # those were given between the last word and the kill
        self._report.moved += len(new.keys() - old.keys() - self._moved)

    def _breach(self, code: str, what: str, before: object, after: object) -> None:
        self._report.breaches.append(
            f"{code}: {what} {before} at {self._kept.at:%H:%M:%S}, "
            f"{after} at {self._live.at:%H:%M:%S}"
        )


def show(report: Report, took_s: float) -> None:
    """Print the table."""
    armed, start = sorted(report.armed_s) or [0.0], sorted(report.start_s) or [0.0]
    print(f"\n{report.killed} kills in {took_s:.0f} s, {report.sessions} sessions compared")
    tally = report.tally
    for label, value in (
        *((f"killed: {kind}", f"{n:,}") for kind, n in sorted(report.kills.items())),
        ("minutes that nobody watched", f"{report.leaps:,} times"),
        ("starts that were compared", f"{len(report.armed_s):,}"),
        ("exits armed, median s", f"{armed[len(armed) // 2]:.2f}"),
        ("exits armed, longest s", f"{armed[-1]:.2f}"),
        ("from the process's start, median", f"{start[len(start) // 2]:.2f}"),
        ("from the process's start, longest", f"{start[-1]:.2f}"),
        ("positions found protected", f"{report.positions:,}"),
        *((f"the same: {name}", f"{n:,}") for name, n in sorted(report.same.items())),
        ("watermarks higher than kept", f"{report.raised:,}"),
        ("watermarks judged by charts", f"{report.judged:,}"),
        ("changed by a trade meanwhile", f"{report.moved:,}"),
        ("signals told and forgotten", f"{report.again:,}"),
        ("orders at the exchange", f"{tally.orders:,}"),
        ("fills in the ledger", f"{tally.fills:,}"),
        ("duplicate orders", f"{tally.duplicates:,}"),
        ("lost fills (shares)", f"{tally.lost_fills:,}"),
        ("differences in won or shares", f"{len(tally.differences):,}"),
        ("breaches", f"{len(report.breaches):,}"),
    ):
        print(f"  {label:<36}{value:>10}")
    for line in (*report.breaches, *tally.differences):
        print(f"    {line}")
    print("  every session went on where it was" if report.clean else "  SOMETHING WAS LOST")


async def play(folder: Path, count: int, seed: int, *, forgets: bool) -> Report:
    """Run it all in a home."""
    home = Home(folder, seed)
    try:
        async with home.watched() as window:
            kills = Kills(home, window, count, seed, forgets=forgets)
            with suppress(KeyboardInterrupt):
                await kills.run()
            return kills.report
    finally:
        home.leave()


def main() -> int:
    """Run what was asked for; 1 on any breach."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=142)
    parser.add_argument("--defect", choices=("forget",), help="plant a defect; the run must fail")
    parser.add_argument("--keep", action="store_true", help="leave the home for a look")
    asked = parser.parse_args()
    # so that what was started is ended then too
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    began = time.monotonic()
    folder = Path(tempfile.mkdtemp(prefix="jennie-k-"))
    report = asyncio.run(play(folder, asked.kills, asked.seed, forgets=asked.defect == "forget"))
    show(report, time.monotonic() - began)
    if asked.keep:
        print(f"  {folder}")
    else:
        shutil.rmtree(folder, ignore_errors=True)
    return 0 if report.clean else 1


if __name__ == "__main__":
    sys.exit(main())
