"""One account: cash that settles in two days, shares, today's numbers and what became of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from jennie_cli.engine.model import Side
from jennie_cli.engine.venue import broker_fee
from jennie_cli.simulator.brokerage.lots import Execution, Lot, Traded, fold_day
from jennie_cli.simulator.brokerage.rows import OrderRow

_KEPT_ROWS = timedelta(days=186)


@dataclass(frozen=True, slots=True, kw_only=True)
class DayProfit:
    """One code's trading of one day, shares and won; `removed` is the cost of what was sold."""

    day: date
    code: str
    name: str
    bought: int
    buy_amount: int
    sold: int
    sell_amount: int
    removed: int
    fee: int
    tax: int
    left: Lot

    @property
    def realized(self) -> int:
        """Return the profit taken, after all of the day's costs of this code."""
        return self.sell_amount - self.removed - self.fee - self.tax


@dataclass(frozen=True, slots=True, kw_only=True)
class DayTotals:
    """The amounts of one day, won; `costs` are fees and taxes."""

    bought: int = 0
    sold: int = 0
    costs: int = 0

    @classmethod
    def over(cls, rows: Iterable[OrderRow]) -> "DayTotals":
        """Return the totals of some rows."""
        done = [r for r in rows if r.filled_qty]
        return cls(
            bought=sum(r.filled_amount for r in done if r.side is Side.BUY),
            sold=sum(r.filled_amount for r in done if r.side is Side.SELL),
            costs=sum(r.fee + r.tax for r in done),
        )

    @property
    def net(self) -> int:
        """Return what the day adds to the cash once it settles."""
        return self.sold - self.bought - self.costs


@dataclass(slots=True, kw_only=True)
class Account:
    """The state of one account on one day. `pending` is cash by the day on which it settles;
    `lots` and `yesterday` (shares bought, sold) stand as the day began; `gone` are codes sold to
    the last share and the day from which they are no longer shown.
    """

    number: str
    day: date
    deposit: int
    pending: dict[date, int] = field(default_factory=dict)
    lots: dict[str, Lot] = field(default_factory=dict)
    yesterday: dict[str, tuple[int, int]] = field(default_factory=dict)
    totals_before: DayTotals = field(default_factory=DayTotals)
    worth_before: int = 0
    gone: dict[str, date] = field(default_factory=dict)
    rows: dict[int, OrderRow] = field(default_factory=dict)
    fills: list[Execution] = field(default_factory=list)
    past: list[OrderRow] = field(default_factory=list)
    profits: list[DayProfit] = field(default_factory=list)

    def traded(self) -> dict[str, Traded]:
        """Return every code held or traded today, as it stands."""
        return fold_day(self.lots, self.fills, day=self.day)

    def held(self, code: str) -> int:
        """Return the shares of a code that the account owns now."""
        mine = (f for f in self.fills if f.code == code)
        change = sum(f.qty if f.side is Side.BUY else -f.qty for f in mine)
        return self.lots.get(code, Lot()).qty + change

    def sellable(self, code: str) -> int:
        """Return what of it no open sell order has claimed."""
        claimed = (
            r.remaining for r in self.rows.values() if r.code == code and r.side is Side.SELL
        )
        return self.held(code) - sum(claimed)

    def settled_by(self, day: date) -> int:
        """Return the cash that is there on a day, of what was traded before today."""
        return self.deposit + sum(won for due, won in self.pending.items() if due <= day)

    @property
    def totals(self) -> DayTotals:
        """Return what was traded today."""
        return DayTotals.over(self.rows.values())

    @property
    def cash(self) -> int:
        """Return the cash once everything traded so far has settled (D+2)."""
        return self.deposit + sum(self.pending.values()) + self.totals.net

    @property
    def orderable(self) -> int:
        """Return the cash that no open buy order has reserved; sale proceeds count at once."""
        return self.cash - sum(self.reserved(r) for r in self.rows.values())

    def reserved(self, row: OrderRow) -> int:
        """Return what an open buy holds back: its rest at the reserved price, with the fee."""
        if row.side is Side.SELL or not row.remaining:
            return 0
        rest = row.unit * row.remaining
        return rest + broker_fee(row.filled_amount + rest, fee_bp=row.fee_bp) - row.fee

    def close(self, settles: date, *, worth: int) -> None:
        """End the day: what was traded settles on `settles`; `worth` is the account's total."""
        traded = self.traded()
        if self.totals.net:
            self.pending[settles] = self.pending.get(settles, 0) + self.totals.net
        self.profits += self.todays_profits()
        self.totals_before, self.worth_before = self.totals, worth
        self.yesterday = {c: (t.bought, t.sold) for c, t in traded.items() if t.bought or t.sold}
        self.lots = {c: t.lot for c, t in traded.items() if t.lot.qty}
        self.gone |= {c: settles for c, t in traded.items() if t.sold and not t.lot.qty}
        self.past += self.rows.values()
        self.rows, self.fills = {}, []

    def open(self, day: date, splits: Mapping[str, int]) -> None:
        """Begin a day: due cash becomes deposit, shares of a split code multiply."""
        self.day = day
        for due in sorted(d for d in self.pending if d <= day):
            self.deposit += self.pending.pop(due)
        self.gone = {c: until for c, until in self.gone.items() if until > day}
        for code, ratio in splits.items():
            if code in self.lots:
                lot = self.lots[code]
                self.lots[code] = Lot(qty=lot.qty * ratio, cost=lot.cost)
            if code in self.yesterday:
                bought, sold = self.yesterday[code]
                self.yesterday[code] = bought * ratio, sold * ratio
        self.past = [r for r in self.past if r.day >= day - _KEPT_ROWS]

    def today(self, code: str) -> list[OrderRow]:
        """Return today's rows of a code that traded."""
        return [r for r in self.rows.values() if r.code == code and r.filled_qty]

    def todays_profits(self) -> list[DayProfit]:
        """Return what was traded today, by code."""
        return [self._profit(c, t) for c, t in self.traded().items() if t.bought or t.sold]

    def _profit(self, code: str, traded: Traded) -> DayProfit:
        rows = self.today(code)
        return DayProfit(
            day=self.day,
            code=code,
            name=rows[0].name,
            bought=traded.bought,
            buy_amount=traded.buy_amount,
            sold=traded.sold,
            sell_amount=traded.sell_amount,
            removed=traded.removed,
            fee=sum(r.fee for r in rows),
            tax=sum(r.tax for r in rows),
            left=traded.lot,
        )
