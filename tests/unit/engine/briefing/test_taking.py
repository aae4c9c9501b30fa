"""The snapshot of a day: dates, holidays, doubt, settlement, and the ledger to the won."""

import asyncio
from datetime import timedelta

import pytest
from tests.unit.engine.risk.cases import CALENDAR, PRICE, STOCK
from tests.unit.engine.trading.little_room import STOCKS
from tests.unit.engine.trading.whole_room import WholeRoom

from jennie_cli.engine.briefing import (
    AssetSnapshot,
    HoldingsDoubted,
    MemoryAssets,
    Outcome,
    Taken,
    Taker,
)
from jennie_cli.engine.broker import AccountState, BrokerUnavailable, Fault, OrderTicket
from jennie_cli.engine.errors import InputError
from jennie_cli.engine.model import OrderType, Side
from jennie_cli.engine.portfolio import Costs, Portfolio, fold


class Day:
    """A trading room with a hundred shares, and the taker of its snapshots."""

    def __init__(self) -> None:
        """Reconcile, so that the ledger knows the shares and the cash."""
        self.room = WholeRoom()
        self.book = MemoryAssets()
        self.recover()
        self.taker = Taker(
            account=self.room.broker,
            portfolio=self.portfolio,
            orderable=self.orderable,
            assets=self.book,
            calendar=CALENDAR,
            clock=self.room.clock,
        )

    def recover(self) -> None:
        """Let the ledger learn what the broker's records tell."""
        asyncio.run(self.room.lives.recover())

    def portfolio(self) -> Portfolio:
        """Return the ledger's tale."""
        events = (r.event for r in self.room.ledger.read())
        return fold(events, Costs(listing=STOCKS.get))

    async def orderable(self, state: AccountState) -> int | None:
        """Return a figure that no other is equal to."""
        return state.settled_cash - 1

    def sell(self, qty: int) -> None:
        """Sell shares for a price above their cost."""
        ticket = OrderTicket(
            code=STOCK.code, side=Side.SELL, type=OrderType.LIMIT, qty=qty, price=PRICE
        )
        self.room.broker.elsewhere(ticket)
        self.room.broker.trade(STOCK.code, PRICE, qty)
        asyncio.run(self.room.lives.resolve())
        self.room.clock.advance(3600)
        asyncio.run(self.room.lives.resolve())

    def take(self, *, settle: bool = False, back: int = 0) -> Taken:
        """Take the snapshot of today or of `back` days ago."""
        day = self.room.clock.now().date() - timedelta(days=back)
        return asyncio.run(self.taker.take(day if back else None, settle=settle))


@pytest.fixture
def day() -> Day:
    """Return a calm morning."""
    return Day()


def kept(taken: Taken) -> AssetSnapshot:
    """Return the snapshot that is kept."""
    assert taken.snapshot is not None
    return taken.snapshot


def test_the_row_carries_todays_date_and_the_ledgers_figures(day: Day) -> None:
    """Acceptance 12, first half: the KST day, settled and orderable cash apart, to the won."""
    day.sell(40)
    row, ledger = kept(day.take()), day.portfolio()
    assert (day.room.clock.now().date(), 1) == (row.day, row.position_count)
    assert row.realised.realised_pnl == ledger.realised == 40 * (PRICE - 70_000)
    assert (ledger.fees, ledger.taxes) == (row.realised.fees, row.realised.taxes)
    # the twin of the broker takes another rate of tax than the law: cash is the broker's word
    cash = asyncio.run(day.room.broker.state()).settled_cash
    assert (cash, cash - 1) == (row.settled_cash, row.orderable_cash)
    worth = ledger.value({STOCK.code: PRICE})
    assert (worth.value, worth.unrealised) == (row.stock_value, row.unrealised_pnl)
    assert cash + worth.value == row.total_asset


