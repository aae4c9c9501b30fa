"""The trading room of a home: broker, ledger, stamp and desk, plugged together for its profile.

The three profiles differ only here: which host is spoken to, with which key, and whose clock
tells the time.
"""

# ruff: noqa: PLC0415  # each builder imports its adapter inside the function

import hashlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from jennie_cli.engine.broker import BrokerUnavailable
from jennie_cli.engine.clock import Clock, ManualClock
from jennie_cli.engine.errors import JennieError, SettingsError
from jennie_cli.engine.execution import Execution, ExecutionPolicy, orders
from jennie_cli.engine.model import Stock
from jennie_cli.engine.portfolio import Costs, Portfolio, fold
from jennie_cli.engine.risk import RiskPolicy
from jennie_cli.engine.scoring.market import read_stocks
from jennie_cli.engine.trading import Gatherer, ManualDesk, OrderIds, StockList
from jennie_cli.engine.trading.policy import TradingPolicy
from jennie_cli.settings import KisOptions, Profile
from jennie_cli.wiring.home import writing
from jennie_cli.wiring.listening import Listening, notice_stream
from jennie_cli.wiring.worldhost import attach_world

if TYPE_CHECKING:
    from jennie_cli.adapters.journal import Journal, JournaledLedger
    from jennie_cli.adapters.kis import (
        Access,
        AccountNumber,
        KisAccount,
        KisOrders,
        KisQuotes,
        KisSession,
        Pace,
        Patience,
    )
    from jennie_cli.adapters.sql import SqlFlags, SqlLedgerView
    from jennie_cli.wiring.house import House

LOG = logging.getLogger(__name__)

_SIM_ACCOUNT = ("50000142", "01")
_KEY_CHARS, _SECRET_CHARS = 36, 180
_MARGIN_S = 1.0

Wake = Callable[[bool], Awaitable[None]]
"""Makes the market take orders where that is in our power; True = an order that cannot rest."""

Unravel = Callable[[Execution], Awaitable[None]]
"""Gives lost calls the time they need to be explained, where time is in our power."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One broker host as a profile reaches it: key, account, whose time it is, where files lie."""

    access: "Access"
    account: "AccountNumber"
    pace: "Pace"
    runtime: Path
    clock: Clock
    judged_by: Clock
    wake: Wake
    unravel: Unravel
    hts_id: str = field(default="", repr=False)
    new_key: bool = False
    transport: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TradingRoom:
    """Everything a command or the daemon needs to trade in this home."""

    desk: ManualDesk
    execution: Execution
    orders: "KisOrders"
    account: "KisAccount"
    quotes: "KisQuotes"
    ledger: "JournaledLedger"
    flags: "SqlFlags"
    clock: Clock
    costs: Costs
    session: "KisSession"
    listening: Listening

    def portfolio(self) -> Portfolio:
        """Return fills, positions and cash as the ledger tells them now."""
        return fold((r.event for r in self.ledger.read()), self.costs)


@asynccontextmanager
async def open_trading(house: "House") -> AsyncIterator[TradingRoom]:
    """Open the trading room; orders may be sent when this yields: the ledger was reconciled.

    Raises BrokerUnavailable when the broker cannot be read, SecretMissing, SettingsError.
    """
    house.admit()
    async with AsyncExitStack() as stack:
        site = await _site(house, stack)
        room = await _furnish(house, site, stack)
        recovery = await room.execution.recover()
        if recovery.unknown:
            LOG.warning("%d orders have no known outcome", len(recovery.unknown))
            await site.unravel(room.execution)
        await room.listening.begin(room.execution)
        yield room


