"""What is held and what it cost: the moving average over one day's fills."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from jennie_cli.engine.model import Side


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """Shares of one code and their cost in won, fees not included."""

    qty: int = 0
    cost: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """Shares that changed hands under one number; won a share, ms since KST midnight."""

    number: int
    code: str
    side: Side
    qty: int
    price: int
    at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Traded:
    """What one day did to one code. `removed` is the cost of the shares that were sold."""

    lot: Lot
    bought: int = 0
    buy_amount: int = 0
    sold: int = 0
    sell_amount: int = 0
    removed: int = 0


def fold_day(
    before: Mapping[str, Lot], fills: Iterable[Execution], *, day: date
) -> dict[str, Traded]:
    """Return every code that was held before or traded on `day`, after all of its fills.

    Fills count by second, buys before sells, then number; equal ones by the text of their key, so
    that the result does not depend on the order in which anybody learnt of them.
    """
    after = {code: Traded(lot=lot) for code, lot in before.items()}
    for fill in sorted(fills, key=lambda f: _place(f, day)):
        after[fill.code] = _add(after.get(fill.code, Traded(lot=Lot())), fill)
    return after


def _place(fill: Execution, day: date) -> tuple[int, bool, int, str]:
    second = fill.at_ms // 1_000
    key = f"{day}:{fill.number}:{hhmmss(fill.at_ms)}:{fill.price}:{fill.qty}"
    return second, fill.side is Side.SELL, fill.number, key


def hhmmss(at_ms: int) -> str:
    """Return a moment of the day as the wire writes it."""
    second = at_ms // 1_000
    return f"{second // 3600:02}{second // 60 % 60:02}{second % 60:02}"


def _add(so_far: Traded, fill: Execution) -> Traded:
    lot, amount = so_far.lot, fill.qty * fill.price
    if fill.side is Side.BUY:
        return Traded(
            lot=Lot(qty=lot.qty + fill.qty, cost=lot.cost + amount),
            bought=so_far.bought + fill.qty,
            buy_amount=so_far.buy_amount + amount,
            sold=so_far.sold,
            sell_amount=so_far.sell_amount,
            removed=so_far.removed,
        )
    gone = lot.cost * fill.qty // lot.qty
    return Traded(
        lot=Lot(qty=lot.qty - fill.qty, cost=lot.cost - gone),
        bought=so_far.bought,
        buy_amount=so_far.buy_amount,
        sold=so_far.sold + fill.qty,
        sell_amount=so_far.sell_amount + amount,
        removed=so_far.removed + gone,
    )
