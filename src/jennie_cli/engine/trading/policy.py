"""How long the desk follows an order, and how long a minute waits for its last trades."""

from dataclasses import dataclass

from jennie_cli.engine.model import setting


@dataclass(frozen=True, slots=True, kw_only=True)
class TradingPolicy:
    """Waits in seconds of exchange time: of an order by hand, and of a bar."""

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
    bar_grace_seconds: float = setting(
        1.0,
        "Time after a minute in which its last trades may still arrive; then its bar is closed.",
        unit="seconds",
        low=0.0,
        high=2.0,
    )