def test_the_change_is_the_difference_of_two_rows(day: Day) -> None:
    """Acceptance 12, second half; the first row of all has no change."""
    first = day.take()
    assert first.change is None
    day.room.clock.advance(24 * 3600)
    day.room.broker.quote(STOCK.code, PRICE + 500)
    second = day.take()
    assert kept(second).total_asset - kept(first).total_asset == second.change == 50_000


def test_a_total_of_nought_is_counted_from_its_parts(day: Day) -> None:
    """Some brokers leave their total empty."""

    class Totalless:
        async def state(self) -> AccountState:
            state = await day.room.broker.state()
            return AccountState(
                holdings=state.holdings, deposit=1, settled_cash=state.settled_cash, total=0
            )

    expected = asyncio.run(day.room.broker.state()).total
    day.taker._account = Totalless()  # type: ignore[assignment]
    assert expected == kept(day.take()).total_asset


def test_settling_overwrites_what_was_earned_only(day: Day) -> None:
    """A sale told late, at another price, moves neither cash nor holdings of the row."""
    before = kept(day.take())
    day.sell(10)
    taken = day.take(settle=True)
    assert Outcome.SETTLED is taken.outcome
    assert 10 * (PRICE - 70_000) == kept(taken).realised.realised_pnl
    assert (before.total_asset, 1, before.taken_at) == (
        kept(taken).total_asset,
        kept(taken).position_count,
        kept(taken).taken_at,
    )


def test_a_past_day_is_only_settled(day: Day) -> None:
    """Today's holdings are never written under yesterday's date."""
    before = kept(day.take())
    day.room.clock.advance(24 * 3600)
    day.room.broker.quote(STOCK.code, PRICE * 2)
    taken = day.take(back=1)
    assert (Outcome.SETTLED, before.total_asset) == (taken.outcome, kept(taken).total_asset)


def test_a_day_without_a_snapshot_gets_none_by_settling(day: Day) -> None:
    """The outcome says so."""
    taken = day.take(settle=True)
    assert (Outcome.NO_SNAPSHOT, None) == (taken.outcome, taken.snapshot)


def test_a_holiday_is_skipped_by_name(day: Day) -> None:
    """A flat row would distort returns."""
    while CALENDAR.is_open(day.room.clock.now().date()):
        day.room.clock.advance(24 * 3600)
    assert Outcome.HOLIDAY is day.take().outcome
    assert day.book.on(day.room.clock.now().date()) is None


def test_a_day_to_come_is_wrong_input(day: Day) -> None:
    """Nobody knows it yet."""
    with pytest.raises(InputError, match="yet to come"):
        day.take(back=-1)


def test_a_failed_answer_writes_nothing(day: Day) -> None:
    """Acceptance 11: a failure is no empty account."""
    day.room.broker.faults.inject(Fault.READ_FAILS)
    with pytest.raises(BrokerUnavailable):
        day.take()
    assert day.book.on(day.room.clock.now().date()) is None


def test_an_account_that_looks_sold_out_is_asked_again(day: Day) -> None:
    """Acceptance 11: once is chance; half a minute later the holdings are there."""
    day.room.broker.faults.inject(Fault.NO_HOLDINGS)
    before = day.room.clock.now()
    assert 1 == kept(day.take()).position_count
    assert timedelta(seconds=30) == day.room.clock.now() - before


def test_twice_empty_against_the_ledger_writes_and_deletes_nothing(day: Day) -> None:
    """Acceptance 11: the ledger keeps its position, and a person is told."""
    day.room.broker.faults.inject(Fault.NO_HOLDINGS, 2)
    with pytest.raises(HoldingsDoubted, match="the ledger has 1"):
        day.take()
    assert (STOCK.code,) == day.portfolio().held
    assert day.book.on(day.room.clock.now().date()) is None


def test_an_account_sold_to_the_last_share_is_no_doubt(day: Day) -> None:
    """Where the ledger agrees nothing is asked twice."""
    day.sell(100)
    before = day.room.clock.now()
    assert 0 == kept(day.take()).position_count
    assert before == day.room.clock.now()
