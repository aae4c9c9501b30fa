"""A `jennie trade run` in a process of its own, and what its session keeps on the home's bus."""

import asyncio
import json
import os
import re
import signal
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from datetime import time as clock
from pathlib import Path
from typing import Any

from jennie_cli.adapters.redis import EmbeddedServer, RedisBus
from jennie_cli.adapters.system import SystemClock
from jennie_cli.engine.bus import Key
from jennie_cli.engine.bus.names import BUY_SIGNAL_COOLDOWN, HIGH_WATERMARK, LIVE_POSITIONS
from jennie_cli.settings import Masker, Options, Profile
from jennie_cli.wiring import House, open_house
from jennie_cli.wiring.bus import open_bus_of
from jennie_cli.wiring.worldhost import running_world

_OPENED = re.compile(r"\d\d:\d\d–\d\d:\d\d · watching")
_STEP = re.compile(r"^(\d\d:\d\d:\d\d) (signal|ordered|bought|sold) +(.*)$")
_LOOK_S = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """What a session says of itself: positions and the ends of rests, each by code."""

    at: datetime
    positions: Mapping[str, Mapping[str, Any]]
    rests: Mapping[str, Mapping[str, str | None]]

    @classmethod
    def read(cls, text: str) -> "Live":
        """Read the text of the key."""
        told = json.loads(text)
        at = datetime.fromisoformat(told["at"])
        return cls(at=at, positions=told["positions"], rests=told["rests"])


@dataclass(slots=True)
class Child:
    """A running session: its process, the lines that it told, and what happened when."""

    process: asyncio.subprocess.Process
    lines: list[str] = field(default_factory=list)
    steps: list[tuple[clock, str, str]] = field(default_factory=list)
    begun_at: float = field(default_factory=time.monotonic)
    opened_at: float | None = None
    news: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def last(self) -> str:
        """What it told last."""
        return self.lines[-1] if self.lines else "nothing told"

    async def listen(self) -> None:
        """Read what it tells until it is dead."""
        assert self.process.stderr is not None  # noqa: S101  # it was made with a pipe
        async for raw in self.process.stderr:
            line = raw.decode(errors="replace").rstrip()
            self.lines.append(line)
            if self.opened_at is None and _OPENED.search(line):
                self.opened_at = time.monotonic()
            if step := _STEP.match(line):
                self.steps.append((clock.fromisoformat(step[1]), step[2], step[3]))
            self.news.set()
        self.news.set()

    async def until(self, what: Any, patience_s: float) -> bool:
        """Wait until something is so, the process is over or patience is."""
        ends = time.monotonic() + patience_s
        while not what() and self.process.returncode is None:
            left = ends - time.monotonic()
            if left <= 0:
                break
            self.news.clear()
            try:
                await asyncio.wait_for(self.news.wait(), min(left, 0.5))
            except TimeoutError:
                continue
        return bool(what())

    async def kill(self) -> bool:
        """End it as kill -9 does; False if it had ended by itself."""
        alive = self.process.returncode is None
        if alive:
            os.kill(self.process.pid, signal.SIGKILL)
        await self.process.wait()
        return self.process.returncode == -signal.SIGKILL


class Home:
    """A home of the generated market as people and the benchmark use it."""

    def __init__(self, folder: Path, seed: int) -> None:
        """`folder` must be short enough for a socket; a new world in it takes the seed."""
        self.folder, self.seed = folder, seed
        self.names: dict[str, str] = {}

    @property
    def house(self) -> House:
        """A fresh look at the home."""
        return open_house(Options(home=self.folder, profile=Profile.SIM), Masker())

    async def tell(self, *words: str) -> Any:
        """Run a command to its end and return its document."""
        process = await self._begin(*words, "--json")
        out, err = await process.communicate()
        if process.returncode:
            raise SystemExit(f"jennie {' '.join(words)}: {err.decode(errors='replace')}")
        return json.loads(out.decode().splitlines()[-1])

    async def scout(self) -> None:
        """Make the list of the day."""
        told = await self.tell("scout", "run")
        self.names |= {stock["name"]: stock["code"] for stock in told["stocks"]}

    @asynccontextmanager
    async def trading(self, *words: str) -> AsyncIterator[Child]:
        """Run a session; it is killed at the end if it has not ended."""
        child = Child(process=await self._begin("trade", "run", *words))
        listening = asyncio.ensure_future(child.listen())
        try:
            yield child
        finally:
            await child.kill()
            await listening

    async def _begin(self, *words: str) -> asyncio.subprocess.Process:
        home = ("--home", str(self.folder), "--lang", "en")
        # a program that pip has installed is compiled already
        kept = {n: v for n, v in os.environ.items() if n != "PYTHONDONTWRITEBYTECODE"}
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "jennie_cli", *home, *words),
            env={**kept, "JENNIE_SIM_SEED": str(self.seed)},
            stdout=asyncio.subprocess.PIPE if "--json" in words else asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            limit=2**20,
        )

    @asynccontextmanager
    async def watched(self) -> AsyncIterator["Window"]:
        """Look through the home's bus for as long as this lasts."""
        async with open_bus_of(self.house) as bus:
            yield Window(bus)

    def leave(self) -> None:
        """End the home's own servers, which would outlive it."""
        folder = self.folder / "bus" / Profile.SIM
        pids = [EmbeddedServer(folder, runtime=self.folder, clock=SystemClock()).pid]
        world = running_world(self.house)
        for pid in (*pids, None if world is None else world.pid):
            if pid is not None:
                os.kill(pid, signal.SIGTERM)


class Window:
    """Reads what sessions keep."""

    def __init__(self, bus: RedisBus) -> None:
        """`bus` is that of the home."""
        self._keys = bus.keys

    async def forget(self, *, everything: bool = False) -> None:
        """Remove what the last session said, so that the next word is of the next one.

        With `everything` also what the next one would go on from: a planted defect.
        """
        await self._keys.delete(LIVE_POSITIONS)
        for family in (HIGH_WATERMARK, BUY_SIGNAL_COOLDOWN) if everything else ():
            for name in await self._keys.names(family.prefix):
                await self._keys.delete(Key(name=name, ttl_s=None))

    async def look(self) -> Live | None:
        """Return what the session last said."""
        text = await self._keys.get(LIVE_POSITIONS)
        return None if text is None else Live.read(text)

    async def first(self, child: Child, patience_s: float) -> Live | None:
        """Wait for the first word of a session that has opened."""
        ends = time.monotonic() + patience_s
        while time.monotonic() < ends and child.process.returncode is None:
            if (live := await self.look()) is not None:
                return live
            await asyncio.sleep(_LOOK_S)
        return None
