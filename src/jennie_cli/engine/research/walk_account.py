"""The account of a past: its cash, what it holds, and what every purchase came to.

Cash counts each trade as settled, as the portfolio does and as KIS tells what may be ordered: the
won of a sale buys again the same day. Ex-dates between two sessions move nothing here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from jennie_cli.engine.exits import STOPS, ExitBook, ExitPolicy, Trade, empty_book, filled
from jennie_cli.engine.model import Regime
from jennie_cli.engine.portfolio import Costs
from jennie_cli.engine.research.past import Trip
from jennie_cli.engine.risk import Past


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """What is left of one purchase. `price` is won a share; `cost` won for what is left, with its
    part of the fee; `group` the sector group.
    """

    code: str
    group: str
    strategy: str
    regime: Regime
    entered_at: datetime
    price: int
    qty: int
    cost: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PastAccount:
    """An account between two sessions, won; a mapping goes by code.

    `equity` is that of the last close, `marks` are the last closes of what is held. Each position
    of `book` has its lot, which is why nothing is bought on top of it.
    """

    cash: int
    equity: int
    book: ExitBook
    lots: Mapping[str, Lot]
    marks: Mapping[str, int]
    last: Mapping[str, Past]

    @property
    def held(self) -> tuple[str, ...]:
        """The codes held, in order."""
        return self.book.codes

    def worth(self) -> int:
        """Return cash and holdings at their marks, before the costs of selling them."""
        return self.cash + sum(lot.qty * self.marks[code] for code, lot in self.lots.items())


def open_account(cash: int) -> PastAccount:
    """Return an account that holds so much won and nothing else."""
    return PastAccount(cash=cash, equity=cash, book=empty_book(), lots={}, marks={}, last={})


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """What a purchase stands on."""

    group: str
    strategy: str
    regime: Regime


def bought(
    account: PastAccount, trade: Trade, why: Why, *, costs: Costs, policy: ExitPolicy
) -> PastAccount:
    """Return the account after a purchase of a stock that was not held."""
    code, paid = trade.code, trade.amount + costs.fee(trade.code, trade.amount)
    price = trade.amount // trade.qty
    lot = Lot(
        code=code,
        group=why.group,
        strategy=why.strategy,
        regime=why.regime,
        entered_at=trade.at,
        price=price,
        qty=trade.qty,
        cost=paid,
    )
    last = replace(account.last.get(code, Past()), bought_at=trade.at)
    return replace(
        account,
        cash=account.cash - paid,
        book=filled(account.book, trade, policy),
        lots={**account.lots, code: lot},
        marks={**account.marks, code: price},
        last={**account.last, code: last},
    )


def sold(
    account: PastAccount, trade: Trade, *, costs: Costs, policy: ExitPolicy
) -> tuple[PastAccount, Trip]:
    """Return the account after a sale of what is held, and the trip that it ends."""
    code, lot = trade.code, account.lots[trade.code]
    tax = costs.tax(code, trade.amount, trade.at.date())
    left = trade.amount - costs.fee(code, trade.amount) - tax
    # the last share takes all that is left of the cost
    cost = lot.cost * trade.qty // lot.qty
    trip = _trip(lot, trade, cost=cost, proceeds=left)
    lots, marks = dict(account.lots), dict(account.marks)
    if trade.qty == lot.qty:
        del lots[code], marks[code]
    else:
        lots[code] = replace(lot, qty=lot.qty - trade.qty, cost=lot.cost - cost)
    stopped = {"stopped_at": trade.at} if trade.reason in STOPS else {}
    last = replace(account.last.get(code, Past()), sold_at=trade.at, **stopped)
    moved = replace(
        account,
        cash=account.cash + left,
        book=filled(account.book, trade, policy),
        lots=lots,
        marks=marks,
        last={**account.last, code: last},
    )
    return moved, trip


def open_trips(account: PastAccount, at: datetime) -> tuple[Trip, ...]:
    """Return what is still held as trips without a reason, at its marks, without selling costs."""
    return tuple(
        Trip(
            code=code,
            strategy=lot.strategy,
            regime=lot.regime,
            entered_at=lot.entered_at,
            exited_at=at,
            qty=lot.qty,
            entry_price=lot.price,
            exit_price=account.marks[code],
            cost=lot.cost,
            proceeds=lot.qty * account.marks[code],
            reason=None,
        )
        for code, lot in sorted(account.lots.items())
    )


def _trip(lot: Lot, trade: Trade, *, cost: int, proceeds: int) -> Trip:
    return Trip(
        code=lot.code,
        strategy=lot.strategy,
        regime=lot.regime,
        entered_at=lot.entered_at,
        exited_at=trade.at,
        qty=trade.qty,
        entry_price=lot.price,
        exit_price=trade.amount // trade.qty,
        cost=cost,
        proceeds=proceeds,
        reason=trade.reason,
    )
