"""How long execution waits, how often it asks and when it gives up on a lost call."""

from dataclasses import dataclass

from jennie_cli.engine.model import setting


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutionPolicy:
    """Waits and windows of an order's life, in seconds of exchange time."""

    call_seconds: int = setting(
        15,
        "A call without an answer for this long is lost, whoever made it.",
        unit="seconds",
        low=1,
        high=120,
    )
    before_seconds: int = setting(
        2,
        "A broker row may be this much older than the lost call it explains.",
        unit="seconds",
        low=0,
        high=60,
    )
    lost_seconds: int = setting(
        60,
        "How long the broker's records must be silent before a lost call was never sent; also how "
        "much later than the call its row may be.",
        unit="seconds",
        low=10,
        high=600,
    )
    foreign_seconds: int = setting(
        5,
        "How old a broker number must be before it is called somebody else's.",
        unit="seconds",
        low=1,
        high=60,
    )
    poll_seconds: int = setting(
        3, "Longest pause between two looks at an order.", unit="seconds", low=1, high=30
    )
    cancel_tries: int = setting(
        3, "How often a cancel is tried while the order stays open.", unit="times", low=1, high=10
    )
    end_seconds: int = setting(
        60,
        "How long after the close the records of a day are taken as complete.",
        unit="seconds",
        low=1,
        high=1800,
    )
    reconcile_seconds: int = setting(
        600,
        "How often ledger and broker are compared while trading.",
        unit="seconds",
        low=60,
        high=7200,
    )
