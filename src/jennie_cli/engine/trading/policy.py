"""How long the desk follows an order before it tells how things stand."""

from dataclasses import dataclass

from jennie_cli.engine.model import setting


@dataclass(frozen=True, slots=True, kw_only=True)
class TradingPolicy:
    """Waits of an order by hand, in seconds of exchange time."""

    follow_seconds: int = setting(
        90, "Longest that an order by hand is followed.", unit="seconds", low=0, high=600
    )
    rest_seconds: int = setting(
        5,
        "An order that rests in the book unchanged for this long is followed no further.",
        unit="seconds",
        low=1,
        high=600,
    )
