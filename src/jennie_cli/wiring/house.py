"""The composition root: a home, its settings and its adapters become one running engine.

Everything is built on first need, and each builder imports its adapter inside the function, so a
command pays only for what it touches.
"""

# ruff: noqa: PLC0415  # each builder imports its adapter inside the function

import logging
from collections.abc import Callable, Mapping
from contextlib import (
    AbstractAsyncContextManager,
    AbstractContextManager,
    ExitStack,
    nullcontext,
)
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cached_property
from typing import TYPE_CHECKING, Any

from jennie_cli.engine.clock import KST, Clock, ManualClock
from jennie_cli.engine.errors import InputError, SettingsError
from jennie_cli.settings import (
    MarketOptions,
    Masker,
    Options,
    Profile,
    Settings,
    StoreOptions,
    environment,
    read_toml,
    urls_in,
)
from jennie_cli.wiring.home import HomeFolder
from jennie_cli.wiring.markets import (
    FOREVER,
    GENERATED,
    IMPORTED,
    generate,
    generated_folder,
    open_facts,
    open_world,
)
from jennie_cli.wiring.vault import Vault

if TYPE_CHECKING:
    from jennie_cli.adapters.sql import SqlConfig, SqlFacts, SqlRuns
    from jennie_cli.engine.venue import Calendar
    from jennie_cli.simulator import World
    from jennie_cli.wiring.trading import TradingRoom

LOG = logging.getLogger(__name__)

