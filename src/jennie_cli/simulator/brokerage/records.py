"""What the brokerage answers about an account: holdings and cash, buying power, sellable shares."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from jennie_cli.engine.venue import broker_fee
from jennie_cli.simulator.brokerage.account import Account, DayTotals
from jennie_cli.simulator.brokerage.lots import Lot, Traded


@dataclass(frozen=True, slots=True, kw_only=True)
class Valuation:
    """What a share is worth now and what it was worth when the day began, won."""

    name: str
    price: int
    base: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldingRecord:
    """One code of the balance, shares and won. `qty` is 0 for what was sold to the last share and
    has not settled; `yesterday` and `today` are shares bought and sold.
    """

    code: str
    name: str
    qty: int
    sellable: int
    cost: int
    price: int
    base: int
    yesterday: tuple[int, int]
    today: tuple[int, int]

    @property
    def average(self) -> Decimal:
        """Return the average price with four decimals, 0 with nothing held."""
        return average(self.cost, self.qty)

    @property
    def value(self) -> int:
        """Return what the shares are worth now."""
        return self.qty * self.price

    @property
    def profit(self) -> int:
        """Return value less cost, before fees."""
        return self.value - self.cost


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """The account at one moment, won. `next_day_cash` is that of D+1, `cash` that of D+2; `before`
    and `today` are what was traded on the last trading day and today.
    """

    holdings: tuple[HoldingRecord, ...]
    deposit: int
    next_day_cash: int
    cash: int
    before: DayTotals
    today: DayTotals
    worth_before: int

    @property
    def cost(self) -> int:
        """Return what all holdings cost."""
        return sum(h.cost for h in self.holdings)

    @property
    def value(self) -> int:
        """Return what all holdings are worth."""
        return sum(h.value for h in self.holdings)

    @property
    def worth(self) -> int:
        """Return the total: cash of D+2 and the value of the holdings."""
        return self.cash + self.value


@dataclass(frozen=True, slots=True, kw_only=True)
class BuyingPower:
    """What an order can buy with cash alone, fee kept back. `unit` is the won a share that it
    reserves, 0 if no code was named; `orderable` is the free cash, `reusable` how much of it is
    the proceeds of today's sales.
    """

    orderable: int
    reusable: int
    unit: int
    amount: int
    qty: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sellable:
    """Shares of one code: bought and sold today, held, free to sell; their cost and price, won."""

    code: str
    name: str
    bought: int
    sold: int
    held: int
    free: int
    cost: int
    price: int


def average(cost: int, qty: int) -> Decimal:
    """Return won a share with four decimals, 0 without shares."""
    if not qty:
        return Decimal(0)
    return (Decimal(cost) / qty).quantize(Decimal("0.0001"), rounding=ROUND_HALF_UP)


def holding(account: Account, code: str, traded: Traded, worth: Valuation) -> HoldingRecord:
    """Return one row of the balance."""
    return HoldingRecord(
        code=code,
        name=worth.name,
        qty=traded.lot.qty,
        sellable=account.sellable(code),
        cost=traded.lot.cost,
        price=worth.price,
        base=worth.base,
        yesterday=account.yesterday.get(code, (0, 0)),
        today=(traded.bought, traded.sold),
    )


def shown(account: Account) -> dict[str, Traded]:
    """Return the codes that the balance lists: held, traded today, or sold out and unsettled."""
    gone = {code: Traded(lot=Lot()) for code in account.gone}
    return dict(sorted({**gone, **account.traded()}.items()))


def affordable(cash: int, unit: int, *, fee_bp: float) -> int:
    """Return the most shares at `unit` won whose price and fee `cash` covers."""
    nearly = Decimal(max(0, cash)) / (unit * (1 + Decimal(str(fee_bp)) / 10_000))
    qty = int(nearly) + 1
    while qty and qty * unit + broker_fee(qty * unit, fee_bp=fee_bp) > cash:
        qty -= 1
    return qty
