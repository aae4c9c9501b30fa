"""How far this machine's clock is from the host's, learnt from the answers to ordinary calls.

The Date header tells the whole second in which an answer was made, which lies between question and
answer. Each call so bounds the difference from both sides; several calls bound it more closely.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from jennie_cli.engine.clock import Clock

if TYPE_CHECKING:
    from jennie_cli.adapters.kis import Caller, Reply
    from jennie_cli.kis_wire import Tr

_SECOND = timedelta(seconds=1)


class Witness:
    """A Caller that passes every call on and notes when it was answered."""

    def __init__(self, caller: "Caller", clock: Clock) -> None:
        """`clock` is the one in doubt: the machine's."""
        self._caller = caller
        self._clock = clock
        self._least: timedelta | None = None
        self._most: timedelta | None = None

    @property
    def paper(self) -> bool:
        """Whether the host is the one of paper trading."""
        return self._caller.paper

    async def call(
        self,
        tr: "Tr",
        *,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, str] | None = None,
        next_page: bool = False,
    ) -> "Reply":
        """Send one request."""
        sent = self._clock.now()
        reply = await self._caller.call(tr, query=query, body=body, next_page=next_page)
        self._note(sent, self._clock.now(), reply.head.get("date", ""))
        return reply

    @property
    def ahead_s(self) -> tuple[float, float] | None:
        """The least and the most seconds by which our clock is ahead, None where no answer told."""
        if self._least is None or self._most is None:
            return None
        return self._least.total_seconds(), self._most.total_seconds()

    def _note(self, sent: datetime, heard: datetime, told: str) -> None:
        try:
            stamped = parsedate_to_datetime(told)
        except ValueError:
            return
        if stamped.tzinfo is None:
            return
        least, most = sent - stamped - _SECOND, heard - stamped
        self._least = least if self._least is None else max(self._least, least)
        self._most = most if self._most is None else min(self._most, most)
