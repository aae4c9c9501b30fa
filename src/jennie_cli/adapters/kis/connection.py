"""One life of the socket: registrations follow the plan, frames go to the one who reads them."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException

from jennie_cli.adapters.kis.budget import Wish
from jennie_cli.adapters.kis.cleaning import one_line
from jennie_cli.engine.clock import Clock
from jennie_cli.kis_wire import (
    Ack,
    BadFrame,
    PingPong,
    StreamKey,
    Subscription,
    is_data,
    parse_server,
)
from jennie_cli.kis_wire.control import (
    BAD_APPROVAL,
    KEY_IN_USE,
    NOT_SUBSCRIBED,
    UNSUBSCRIBED,
)

_log = logging.getLogger(__name__)
_QUIET = logging.Logger("kis-socket", level=logging.CRITICAL + 1)  # noqa: LOG001  # it would log keys
_HELD_S = 0.0003
"""How long frames are taken in a row before those who wait for them go on."""

_APART_S = 0.05
_OPENING_S = 10.0
_CLOSING_S = 1.0
_LARGEST = 1024 * 1024
_BAD_KEYS = frozenset({BAD_APPROVAL, "OPSP0010", "OPSP9994"})


class Ending(StrEnum):
    """Why a socket's life ended."""

    DROPPED = "dropped"
    NOT_OPENED = "not opened"
    SILENT = "silent"
    BAD_APPROVAL = "approval key refused"
    IN_USE = "key in use elsewhere"
    IDLE = "nothing to listen to"


@dataclass(slots=True)
class Registered:
    """What the server was asked for, what it confirmed, and what it will not give."""

    asked: dict[Wish, None] = field(default_factory=dict)
    live: set[Wish] = field(default_factory=set)
    refused: set[Wish] = field(default_factory=set)
    keys: dict[str, StreamKey] = field(default_factory=dict, repr=False)


class Connection:
    """Keeps one socket open as long as it is of use."""

    def __init__(
        self,
        *,
        url: str,
        approval: str,
        steady: Clock,
        silence_s: float,
        wanted: Callable[[], Sequence[Wish]],
        hear: Callable[[str, "Connection"], None],
        registered: Callable[[Wish], None],
        mask: Callable[[str], str],
    ) -> None:
        """`wanted` returns the plan of the moment, `hear` takes each data frame,
        `registered` is told of each registration that starts.
        """
        self._url = url
        self._approval = approval
        self._steady = steady
        self._silence_s = silence_s
        self._wanted = wanted
        self._hear = hear
        self._tell_registered = registered
        self._mask = mask
        self._ending = Ending.DROPPED
        self._heard = steady.monotonic()
        self._socket: ClientConnection | None = None
        self._complained: set[Wish] = set()
        self.registered = Registered()
        self.changed = asyncio.Event()
        self.frames = 0

    async def live(self) -> Ending:
        """Open the socket, live until it ends, and say why it ended."""
        try:
            opened = await connect(self._url, **_options())
        except (OSError, WebSocketException) as error:
            _log.warning("the stream cannot be opened: %s", type(error).__name__)
            return Ending.NOT_OPENED
        self._socket = opened
        self._heard = self._steady.monotonic()
        tasks = [asyncio.create_task(self._follow_plan()), asyncio.create_task(self._watch())]
        passed = self._heard
        try:
            async for message in opened:
                self._heard = self._steady.monotonic()
                await self._take(message)
                # frames that came together are passed on little by little, not all at the end
                if self._heard - passed >= _HELD_S:
                    passed = self._heard
                    await self._steady.sleep(0)
        except ConnectionClosed:
            pass
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await opened.close()
        return self._ending

    async def _take(self, message: str | bytes) -> None:
        if not isinstance(message, str):
            _log.warning("the stream sent %d bytes that are no text", len(message))
        elif is_data(message):
            self._hear(message, self)
            self.frames += 1
        else:
            await self._control(message)

    async def _control(self, message: str) -> None:
        try:
            said = parse_server(message)
        except BadFrame as error:
            _log.warning(
                "the stream sent an unreadable message: %s", one_line(str(error), self._mask)
            )
            return
        if isinstance(said, PingPong):
            await self._send(message)
        else:
            await self._acknowledged(said)

    async def _acknowledged(self, ack: Ack) -> None:
        wish = Wish(tr_id=ack.tr_id, tr_key=ack.tr_key)
        known = self.registered
        if ack.key is not None:
            known.keys[ack.tr_id] = ack.key
        if ack.msg_cd in {UNSUBSCRIBED, NOT_SUBSCRIBED}:
            known.live.discard(wish)
            self._ask_again()
        elif ack.taken:
            if wish not in known.live:
                self._tell_registered(wish)
            known.live.add(wish)
        elif ack.msg_cd == KEY_IN_USE:
            await self._end(Ending.IN_USE)
        elif ack.msg_cd in _BAD_KEYS:
            await self._end(Ending.BAD_APPROVAL)
        else:
            self._refused(wish, ack)

    def _refused(self, wish: Wish, ack: Ack) -> None:
        known = self.registered
        known.asked.pop(wish, None)
        known.refused.add(wish)
        if wish not in self._complained:
            self._complained.add(wish)
            text = one_line(f"{ack.tr_id}: {ack.msg_cd} {ack.msg1}", self._mask)
            _log.warning("KIS registers less than was asked: %s", text)

    def _ask_again(self) -> None:
        """There may be room again for what was refused."""
        if self.registered.refused:
            self.registered.refused.clear()
            self.changed.set()

    async def _follow_plan(self) -> None:
        """Bring the registrations to the plan, one message at a time, releases first."""
        while True:
            self.changed.clear()
            step = self._next_step()
            if step is None:
                await self.changed.wait()
                continue
            wish, register = step
            if register:
                self.registered.asked[wish] = None
            else:
                self.registered.asked.pop(wish, None)
                self.registered.live.discard(wish)
            ask = Subscription(
                approval_key=self._approval,
                tr_id=wish.tr_id,
                tr_key=wish.tr_key,
                register=register,
            )
            await self._send(ask.text())
            await self._steady.sleep(_APART_S)
            if not self.registered.asked and not self._wanted():
                await self._end(Ending.IDLE)

    def _next_step(self) -> tuple[Wish, bool] | None:
        wanted, known = self._wanted(), self.registered
        for wish in known.asked:
            if wish not in wanted:
                return wish, False
        for wish in wanted:
            if wish not in known.asked and wish not in known.refused:
                return wish, True
        return None

    async def _watch(self) -> None:
        """Replace a socket that stays open and says nothing, not even its sign of life."""
        while True:
            await self._steady.sleep(self._silence_s / 4)
            if self._steady.monotonic() - self._heard > self._silence_s:
                await self._end(Ending.SILENT)
                return
            self._ask_again()

    async def _send(self, text: str) -> None:
        if self._socket is not None:
            try:
                await self._socket.send(text)
            except ConnectionClosed:
                return  # the reading side ends by the same event

    async def _end(self, ending: Ending) -> None:
        self._ending = ending
        if self._socket is not None:
            await self._socket.close()


def _options() -> dict[str, Any]:
    """KIS pings in its own words, compresses nothing, and is reached without a proxy."""
    return {
        "ping_interval": None,
        "compression": None,
        "open_timeout": _OPENING_S,
        "close_timeout": _CLOSING_S,
        "max_size": _LARGEST,
        "proxy": None,
        "logger": _QUIET,
    }
