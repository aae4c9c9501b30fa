"""What a command finds in a home, opened for it alone, so that it meets today's settings."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from jennie_cli.engine.bot.calls import Call
from jennie_cli.engine.bot.counting import ManualTrades
from jennie_cli.engine.bot.lists import Lists
from jennie_cli.engine.bus import Keys
from jennie_cli.engine.clock import Clock
from jennie_cli.engine.model import WatchlistEntry
from jennie_cli.engine.portfolio import Portfolio
from jennie_cli.engine.trading import StockList, Switches
from jennie_cli.engine.trading.liquidating import SellingRoom
from jennie_cli.engine.trading.standing import StandingDesk
from jennie_cli.engine.venue import Calendar

Lines = Sequence[str]
"""Plain text; the first line is the heading. Nobody but the bot makes markup of it."""


class TradingRoom(SellingRoom, Protocol):
    """A trading room as a chat uses it."""

    @property
    def clock(self) -> Clock:
        """The exchange's."""
        ...

    def portfolio(self) -> Portfolio:
        """Return fills, positions and cash as the ledger tells them now."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Tunable:
    """A setting as text; `changed` when it is not the default, `outranked` by which variable."""

    key: str
    value: str
    changed: bool = False
    outranked: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """The active watchlist of the scout, the day it is for, and when it was made."""

    day: str
    made_at: datetime
    entries: tuple[WatchlistEntry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What a check-up found: what is wrong or doubtful in words, and how many are fine.

    `alarms` are the last three incidents that were told.
    """

    troubles: tuple[str, ...]
    fine: int
    bus_ms: float | None
    alarms: tuple[str, ...]


class Records(Protocol):
    """What was done in a home, and how it is."""

    def listed(self) -> Listed | None:
        """Return the scout's active list, None before its first run."""
        ...

    def last_jobs(self) -> Mapping[str, datetime]:
        """Return when what was last done, by its name in the catalogue."""
        ...

    async def checked(self) -> Checked:
        """Check the home up."""
        ...


class Tunables(Protocol):
    """The settings of a home as a chat sees and changes them."""

    def like(self, prefix: str) -> tuple[Tunable, ...]:
        """Return those whose key begins so, secrets masked. Raises SettingsError for none."""
        ...

    def change(self, values: Mapping[str, str], *, who: str) -> tuple[Tunable, ...]:
        """Set some; return them as they were. Raises SettingsError."""
        ...


class Home(Protocol):
    """A home, opened for one command."""

    def trading(self) -> AbstractAsyncContextManager[TradingRoom]:
        """Open the trading room. Raises OutsideError, SettingsError."""
        ...

    def standing(self, clock: Clock | None = None) -> AbstractAsyncContextManager[StandingDesk]:
        """Open the desk of asks; without a clock by that of the home."""
        ...

    def switches(self) -> Switches:
        """Return the flags; no broker is needed for them."""
        ...

    async def stocks(self) -> StockList:
        """Return the stocks that can be named."""
        ...

    @property
    def records(self) -> Records:
        """What was done in it, and how it is."""
        ...

    @property
    def settings(self) -> Tunables:
        """The settings."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """One command with all it may touch. `head` says which account this is about, `jennie` how a
    terminal is told to call the program; `clock` is the machine's.
    """

    call: Call
    home: Home
    keys: Keys
    trades: ManualTrades
    lists: Lists
    clock: Clock
    calendar: Calendar
    head: str
    lang: str
    jennie: str = "jennie"
