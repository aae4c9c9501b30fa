"""The prints of one stock's day: the tape that leads the simulated exchange."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

BUY, SELL, AUCTION = 1, 5, 0
"""Who took the price of a print, in the exchange's own codes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prints:
    """(n,) arrays in the order of trading. `at_ms` counts from KST midnight and never falls.

    `price` is won, `qty` shares, `aggressor` BUY, SELL or AUCTION. `short_bars` counts the bars
    whose volume had too few shares for all their prices.
    """

    at_ms: Ints
    price: Ints
    qty: Ints
    aggressor: Ints
    short_bars: int = 0

    def __post_init__(self) -> None:
        """Refuse a tape that runs backwards or trades nothing."""
        if not len(self.at_ms) == len(self.price) == len(self.qty) == len(self.aggressor):
            raise ValueError("the columns of a tape differ in length")
        if len(self) and (np.diff(self.at_ms).min(initial=0) < 0 or self.qty.min() < 1):
            raise ValueError("a tape runs backwards or prints no shares")

    def __len__(self) -> int:
        return len(self.at_ms)


def no_prints() -> Prints:
    """Return the tape of a day without a trade."""
    none = np.empty(0, dtype=np.int64)
    return Prints(at_ms=none, price=none, qty=none, aggressor=none)
