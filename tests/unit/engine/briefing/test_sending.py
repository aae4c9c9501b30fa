"""A day's briefing goes once to each chat, whatever the others say."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jennie_cli.engine.briefing import Delivery, Fate, send_once
from jennie_cli.engine.bus import BusDown, MemoryBus
from jennie_cli.engine.bus.names import BRIEFING_SENT
from jennie_cli.engine.notify import ChatDown, MemoryChat
from jennie_cli.testing.briefings_exam import FIVE


class BreakingChat(MemoryChat):
    """Takes the message for one chat and never answers."""

    def __init__(self, broken: int, bus: MemoryBus | None = None) -> None:
        """`bus` dies with it."""
        super().__init__()
        self._broken, self._bus = broken, bus
        self.unsent = False

    async def send(self, chat: int, html: str) -> None:
        """Send, and break after it."""
        if self._bus is not None:
            self._bus.switch.down = True
        await super().send(chat, html)
        if chat == self._broken:
            raise ChatDown(
                "The answer did not come.", hint="Look into the chat.", unsent=self.unsent
            )


def sent(
    chat: MemoryChat, bus: MemoryBus, *chats: int, again: bool = False
) -> tuple[Delivery, ...]:
    """Send the briefing to some chats."""
    return asyncio.run(
        send_once(
            "<b>x</b>",
            day=FIVE.date(),
            at=FIVE,
            chat=chat,
            chats=chats,
            keys=bus.keys,
            again=again,
        )
    )


def fates(told: tuple[Delivery, ...]) -> list[Fate]:
    """Return what became of each."""
    return [one.fate for one in told]


def test_each_chat_is_told_once_a_day() -> None:
    """A second call sends nothing, `again` sends to all."""
    chat, bus = MemoryChat(), MemoryBus()
    assert [Fate.SENT] * 2 == fates(sent(chat, bus, 1, 2))
    assert [Fate.ALREADY] * 2 + [Fate.SENT] == fates(sent(chat, bus, 1, 2, 3))
    assert [Fate.SENT] == fates(sent(chat, bus, 1, again=True))
    assert [1, 2, 3, 1] == [to for to, _ in chat.sent]


def test_a_chat_that_refuses_may_be_told_later_and_hinders_none() -> None:
    """Its mark is taken back."""
    chat, bus = MemoryChat(), MemoryBus()
    chat.refusing = {1}
    told = sent(chat, bus, 1, 2)
    assert ([Fate.REFUSED, Fate.SENT], True) == (fates(told), "1" in told[0].why)
    chat.refusing = set()
    assert [Fate.SENT, Fate.ALREADY] == fates(sent(chat, bus, 1, 2))


def test_what_may_have_arrived_is_not_sent_again_by_itself() -> None:
    """The mark stays; a person may ask for it."""
    chat, bus = BreakingChat(1), MemoryBus()
    assert [Fate.UNSURE, Fate.SENT] == fates(sent(chat, bus, 1, 2))
    assert [Fate.ALREADY] * 2 == fates(sent(chat, bus, 1, 2))
    assert [Fate.UNSURE] == fates(sent(chat, bus, 1, again=True))


def test_what_was_not_sent_may_be_sent_later() -> None:
    """A service that takes nothing yet has not told anybody."""
    chat, bus = BreakingChat(1), MemoryBus()
    chat.unsent = True
    assert [Fate.REFUSED] == fates(sent(chat, bus, 1))
    chat.unsent = False
    assert [Fate.UNSURE] == fates(sent(chat, bus, 1))


def test_nothing_is_marked_while_no_chat_answers() -> None:
    """The next call finds everything to do."""
    chat, bus = MemoryChat(), MemoryBus()
    chat.down = True
    with pytest.raises(ChatDown):
        sent(chat, bus, 1)
    chat.down = False
    assert [Fate.SENT] == fates(sent(chat, bus, 1))


def test_without_a_bus_nobody_is_told() -> None:
    """Nobody would know it the next time."""
    chat, bus = MemoryChat(), MemoryBus()
    bus.switch.down = True
    with pytest.raises(BusDown):
        sent(chat, bus, 1)
    assert [] == chat.sent


def test_a_refusal_is_told_even_if_the_bus_dies_meanwhile() -> None:
    """The mark stays then, and the log says so."""
    bus = MemoryBus()
    chat = BreakingChat(9, bus)
    chat.refusing = {1}
    assert [Fate.REFUSED] == fates(sent(chat, bus, 1))
    bus.switch.down = False
    mark = BRIEFING_SENT.of(f"{FIVE.date()}:1")
    assert FIVE.isoformat() == asyncio.run(bus.keys.get(mark))


@given(rounds=st.lists(st.lists(st.integers(1, 4), max_size=4), max_size=6))
def test_however_often_it_is_called_no_chat_is_told_twice(rounds: list[list[int]]) -> None:
    """Also when a chat is named twice."""
    chat, bus = MemoryChat(), MemoryBus()
    for chats in rounds:
        sent(chat, bus, *chats)
    told = [to for to, _ in chat.sent]
    assert len(set(told)) == len(told)
