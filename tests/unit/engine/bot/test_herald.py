"""The herald tells each notice once to each chat, and keeps silent only where it may."""

import asyncio
from datetime import datetime, timedelta

import pytest

from jennie_cli.engine.bot import Herald
from jennie_cli.engine.bus import BusDown, MemoryBus, dead_of
from jennie_cli.engine.bus.names import HERALD, TRADE_NOTIFICATIONS
from jennie_cli.engine.clock import KST, ManualClock
from jennie_cli.engine.errors import OutsideError
from jennie_cli.engine.notify import ChatDown, Kind, MemoryChat, Notice, NotifyPolicy, fields_of

NOW = datetime(2026, 3, 3, 9, 30, tzinfo=KST)


class Dying(MemoryChat):
    """Chats during whose so manieth message the process dies, or the wire breaks."""

    def __init__(self) -> None:
        """Live."""
        super().__init__()
        self.ends: dict[int, BaseException] = {}
        self.deaf: dict[int, int] = {}

    async def send(self, chat: int, html: str) -> None:
        """Send, then die: nobody knows that it went."""
        if self.deaf.get(chat, 0) > 0:
            self.deaf[chat] -= 1
            raise ChatDown("Wait a while; nothing was sent.")
        await super().send(chat, html)
        if end := self.ends.pop(len(self.sent), None):
            raise end


class Room:
    """A bus, chats and heralds of one name."""

    def __init__(self, *chats: int) -> None:
        """Have two chats unless told."""
        self.clock = ManualClock(NOW)
        self.bus = MemoryBus(self.clock)
        self.chat = Dying()
        self.chats = chats or (1, 2)
        self.mute: bool | OutsideError = False
        self.herald = self.fresh()

    def fresh(self) -> Herald:
        """Return a herald as a new process would have it."""
        self.herald = Herald(
            self.bus.keys,
            self.chat,
            self.chats,
            muted=self.muted,
            mask=lambda text: text.replace("hush", "***"),
            clock=self.clock,
            policy=NotifyPolicy(),
        )
        return self.herald

    async def muted(self) -> bool:
        """Say whether there is a mute."""
        if isinstance(self.mute, OutsideError):
            raise self.mute
        return self.mute

    def tell(self, *keys: str, loud: bool = False, at: datetime = NOW) -> None:
        """Publish notices that are titled by their keys."""
        for key in keys:
            told = Notice(kind=Kind.FILL, key=key, at=at, title=key, loud=loud)
            self.bus.publish(TRADE_NOTIFICATIONS, fields_of(told))

    def drain(self) -> list[tuple[int, str]]:
        """Let a fresh herald tell all there is, and return all that the chats got."""
        consumer = self.fresh().consumer(self.bus.streams, name="herald", deliveries=3)
        asyncio.run(consumer.drain())
        return self.sent

    @property
    def sent(self) -> list[tuple[int, str]]:
        """What the chats got, without its markup."""
        return [
            (chat, html.removeprefix("<b>").removesuffix("</b>")) for chat, html in self.chat.sent
        ]

    @property
    def pending(self) -> int:
        """How many are in hand."""
        return asyncio.run(self.bus.streams.backlog(HERALD)).pending

    @property
    def letters(self) -> list[str]:
        """Why notices lie with the dead."""
        return [m.fields.get("dead:error", "") for m in self.bus.read(dead_of(TRADE_NOTIFICATIONS))]


def test_each_chat_is_told_each_notice_once() -> None:
    """In order; published twice, it is told once."""
    room = Room()
    room.tell("a", "b", "a")
    assert [(1, "a"), (2, "a"), (1, "b"), (2, "b")] == room.drain()
    assert (4, 0) == (room.herald.tally.sent, room.pending)
    assert 4 == len(room.drain())


@pytest.mark.parametrize("at", range(1, 5))
def test_a_death_while_sending_tells_nothing_twice(at: int) -> None:
    """Whichever of the messages it falls on, and the others are all told."""
    room = Room()
    room.tell("a", "b")
    room.chat.ends = {at: KeyboardInterrupt()}
    with pytest.raises(KeyboardInterrupt):
        room.drain()
    assert [(1, "a"), (1, "b"), (2, "a"), (2, "b")] == sorted(
        room.drain(), key=lambda s: (s[0], s[1])
    )
    assert 0 == room.pending


