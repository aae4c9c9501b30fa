"""The trading room of a home: broker, ledger, stamp and desk, plugged together for its profile.

The three profiles differ only here: which host is spoken to, with which key, and whose clock
tells the time.
"""

# ruff: noqa: PLC0415  # each builder imports its adapter inside the function

import hashlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from jennie_cli.engine.clock import Clock, ManualClock
from jennie_cli.engine.errors import JennieError
from jennie_cli.engine.execution import Execution, ExecutionPolicy, orders
from jennie_cli.engine.portfolio import Costs, Portfolio, fold
from jennie_cli.engine.risk import RiskPolicy
from jennie_cli.engine.scoring.market import read_stocks
from jennie_cli.engine.trading import Gatherer, ManualDesk, OrderIds, StockList
from jennie_cli.engine.trading.policy import TradingPolicy
from jennie_cli.settings import KisOptions, Profile
from jennie_cli.wiring.home import writing
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
    )
    from jennie_cli.adapters.sql import SqlFlags, SqlLedgerView
    from jennie_cli.wiring.house import House

LOG = logging.getLogger(__name__)

_SIM_ACCOUNT = ("50000142", "01")
_KEY_CHARS, _SECRET_CHARS = 36, 180

Wake = Callable[[bool], Awaitable[None]]
"""Makes the market take orders where that is in our power; True = an order that cannot rest."""


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
    hts_id: str = field(default="", repr=False)
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

    def portfolio(self) -> Portfolio:
        """Return fills, positions and cash as the ledger tells them now."""
        return fold((r.event for r in self.ledger.read()), self.costs)


@asynccontextmanager
async def open_trading(house: "House") -> AsyncIterator[TradingRoom]:
    """Open the trading room; orders may be sent when this yields: the ledger was reconciled.

    Raises BrokerUnavailable when the broker cannot be read, SecretMissing, SettingsError.
    """
    house.admit()
    house.ready()
    async with AsyncExitStack() as stack:
        site = await _site(house, stack)
        room = await _furnish(house, site, stack)
        recovery = await room.execution.recover()
        if recovery.unknown:
            LOG.warning("%d orders have no known outcome", len(recovery.unknown))
        yield room


async def _furnish(house: "House", site: Site, stack: AsyncExitStack) -> TradingRoom:
    from jennie_cli.adapters.kis import KisAccount, KisOrders, KisQuotes

    session = await stack.enter_async_context(open_session(house, site))
    broker = KisOrders(session, site.account, site.clock)
    account = KisAccount(session, site.account)
    quotes = KisQuotes(session, clock=site.clock, calendar=house.calendar)
    stocks = StockList(lambda: read_stocks(house.facts, as_of=house.clock.now()))
    costs = Costs(listing=lambda code: stocks.by_code.get(code))  # noqa: PLW0108  # the master is read on first need
    ledger, flags = _ledger(house, costs), _flags(house)
    stack.callback(ledger.settle)
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
    )


def open_session(house: "House", site: Site) -> "KisSession":
    """Return the session with a site; nothing is sent before its first call."""
    from jennie_cli.adapters.kis import KisSession, Patience

    options = house.settings.slice(KisOptions)
    return KisSession(
        site.access,
        runtime=site.runtime,
        clock=site.clock,
        steady=house.wall_clock,
        veil=house.masker,
        rng=np.random.default_rng(int.from_bytes(_origin(house).encode())),
        pace=site.pace,
        patience=Patience(
            order_timeout_s=options.order_timeout_s,
            data_timeout_s=options.data_timeout_s,
            order_wait_s=options.order_wait_s,
            data_wait_s=options.data_wait_s,
        ),
        transport=site.transport,
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
    from jennie_cli.adapters.kis import PAPER_PACE, REAL_PACE, Access, AccountNumber, Pace
    from jennie_cli.kis_wire.hosts import PAPER_HOSTS, REAL_HOSTS

    options = house.settings.slice(KisOptions)
    paper = house.profile is Profile.PAPER
    named = "kis_paper" if paper else "kis"
    host = PAPER_HOSTS if paper else REAL_HOSTS
    clock = house.wall_clock
    rate = options.paper_rate if paper else options.real_rate
    if not paper and options.is_new_key(clock.now().date()):
        rate = options.new_key_rate
    secret = house.vault.get
    number, product = house.vault.account(f"{named}_account_no", f"{named}_account_suffix")
    return Site(
        access=Access(
            app_key=secret(f"{named}_app_key"),
            app_secret=secret(f"{named}_app_secret"),
            rest_url=(options.paper_url if paper else options.real_url) or host.rest,
            socket_url=(options.paper_socket_url if paper else options.real_socket_url)
            or host.stream,
            paper=paper,
        ),
        account=AccountNumber(number=number, product=product),
        pace=Pace(per_second=rate, limit=(PAPER_PACE if paper else REAL_PACE).limit),
        runtime=_runtime(),
        clock=clock,
        judged_by=clock,
        wake=_let_be,
        hts_id=house.vault.find("kis_hts_id") or "",
    )


def _runtime() -> Path:
    """Return the user's runtime folder, made private: one that is not would be passed over."""
    import warnings

    import platformdirs

    with warnings.catch_warnings(), writing(Path("The runtime folder")):
        warnings.simplefilter("ignore")  # it warns on each call where there is no such folder
        return Path(
            platformdirs.user_runtime_dir("jennie-cli", appauthor=False, ensure_exists=True)
        )


async def _let_be(urgent: bool) -> None:
    del urgent


async def _sim_site(house: "House", stack: AsyncExitStack) -> Site:
    """Return the site of this home's own exchange, whose clock moves only as we go on."""
    from jennie_cli.adapters.kis import REAL_PACE, Access, AccountNumber
    from jennie_cli.simulator.driving import SimClock, SimControl
    from jennie_cli.wiring.lockstep import Counted, waker

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
        transport=Counted(clock),
    )


def _origin(house: "House") -> str:
    """Return a short name that no other process of the home has at this moment."""
    import os

    del house
    return f"{os.getpid():x}"