async def _furnish(house: "House", site: Site, stack: AsyncExitStack) -> TradingRoom:
    from jennie_cli.adapters.kis import KisAccount, KisOrders, KisQuotes

    session = await stack.enter_async_context(open_session(house, site))
    account = KisAccount(session, site.account)
    quotes = KisQuotes(session, clock=site.clock, calendar=house.calendar)
    listening = Listening(notice_stream(house, site, session, quotes), steady=house.wall_clock)
    broker = KisOrders(session, site.account, site.clock, hears=lambda: listening.hears)
    stocks = StockList(await _stocks(house))
    costs = Costs(listing=lambda code: stocks.by_code.get(code))  # noqa: PLW0108  # the master is read on first need
    ledger, flags = _ledger(house, costs), _flags(house)
    stack.callback(ledger.settle)
    stack.push_async_callback(listening.close)
    execution = Execution(
        orders=broker,
        account=account,
        ledger=ledger,
        clock=site.clock,
        calendar=house.calendar,
        policy=house.settings.slice(ExecutionPolicy),
        costs=costs,
    )
    gatherer = Gatherer(
        quotes=quotes,
        account=account,
        flags=flags,
        ledger=ledger,
        calendar=house.calendar,
        clock=site.judged_by,
        capabilities=broker.capabilities,
    )
    desk = ManualDesk(
        gatherer=gatherer,
        lives=execution,
        account=account,
        stocks=stocks,
        policy=house.settings.slice(RiskPolicy),
        waits=house.settings.slice(TradingPolicy),
        new_id=OrderIds(site.clock, _origin(house)),
        unwatched=lambda: house.profile is not Profile.SIM,
        wake=site.wake,
    )
    return TradingRoom(
        desk=desk,
        execution=execution,
        orders=broker,
        account=account,
        quotes=quotes,
        ledger=ledger,
        flags=flags,
        clock=site.clock,
        costs=costs,
        session=session,
        listening=listening,
    )


async def _stocks(house: "House") -> Callable[[], Mapping[str, Stock]]:
    """Return what reads the stocks that can be named, on first need where that is cheap."""
    if house.profile is Profile.SIM:
        house.ready()
        return lambda: read_stocks(house.facts, as_of=house.clock.now())
    from jennie_cli.wiring.masters import broker_stocks

    try:
        found = await broker_stocks(house)
    except BrokerUnavailable as error:
        # what is held can still be shown and sold by its code
        LOG.warning("no stock master: %s", error.message)
        found = {}
    return lambda: found


def open_session(house: "House", site: Site) -> "KisSession":
    """Return the session with a site; nothing is sent before its first call."""
    from jennie_cli.adapters.kis import KisSession

    return KisSession(
        site.access,
        runtime=site.runtime,
        clock=site.clock,
        steady=house.wall_clock,
        veil=house.masker,
        rng=np.random.default_rng(int.from_bytes(_origin(house).encode())),
        pace=site.pace,
        patience=_patience(house),
        transport=site.transport,
    )


def _patience(house: "House") -> "Patience":
    """Return how long calls wait; an order has left or failed before others take it for lost."""
    from jennie_cli.adapters.kis import Patience

    options = house.settings.slice(KisOptions)
    lost_after = house.settings.slice(ExecutionPolicy).call_seconds
    if options.order_wait_s + options.order_timeout_s >= lost_after:
        raise SettingsError(
            f"kis.order_wait_s and kis.order_timeout_s together are "
            f"{options.order_wait_s + options.order_timeout_s:g} s; after "
            f"execution.call_seconds = {lost_after} an order is taken for lost.",
            hint="jennie config set one of the first two to less, or the last to more",
        )
    return Patience(
        order_timeout_s=options.order_timeout_s,
        data_timeout_s=options.data_timeout_s,
        order_wait_s=options.order_wait_s,
        data_wait_s=options.data_wait_s,
        order_age_s=max(options.order_wait_s, lost_after - _MARGIN_S),
    )


def _ledger(house: "House", costs: Costs) -> "JournaledLedger":
    from jennie_cli.adapters.journal import JournaledLedger

    def behind(error: JennieError) -> None:
        LOG.warning("the tables of orders and fills are behind the journal: %s", error.message)

    return JournaledLedger(*ledger_parts(house, costs), report=behind)


def ledger_parts(house: "House", costs: Costs) -> "tuple[Journal, SqlLedgerView]":
    """Return the journal of this home's profile and the tables that tell of it."""
    from jennie_cli.adapters.journal import Journal
    from jennie_cli.adapters.sql import SqlLedgerView

    journal = Journal(house.folder.ledger(house.profile), mask=house.masker)
    view = SqlLedgerView(house.records, profile=house.profile, orders=orders, costs=costs)
    return journal, view


def _flags(house: "House") -> "SqlFlags":
    from jennie_cli.adapters.sql import SqlFlags

    return SqlFlags(house.records)


async def _site(house: "House", stack: AsyncExitStack) -> Site:
    if house.profile is Profile.SIM:
        return await _sim_site(house, stack)
    return kis_site(house)


