"""A trading room hears the broker's notices where it can, and says so where it cannot."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest

from jennie_cli.adapters.kis.folder import SocketTaken
from jennie_cli.adapters.kis.mailbox import Mailbox
from jennie_cli.engine.broker import BrokerUnavailable
from jennie_cli.engine.clock import KST, ManualClock
from jennie_cli.engine.errors import StorageFull
from jennie_cli.engine.model import Notice, NoticeKind, Side
from jennie_cli.wiring.listening import PATIENCE_S, Listening

AT = datetime(2026, 11, 23, 10, 0, tzinfo=KST)
TOLD = Notice(
    kind=NoticeKind.ACCEPTED,
    broker_id="7",
    original_id=None,
    code="005930",
    side=Side.BUY,
    qty=1,
    price=100,
    order_qty=1,
    at=AT,
)


class Turns(ManualClock):
    """A clock that moves when somebody sleeps, and then lets the others run."""

    async def sleep(self, seconds: float) -> None:
        """Move on by `seconds`."""
        self.advance(seconds)
        await asyncio.sleep(0)  # noqa: TID251  # gives way, waits for nothing


@dataclass(slots=True)
class Stream:
    """A stream that a test connects; it is what it tells of itself."""

    clock: ManualClock
    connects_after_s: float = 0.0
    wishes: tuple[str, ...] = ("notices",)
    taken: bool = False
    closed: bool = False
    connections: int = 1
    box: Mailbox[Notice] = field(default_factory=lambda: Mailbox(9))

    def notices(self) -> Mailbox[Notice]:
        """Open."""
        if self.taken:
            raise SocketTaken("Another process (pid 7) streams with this app key.")
        return self.box

    def plan(self) -> "Stream":
        """Tell what is wanted."""
        return self

    @property
    def status(self) -> "Stream":
        """Tell how it does."""
        return self

    @property
    def connected(self) -> bool:
        """Whether it is up by now."""
        return (self.clock.now() - AT).total_seconds() >= self.connects_after_s

    async def close(self) -> None:
        """End."""
        self.closed = True


@dataclass(slots=True)
class Hearer:
    """Writes down what it hears; fails as often as it is told to."""

    heard: list[Notice] = field(default_factory=list)
    reads: int = 0
    failures: int = 0
    full: bool = False

    def hear(self, notice: Notice) -> None:
        """Hear one."""
        if self.full:
            raise StorageFull("The disk is full.")
        self.heard.append(notice)

    async def refresh(self) -> None:
        """Read."""
        self.reads += 1
        if self.reads <= self.failures:
            raise BrokerUnavailable("gone")


Scene = Callable[[Stream, Hearer, Listening, Turns], Any]


def play(hearer: Hearer, scene: Scene | None = None, **stream: Any) -> tuple[Listening, float]:
    """Begin to listen, play a scene, close; return how long the beginning took."""
    clock = Turns(AT)
    told: Any = Stream(clock, **stream)
    who: Any = hearer

    async def opened() -> tuple[Listening, float]:
        listening = Listening(told, steady=clock)
        told.box.put(TOLD)
        await listening.begin(who)
        took = (clock.now() - AT).total_seconds()
        if scene is not None:
            await scene(told, hearer, listening, clock)
        await listening.close()
        assert told.closed
        return listening, took

    return asyncio.run(opened())


async def _ticks(clock: Turns) -> None:
    for _ in range(5):
        await clock.sleep(1.0)


def test_the_first_order_waits_until_its_notices_are_registered() -> None:
    """As long as it takes and no longer; what was told meanwhile is heard."""
    hearer = Hearer()

    async def scene(_stream: Stream, _hearer: Hearer, listening: Listening, clock: Turns) -> None:
        await _ticks(clock)
        assert listening.hears

    _, took = play(hearer, scene, connects_after_s=0.5)
    assert 0.5 <= took < PATIENCE_S
    assert [TOLD] == hearer.heard


def test_a_stream_that_does_not_come_up_holds_nobody_up(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """After a few seconds the records are polled, which is told once."""
    listening, took = play(Hearer(), connects_after_s=99.0)
    assert PATIENCE_S <= took <= PATIENCE_S + 2
    assert not listening.hears
    assert ["no notices yet, the records are polled"] == [r.getMessage() for r in caplog.records]


def test_off_hours_nothing_is_waited_for(caplog: pytest.LogCaptureFixture) -> None:
    """Nothing is to be registered then."""
    _, took = play(Hearer(), wishes=(), connects_after_s=99.0)
    assert 0.0 == took
    assert not caplog.records


def test_a_socket_that_another_process_has_is_left_to_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The room opens at once without notices and says so once."""
    hearer = Hearer()
    listening, took = play(hearer, taken=True)
    assert (0.0, False, []) == (took, listening.hears, hearer.heard)
    assert 1 == len(caplog.records)
    assert "pid 7" in caplog.records[0].getMessage()


def test_without_a_stream_there_is_nothing_to_hear() -> None:
    """As in the simulated world and without an HTS id."""

    async def scene() -> bool:
        listening = Listening(None, steady=Turns(AT))
        who: Any = Hearer()
        await listening.begin(who)
        await listening.close()
        return listening.hears

    assert not asyncio.run(scene())


@pytest.mark.parametrize("failures", [0, 2])
def test_the_records_are_read_again_after_each_new_connection(failures: int) -> None:
    """What was told while the socket was away is only there; a failure is tried again."""
    hearer = Hearer(failures=failures)

    async def scene(stream: Stream, hearer: Hearer, _listening: Listening, clock: Turns) -> None:
        await _ticks(clock)
        assert 0 == hearer.reads
        stream.connections += 1
        await _ticks(clock)

    play(hearer, scene)
    assert failures + 1 == hearer.reads


def test_a_ledger_that_cannot_hear_ends_the_listening(caplog: pytest.LogCaptureFixture) -> None:
    """Notices are no longer offered then, and the log names the reason."""

    async def scene(_stream: Stream, _hearer: Hearer, listening: Listening, clock: Turns) -> None:
        await _ticks(clock)
        assert not listening.hears

    play(Hearer(full=True), scene)
    assert ["notices are heard no more, the records are polled: The disk is full."] == [
        r.getMessage() for r in caplog.records
    ]
