"""Kills collector, analyzer and archiver again and again while news comes in, then counts it.

    python -m benchmarks.news_kills                # 100 kills
    python -m benchmarks.news_kills --kills 10     # the short form, about 20 seconds
    python -m benchmarks.news_kills --kills 10 --defect early   # must fail: lets go before keeping

Each part is a process of its own over the bundled Redis, killed with SIGKILL at random moments of
its start and of its work. A few messages among the news are poison. At the end every headline must
be in the book once, in the facts once, in the archive with each of its pieces once; every poison
must lie with the dead once for each group, with its error; and nothing may be in hand. Exit status
1 on any difference.
"""

import argparse
import asyncio
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from benchmarks.news_child import POLICY, READY, archive_in, book_in, bus_in, headline

from jennie_cli.adapters.redis import RedisBus
from jennie_cli.engine.bus import dead_of
from jennie_cli.engine.bus.names import ANALYZER, ARCHIVER, NEWS_RAW
from jennie_cli.engine.clock import KST
from jennie_cli.engine.news import NewsStatus, item_of, passages
from jennie_cli.engine.store import Dataset

PARTS = ("collector", "analyzer", "archiver")
POISONS = 3
A_KILL_S, LONGEST_S = 0.9, 2.2
PER_KILL = 60
"""Headlines that come out for each kill."""

PATIENCE_S = 120.0
AT = datetime(2026, 3, 3, 12, tzinfo=KST)


@dataclass(slots=True)
class Report:
    """What a run did and found."""

    items: int = 0
    kills: Counter[str] = field(default_factory=Counter)
    again: int = 0
    unjudged: int = 0
    took_s: float = 0.0
    breaches: list[str] = field(default_factory=list)


