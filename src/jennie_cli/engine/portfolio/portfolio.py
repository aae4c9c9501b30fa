"""The account at one moment: what is held, what it cost, what was earned."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from jennie_cli.engine.model import Fill, Position, Side
from jennie_cli.engine.venue import Calendar

_SETTLES_AFTER = 2
"""Trading days from a trade to its money (T+2)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BookedFill:
    """A fill with its share of the number's fee and tax, won.

    `cost` is what a sale took out of the position: None on a buy, and on a sale of shares whose
    cost the ledger does not know. `day` is the trading day.
    """

    fill: Fill
    day: date
    fee: int
    tax: int
    cost: int | None = None

    @property
    def profit(self) -> int | None:
        """Won earned by a sale before fees and tax; None on a buy or without a known cost."""
        return None if self.cost is None else self.fill.amount - self.cost

    @property
    def cash_flow(self) -> int:
        """Won that the fill moves, fee and tax included."""
        signed = self.fill.amount if self.fill.side is Side.SELL else -self.fill.amount
        return signed - self.fee - self.tax


@dataclass(frozen=True, slots=True, kw_only=True)
class Valuation:
    """The portfolio at given prices, won; `unpriced` codes are in no figure.

    `equity` (cash and value) is None while a price or the cash is unknown.
    """

    value: int
    unrealised: int
    unrealised_pct: float | None
    equity: int | None
    unpriced: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Portfolio:
    """Positions by code, cash and every booked fill up to one moment.

    `cash` counts every trade as settled (the broker's D+2 figure); None until it was taken over
    from the broker. `unexplained` are shares sold, by code, that no evidence shows to be held.
    `doubtful` are the codes held whose cost hangs on an order of fills that no evidence tells.
    """

    positions: Mapping[str, Position]
    cash: int | None
    booked: tuple[BookedFill, ...]
    unexplained: Mapping[str, int]
    doubtful: frozenset[str] = frozenset()

    @property
    def held(self) -> tuple[str, ...]:
        """The codes held, in order."""
        return tuple(self.positions)

    @property
    def realised(self) -> int:
        """Won earned by sales before fees and tax; sales of unknown cost are left out."""
        return sum(b.profit for b in self.booked if b.profit is not None)

    @property
    def fees(self) -> int:
        """Won paid to the broker."""
        return sum(b.fee for b in self.booked)

    @property
    def taxes(self) -> int:
        """Won paid to the state."""
        return sum(b.tax for b in self.booked)

    @property
    def costless_sales(self) -> tuple[str, ...]:
        """The keys of the sales whose profit is not known."""
        return tuple(b.fill.key for b in self.booked if b.fill.side is Side.SELL and b.cost is None)

    def traded_on(self, day: date) -> "Portfolio":
        """Return the same positions and cash with the fills of one trading day alone."""
        return replace(self, booked=tuple(b for b in self.booked if b.day == day))

    def differing(self, held: Mapping[str, int]) -> tuple[str, ...]:
        """Return the codes of which somebody else, by code, holds another number of shares."""
        ours = {code: position.qty for code, position in self.positions.items()}
        codes = sorted(held.keys() | ours.keys())
        return tuple(code for code in codes if held.get(code, 0) != ours.get(code, 0))

    def deposit(self, on: date, calendar: Calendar) -> int | None:
        """Return the won in the account on a day: trades of the last two days not yet moved."""
        if self.cash is None:
            return None
        days = {b.day for b in self.booked if b.day <= on}
        open_days = {d for d in days if not _settled(d, on, calendar)}
        return self.cash - sum(b.cash_flow for b in self.booked if b.day in open_days)

    def value(self, prices: Mapping[str, int]) -> Valuation:
        """Return what the positions are worth at `prices` (won by code)."""
        priced = [p for code, p in self.positions.items() if code in prices]
        unpriced = tuple(code for code in self.positions if code not in prices)
        value = sum(p.qty * prices[p.code] for p in priced)
        cost = sum(p.cost for p in priced)
        return Valuation(
            value=value,
            unrealised=value - cost,
            unrealised_pct=(value - cost) / cost * 100 if cost else None,
            equity=None if unpriced or self.cash is None else self.cash + value,
            unpriced=unpriced,
        )


def _settled(day: date, on: date, calendar: Calendar) -> bool:
    return len(calendar.days(day + timedelta(days=1), on)) >= _SETTLES_AFTER
