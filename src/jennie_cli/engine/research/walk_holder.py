"""Who holds what in a past session: the account, its exits, and the loss of the day."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from jennie_cli.engine.exits import REASONS, STOPS, Past, Trade, day_second
from jennie_cli.engine.indicators.rolling import FloatArray
from jennie_cli.engine.model import ExitReason, Side
from jennie_cli.engine.research.path import PATH
from jennie_cli.engine.research.walk_account import PastAccount, Why, bought, sold
from jennie_cli.engine.research.walk_exits import (
    NO_COLUMN,
    Keeping,
    Watched,
    watch_from,
)
from jennie_cli.engine.research.walk_log import Log
from jennie_cli.engine.research.walk_meeting import profit_point, sale_price
from jennie_cli.engine.research.walk_rests import Rests
from jennie_cli.engine.research.walk_stage import Stage
from jennie_cli.engine.risk import loss_reached
from jennie_cli.engine.trading.session import Decision, Step


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sale:
    """What the exits want sold."""

    code: str
    qty: int
    reason: ExitReason
    level: int


Later = Callable[[float, Callable[[], None]], None]


class Holder:
    """Moves an account through a session; what it is asked is asked in the order of time."""

    def __init__(
        self, stage: Stage, account: PastAccount, log: Log, rests: Rests, later: Later
    ) -> None:
        """`later` is given what must happen at a second to come."""
        self._stage, self._log, self._rests, self._later = stage, log, rests, later
        self._days = Past.of(stage.past.days)
        self._keeping = Keeping(
            day=stage.past.day,
            hours=stage.past.hours,
            context=stage.context,
            moments=stage.moments,
            lower_limit=stage.lower_limit,
            policy=stage.policies.exits,
        )
        self._watched: Watched | None = None
        self._seen = 0
        self._held_back: dict[str, float] = {}
        self._minute = 0
        self._latched = False
        self._worths: FloatArray | None = None
        self._levels: tuple[int, FloatArray] | None = None
        self.account = self._with_days(account)

    @property
    def latched(self) -> bool:
        """Whether the loss limit of the day was met at the end of any minute so far."""
        self._look_at_loss()
        return self._latched

    def marks(self, second: float) -> FloatArray:
        """Return the last close of each position known at a second, won."""
        return self._by_position(self._stage.moments.marks(second))

    def levels(self, second: float) -> FloatArray:
        """Return at which price in won each position would be sold at the end of a minute."""
        if not self.account.held:
            return np.empty(0)
        minute = self._stage.moments.minutes_until(second)
        if self._levels is None or not 0 <= minute - self._levels[0] < len(self._levels[1]):
            watched = self._watched or self._watch()
            ends = slice(minute, max(minute, watched.end // len(PATH)) + 1)
            marks = self._by_position(self._stage.moments.closes[ends])
            self._levels = (minute, watched.levels(self._keeping, marks, minute))
        first, levels = self._levels
        return np.asarray(levels[minute - first])

    def until(self, second: float) -> bool:
        """Sell whatever the exits sell up to a second; False if a sale has made something due
        that may come before it.
        """
        stop = self._stage.moments.until(second)
        while self._seen < stop and self.account.held:
            watched = self._watched or self._watch()
            end = min(stop, watched.end)
            sale = watched.next_sale(self._seen, end)
            self._seen = end if sale is None else sale + 1
            if sale is not None and self._sell(watched, sale):
                return False
            if end == watched.end:
                self._settle()
        self._seen = stop
        return True

    def buy(self, trade: Trade, why: Why) -> None:
        """Take in a purchase, after `until` its moment."""
        self._look_at_loss()
        self._settle()
        moved = bought(
            self.account, trade, why, costs=self._stage.costs, policy=self._stage.policies.exits
        )
        self._change(self._with_days(moved))

    def close(self) -> PastAccount:
        """Return the account after the last moment, at the last closes."""
        self._settle()
        known = zip(self.account.held, self.marks(np.inf).tolist(), strict=True)
        marks = dict(self.account.marks) | {code: int(m) for code, m in known if not np.isnan(m)}
        closed = replace(self.account, marks=marks)
        return replace(closed, equity=closed.worth())

    def _watch(self) -> Watched:
        book = self.account.book
        self._watched = watch_from(
            self._keeping,
            book,
            self._seen,
            columns=self._columns(),
            worth=self._worth(),
            held_back=self._waiting(),
        )
        return self._watched

    def _settle(self) -> None:
        """Let the book be what the moments so far have made of it, and judge it anew."""
        if self._watched is not None:
            self._log.count(self._watched.counts(self._seen))
            self.account = replace(self.account, book=self._watched.book(self._seen))
            self._watched = self._levels = None

    def _change(self, account: PastAccount) -> None:
        self.account, self._worths, self._levels = account, None, None

    def _sell(self, watched: Watched, moment: int) -> bool:
        """Sell what one moment sells, all of it judged before any of it is sold.

        Return whether a sale waits at the lower limit.
        """
        second = float(self._stage.moments.second[moment])
        self._look_at_loss()
        self._settle()
        table, row = watched.table, moment - watched.first
        for place in np.flatnonzero(table.sell_qty[row]):
            sale = _Sale(
                code=table.codes[place],
                qty=int(table.sell_qty[row, place]),
                reason=REASONS[table.reason[row, place]],
                level=int(table.level[row, place]),
            )
            if table.at_lower_limit[row, place]:
                self._queue(sale, moment)
            else:
                self._sold(sale, second, self._met(watched, moment, int(place), sale.reason))
        return bool(table.at_lower_limit[row].any())

    def _met(self, watched: Watched, moment: int, place: int, reason: ExitReason) -> float:
        """Return the point at which a sale is filled, won."""
        column = self._stage.column[watched.table.codes[place]]
        level = partial(watched.profit_level, moment, place, reason)
        return profit_point(self._stage.moments.price[:, column], moment, reason, level)

    def _queue(self, sale: _Sale, moment: int) -> None:
        """Let an order wait at the lower limit for the first price above it."""
        column = self._stage.column[sale.code]
        lower = float(self._stage.lower_limit[column])
        self._held_back[sale.code] = day_second(self._stage.past.hours.close)
        above = np.flatnonzero(self._stage.moments.price[moment + 1 :, column] > lower)
        if above.size:
            second = float(self._stage.moments.second[moment + 1 + above[0]])
            self._later(second, partial(self._freed, sale, second, lower))

    def _freed(self, sale: _Sale, second: float, lower: float) -> None:
        del self._held_back[sale.code]
        self._look_at_loss()
        self._settle()
        self._sold(sale, second, lower)

    def _sold(self, sale: _Sale, second: float, point: float) -> None:
        code, reason = sale.code, sale.reason
        at = self._stage.at(second)
        price = sale_price(self._stage, self._stage.column[code], point)
        trade = Trade(
            code=code,
            side=Side.SELL,
            qty=sale.qty,
            amount=sale.qty * price,
            at=at,
            reason=reason,
            level=sale.level,
        )
        account, trip = sold(
            self.account, trade, costs=self._stage.costs, policy=self._stage.policies.exits
        )
        self._change(account)
        self._log.trips.append(trip)
        self._log.decisions.append(
            Decision(at=at, code=code, step=Step.SOLD, rule=reason.value, price=price, qty=sale.qty)
        )
        self._rests.sold(self._stage.column[code], second, stopped=reason in STOPS)

    def _look_at_loss(self) -> None:
        """Latch the loss limit if any minute that ended since the last look met it."""
        now = self._seen // len(PATH)
        worth = self._worth()[self._minute : now + 1]
        if not self._latched and not np.isnan(worth).all():
            self._latched = loss_reached(
                int(np.nanmin(worth)), self.account.equity, 0, self._stage.policies.risk
            )
        self._minute = now

    def _worth(self) -> FloatArray:
        """Return won of the whole account after each minute, at the last closes."""
        if self._worths is not None:
            return self._worths
        lots, columns = self.account.lots, self._stage.column
        worth = np.full(len(self._stage.moments.closes), float(self.account.cash))
        for code, lot in lots.items():
            if code in columns:
                worth += lot.qty * self._stage.moments.closes[:, columns[code]]
            else:
                worth += lot.qty * self.account.marks[code]
        self._worths = worth
        return worth

    def _waiting(self) -> FloatArray:
        return np.array([self._held_back.get(code, -np.inf) for code in self.account.held])

    def _columns(self) -> list[int]:
        return [self._stage.column.get(code, NO_COLUMN) for code in self.account.held]

    def _by_position(self, closes: FloatArray) -> FloatArray:
        """Return closes, (..., stocks), by position; one without a column stays at its mark."""
        columns = np.array(self._columns(), dtype=np.int64)
        last = np.array([float(self.account.marks[code]) for code in self.account.held])
        taken = closes[..., columns]
        return np.where(np.isnan(taken) | (columns == NO_COLUMN), last, taken)

    def _with_days(self, account: PastAccount) -> PastAccount:
        book = account.book.with_past(self._stage.codes, self._days)
        return replace(account, book=book)
