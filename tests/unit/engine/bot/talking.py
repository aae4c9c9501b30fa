"""A bot by hand: a line that is typed into, and a home put together of twins."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime, timedelta

from tests.unit.engine.risk.cases import CALENDAR, DAY, at
from tests.unit.engine.trading.little_room import STOCKS, LittleRoom

from jennie_cli.engine.bot import (
    Bearings,
    Bot,
    BotPolicy,
    Checked,
    Listed,
    Said,
    TradingRoom,
    Tunable,
    Update,
)
from jennie_cli.engine.bus import MemoryBus
from jennie_cli.engine.clock import Clock, ManualClock
from jennie_cli.engine.errors import SettingsError
from jennie_cli.engine.notify import ChatDown, MemoryChat
from jennie_cli.engine.store import FlagState, MemoryStanding
from jennie_cli.engine.trading import StockList, Switches
from jennie_cli.engine.trading.standing import StandingDesk

ME, OTHER, GROUP = 77, 78, -900
TEN = at(10, day=DAY)
SECRET = "0123456789abcdef"  # noqa: S105  # planted to be found
_TURNS = 80
DOWN = ChatDown("No chats.", hint="Later.")


class TypedLine(MemoryChat):
    """Chats that a test types into; once all is heard it waits until it is cancelled."""

    def __init__(self, clock: ManualClock) -> None:
        """Have heard nothing."""
        super().__init__()
        self.typed: list[Update] = []
        self.asked: list[int | None] = []
        self.failing = self.late = self.deaf = 0
        self._clock = clock
        self._more = asyncio.Event()
        self._forgotten = 0
        self.fails_at: set[int] = set()

    @property
    def name(self) -> str:
        """Whom messages may be for."""
        return "jennie_bot"

    def type(self, text: str, *, chat: int = ME, user: int | None = ME, age_s: float = 0) -> None:
        """Write a message as somebody, as old as is said."""
        said = Said(
            chat=chat, user=user, at=self._clock.now() - timedelta(seconds=age_s), text=text
        )
        self.typed.append(Update(id=len(self.typed) + 1, said=said))
        self._more.set()

    async def ready(self) -> None:
        """Be there, after some tries."""
        self.late -= 1
        if self.late >= 0:
            raise DOWN

    async def send(self, chat: int, html: str) -> None:
        """Keep a message, after some tries."""
        self.deaf -= 1
        if self.deaf >= 0:
            raise DOWN
        self.late = 0
        await super().send(chat, html)

    async def updates(self, after: int | None, *, wait_s: float) -> Sequence[Update]:
        """Return what was typed after a number."""
        self.asked.append(after)
        if len(self.asked) in self.fails_at:
            raise DOWN
        self._forgotten = max(self._forgotten, after or 0)
        while self.failing or not (found := self._new()):
            if self.failing:
                self.failing -= 1
                raise DOWN
            if not wait_s:
                return []
            self._more = asyncio.Event()
            await self._more.wait()
        return found

    def fail(self) -> None:
        """Break the question that waits."""
        self.failing += 1
        self._more.set()

    def _new(self) -> list[Update]:
        return [update for update in self.typed if update.id > self._forgotten]


class Records:
    """What the home did, as the test says."""

    def __init__(self) -> None:
        """Have done nothing."""
        self.list: Listed | None = None
        self.jobs: dict[str, datetime] = {}
        self.health = Checked(troubles=(), fine=7, bus_ms=0.42, alarms=())

    def listed(self) -> Listed | None:
        """Return the list."""
        return self.list

    def last_jobs(self) -> Mapping[str, datetime]:
        """Return the jobs."""
        return self.jobs

    async def checked(self) -> Checked:
        """Return the health."""
        return self.health


class Settings:
    """Three settings of the risk room, and one that holds a secret."""

    def __init__(self) -> None:
        """Stand at the defaults."""
        self.env = ""
        self.values = {
            "risk.max_day_buys": "6",
            "risk.risk_per_trade_pct": "1.0",
            "risk.hybrid_floor_score": "40.0",
        }
        self.changes: list[tuple[str, str, str]] = []

    def like(self, prefix: str) -> tuple[Tunable, ...]:
        """Return those that begin so."""
        changed = {key for key, _, _ in self.changes}
        found = tuple(
            Tunable(key=key, value=value, changed=key in changed, outranked=self.env)
            for key, value in self.values.items()
            if key.startswith(prefix)
        )
        if not found:
            raise SettingsError(f"No setting begins with '{prefix}'.", hint="jennie config show")
        return found

    def change(self, values: Mapping[str, str], *, who: str) -> tuple[Tunable, ...]:
        """Keep them and say who did."""
        before = tuple(one for key in values for one in self.like(key))
        self.values |= values
        self.changes.extend((key, value, who) for key, value in values.items())
        return before


class TypedHome:
    """A home of twins around the little trading room."""

    def __init__(self) -> None:
        """Open at ten on a trading day."""
        self.room = LittleRoom()
        self.wall = ManualClock(TEN)
        self.bus = MemoryBus(self.wall)
        self.kept = MemoryStanding()
        self.records = Records()
        self.settings = Settings()
        self.broken: Exception | None = None
        self.hang: Callable[[], Awaitable[None]] | None = None

    @asynccontextmanager
    async def trading(self) -> AsyncIterator[TradingRoom]:
        """Lend the room, or fail as the test says."""
        if self.broken is not None:
            raise self.broken
        yield self.room

    @asynccontextmanager
    async def standing(self, clock: Clock | None = None) -> AsyncIterator[StandingDesk]:
        """Lend the desk of asks."""
        if self.hang is not None:
            await self.hang()
        yield StandingDesk(
            standing=self.kept, keys=self.bus.keys, clock=clock or self.room.clock, wall=self.wall
        )

    def switches(self) -> Switches:
        """Return the flags."""
        return Switches(self.room.flags, self.room.clock)

    async def stocks(self) -> StockList:
        """Return the little market."""
        return StockList(lambda: STOCKS)


class Talking:
    """One bot of one home, that is typed to and read."""

    def __init__(self, *, lang: str = "ko", policy: BotPolicy | None = None) -> None:
        """Let in one person and a group with them."""
        self.home = TypedHome()
        self.line = TypedLine(self.home.wall)
        self.policy = policy or BotPolicy()
        self.lang = lang
        self.ids: tuple[int, ...] = (ME, GROUP)
        self.bot = self.started()

    def started(self) -> Bot:
        """Return a bot that has just begun, over the same bus and home."""

        @contextmanager
        def enter() -> Iterator[TypedHome]:
            yield self.home

        return Bot(
            self.line,
            self.ids,
            self.home.bus.keys,
            bearings=Bearings(
                enter=enter,
                head="paper",
                lang=self.lang,
                calendar=CALENDAR,
                mask=lambda text: text.replace(SECRET, "***"),
            ),
            clock=self.home.wall,
            policy=self.policy,
        )

    def heard(self, *texts: str | Callable[[], None], turns: int = _TURNS) -> list[str]:
        """Start a bot, type with a quiet while between, and return all it sent; what is no text
        happens meanwhile.
        """
        bot, before = self.started(), len(self.line.sent)
        self.bot = bot

        async def some() -> None:
            running = asyncio.create_task(bot.run())
            await self.settle(turns)
            for text in texts:
                if not isinstance(text, str):
                    text()
                    continue
                self.pass_s(11)
                self.line.type(text)
                await self.settle(turns)
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)

        asyncio.run(some())
        return [html for _, html in self.line.sent[before:]]

    def said(self, *texts: str | Callable[[], None]) -> str:
        """Return the answer to the last of some commands."""
        return self.heard(*texts)[-1]

    def lowered(self) -> FlagState:
        """Return a flag that somebody took down."""
        return FlagState(up=False, who="cli", at=TEN, reason="")

    def pass_s(self, seconds: float) -> None:
        """Let time pass on both clocks."""
        self.home.wall.advance(seconds)
        self.home.room.clock.advance(seconds)

    async def settle(self, turns: int = _TURNS) -> None:
        """Let the bot work until nothing moves."""
        for _ in range(turns):
            await asyncio.sleep(0)  # noqa: TID251  # lets other tasks run, waits for nothing
