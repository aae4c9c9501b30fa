"""Who is let in, how often, and how late. Nobody is while no id is set."""

import logging
from collections.abc import Collection
from datetime import datetime, timedelta

from jennie_cli.engine.bot.policy import BotPolicy
from jennie_cli.engine.bot.updates import Said
from jennie_cli.engine.bus import BusDown, Keys
from jennie_cli.engine.bus.names import BOT_PACE
from jennie_cli.engine.clock import Clock

LOG = logging.getLogger(__name__)

_MOST_STRANGERS = 1_000


class Door:
    """Lets in those who are listed, each as often as is meant."""

    def __init__(
        self, ids: Collection[int], keys: Keys, *, clock: Clock, policy: BotPolicy
    ) -> None:
        """`clock` is the machine's, as the times of messages are."""
        self._ids = frozenset(ids)
        self._keys, self._clock, self._policy = keys, clock, policy
        self._strangers: set[tuple[int, int | None]] = set()
        self._last: dict[int, datetime] = {}

    def admits(self, said: Said) -> bool:
        """Whether who said it may command: the chat is listed, and so is who speaks in a group.

        A stranger is written to the log once and told nothing.
        """
        if said.chat in self._ids and (said.user == said.chat or said.user in self._ids):
            return True
        stranger = (said.chat, said.user)
        if stranger not in self._strangers and len(self._strangers) < _MOST_STRANGERS:
            self._strangers.add(stranger)
            LOG.warning("a stranger wrote: chat %s, user %s; nothing was done", *stranger)
        return False

    def late_s(self, at: datetime) -> float | None:
        """Return how many seconds too old a command of a moment is, None when it is not."""
        age = (self._clock.now() - at).total_seconds()
        return age if age > self._policy.oldest_s else None

    async def too_soon(self, chat: int) -> bool:
        """Whether a chat commanded just before; where it did not, this is its command."""
        now, gap = self._clock.now(), self._policy.min_gap_s
        last = self._last.get(chat)
        if last is not None and timedelta(0) <= now - last < timedelta(seconds=gap):
            return True
        try:
            fresh = await self._keys.put_if_absent(
                BOT_PACE.of(str(chat)).lasting(gap), now.isoformat()
            )
        except BusDown:
            fresh = True  # what is remembered here is enough for one process
        if fresh:
            self._last[chat] = now
        return not fresh
