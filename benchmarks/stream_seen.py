"""What the stream benchmark sees: when a frame was read from the socket, when it was published."""

import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from stream_truth import Told
from websockets.asyncio.client import ClientConnection
from websockets.frames import Frame, Opcode
from websockets.protocol import Event

from jennie_cli.adapters.kis import KisStream
from jennie_cli.adapters.system import SystemClock
from jennie_cli.engine.bus import MemoryBus
from jennie_cli.engine.feed import MarketEvent, Tick
from jennie_cli.engine.model import NoticeKind
from jennie_cli.simulator.driving import SimClock

_VOLUME = 13
_PAGE_MIB = 4_096 / 2**20


@dataclass(slots=True)
class Seen:
    """What went past. `waiting` are records that were read and not published yet, `latency` the
    seconds that each message of the bus took, `lag` how late sleepers woke, `memory` MiB.
    """

    told: Told
    waiting: dict[tuple[str, str], float] = field(default_factory=dict)
    frames: int = 0
    records: int = 0
    latency: NDArray[np.float32] = field(default_factory=lambda: np.zeros(0, dtype=np.float32))
    lag: list[float] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    notices: Counter[tuple[str, NoticeKind]] = field(default_factory=Counter)
    ordered: dict[str, float] = field(default_factory=dict)
    away: list[tuple[float, float]] = field(default_factory=list)
    seconds: float = 0.0

    def arrived(self, text: str, at: float) -> None:
        """Note a data frame that the socket has just brought."""
        self.frames += 1
        _, tr_id, count, payload = text.split("|", 3)
        if tr_id != "H0STCNT0":
            return
        fields, records = payload.split("^"), int(count)
        width = len(fields) // records
        self.records += records
        for first in range(0, width * records, width):
            self.waiting[fields[first], fields[first + _VOLUME]] = at

    def ages_ms(self) -> NDArray[np.float32]:
        """Return the milliseconds that each streamed tick took from the socket to the bus."""
        ages = self.latency[: self.told.count] * 1_000
        return ages[~np.isnan(ages)]

    def was_away(self, at: float, slack_s: float) -> bool:
        """Whether the stream was away around a monotonic moment."""
        return any(begin - slack_s <= at <= end + slack_s for begin, end in self.away)


class Watched(ClientConnection):
    """A socket that notes when each frame was read. `seen` is set before it is opened."""

    seen: Seen

    def process_event(self, event: Event) -> None:
        """Note a data frame, then go on."""
        if isinstance(event, Frame) and event.opcode is Opcode.TEXT:
            text = bytes(event.data).decode()
            if text[:1] in "01":
                self.seen.arrived(text, time.perf_counter())
        super().process_event(event)


class Tapped:
    """The ticks of a stream on their way to the bus; `volume` is that of the one that passes."""

    def __init__(self, stream: KisStream) -> None:
        """Pass on what `stream` tells."""
        self._stream = stream
        self.volume = 0

    def watch(self, codes: Sequence[str], *, held: Sequence[str] = ()) -> None:
        """Say what is wanted."""
        self._stream.watch(codes, held=held)

    async def ticks(self) -> AsyncIterator[Tick | MarketEvent]:
        """Yield what comes."""
        async for item in self._stream.ticks():
            if isinstance(item, Tick):
                self.volume = item.day_volume
            yield item


class TimedBus(MemoryBus):
    """The in-memory bus; keeps what it is given, and how long ago the socket brought it."""

    def __init__(self, seen: Seen, tapped: Tapped, size: int) -> None:
        """Have room for the ages of so many messages."""
        super().__init__()
        self._seen = seen
        self._tapped = tapped
        seen.latency = np.full(size, np.nan, dtype=np.float32)

    def publish(self, stream: str, fields: Mapping[str, str], *, keep: int = 10_000) -> None:
        """Publish and note."""
        now, seen, volume = time.perf_counter(), self._seen, self._tapped.volume
        at = seen.waiting.pop((fields["code"], str(volume)), None)
        if at is not None:
            seen.latency[seen.told.count] = now - at
        super().publish(stream, fields, keep=keep)
        seen.told.note(fields, day_volume=volume)


class Beside(SystemClock):
    """Tells the exchange's time and sleeps on the machine's."""

    def __init__(self, world: SimClock) -> None:
        """`world` tells the time."""
        self._world = world

    def now(self) -> datetime:
        """Return the exchange's present."""
        return self._world.now()


def resident_mib() -> float:
    """Return the memory of this process that is in RAM, MiB."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * _PAGE_MIB
