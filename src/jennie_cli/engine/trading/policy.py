"""How long an order is followed or left to wait, and a minute for its last trades."""

from dataclasses import dataclass

from jennie_cli.engine.model import setting


@dataclass(frozen=True, slots=True, kw_only=True)
class TradingPolicy:
    """Waits in seconds of exchange time: of an order by hand, of an automatic buy, and of a bar."""

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
    entry_seconds: int = setting(
        10,
        "An automatic buy that has not filled after this long is taken back; what filled is kept.",
        unit="seconds",
        low=1,
        high=120,
        env="MOMENTUM_LIMIT_TIMEOUT_SEC",
    )
    status_seconds: int = setting(
        5,
        "How long a cancel, or an order without an answer, may stay undecided before an alarm.",
        unit="seconds",
        low=1,
        high=60,
    )
    bar_grace_seconds: float = setting(
        1.0,
        "Time after a minute in which its last trades may still arrive; then its bar is closed.",
        unit="seconds",
        low=0.0,
        high=2.0,
    )
