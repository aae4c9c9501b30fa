"""Sends a day's briefing once to each chat.

A chat's mark is set before the message and taken back when the chat said no or nothing was sent.
Where nobody knows whether it arrived the mark stays, for a briefing told twice is a nuisance and a
person can ask for it again.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum

from jennie_cli.engine.bus import BusDown, Keys
from jennie_cli.engine.bus.names import BRIEFING_SENT
from jennie_cli.engine.notify import Chat, ChatDown, ChatRefused

LOG = logging.getLogger(__name__)


class Fate(Enum):
    """What became of a message; of an UNSURE one nobody knows whether it arrived."""

    SENT = "sent"
    ALREADY = "already"
    REFUSED = "refused"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What became of the message to one chat, and what was said against it."""

    chat: int
    fate: Fate
    why: str = ""


async def send_once(
    html: str,
    *,
    day: date,
    at: datetime,
    chat: Chat,
    chats: Sequence[int],
    keys: Keys,
    again: bool = False,
) -> tuple[Delivery, ...]:
    """Send a message to each chat that was not sent the day's; with `again` to all.

    `at` is the moment of the mark. Raises ChatDown before anything is sent, BusDown with the rest
    of the chats untold.
    """
    await chat.ready()
    told = []
    for one in chats:
        mark = BRIEFING_SENT.of(f"{day}:{one}")
        if again:
            await keys.put(mark, at.isoformat())
        elif not await keys.put_if_absent(mark, at.isoformat()):
            told.append(Delivery(chat=one, fate=Fate.ALREADY))
            continue
        delivery = await _send(chat, one, html)
        if delivery.fate is Fate.REFUSED:
            await _unmark(keys, day, one)
        told.append(delivery)
    return tuple(told)


async def _send(chat: Chat, one: int, html: str) -> Delivery:
    try:
        await chat.send(one, html)
    except ChatRefused as no:
        return Delivery(chat=one, fate=Fate.REFUSED, why=no.message)
    except ChatDown as silence:
        fate = Fate.REFUSED if silence.unsent else Fate.UNSURE
        return Delivery(chat=one, fate=fate, why=silence.message)
    return Delivery(chat=one, fate=Fate.SENT)


async def _unmark(keys: Keys, day: date, one: int) -> None:
    try:
        await keys.delete(BRIEFING_SENT.of(f"{day}:{one}"))
    except BusDown as outage:
        LOG.warning("the mark of a briefing that was refused stays: %s", outage.message)
