"""How far automatic trading goes, and how long orders and bars are waited for."""

from dataclasses import dataclass
from enum import StrEnum

from jennie_cli.engine.model import setting


class Auto(StrEnum):
    """How far automatic trading goes: nothing is sent with OFF and SHADOW; with APPROVE a person
    is asked before each buy, while sales that protect leave by themselves as with AUTO.

    PROFILE is AUTO where no real money is at stake, and SHADOW in the live profile.
    """

    PROFILE = "profile"
    OFF = "off"
    SHADOW = "shadow"
    APPROVE = "approve"
    AUTO = "auto"


@dataclass(frozen=True, slots=True, kw_only=True)
class TradingPolicy:
    """How far automatic trading goes, and waits in seconds of exchange time: of an order by hand,
    of an automatic buy, of a person's answer, and of a bar.
    """

    auto: Auto = setting(  # noqa: RUF009  # a setting is a field
        Auto.PROFILE,
        "How far automatic trading goes: off; shadow decides and records but sends nothing; "
        "approve asks before each buy and sells by itself; auto sends all; "
        "profile is shadow in live, auto elsewhere.",
    )
    live_order_cap: int = setting(
        1_000_000,
        "Most an automatic buy may be worth with real money; 0 lifts it.",
        unit="KRW",
        low=0,
    )
    live_day_cap: int = setting(
        3_000_000,
        "Most that may be bought by itself in a day with real money; 0 lifts it.",
        unit="KRW",
        low=0,
    )
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
    tape: bool = setting(
        True,  # the default of a setting
        "Write down all that a session hears and decides, so that `jennie replay` has it again.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPolicy:
    """How long what a session judged is kept."""

    evaluation_sessions: int = setting(
        60,
        "Sessions of which every judgement is kept; how often rules fired is kept for good.",
        unit="sessions",
        low=1,
        high=2000,
    )
    tape_sessions: int = setting(
        60, "Days of which the tapes of the sessions are kept.", unit="days", low=1, high=2000
    )
