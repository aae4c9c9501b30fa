"""What bars and prices ask for, before the stamp has a word."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from jennie_cli.engine.model import ExitReason
from jennie_cli.engine.signals import Figures
from jennie_cli.engine.store import Sheet

Cell = tuple[int, int]
"""Row and column of a bar."""

Unwritten = Callable[[], Iterable[Sheet]]
"""What was said of some bars, put on sheets when it is called: orders do not wait for that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A signal of a bar; `second` is when that bar ended, since midnight KST.

    One that `waits` is published only once later bars have confirmed it.
    """

    cell: Cell
    second: int
    strategy: str
    waits: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What the bar at `cell` made of an earlier signal: confirmed it, or dropped it by a rule.

    `value` and `limit` are None where the rule has no figure.
    """

    cell: Cell
    second: int
    strategy: str
    dropped_by: str | None = None
    value: float | None = None
    limit: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanned:
    """What the bars that just closed came to, oldest first, then by column.

    Of one bar the signal it gives comes before what it settles. `figures` are (rows, stocks) of
    the session so far; `said` is what every gate, strategy and confirmation said.
    """

    found: tuple[Given | Settled, ...]
    figures: Figures
    said: tuple[Unwritten, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SellWish:
    """What the exits want sold: shares, why, and at which price in won it was called for.

    `second` is that of the price, since midnight KST; `level` that of a scale-out, else 0.
    `at_lower_limit` wants one limit order there instead of an order at market.
    """

    code: str
    second: float
    qty: int
    reason: ExitReason
    price: int
    level: int = 0
    at_lower_limit: bool = False
