"""The bot: hears messages, does commands one after the other, and answers.

What was heard is marked before it is done: a death in between costs a command, which its writer
notices by the missing answer; done twice it would be an order sent twice.
"""

import asyncio
import logging
import re
from collections.abc import Callable, Coroutine, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from jennie_cli.engine.bot.calls import Call, read_call
from jennie_cli.engine.bot.counting import ManualTrades
from jennie_cli.engine.bot.door import Door
from jennie_cli.engine.bot.home import Home, Lines, Talk
from jennie_cli.engine.bot.lists import Lists
from jennie_cli.engine.bot.looking import trouble
from jennie_cli.engine.bot.policy import BotPolicy
from jennie_cli.engine.bot.table import Command, commands_of
from jennie_cli.engine.bot.updates import Update, Updates
from jennie_cli.engine.bus import BusDown, Keys
from jennie_cli.engine.bus.names import BOT_OFFSET
from jennie_cli.engine.clock import KST, Clock
from jennie_cli.engine.errors import JennieError
from jennie_cli.engine.messages import text
from jennie_cli.engine.notify import Chat, ChatDown, ChatRefused, plain, told
from jennie_cli.engine.venue import Calendar

LOG = logging.getLogger(__name__)

_WAITING = 20
_MARK = re.compile(r"([0-9]{1,18}) ([0-9]{1,11})")
_OFFSET_LASTS = timedelta(days=6)
_ANSWER_LASTS = timedelta(minutes=10)


