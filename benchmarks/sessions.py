"""Whole sessions of the generated market, one after another and unattended.

    python -m benchmarks.sessions              # 30 sessions, half of them in each of two worlds
    python -m benchmarks.sessions --days 1     # the short form
    python -m benchmarks.sessions --days 1 --until 09:45    # its first part, to look at its speed
    python -m benchmarks.sessions --seeds 7    # all of them in one other world

A world of thirty sessions seldom meets everything: a rising one asks nothing of a falling one's
rules. So each seed has its share of the days, in a home and a process of its own.

Each day the world's clock goes to the next morning, the scout makes its list, and the session that
`jennie trade run` runs plays to the close as fast as the machine can. Every second it is asked
whether what the ledger holds is protected by the exits: a position may be without for one look at
most. After the close every order, fill, won and share is compared with the exchange's own records.
At the end stands what each rule did, and which rules never fired. Exit status 1 for a difference
in won or shares and for a position without protection; in the full form also for a rule that never
fired although it was fed, no setting keeps it asleep and it needs no occasion that may not come.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import chain
from multiprocessing import get_context
from pathlib import Path

from benchmarks.chaos import Books, Tally, compare
from benchmarks.session_child import Home

from jennie_cli.engine.errors import JennieError
from jennie_cli.engine.macro import Turn
from jennie_cli.engine.rules import summed
from jennie_cli.engine.rules.judged import SessionSilence
from jennie_cli.engine.trading import EntryAlarm
from jennie_cli.engine.trading.alerts import Rung
from jennie_cli.engine.trading.approving import Waiting
from jennie_cli.engine.trading.session import Decision
from jennie_cli.engine.trading.session.running_ports import Loop, SessionStatus
from jennie_cli.wiring import House
from jennie_cli.wiring.inspection import silent_in_sessions
from jennie_cli.wiring.records import open_evaluations
from jennie_cli.wiring.session import OpenSession, open_session_of
from jennie_cli.wiring.trading import open_trading

FULL = 30
SEEDS = (1, 56)
"""The first one rises, stands and turns; the second one falls, and has stocks at their upper limit.
Which worlds ask most of the rules was found by backtests of 72 of them.
"""
AFTER_CLOSE = timedelta(minutes=15)
MOST_TOLD = 20


@dataclass(slots=True)
class Played:
    """One session: what was done, how long it took, and what was wrong."""

    day: date
    steps: Counter[str] = field(default_factory=Counter)
    looks: int = 0
    troubles: Counter[str] = field(default_factory=Counter)
    alarms: list[str] = field(default_factory=list)
    bare: list[str] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)
    took_s: float = 0.0

    @property
    def clean(self) -> bool:
        """Whether the money agrees and everything held was protected."""
        return self.tally.clean and not self.bare


class Ears:
    """Counts what a session tells, and looks at its protection each second."""

    def __init__(self, played: Played) -> None:
        """Know nothing of the session yet."""
        self._played = played
        self._opened: OpenSession | None = None
        self._events, self._held = -1, frozenset[str]()
        self._bare = frozenset[str]()

    def know(self, opened: OpenSession) -> None:
        """Look at this session from now on."""
        self._opened = opened

    def decided(self, decision: Decision) -> None:
        """Count a step."""
        self._played.steps[decision.step] += 1

    def throttled(self, turn: Turn) -> None:
        """Hear of a new level of the throttle; nobody asks for it here."""

    def entry_alarm(self, alarm: EntryAlarm) -> None:
        """Keep an automatic buy that needs a person."""
        self._played.alarms.append(f"{alarm.order.code} {alarm.kind}")

    def rung(self, told: Rung) -> None:
        """Pass over a price alert: none is set."""
        del told

    def asked(self, waiting: Waiting) -> None:
        """Keep that a buy waited for a person: nobody is there."""
        self._played.alarms.append(f"{waiting.code} waited for an answer")

    def trouble(self, where: str, error: JennieError) -> None:
        """Count a failure."""
        self._played.troubles[f"{where}: {type(error).__name__}"] += 1

    def alarm(self, loop: Loop, silent_s: float) -> None:
        """Keep that nothing was judged."""
        self._played.alarms.append(f"{loop} silent for {silent_s:.0f} s")

    def beat(self, now: datetime, status: SessionStatus) -> None:
        """Compare what the ledger holds with what the exits protect."""
        del status
        opened = self._opened
        if opened is None:
            return
        self._played.looks += 1
        bare = self._holds(opened) - opened.kept.protected(now)
        for code in bare & self._bare:
            self._played.bare.append(f"{code} at {now:%H:%M:%S}")
        self._bare = bare

    def _holds(self, opened: OpenSession) -> frozenset[str]:
        """Return what the ledger holds, folded anew whenever it grew."""
        events = len(opened.room.execution.events())
        if events != self._events:
            self._events, self._held = events, frozenset(opened.room.portfolio().positions)
        return self._held


async def play(home: Home, house: House, until: str = "") -> Played:
    """Play one session of a home to its close, or to `until` (HH:MM), and compare it with the
    exchange.
    """
    began = time.monotonic()
    played = Played(day=date.min)
    ears = Ears(played)
    async with open_session_of(house, ears) as opened:
        played.day = opened.morning.day
        ears.know(opened)
        close = opened.hours.close
        await opened.run.run(_moment(close, until) if until else close)
        ends = opened.hours.close + AFTER_CLOSE
    played.took_s = time.monotonic() - began
    await home.tell("sim", "clock", "set", ends.isoformat())
    async with open_trading(house) as room:
        await room.execution.reconcile()
        books = Books(
            execution=room.execution, orders=room.orders, account=room.account, costs=room.costs
        )
        await compare(books, played.tally)
    return played


def _moment(close: datetime, text: str) -> datetime:
    at = datetime.strptime(text, "%H:%M")  # noqa: DTZ007  # the close has the zone
    return close.replace(hour=at.hour, minute=at.minute)


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """A world to be played in a folder of its own, which must be empty and have a short path."""

    folder: Path
    seed: int
    days: int
    until: str

    @property
    def house(self) -> House:
        """A look at its home."""
        return Home(self.folder, self.seed).house


def worlds(folder: Path, seeds: Sequence[int], days: int, until: str) -> list[World]:
    """Share the days out among the seeds, the first ones having one more; without days none."""
    each, more = divmod(days, len(seeds))
    shares = [each + (place < more) for place in range(len(seeds))]
    return [
        World(folder=folder / f"w{seed}", seed=seed, days=share, until=until)
        for seed, share in zip(seeds, shares, strict=True)
        if share
    ]


def lived(world: World) -> list[Played]:
    """Play the days of a world; a breach does not stop the next."""
    return asyncio.run(_live(world))


async def _live(world: World) -> list[Played]:
    home = Home(world.folder, world.seed)
    found: list[Played] = []
    try:
        for number in range(world.days):
            if number:
                await home.tell("sim", "clock", "next")
            await home.scout()
            with closing(home.house) as house:
                found.append(await play(home, house, world.until))
            told, took_s = dict(found[-1].steps), found[-1].took_s
            print(f"{world.seed} {found[-1].day} {took_s:6.1f} s  {told}", file=sys.stderr)
        return found
    finally:
        home.leave()


def show(found: Mapping[int, Sequence[Played]], houses: Sequence[House]) -> SessionSilence | None:
    """Print the tables, the first one by seed; return what is silent."""
    for seed, played in found.items():
        print(f"\nworld {seed}")
        _show_days(played)
    _show_rules(houses)
    return _show_silence(houses)


def _show_days(found: Sequence[Played]) -> None:
    print(f"{'day':<12}{'s':>7}{'signals':>9}{'bought':>8}{'sold':>6}{'refused':>9}{'looks':>8}")
    for one in found:
        figures = (one.steps[step] for step in ("signal", "bought", "sold", "refused"))
        signals, bought, sold, refused = figures
        print(
            f"{one.day!s:<12}{one.took_s:>7.1f}{signals:>9}{bought:>8}{sold:>6}{refused:>9}"
            f"{one.looks:>8}"
        )
        for line in (*one.bare[:MOST_TOLD], *one.tally.differences, *one.alarms):
            print(f"    {line}")
        for what, times in one.troubles.items():
            print(f"    trouble {what}: {times}")


def _show_rules(houses: Sequence[House]) -> None:
    print(f"\n{'rule':<44}{'asked':>12}{'fired':>10}")
    kept = (open_evaluations(house).counts(date.min, date.max) for house in houses)
    for count in summed(chain.from_iterable(kept)):
        print(f"{count.rule:<44}{count.asked:>12,}{count.fired:>10,}")


def _show_silence(houses: Sequence[House]) -> SessionSilence | None:
    silence = silent_in_sessions(*houses)
    if silence is None:
        return None
    print(f"\nnever fired over {silence.sessions} sessions")
    for rule in silence.dead.never_fired:
        print(f"  {rule.id:<42}{silence.asked.get(rule.id, 0):>12,} asked")
    for waiting in silence.dead.waiting:
        print(f"  {waiting.rule.id:<42} waits for {', '.join(waiting.inputs)}")
    for sleeping in silence.dead.asleep:
        print(f"  {sleeping.rule.id:<42} asleep by {sleeping.setting}")
    return silence


def _passing() -> "tempfile.TemporaryDirectory[str]":
    return tempfile.TemporaryDirectory(prefix="jennie-s-", ignore_cleanup_errors=True)


def main() -> int:
    """Play what was asked for; 1 on any breach."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--days", type=int, default=FULL)
    parser.add_argument("--seeds", type=_seeds, default=SEEDS, help="of the worlds: 7,8")
    parser.add_argument("--home", type=Path, help="an empty folder with a short path; it is kept")
    parser.add_argument("--until", default="", help="HH:MM at which each session is left")
    asked = parser.parse_args()
    began = time.monotonic()
    with ExitStack() as stack:
        folder = asked.home or Path(stack.enter_context(_passing()))
        chosen = worlds(folder, asked.seeds, asked.days, asked.until)
        # a process that was forked would share what the engine has open
        pool = ProcessPoolExecutor(len(chosen), mp_context=get_context("spawn"))
        stack.enter_context(pool)
        found = {w.seed: days for w, days in zip(chosen, pool.map(lived, chosen), strict=True)}
        houses = [stack.enter_context(closing(world.house)) for world in chosen]
        silence = show(found, houses)
    every = [played for days in found.values() for played in days]
    clean = all(played.clean for played in every)
    print(f"\n{len(every)} sessions in {time.monotonic() - began:.0f} s")
    print("won, shares and protection agree" if clean else "SOMETHING IS WRONG")
    dead = asked.days >= FULL and (silence is None or bool(silence.dead.never_fired))
    return 0 if clean and not dead else 1


def _seeds(text: str) -> tuple[int, ...]:
    return tuple(int(seed) for seed in text.split(","))


if __name__ == "__main__":
    raise SystemExit(main())
