"""One code through time: moving-average cost, and the cost that each sale takes out of it."""

from dataclasses import dataclass, field

from jennie_cli.engine.model import Fill, Side
from jennie_cli.engine.portfolio.fills import FROM_TOTAL


@dataclass(slots=True)
class Sale:
    """What a sale took out of the position; `owed` shares still lack their cost."""

    cost: int
    owed: int


@dataclass(slots=True)
class Holding:
    """Shares and their cost in won, moved by one fill after another.

    `sales` are those since the cost was last certain. With `doubtful`, evidence leaves open what
    one of them took out: when it traded, or in how many executions, which are cut to the won.
    """

    qty: int = 0
    cost: int = 0
    short: list[Sale] = field(default_factory=list)
    sales: list[Sale] = field(default_factory=list)
    doubtful: bool = False

    @property
    def unexplained(self) -> int:
        """Shares sold that were never seen to be held."""
        return sum(sale.owed for sale in self.short)

    def take_over(self, qty: int, cost: int) -> None:
        """Forget the past and hold what was taken over."""
        self.qty, self.cost = qty, cost
        self.short.clear()
        self._be_certain()

    def settle(self, qty: int, cost: int) -> None:
        """Take the cost that the broker tells; the newest sales bear the difference.

        Nothing changes when shares differ or the sales cannot bear it: cost is conserved.
        """
        too_little = self.cost - cost
        if not qty or qty != self.qty or self.short:
            return
        if (too_little and not self.sales) or -too_little > sum(s.cost for s in self.sales):
            return
        for sale in reversed(self.sales):
            step = max(too_little, -sale.cost)
            sale.cost, too_little = sale.cost + step, too_little - step
        self.cost = cost
        self._be_certain()

    def move(self, fill: Fill, *, placed: bool = True) -> Sale | None:
        """Apply a fill; a sale answers with what it took out.

        It is `placed` unless a fill that counts later may have traded before it.
        """
        if fill.side is Side.BUY:
            self._buy(fill)
            return None
        sale = self._sell(fill.qty)
        self.sales.append(sale)
        self.doubtful |= fill.source == FROM_TOTAL or not placed
        if placed and not self.qty and not self.short:
            self._be_certain()
        return sale

    def _be_certain(self) -> None:
        self.sales.clear()
        self.doubtful = False

    def _sell(self, qty: int) -> Sale:
        from_held = min(qty, self.qty)
        cost = _share(self.cost, from_held, self.qty)
        self.qty -= from_held
        self.cost -= cost
        sale = Sale(cost=cost, owed=qty - from_held)
        if sale.owed:
            self.short.append(sale)
        return sale

    def _buy(self, fill: Fill) -> None:
        qty, cost = fill.qty, fill.amount
        # the records tell of a buy late: shares sold before may have been these
        while fill.source == FROM_TOTAL and qty and self.short:
            sale = self.short[0]
            covered = min(qty, sale.owed)
            paid = _share(cost, covered, qty)
            sale.cost, sale.owed = sale.cost + paid, sale.owed - covered
            qty, cost = qty - covered, cost - paid
            if not sale.owed:
                self.short.pop(0)
        self.qty += qty
        self.cost += cost


def _share(cost: int, part: int, whole: int) -> int:
    """Return the cost of `part` of `whole` shares; the last share takes all that is left."""
    return cost if part == whole else cost * part // whole
