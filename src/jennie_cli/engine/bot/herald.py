"""The herald: takes notices from the bus and sends each once to each chat.

A chat's mark is set before a quiet message is sent and taken back when the chat did not take it, so
a death in between is never told twice; its price is that the message in flight may be lost. For a
loud one it is set after: an alarm told twice is better than one never told. A mute is honoured here
and nowhere else. Notices older than `notify.oldest_h` are told no more, and marks last longer than
that, so what comes again on the stream is not told again.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from jennie_cli.engine.bus import Keys, Message, Streams
from jennie_cli.engine.bus.names import HERALD, NOTICE_SENT
from jennie_cli.engine.clock import Clock
from jennie_cli.engine.errors import OutsideError
from jennie_cli.engine.news import Consumer, NewsPolicy
from jennie_cli.engine.notify import (
    BadNotice,
    Chat,
    ChatDown,
    ChatRefused,
    Notice,
    NotifyPolicy,
    read_notice,
    told,
)

LOG = logging.getLogger(__name__)

Muted = Callable[[], Awaitable[bool]]
"""Tells whether a person wants silence now. Raises OutsideError when nobody knows."""

_HOUR_S = 3_600.0


@dataclass(slots=True, kw_only=True)
class HeraldTally:
    """Messages sent, counted by chat, and notices passed over: under a mute, or too old."""

    sent: int = 0
    muted: int = 0
    late: int = 0


class Herald:
    """Sends notices to chats; a handler of messages."""

    def __init__(
        self,
        keys: Keys,
        chat: Chat,
        chats: Sequence[int],
        *,
        muted: Muted,
        mask: Callable[[str], str],
        clock: Clock,
        policy: NotifyPolicy,
    ) -> None:
        """`mask` takes secrets out of a text; `clock` is the machine's, as the times of notices
        are.
        """
        self.tally = HeraldTally()
        self._keys, self._chat, self._chats = keys, chat, tuple(chats)
        self._muted, self._mask = muted, mask
        self._clock, self._policy = clock, policy

    def consumer(self, streams: Streams, *, name: str, deliveries: int) -> Consumer:
        """Return what hands the notices of the bus to this herald."""
        return Consumer(
            streams,
            HERALD,
            self,
            name=name,
            policy=NewsPolicy(
                claim_every_s=self._policy.again_s, outage_pause_s=self._policy.pause_s
            ),
            deliveries=deliveries,
            steady=self._clock,
        )

    async def ready(self) -> None:
        """Return if messages can be sent. Raises ChatDown while they cannot."""
        await self._chat.ready()

    async def handle(self, messages: Sequence[Message]) -> Mapping[str, str]:
        """Send what was not sent yet; return by id what no chat could be told, and why.

        Raises ChatDown, BusDown.
        """
        silent = await self._silent()
        why = {message.id: await self._one(message, silent=silent) for message in messages}
        return {id_: said for id_, said in why.items() if said}

    async def _silent(self) -> bool:
        try:
            return await self._muted()
        except OutsideError as error:
            LOG.warning("nobody knows of a mute, so all is told: %s", error.message)
            return False

    async def _one(self, message: Message, *, silent: bool) -> str:
        try:
            notice = read_notice(message.fields)
        except BadNotice as bad:
            return bad.message
        if self._old(notice):
            self.tally.late += 1
        elif silent and not notice.loud:
            self.tally.muted += 1
        else:
            return await self._told(notice)
        return ""

    async def _told(self, notice: Notice) -> str:
        """Tell every chat, whatever one of them says; return what was said against it."""
        html = told(self._mask(notice.title), map(self._mask, notice.lines))
        send = self._insist if notice.loud else self._send
        refused, left = [], self._chats
        while left and not self._old(notice):
            waiting = []
            for chat in left:
                try:
                    await send(chat, notice.key, html)
                except ChatRefused as error:
                    refused.append(f"{chat}: {error.message}")
                except ChatDown as down:
                    LOG.warning("a notice waits for chat %s: %s", chat, down.message)
                    waiting.append(chat)
            left = tuple(waiting)
            if left:
                # a service that answers and takes nothing asks for patience: a notice is not at
                # fault for that, and must not be given up with those that are
                await self._chat.ready()
                await self._clock.sleep(self._policy.again_s)
        self.tally.late += bool(left)
        return "; ".join(refused)

    def _old(self, notice: Notice) -> bool:
        return (self._clock.now() - notice.at).total_seconds() > self._policy.oldest_h * _HOUR_S

    async def _insist(self, chat: int, key: str, html: str) -> None:
        mark = NOTICE_SENT.of(f"{chat}:{key}")
        if await self._keys.get(mark) is None:
            await self._chat.send(chat, html)
            await self._keys.put(mark, self._clock.now().isoformat())
            self.tally.sent += 1

    async def _send(self, chat: int, key: str, html: str) -> None:
        mark = NOTICE_SENT.of(f"{chat}:{key}")
        if not await self._keys.put_if_absent(mark, self._clock.now().isoformat()):
            return
        try:
            await self._chat.send(chat, html)
        except Exception:
            await self._keys.delete(mark)
            raise
        self.tally.sent += 1