class Line(Chat, Updates, Protocol):
    """A service of chats, both ways."""

    @property
    def name(self) -> str:
        """The bot's own name there, empty before it is ready."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Bearings:
    """What the bot is told of the home it stands for. `head` says which account that is, `mask`
    takes secrets out of a text, `enter` opens the home for one command.
    """

    enter: Callable[[], AbstractContextManager[Home]]
    head: str
    lang: str
    calendar: Calendar
    mask: Callable[[str], str]


@dataclass(slots=True, kw_only=True)
class BotTally:
    """Commands done, those not done for being late or too soon, and answers that found nobody."""

    done: int = 0
    late: int = 0
    soon: int = 0
    unheard: int = 0


class Bot:
    """Hears one service of chats. What moves a flag does not wait behind other commands."""

    def __init__(
        self,
        line: Line,
        ids: Sequence[int],
        keys: Keys,
        *,
        bearings: Bearings,
        clock: Clock,
        policy: BotPolicy,
    ) -> None:
        """`ids` may command; `clock` is the machine's, as the times of messages are."""
        self.tally = BotTally()
        self._line, self._keys = line, keys
        self._bearings, self._clock, self._policy = bearings, clock, policy
        self._door = Door(ids, keys, clock=clock, policy=policy)
        self._commands = commands_of(policy)
        self._trades, self._lists = ManualTrades(keys, policy=policy), Lists()
        self._waiting: asyncio.Queue[tuple[Command, Call]] = asyncio.Queue(_WAITING)
        self._answers: asyncio.Queue[tuple[datetime, int, str]] = asyncio.Queue()
        self._heard: tuple[int, datetime] | None = None

    async def run(self) -> None:
        """Hear, do and answer until cancelled; an outage is waited for."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._listen())
            tasks.create_task(self._work())
            tasks.create_task(self._answer())

    async def _listen(self) -> None:
        while not await self._tried(self._line.ready()):
            await self._clock.sleep(self._policy.pause_s)
        self._heard = await self._marked()
        while True:
            if not await self._tried(self._hear()):
                await self._clock.sleep(self._policy.pause_s)

    async def _tried(self, work: Coroutine[Any, Any, None]) -> bool:
        try:
            await work
        except ChatDown as down:
            LOG.warning("the chats are away: %s", down.message)
            return False
        return True

    async def _hear(self) -> None:
        """Ask once what is new, and take each of it up after it is marked."""
        for update in await self._line.updates(self._after(), wait_s=self._policy.poll_s):
            await self._mark(update.id)
            await self._take(update)

    def _after(self) -> int | None:
        """Return the last number heard, None once it is so long ago that numbers begin anew."""
        if self._heard is None:
            return None
        number, at = self._heard
        return number if self._clock.now() - at < _OFFSET_LASTS else None

    async def _marked(self) -> tuple[int, datetime] | None:
        try:
            told = await self._keys.get(BOT_OFFSET.of(self._line.name)) or ""
        except BusDown as down:
            LOG.warning("which message was heard last is not known: %s", down.message)
            return None
        found = _MARK.fullmatch(told)
        return (int(found[1]), datetime.fromtimestamp(int(found[2]), KST)) if found else None

    async def _mark(self, number: int) -> None:
        at = self._clock.now()
        try:
            mark = f"{number} {at.timestamp():.0f}"
            await self._keys.put(BOT_OFFSET.of(self._line.name), mark)
        except BusDown as down:
            LOG.warning("update %d is marked with the service alone: %s", number, down.message)
            # what is asked for after a number is never told again up to it
            await self._line.updates(number, wait_s=0)
        self._heard = (number, at)

    async def _take(self, update: Update) -> None:
        said = update.said
        if said is None or not self._door.admits(said):
            return
        call = read_call(said, self._line.name)
        if call is None:
            return
        if self._late(call):
            return
        command = self._commands.get(call.name)
        if command is not None and command.urgent:
            await self._do(command, call)
        elif await self._door.too_soon(call.chat):
            self.tally.soon += 1
            self._tell(call.chat, self._words("bot.too_soon", name=call.name))
        elif command is None:
            self._tell(call.chat, self._words("bot.unknown", name=call.name))
        else:
            self._line_up(command, call)

    def _line_up(self, command: Command, call: Call) -> None:
        try:
            self._waiting.put_nowait((command, call))
        except asyncio.QueueFull:
            self._tell(call.chat, self._words("bot.busy", name=call.name))

    async def _work(self) -> None:
        while True:
            command, call = await self._waiting.get()
            if not self._late(call):
                await self._do(command, call)

    def _late(self, call: Call) -> bool:
        """Whether a command is too old, which its writer is told."""
        late_s = self._door.late_s(call.at)
        if late_s is None:
            return False
        self.tally.late += 1
        self._tell(call.chat, self._words("bot.late", name=call.name, seconds=f"{late_s:.0f}"))
        return True

    async def _do(self, command: Command, call: Call) -> None:
        LOG.info("%s asks for /%s", call.who, call.name)
        lang = self._bearings.lang
        try:
            with self._bearings.enter() as home:
                lines = await command.run(self._talk(call, home))
        except JennieError as error:
            lines = trouble(error, lang)
        except Exception:  # the bot must outlive a fault in one command
            LOG.exception("/%s failed", call.name)
            lines = [text("bot.broken", lang, name=call.name)]
        self.tally.done += 1
        self._tell(call.chat, lines)

    def _talk(self, call: Call, home: Home) -> Talk:
        return Talk(
            call=call,
            home=home,
            keys=self._keys,
            trades=self._trades,
            lists=self._lists,
            clock=self._clock,
            calendar=self._bearings.calendar,
            head=self._bearings.head,
            lang=self._bearings.lang,
        )

    def _words(self, key: str, **values: object) -> Lines:
        return [text(key, self._bearings.lang, **values)]

    def _tell(self, chat: int, lines: Lines) -> None:
        """Put an answer on its way, without secrets and without markup of others."""
        title, *rest = (
            plain(self._bearings.mask(row)) for line in lines for row in line.split("\n")
        )
        self._answers.put_nowait((self._clock.now(), chat, told(title, rest)))

    async def _answer(self) -> None:
        while True:
            at, chat, html = await self._answers.get()
            while not await self._sent(chat, html):
                if self._clock.now() - at > _ANSWER_LASTS:
                    self.tally.unheard += 1
                    break
                await self._clock.sleep(self._policy.pause_s)

    async def _sent(self, chat: int, html: str) -> bool:
        """Whether there is nothing more to do for an answer."""
        try:
            await self._line.send(chat, html)
        except ChatDown as down:
            LOG.warning("an answer waits: %s", down.message)
            return False
        except ChatRefused as refused:
            LOG.warning("an answer was refused by chat %s: %s", chat, refused.message)
            self.tally.unheard += 1
        return True
