"""The chat bot of a home: what it hears is done in it, what happens there is told to its chats."""

# ruff: noqa: PLC0415  # what one command needs is imported when it runs

import asyncio
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from jennie_cli.engine.bot import (
    Bearings,
    Bot,
    BotPolicy,
    Checked,
    Listed,
    Tunable,
)
from jennie_cli.engine.bus import BusDown, BusPolicy
from jennie_cli.engine.bus.names import STOP, TRADE_NOTIFICATIONS
from jennie_cli.engine.clock import KST, Clock
from jennie_cli.engine.errors import OutsideError, UnknownRun
from jennie_cli.engine.messages import text
from jennie_cli.engine.notify import BadNotice, read_notice
from jennie_cli.engine.trading import StockList, Switches
from jennie_cli.engine.trading.standing import StandingDesk
from jennie_cli.settings import Source, write_value
from jennie_cli.wiring.bus import open_bus_of
from jennie_cli.wiring.chats import chats_of, open_bot_api
from jennie_cli.wiring.editing import change_setting
from jennie_cli.wiring.findings import Finding, Level
from jennie_cli.wiring.house import House, anew
from jennie_cli.wiring.notices import herald_of
from jennie_cli.wiring.standing import open_standing

if TYPE_CHECKING:
    from jennie_cli.adapters.redis import RedisBus
    from jennie_cli.wiring.trading import TradingRoom

LOG = logging.getLogger(__name__)

_ALARMS = 3
_LOOKED_AT = 500
_RECENT = 50


async def run_bot(house: House, *, lang: str, begun: Callable[[tuple[int, ...]], None]) -> None:
    """Hear and tell until cancelled; `begun` is told who may command once all is open.

    Raises SecretMissing, SettingsError, and HomeBusy where another bot of this home runs.
    """
    house.admit()
    ids = chats_of(house)
    with house.lock("bot", doing="running the chat bot"):
        async with open_bot_api(house) as line, open_bus_of(house, needed=False) as bus:
            bot = Bot(
                line,
                ids,
                bus.keys,
                bearings=_bearings(house, bus, lang),
                clock=house.wall_clock,
                policy=house.settings.slice(BotPolicy),
            )
            herald = herald_of(house, bus, line, ids).consumer(
                bus.streams,
                name="herald",
                deliveries=house.settings.slice(BusPolicy).deliveries,
            )
            begun(ids)
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(bot.run())
                tasks.create_task(herald.run())


def _bearings(house: House, bus: "RedisBus", lang: str) -> Bearings:
    @contextmanager
    def enter() -> "Iterator[Visit]":
        fresh = anew(house)
        try:
            yield Visit(fresh, bus)
        finally:
            fresh.close()

    profile = house.profile
    label = text(f"trade.head_{profile}", lang)
    return Bearings(
        enter=enter,
        head=text("trade.head", lang, profile=profile.value, label=label),
        lang=lang,
        calendar=house.calendar,
        mask=house.masker,
    )


@dataclass(frozen=True, slots=True)
class Visit:
    """A home as one command of a chat sees it, over the bot's own bus."""

    house: House
    bus: "RedisBus"

    def trading(self) -> "AbstractAsyncContextManager[TradingRoom]":
        """Open the trading room."""
        return self.house.trading()

    def standing(self, clock: Clock | None = None) -> AbstractAsyncContextManager[StandingDesk]:
        """Open the desk of asks."""
        return open_standing(self.house, clock=clock)

    def switches(self) -> Switches:
        """Return the flags of the home; no broker is asked."""
        from jennie_cli.wiring.trading import switches_of

        return switches_of(self.house)

    async def stocks(self) -> StockList:
        """Return the stocks that can be named."""
        from jennie_cli.wiring.trading import stocks_of

        return StockList(await stocks_of(self.house))

    @property
    def records(self) -> "VisitRecords":
        """What was done, and how the home is."""
        return VisitRecords(self.house, self.bus)

    @property
    def settings(self) -> "VisitSettings":
        """The settings."""
        return VisitSettings(self.house)


@dataclass(frozen=True, slots=True)
class VisitRecords:
    """What was done in a home, and how it is."""

    house: House
    bus: "RedisBus"

    def listed(self) -> Listed | None:
        """Return the active watchlist, None before the first run."""
        runs = self.house.runs
        try:
            entries = runs.watchlist()
        except UnknownRun:
            return None
        standing = [run for run in runs.recent(_RECENT) if run.standing]
        run = max(standing, key=lambda run: (run.trade_date, run.generated_at), default=None)
        if run is None:
            return None
        return Listed(day=run.trade_date.isoformat(), made_at=run.generated_at, entries=entries)

    def last_jobs(self) -> Mapping[str, datetime]:
        """Return when the scout, the council and the collector were last at work."""
        from jennie_cli.wiring.insights import insights_of
        from jennie_cli.wiring.news import news_book

        found: dict[str, datetime] = {}
        if runs := self.house.runs.recent(1):
            found["scout"] = runs[0].generated_at
        if sat := insights_of(self.house).newest(self.house.clock.now()):
            found["council"] = sat.insight.at
        if heard := news_book(self.house).newest(code=None, most=1):
            found["news"] = heard[0].item.known_at
        return found

    async def checked(self) -> Checked:
        """Check the home as the doctor does, off the loop: it asks broker and models."""
        latency = await self._latency_ms()
        findings = await asyncio.to_thread(_examined, self.house)
        troubles = tuple(
            " · ".join(filter(None, (f.name, f.detail, f.todo)))
            for f in findings
            if f.level is not Level.OK
        )
        return Checked(
            troubles=troubles,
            fine=len(findings) - len(troubles),
            bus_ms=latency,
            alarms=await self._alarms(),
        )

    async def _latency_ms(self) -> float | None:
        steady = self.house.wall_clock
        begun = steady.monotonic()
        try:
            await self.bus.keys.get(STOP)
        except BusDown:
            return None
        return (steady.monotonic() - begun) * 1_000

    async def _alarms(self) -> tuple[str, ...]:
        """Return the newest notices that a mute does not keep back, newest first."""
        try:
            told = await self.bus.streams.newest(TRADE_NOTIFICATIONS, count=_LOOKED_AT)
        except OutsideError:
            return ()
        found: list[str] = []
        for message in reversed(told):
            try:
                notice = read_notice(message.fields)
            except BadNotice:
                continue
            if notice.loud:
                found.append(f"{notice.at.astimezone(KST):%m-%d %H:%M} {notice.title}")
        return tuple(found[:_ALARMS])


@dataclass(frozen=True, slots=True)
class VisitSettings:
    """The settings of a home as a chat sees and changes them."""

    house: House

    def like(self, prefix: str) -> tuple[Tunable, ...]:
        """Return those whose key begins so."""
        return tuple(
            Tunable(
                key=entry.declared.key,
                value=self.house.masker(write_value(entry.value)),
                changed=entry.source is not Source.DEFAULT,
                outranked=entry.declared.env if entry.source is Source.ENVIRONMENT else "",
            )
            for entry in self.house.settings.entries(prefix)
        )

    def change(self, values: Mapping[str, str], *, who: str) -> tuple[Tunable, ...]:
        """Set some, and return them as they were."""
        before = tuple(one for key in values for one in self.like(key))
        for key, value in values.items():
            change_setting(self.house, key, value, who=who)
        return before


def _examined(house: House) -> list[Finding]:
    """Check a home of its own: what is open in one thread is not used in another."""
    from jennie_cli.wiring.checkup import examine

    fresh = anew(house)
    try:
        return list(examine(fresh))
    finally:
        fresh.close()