class Run:
    """One run in one folder."""

    def __init__(self, folder: Path, kills: int, seed: int, *, forgets: bool) -> None:
        """`forgets` plants a defect: what is in hand is let go without being kept."""
        self.report = Report(items=PER_KILL * kills)
        self._folder, self._kills, self._forgets = folder, kills, forgets
        self._rng = np.random.default_rng(seed)
        self._begun = time.time() + 1.0
        self._children: dict[str, asyncio.subprocess.Process] = {}

    async def run(self) -> Report:
        """Kill until there were enough, let the rest be handled, and count."""
        began = time.monotonic()
        (self._folder / "run").mkdir(parents=True)
        book_in(self._folder)
        bus = bus_in(self._folder)
        await bus.open()
        try:
            for group in (ANALYZER, ARCHIVER):
                await bus.streams.join(group)
            for part in PARTS:
                await self._start(part)
            poisons = set(self._rng.choice(self._kills, POISONS, replace=False).tolist())
            for number in range(self._kills):
                if number in poisons:
                    await bus.streams.publish(NEWS_RAW, {"metadata": f"poison {number}"})
                await self._kill(bus)
            await self._settle(bus)
            self.report.took_s = time.monotonic() - began
            await self._stop()
            await self._count(bus)
        finally:
            await self._stop()
            await bus.close()
        return self.report

    async def _start(self, part: str) -> None:
        seconds = self._kills * A_KILL_S
        self._children[part] = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "benchmarks.news_child", part, str(self._folder)),
            *(str(self.report.items), str(self._begun), str(seconds)),
            stdout=asyncio.subprocess.PIPE,
        )

    async def _kill(self, bus: RedisBus) -> None:
        part = str(self._rng.choice(PARTS))
        child = self._children[part]
        if self._rng.random() > 0.15:  # else it dies while it starts
            await self._ready(child)
        await asyncio.sleep(float(self._rng.uniform(0.0, LONGEST_S - A_KILL_S)))
        child.send_signal(signal.SIGKILL)
        await child.wait()
        self.report.kills[part] += 1
        if self._forgets:
            for group in (ANALYZER, ARCHIVER):
                taken = await bus.streams.take(group, "defect", count=5)
                await bus.streams.done(group, *(message.id for message in taken))
        await self._start(part)

    async def _ready(self, child: asyncio.subprocess.Process) -> None:
        if child.stdout is None:
            raise RuntimeError("a child without a voice")
        line = await asyncio.wait_for(child.stdout.readline(), 60)
        if line and line.decode().strip() != READY:
            raise RuntimeError(line)

    async def _settle(self, bus: RedisBus) -> None:
        """Wait until all has come out and nobody has anything in hand, or for so long."""
        until = time.monotonic() + PATIENCE_S
        quiet = 0
        while quiet < 10 and time.monotonic() < until:  # a second of it
            await asyncio.sleep(0.2)
            out = time.time() > self._begun + self._kills * A_KILL_S + 1.0
            pending = [(await bus.streams.backlog(g)).pending for g in (ANALYZER, ARCHIVER)]
            quiet = quiet + 1 if out and not any(pending) else 0

    async def _stop(self) -> None:
        for child in self._children.values():
            with suppress(ProcessLookupError):
                child.kill()
            await child.wait()
        self._children.clear()

    async def _count(self, bus: RedisBus) -> None:
        items = [item for n in range(self.report.items) if (item := item_of(headline(n), AT))]
        ids = {item.id for item in items}
        book, facts = book_in(self._folder)
        rows = book.newest(most=2 * len(ids))
        self._same("book", {row.item.id: 1 for row in rows}, dict.fromkeys(ids, 1))
        self.report.unjudged = sum(row.status is NewsStatus.FAILED for row in rows)
        self._no_middle(rows)
        told = facts.read(Dataset.HEADLINES, as_of=datetime.now(KST) + timedelta(days=1))
        self._same("facts", Counter(told["title"]), Counter(i.headline.title for i in items))
        pieces = sum(len(passages(item, POLICY)) for item in items)
        async with archive_in(self._folder) as archive:
            kept = await archive.size()
        if kept != pieces:
            self.report.breaches.append(f"archive: {kept} pieces instead of {pieces}")
        await self._dead(bus)
        for group in (ANALYZER, ARCHIVER):
            backlog = await bus.streams.backlog(group)
            self.report.again = backlog.length - len(ids) - POISONS
            if backlog.pending:
                self.report.breaches.append(f"{group.name}: {backlog.pending} in hand")

    def _same(self, place: str, found: Mapping[str, int], wanted: Mapping[str, int]) -> None:
        lost = [key for key in wanted if not found.get(key)]
        more = [key for key, count in found.items() if count > wanted.get(key, 0)]
        if lost or more:
            self.report.breaches.append(f"{place}: {len(lost)} lost, {len(more)} too many")

    def _no_middle(self, rows: Sequence[object]) -> None:
        for row in rows:
            status, score = getattr(row, "status", None), getattr(row, "score", None)
            if (status is NewsStatus.OK) != (score is not None):
                self.report.breaches.append(f"score {score} of a row that is {status}")
                return

    async def _dead(self, bus: RedisBus) -> None:
        letters = await bus.streams.newest(dead_of(NEWS_RAW), count=1_000)
        groups = Counter(
            (letter.fields.get("metadata", ""), letter.fields.get("dead:group", ""))
            for letter in letters
        )
        unnamed = [one for one in letters if "BadMessage" not in one.fields.get("dead:error", "")]
        if len(groups) != 2 * POISONS or set(groups.values()) != {1}:
            self.report.breaches.append(f"dead: {len(letters)} letters of {POISONS} poisons")
        if unnamed:
            self.report.breaches.append(f"dead: {len(unnamed)} letters without their error")


def main() -> int:
    """Run and tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=6)
    parser.add_argument("--defect", choices=("early",))
    asked = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="jennie-k-"))
    try:
        run = Run(folder / "n", asked.kills, asked.seed, forgets=asked.defect is not None)
        report = asyncio.run(run.run())
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(
        f"{report.items:,} headlines, {report.kills.total()} kills {dict(report.kills)}, "
        f"{report.again} messages twice on the stream, {report.unjudged} without an answer, "
        f"{report.took_s:.0f} s"
    )
    print("\n".join(report.breaches) or "nothing lost, nothing doubled, poison with the dead")
    return 1 if report.breaches else 0


if __name__ == "__main__":
    raise SystemExit(main())
