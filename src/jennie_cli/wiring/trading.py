"""The trading room of a home: broker, ledger, stamp and desk, plugged together."""

# ruff: noqa: PLC0415  # each builder imports its adapter inside the function

import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jennie_cli.engine.broker import BrokerUnavailable
from jennie_cli.engine.clock import Clock
from jennie_cli.engine.errors import JennieError
from jennie_cli.engine.execution import Execution, ExecutionPolicy, orders
from jennie_cli.engine.model import Stock
from jennie_cli.engine.portfolio import Costs, Portfolio, fold
from jennie_cli.engine.risk import RiskPolicy
from jennie_cli.engine.scoring.market import read_stocks
from jennie_cli.engine.trading import Gatherer, ManualDesk, OrderIds, StockList, Switches
from jennie_cli.engine.trading.policy import TradingPolicy
from jennie_cli.settings import Profile
from jennie_cli.wiring.listening import Listening, stream_of
from jennie_cli.wiring.sites import Site, open_session, open_site, origin

if TYPE_CHECKING:
    from jennie_cli.adapters.journal import Journal, JournaledLedger
    from jennie_cli.adapters.kis import (
        KisAccount,
        KisOrders,
        KisQuotes,
        KisStream,
    )
    from jennie_cli.adapters.sql import SqlFlags, SqlLedgerView
    from jennie_cli.wiring.house import House

LOG = logging.getLogger(__name__)


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
    listening: Listening
    site: Site
    stream: "KisStream | None" = None

    @property
    def ticks(self) -> "KisStream":
        """The stream of prices. Raises LookupError for a room that was opened without one."""
        if self.stream is None:
            raise LookupError("this trading room was opened without ticks")
        return self.stream

    def portfolio(self) -> Portfolio:
        """Return fills, positions and cash as the ledger tells them now."""
        return fold((r.event for r in self.ledger.read()), self.costs)


@asynccontextmanager
async def open_trading(house: "House", *, ticks: bool = False) -> AsyncIterator[TradingRoom]:
    """Open the trading room; orders may be sent when this yields: the ledger was reconciled.

    With `ticks` it has a stream for prices too, whatever becomes of the notices.
    Raises BrokerUnavailable when the broker cannot be read, SecretMissing, SettingsError.
    """
    house.admit()
    async with AsyncExitStack() as stack:
        site = await open_site(house, stack, ticks=ticks)
        room = await _furnish(house, site, stack, ticks=ticks)
        recovery = await room.execution.recover()
        if recovery.unknown:
            LOG.warning("%d orders have no known outcome", len(recovery.unknown))
            await site.unravel(room.execution)
        await room.listening.begin(room.execution)
        yield room


async def _furnish(
    house: "House", site: Site, stack: AsyncExitStack, *, ticks: bool
) -> TradingRoom:
    from jennie_cli.adapters.kis import KisAccount, KisOrders, KisQuotes

    session = await stack.enter_async_context(open_session(house, site))
    account = KisAccount(session, site.account)
    quotes = KisQuotes(session, clock=site.clock, calendar=house.calendar)
    stream = stream_of(house, site, session, quotes) if ticks or site.tells_notices else None
    if stream is not None:
        stack.push_async_callback(stream.close)
        site.heard_by(stream)
    listening = Listening(stream if site.tells_notices else None, steady=house.wall_clock)
    broker = KisOrders(session, site.account, site.clock, hears=lambda: listening.hears)
    stocks = StockList(await stocks_of(house))
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
    desk = _desk(
        house,
        site,
        broker=broker,
        account=account,
        quotes=quotes,
        flags=flags,
        execution=execution,
        stocks=stocks,
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
        listening=listening,
        site=site,
        stream=stream,
    )


def _desk(
    house: "House",
    site: Site,
    *,
    broker: "KisOrders",
    account: "KisAccount",
    quotes: "KisQuotes",
    flags: "SqlFlags",
    execution: Execution,
    stocks: StockList,
) -> ManualDesk:
    gatherer = Gatherer(
        quotes=quotes,
        account=account,
        flags=flags,
        lives=execution,
        calendar=house.calendar,
        clock=site.judged_by,
        capabilities=broker.capabilities,
    )
    return ManualDesk(
        gatherer=gatherer,
        lives=execution,
        account=account,
        stocks=stocks,
        policy=house.settings.slice(RiskPolicy),
        waits=house.settings.slice(TradingPolicy),
        new_id=OrderIds(site.clock, origin()),
        unwatched=lambda: house.profile is not Profile.SIM,
        wake=site.wake,
    )


async def stocks_of(house: "House") -> Callable[[], Mapping[str, Stock]]:
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


def switches_of(house: "House") -> Switches:
    """Return the trading flags of the home's profile; no broker is needed for them."""
    house.admit()
    return Switches(_flags(house), house.clock)


def _flags(house: "House") -> "SqlFlags":
    from jennie_cli.adapters.sql import SqlFlags

    return SqlFlags(house.records)
