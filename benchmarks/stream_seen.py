"""What the stream benchmark sees: when a frame was read from the socket, when it was published."""

import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

import numpy as np
from benchmarks.stream_truth import Told
from numpy.typing import NDArray
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

Number = tuple[date, str]
"""A broker number and its day."""

Moment = tuple[float, float]
"""Seconds on the machine's clock, and of processor time of this thread."""


@dataclass(slots=True)
class Seen:
    """What went past. `waiting` are records that were read and not published yet; `latency` are
    the seconds that each message of the bus took, and those of them that the processor worked for
    us; `lag` is how late sleepers woke, `memory` MiB, `stolen` the share of the processors'
    time that the host of this machine gave to others.
    """

    told: Told
    waiting: dict[tuple[str, str], Moment] = field(default_factory=dict)
    frames: int = 0
    records: int = 0
    latency: NDArray[np.float32] = field(default_factory=lambda: room_for(0))
    lag: list[float] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    notices: Counter[tuple[Number, NoticeKind]] = field(default_factory=Counter)
    ordered: dict[Number, tuple[float, float]] = field(default_factory=dict)
    away: list[tuple[float, float]] = field(default_factory=list)
    seconds: float = 0.0
    stolen: float = 0.0

    def arrived(self, text: str, at: Moment) -> None:
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
        return self._column(0)

    def costs_ms(self) -> NDArray[np.float32]:
        """Return the milliseconds of processor time that passed meanwhile."""
        return self._column(1)

    def _column(self, place: int) -> NDArray[np.float32]:
        found = self.latency[: self.told.count, place] * 1_000
        return found[~np.isnan(found)]

    def was_away(self, asked: tuple[float, float], slack_s: float) -> bool:
        """Whether the stream was away between two monotonic moments, or nearly so."""
        first, last = asked
        return any(begin - slack_s <= last and first <= end + slack_s for begin, end in self.away)


class Watched(ClientConnection):
    """A socket that notes when each frame was read. `seen` is set before it is opened."""

    seen: Seen

    def process_event(self, event: Event) -> None:
        """Note a data frame, then go on."""
        if isinstance(event, Frame) and event.opcode is Opcode.TEXT:
            text = bytes(event.data).decode()
            if text[:1] in "01":
                self.seen.arrived(text, moment())
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
        seen.latency = room_for(size)

    def publish(self, stream: str, fields: Mapping[str, str], *, keep: int = 10_000) -> None:
        """Publish and note."""
        now, seen, volume = moment(), self._seen, self._tapped.volume
        at = seen.waiting.pop((fields["code"], str(volume)), None)
        if at is not None:
            seen.latency[seen.told.count] = now[0] - at[0], now[1] - at[1]
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


def moment() -> Moment:
    """Return now."""
    return time.perf_counter(), time.thread_time()


def room_for(messages: int) -> NDArray[np.float32]:
    """Return room for the latencies of so many messages."""
    return np.full((messages, 2), np.nan, dtype=np.float32)


def resident_mib() -> float:
    """Return the memory of this process that is in RAM, MiB."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * _PAGE_MIB


def processors() -> tuple[int, int]:
    """Return the time that the processors had so far, and what of it the host gave to others."""
    spent = [int(word) for word in Path("/proc/stat").read_text(encoding="ascii").split()[1:9]]
    return sum(spent), spent[-1]
