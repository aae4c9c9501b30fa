"""What a session decides, step by step, in the words that live trading and the past share."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from math import isfinite


class Step(StrEnum):
    """What became of a wish to buy or to sell, step by step."""

    SIGNAL = "signal"
    DROPPED = "dropped"
    REFUSED = "refused"
    ORDERED = "ordered"
    BOUGHT = "bought"
    LAPSED = "lapsed"
    SOLD = "sold"
    NOT_SENT = "not_sent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One step at an aware moment. `rule` is what decided it: the strategy that wishes or buys,
    the rule that said no with its figure and limit, the reason of a sale. Prices are won a share,
    `qty` shares, 0 where none are meant yet.
    """

    at: datetime
    code: str
    step: Step
    rule: str
    price: int
    qty: int = 0
    value: float | str | None = None
    limit: float | str | None = None


def figure_of(told: float | str | None) -> float | None:
    """Return a figure of the stamp as a number, None where it is none."""
    try:
        figure = float(told) if told is not None else None
    except ValueError:
        return None
    return figure if figure is not None and isfinite(figure) else None
