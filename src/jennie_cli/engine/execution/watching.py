"""Hears notices, reads the broker's records, explains lost calls and ends days."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import date, datetime, time, timedelta

from jennie_cli.engine.broker import BrokerUnavailable, Orders
from jennie_cli.engine.clock import Clock
from jennie_cli.engine.execution.calling import Caller
from jennie_cli.engine.execution.docket import Docket
from jennie_cli.engine.execution.failures import NoSuchOrder
from jennie_cli.engine.execution.journal import Journal
from jennie_cli.engine.execution.matching import Search, foreign
from jennie_cli.engine.execution.policy import ExecutionPolicy
from jennie_cli.engine.model import BrokerOrder, Notice, Order, OrderState, Venue
from jennie_cli.engine.store import DayEnded, LedgerEvent, NoticeSeen, RowSeen
from jennie_cli.engine.venue import Calendar

_NXT_ENDS = time(20, 0)
_LOOK_SECONDS = 1
_RESTING = frozenset({OrderState.WORKING, OrderState.PARTIAL})


class Watch:
    """Keeps the ledger up with what the broker tells."""

    def __init__(
        self,
        *,
        orders: Orders,
        journal: Journal,
        caller: Caller,
        clock: Clock,
        calendar: Calendar,
        policy: ExecutionPolicy,
    ) -> None:
        """Nothing is read before the first call."""
        self._orders = orders
        self._journal = journal
        self._caller = caller
        self._clock = clock
        self._calendar = calendar
        self._policy = policy

    def hear(self, notice: Notice) -> None:
        """Write a notice down unless one like it is there."""
        with self._journal.exclusive():
            if not self._journal.sync().records.is_known(notice):
                self._journal.write(NoticeSeen(at=self._clock.now(), notice=notice))

    async def refresh(self) -> None:
        """Read the broker's records; raises BrokerUnavailable, and then nothing has changed."""
        rows = await self._read(self._days(), with_open=False)
        with self._journal.exclusive():
            self._journal.sync()
            self._keep(rows)

    async def resolve(self) -> None:
        """Read the records and settle by them what is lost, whose numbers are whose, what ended.

        Raises BrokerUnavailable, and then nothing has changed.
        """
        # the records are as old as the moment before they were asked for
        read_at = self._clock.now()
        days = self._days()
        rows = await self._read(days, with_open=self._searching(days))
        with self._journal.exclusive():
            docket = self._journal.sync()
            self._keep(rows)
            for day in days:
                complete = self._is_complete(docket, day, rows)
                self._journal.write(*self._search(docket, day, read_at, complete=complete))
                self._journal.write(*self._ending(docket, day, read_at))
            self._journal.flag_oddities(self._clock.now())

    async def settle(
        self, order_id: str, seconds: int, *, quiet_seconds: int | None = None
    ) -> Order:
        """Wait until an order is final, `seconds` have passed, or nothing moved for a while.

        With `quiet_seconds`, an order that rests in the book unchanged for that long is returned.
        """
        order = self.find(order_id)
        end = self._clock.monotonic() + seconds
        moved = asked = self._clock.monotonic()
        pause = _LOOK_SECONDS
        while not order.state.final and self._clock.monotonic() < end:
            await self._clock.sleep(min(_LOOK_SECONDS, end - self._clock.monotonic()))
            now = self._clock.monotonic()
            if now - asked >= pause or now >= end:
                # unreached, the order stands as it stood; the next look may reach the broker
                with suppress(BrokerUnavailable):
                    await self.resolve()
                asked, pause = now, min(pause + 1, self._policy.poll_seconds)
            before, order = order, self.find(order_id)
            moved = moved if order == before else now
            quiet = quiet_seconds is not None and now - moved >= quiet_seconds
            if quiet and order.state in _RESTING:
                break
        return order

    def find(self, order_id: str) -> Order:
        """Return an order as it stands; raises NoSuchOrder."""
        docket = self._journal.sync()
        if order_id not in docket:
            raise NoSuchOrder(order_id)
        return docket.order(order_id)

    async def try_refresh(self) -> None:
        """Read the records once more, if the broker can be reached."""
        with suppress(BrokerUnavailable):
            await self.refresh()

    def _days(self) -> tuple[date, ...]:
        today = self._clock.now().date()
        return tuple(sorted({today, *self._journal.sync().days()}))

    def _searching(self, days: Iterable[date]) -> bool:
        docket = self._journal.docket
        return any(c.open for day in days for c in docket.undecided(day))

    async def _read(self, days: Iterable[date], *, with_open: bool) -> list[BrokerOrder]:
        rows: list[BrokerOrder] = []
        if self._orders.capabilities.order_rows:
            for day in days:
                rows.extend(await self._orders.orders(day))
        if with_open and self._orders.capabilities.open_orders:
            rows.extend(await self._orders.open_orders())
        return rows

    def _keep(self, rows: Iterable[BrokerOrder]) -> None:
        """Write down, at once, the rows that tell something new."""
        at = self._clock.now()
        is_news = self._journal.docket.records.is_news
        # the lists of the day and of what is open may hold the same row
        news = dict.fromkeys(row for row in rows if is_news(row))
        self._journal.write(*(RowSeen(at=at, row=row) for row in news))

    def _is_complete(self, docket: Docket, day: date, rows: Iterable[BrokerOrder]) -> bool:
        """Whether an answer still holds every row of the day that earlier answers held."""
        if not self._orders.capabilities.order_rows:
            return True
        told = {r.broker_id for r in rows if r.day == day}
        return told.issuperset(docket.records.rowed(day))

    def _search(
        self, docket: Docket, day: date, read_at: datetime, *, complete: bool
    ) -> tuple[LedgerEvent, ...]:
        return Search(
            docket=docket,
            day=day,
            read_at=read_at,
            flying=frozenset(self._caller.flying),
            complete=complete,
            sure=self._orders.capabilities.open_orders,
            policy=self._policy,
        ).run()

    def _ending(self, docket: Docket, day: date, read_at: datetime) -> tuple[LedgerEvent, ...]:
        if day not in docket.days() or not self._is_over(docket, day, read_at):
            return ()
        lost = timedelta(seconds=self._policy.lost_seconds)
        if any(c.open and read_at - c.at < lost for c in docket.undecided(day)):
            return ()
        loose = (
            foreign(s.key, read_at)
            for s in docket.records.unowned(day)
            if not s.cancels and s.key not in docket.records.foreign
        )
        return (*loose, DayEnded(at=read_at, day=day))

    def _is_over(self, docket: Docket, day: date, read_at: datetime) -> bool:
        if day < read_at.date():
            return True
        session = self._calendar.session(day)
        if session is None:
            return False
        elsewhere = any(d.intended.intent.venue is not Venue.KRX for d in docket.live())
        end = datetime.combine(day, _NXT_ENDS, session.close.tzinfo) if elsewhere else session.close
        return read_at >= end + timedelta(seconds=self._policy.end_seconds)