def kis_site(house: "House") -> Site:
    """Return the site of a real or a paper key. Raises SecretMissing, BadSecret."""
    from jennie_cli.adapters.kis import Access, AccountNumber
    from jennie_cli.kis_wire.hosts import PAPER_HOSTS, REAL_HOSTS

    options = house.settings.slice(KisOptions)
    paper = house.profile is Profile.PAPER
    named = "kis_paper" if paper else "kis"
    host = PAPER_HOSTS if paper else REAL_HOSTS
    clock = house.wall_clock
    secret = house.vault.get
    number, product = house.vault.account(f"{named}_account_no", f"{named}_account_suffix")
    access = Access(
        app_key=secret(f"{named}_app_key"),
        app_secret=secret(f"{named}_app_secret"),
        rest_url=(options.paper_url if paper else options.real_url) or host.rest,
        socket_url=(options.paper_socket_url if paper else options.real_socket_url) or host.stream,
        paper=paper,
    )
    runtime = _key_folders()
    new = not paper and _is_new(access, options, runtime, clock.now().date())
    return Site(
        access=access,
        account=AccountNumber(number=number, product=product),
        pace=_pace(options, paper=paper, new=new),
        runtime=runtime,
        clock=clock,
        judged_by=clock,
        wake=_let_be,
        unravel=_wait_for_records,
        hts_id=house.vault.find("kis_hts_id") or "",
        new_key=new,
    )


def _is_new(access: "Access", options: KisOptions, runtime: Path, today: date) -> bool:
    """Whether a real key is in its first days: as the setting says, else as far as we know."""
    from jennie_cli.adapters.kis import KeyFolder

    if options.key_first_used:
        return options.is_new_key(today)
    folder = KeyFolder(runtime, app_key=access.app_key, host=access.rest_url)
    return options.is_new_key(today, since=folder.first_used(today))


def _pace(options: KisOptions, *, paper: bool, new: bool) -> "Pace":
    from jennie_cli.adapters.kis import NEW_KEY_PACE, PAPER_PACE, REAL_PACE, Pace

    if paper:
        return Pace(per_second=options.paper_rate, limit=PAPER_PACE.limit)
    if new:
        return Pace(per_second=options.new_key_rate, limit=NEW_KEY_PACE.limit)
    return Pace(per_second=options.real_rate, limit=REAL_PACE.limit)


def _key_folders() -> Path:
    """Return the one place of a user where keys are shared, made private; it outlives a login."""
    import platformdirs

    folder = platformdirs.user_state_path("jennie-cli", appauthor=False) / "kis"
    with writing(folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
    return folder


async def _let_be(urgent: bool) -> None:
    del urgent


async def _wait_for_records(execution: Execution) -> None:
    """Leave time to itself: orders, timers and `trade reconcile` look again."""
    del execution


async def _sim_site(house: "House", stack: AsyncExitStack) -> Site:
    """Return the site of this home's own exchange, whose clock moves only as we go on."""
    from jennie_cli.adapters.kis import REAL_PACE, Access, AccountNumber
    from jennie_cli.simulator.driving import SimClock, SimControl
    from jennie_cli.wiring.lockstep import Counted, unraveller, waker

    address = attach_world(house)
    control = SimControl(address.url)
    stack.callback(control.close)
    clock = SimClock(address.url, told=control.time(), wall=house.wall_clock)
    stack.push_async_callback(clock.close)
    key = hashlib.sha256(str(house.home).encode()).hexdigest()
    given = house.options.clock
    return Site(
        access=Access(
            app_key=key[:_KEY_CHARS],
            app_secret=(key * 3)[:_SECRET_CHARS],
            rest_url=address.url,
            socket_url=address.url.replace("http://", "ws://", 1),
            paper=False,
        ),
        account=AccountNumber(number=_SIM_ACCOUNT[0], product=_SIM_ACCOUNT[1]),
        pace=REAL_PACE,
        runtime=house.folder.exchange / "key",
        clock=clock,
        judged_by=ManualClock(given) if given is not None else clock,
        wake=_let_be if given is not None else waker(clock, house.calendar),
        unravel=unraveller(clock, house.wall_clock, house.settings.slice(ExecutionPolicy)),
        transport=Counted(clock),
    )


def _origin(house: "House") -> str:
    """Return a short name that no other process of the home has at this moment."""
    import os

    del house
    return f"{os.getpid():x}"