def test_a_death_after_an_alarm_tells_it_once_more() -> None:
    """Nobody knows whether a loud message arrived, so the next herald sends it; then it is told."""
    room = Room(1)
    room.tell("alarm", loud=True)
    room.chat.ends = {1: KeyboardInterrupt()}
    with pytest.raises(KeyboardInterrupt):
        room.drain()
    room.tell("alarm", loud=True)
    assert [(1, "alarm")] * 2 == room.drain()


def test_an_outage_of_the_chats_loses_nothing() -> None:
    """However often one starts meanwhile, notices wait on the bus."""
    room = Room()
    room.tell("a")
    room.chat.down = True
    for _ in range(5):
        with pytest.raises(ChatDown):
            room.drain()
    room.chat.down = False
    assert ([(1, "a"), (2, "a")], []) == (room.drain(), room.letters)


def test_a_wire_that_breaks_once_is_used_again() -> None:
    """The chat may see it twice then: nobody knows what went through."""
    room = Room(1)
    room.tell("a", "b")
    room.chat.ends = {1: ChatDown("no answer")}
    assert [(1, "a"), (1, "a"), (1, "b")] == room.drain()


@pytest.mark.parametrize("loud", [True, False])
def test_a_service_that_takes_nothing_for_long_is_waited_for(*, loud: bool) -> None:
    """It asks for patience, and answers otherwise: no notice is given up for that."""
    room = Room()
    room.tell("a", loud=loud)
    room.chat.deaf = {1: 20}
    assert ([(2, "a"), (1, "a")], []) == (room.drain(), room.letters)


def test_a_service_that_takes_nothing_for_a_day_is_not_told_what_is_old_by_then() -> None:
    """As after an outage."""
    room = Room(1)
    room.tell("a")
    room.chat.deaf = {1: 1_000_000}
    assert ([], 1, []) == (room.drain(), room.herald.tally.late, room.letters)


def test_secrets_are_taken_out_of_notices() -> None:
    """An error may quote anything."""
    room = Room(1)
    told = Notice(kind=Kind.FILL, key="a", at=NOW, title="no hush", lines=("hush",))
    room.bus.publish(TRADE_NOTIFICATIONS, fields_of(told))
    assert [(1, "no ***</b>\n***")] == room.drain()


def test_a_mute_keeps_quiet_notices_back_and_no_loud_ones() -> None:
    """What was passed over is not told later."""
    room = Room(1)
    room.tell("fill")
    room.tell("alarm", loud=True)
    room.mute = True
    assert ([(1, "alarm")], 1) == (room.drain(), room.herald.tally.muted)
    room.mute = False
    assert [(1, "alarm")] == room.drain()


def test_a_mute_that_nobody_can_read_is_none() -> None:
    """Rather a word too many."""
    room = Room(1)
    room.tell("a")
    room.mute = OutsideError("the store is away")
    assert [(1, "a")] == room.drain()


def test_old_notices_are_told_no_more() -> None:
    """A herald that starts after weeks does not flood its chats."""
    room = Room(1)
    room.tell("old", at=NOW - timedelta(hours=24, seconds=1), loud=True)
    room.tell("new", at=NOW - timedelta(hours=24))
    assert ([(1, "new")], 1) == (room.drain(), room.herald.tally.late)


def test_what_is_no_notice_ends_with_the_dead() -> None:
    """And the rest flows on."""
    room = Room(1)
    room.bus.publish(TRADE_NOTIFICATIONS, {"text": "hello"})
    room.tell("a")
    assert ([(1, "a")], 0) == (room.drain(), room.pending)
    (why,) = room.letters
    assert why.startswith("A notice cannot be read")


def test_a_chat_that_refuses_holds_up_no_other() -> None:
    """It is tried three times, then the notice lies with the dead and names it."""
    room = Room()
    room.tell("a", "b")
    room.chat.refusing = {1}
    assert [(2, "a"), (2, "b")] == room.drain()
    assert ["1: Chat 1 takes nothing."] * 2 == room.letters


def test_a_fault_of_the_sender_takes_its_mark_back() -> None:
    """A notice that failed by accident is tried again."""
    room = Room(1)
    room.tell("a")
    room.chat.ends = {1: ZeroDivisionError()}
    assert [(1, "a"), (1, "a")] == room.drain()


def test_without_a_bus_nothing_is_sent() -> None:
    """A mark that cannot be set is not set."""
    room = Room(1)
    room.bus.switch.down = True
    with pytest.raises(BusDown):
        room.drain()
    assert [] == room.sent