Watch = Callable[[str], AbstractContextManager[Callable[..., None]]]
"""Opens a progress bar: label -> context with a function of (done, total)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AsOf:
    """What a run may know (`as_of`, aware) and the session it is for (`trade_date`)."""

    as_of: datetime
    trade_date: date


def _unwatched(label: str) -> AbstractContextManager[Callable[..., None]]:
    del label
    return nullcontext(lambda *_: None)


class House:
    """One home, opened for one call. Nothing is touched on disk before it is needed."""

    def __init__(self, options: Options, masker: Masker, watch: Watch = _unwatched) -> None:
        """`watch` shows progress of long work, such as generating the market."""
        self.options = options
        self.home = options.home
        self.folder = HomeFolder(options.home)
        self.profile = options.profile
        self.environ = environment()
        self.watch = watch
        self.vault = Vault(options.home, self.environ, masker)
        self.masker = masker
        self._closing = ExitStack()

    @cached_property
    def settings(self) -> Settings:
        """The settings of this home; reading them creates nothing."""
        file = read_toml(self.folder.config)
        for url in urls_in(file):
            self.masker.learn_url(url)
        return Settings(
            environ=self.environ, file=file, table=self._config_table, given=self.options.given
        )

    @cached_property
    def records(self) -> Any:
        """The SQL engine of records, CONFIG and imported facts; creates the home."""
        from jennie_cli.adapters.sql import connect

        self.create()
        engine = connect(self._store_url())
        self._closing.callback(engine.dispose)
        return engine

    @cached_property
    def config(self) -> "SqlConfig":
        """The CONFIG table."""
        from jennie_cli.adapters.sql import SqlConfig

        return SqlConfig(self.records)

    @cached_property
    def runs(self) -> "SqlRuns":
        """The stored scout runs."""
        from jennie_cli.adapters.sql import SqlRuns

        self.admit()
        return SqlRuns(self.records)

    @cached_property
    def calendar(self) -> "Calendar":
        """The exchange's days, with those the user added to this home."""
        from jennie_cli.wiring.days import home_calendar

        return home_calendar(self.folder.calendar)

    @cached_property
    def market(self) -> str:
        """Which market this home reads: "generated" or "imported"."""
        source = self.settings.slice(MarketOptions).source
        if self.profile is Profile.SIM:
            if source != "auto":
                return source
            return IMPORTED if self._anything_imported() else GENERATED
        if source == GENERATED:
            raise SettingsError(
                f"market.source is generated, which the {self.profile} profile cannot trade.",
                hint="jennie config set market.source auto",
            )
        return IMPORTED

    @cached_property
    def imported_facts(self) -> "SqlFacts":
        """The facts this home imported, whichever market it reads."""
        return open_facts(self.records, self.folder.imported)

    @cached_property
    def facts(self) -> "SqlFacts":
        """The facts of the market this home reads."""
        self.admit()
        return self.imported_facts if self.market == IMPORTED else self.generated_facts

    @cached_property
    def generated_facts(self) -> "SqlFacts":
        """The facts generated from the world's seed, whichever market this home reads."""
        from jennie_cli.adapters.sql import connect

        folder = generated_folder(self)
        folder.mkdir(parents=True, exist_ok=True)
        engine = connect(f"sqlite:///{folder / 'facts.sqlite'}")
        self._closing.callback(engine.dispose)
        return open_facts(engine, folder)

    @cached_property
    def world(self) -> "World":
        """The sim world of this home; the first comer creates it."""
        self.create()
        return open_world(self.folder.world, self.settings)

    @cached_property
    def clock(self) -> Clock:
        """Now, as this home knows it. Sim time stands; `--clock` moves it for one call."""
        self.admit()
        if self.options.clock is not None:
            return ManualClock(self.options.clock)
        if self.profile is not Profile.SIM:
            return self.wall_clock
        if self.market == GENERATED:
            return self.world.clock()
        newest = self.imported_facts.last_day(as_of=FOREVER)
        if newest is None:
            raise _nothing_imported()
        return ManualClock(end_of(newest))

    @cached_property
    def wall_clock(self) -> Clock:
        """The machine's own clock, for audit stamps."""
        from jennie_cli.adapters.system import SystemClock

        return SystemClock()

    def ready(self) -> None:
        """Make sure the market exists up to the clock. Raises InputError when nothing is there."""
        self.admit()
        if self.market == IMPORTED:
            if not self._anything_imported():
                raise _nothing_imported()
            return
        generate(self)

    def trading(self) -> "AbstractAsyncContextManager[TradingRoom]":
        """Open the trading room: broker, ledger, desk. See open_trading for what it raises."""
        from jennie_cli.wiring.trading import open_trading

        return open_trading(self)

    def as_of(self, day: date | None) -> AsOf:
        """Return what a run may know: `day` = at the end of that day, None = now.

        Raises InputError when `day` is not a day with known bars.
        """
        now = self.clock.now()
        if day is None:
            today = now.date()
            trade_date = today if self.calendar.is_open(today) else self.calendar.next_day(today)
            return AsOf(as_of=now, trade_date=trade_date)
        bound = min(end_of(day), now)
        if self.facts.last_day(as_of=bound) != day:
            raise self._unknown_day(day, now)
        return AsOf(as_of=bound, trade_date=day)

    def lock(self, name: str, *, doing: str) -> AbstractContextManager[None]:
        """Hold a lock of this home. Raises HomeBusy naming the holder."""
        from jennie_cli.adapters.system import hold_lock

        self.create()
        return hold_lock(self.folder.lock(name), doing=doing)

    def admit(self) -> None:
        """Refuse the live profile until it is allowed and its keys are stored."""
        if self.profile is Profile.LIVE:
            self.vault.admit_live(self.settings)

    def create(self) -> None:
        """Create the home and start its log; a second call does nothing."""
        if "_log" not in self.__dict__:
            self.folder.create()
            self._log = self._open_log()

    def close(self) -> None:
        """Let go of databases and log."""
        self._closing.close()

    def _open_log(self) -> Any:
        from jennie_cli.adapters.system import close_log, open_log

        handler = open_log(self.folder.log, mask=self.masker)
        self._closing.callback(close_log, handler)
        return handler

    def _store_url(self) -> str:
        url = self.settings.slice(StoreOptions).url
        if not url:
            return f"sqlite:///{self.folder.database}"
        return url

    def stored_anything(self) -> bool:
        """Say whether this home has a store already."""
        return bool(self.settings.slice(StoreOptions).url) or self.folder.database.exists()

    def _config_table(self) -> Mapping[str, str]:
        return self.config.all() if self.stored_anything() else {}

    def _anything_imported(self) -> bool:
        return self.stored_anything() and bool(self.imported_facts.coverage())

    def _unknown_day(self, day: date, now: datetime) -> InputError:
        newest = self.facts.last_day(as_of=now)
        before = self.facts.last_day(as_of=min(end_of(day), now))
        if newest is None or day > newest:
            return InputError(
                f"{day} is beyond what this home knows: its newest day is {newest}.",
                hint="Give an earlier --date, or import newer data.",
            )
        if before is None:
            return InputError(f"{day} is before the first day this home knows.")
        return InputError(
            f"{day} has no daily bars: it was no trading day.", hint=f"Use --date {before}."
        )


def open_house(options: Options, masker: Masker, watch: Watch = _unwatched) -> House:
    """Return the house of these options; it opens its rooms as they are entered."""
    return House(options, masker, watch)


def anew(house: House) -> House:
    """Return the same home with nothing remembered: settings and clock as they are now.

    It writes into the log of `house`, and whoever asked closes it, before that one.
    """
    house.create()
    fresh = House(house.options, house.masker, house.watch)
    fresh._log = house._log  # noqa: SLF001  # two views of one home have one log
    return fresh


def end_of(day: date) -> datetime:
    """Return the last moment of a Korean day."""
    return datetime.combine(day, time.max, KST)


def _nothing_imported() -> InputError:
    return InputError(
        "This home reads the imported market, and no daily bars have been imported.",
        hint="jennie data import PATH...   or   jennie config set market.source generated",
    )
