"""Who tells a notice never waits nor fails; what the bus does not take is kept and counted."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime

from jennie_cli.engine.clock import KST, ManualClock
from jennie_cli.engine.errors import OutsideError
from jennie_cli.engine.notify import Kind, Notice, Notices, NotifyPolicy, read_notice

AT = datetime(2026, 3, 3, 9, 30, tzinfo=KST)


def notice(key: str, *, loud: bool = False) -> Notice:
    """Return a notice of this key."""
    return Notice(kind=Kind.ALARM, key=key, at=AT, title=key, loud=loud)


async def breath() -> None:
    """Let others run once."""
    await asyncio.wait([asyncio.ensure_future(asyncio.Event().wait())], timeout=0)


class Wire:
    """A carrier that can be dead, or take all and say that it did not."""

    def __init__(self) -> None:
        """Take all."""
        self.keys: list[str] = []
        self.batches: list[int] = []
        self.dead = 0
        self.meanwhile: Callable[[], None] = lambda: None

    async def publish(self, stream: str, *entries: Mapping[str, str]) -> tuple[str, ...]:
        """Take entries, or fail so many times."""
        self.meanwhile()
        if self.dead:
            self.dead -= 1
            raise OutsideError("the bus is away")
        self.batches.append(len(entries))
        self.keys += [f"{stream}/{read_notice(fields).key}" for fields in entries]
        return tuple(str(n) for n, _ in enumerate(entries))


class Turning(ManualClock):
    """A clock that lets others run while somebody sleeps."""

    async def sleep(self, seconds: float) -> None:
        """Move on and let others run."""
        self.advance(seconds)
        await breath()


def notices(wire: Wire, room: int = 100) -> tuple[Notices, Turning]:
    """Return an empty outbox and its clock."""
    clock = Turning(AT)
    return Notices(wire, "s", policy=NotifyPolicy(room=room), steady=clock), clock


async def running(outbox: Notices, work: Callable[[], Awaitable[None]]) -> None:
    """Do some work while the outbox runs."""
    task = asyncio.ensure_future(outbox.run())
    await work()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def until_empty(outbox: Notices) -> None:
    """Let others run until nothing waits."""
    for _ in range(50):
        await breath()
        if not outbox.waiting:
            return


def test_what_is_told_is_published_in_order() -> None:
    """Also what comes later."""
    wire = Wire()
    outbox, _ = notices(wire)

    async def work() -> None:
        outbox.tell(notice("a"))
        outbox.tell(notice("b"))
        await until_empty(outbox)
        outbox.tell(notice("c"))
        await until_empty(outbox)

    asyncio.run(running(outbox, work))
    assert (["s/a", "s/b", "s/c"], [2, 1]) == (wire.keys, wire.batches)


def test_a_dead_bus_is_tried_again_after_a_pause() -> None:
    """Nothing is lost meanwhile."""
    wire = Wire()
    wire.dead = 3
    outbox, clock = notices(wire)

    async def work() -> None:
        outbox.tell(notice("a"))
        await until_empty(outbox)

    asyncio.run(running(outbox, work))
    assert (["s/a"], 15.0) == (wire.keys, (clock.now() - AT).total_seconds())


def test_many_leave_in_batches() -> None:
    """One call of the bus takes no more than fifty."""
    wire = Wire()
    outbox, _ = notices(wire)
    for number in range(60):
        outbox.tell(notice(str(number)))
    assert asyncio.run(outbox.flush())
    assert ([50, 10], 0) == (wire.batches, outbox.waiting)


def test_of_too_many_the_oldest_quiet_one_falls() -> None:
    """Alarms fall last, and what fell is counted."""
    wire = Wire()
    outbox, _ = notices(wire, room=3)
    for key, loud in (("a", True), ("b", False), ("c", True), ("d", True), ("e", True)):
        outbox.tell(notice(key, loud=loud))
    asyncio.run(outbox.flush())
    assert (["s/c", "s/d", "s/e"], 2) == (wire.keys, outbox.dropped)


def test_what_is_told_while_the_bus_answers_is_not_lost() -> None:
    """Only what was handed over leaves the queue, even where others fell meanwhile."""
    wire = Wire()
    outbox, _ = notices(wire, room=2)
    outbox.tell(notice("a"))
    outbox.tell(notice("b"))
    later = iter([notice("c")])
    wire.meanwhile = lambda: outbox.tell(next(later)) if not wire.keys else None
    asyncio.run(outbox.flush())
    assert ["s/a", "s/b", "s/c"] == wire.keys
