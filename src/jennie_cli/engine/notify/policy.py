"""How many notices wait for a bus, and how old one may be when it is told."""

from dataclasses import dataclass

from jennie_cli.engine.model import setting


@dataclass(frozen=True, slots=True, kw_only=True)
class NotifyPolicy:
    """Figures of the notices."""

    room: int = setting(
        500,
        "So many notices wait for a bus that is away; of more, the oldest quiet ones fall.",
        unit="notices",
        low=10,
        high=10_000,
    )
    pause_s: float = setting(
        5.0,
        "Pause before what the bus or the chat did not take is tried again.",
        unit="seconds",
        low=0.1,
        high=600,
    )
    oldest_h: float = setting(
        24.0,
        "A notice that is older when its turn comes is told no more.",
        unit="hours",
        low=0.1,
        high=47,
    )
    again_s: float = setting(
        30.0,
        "How often it is looked for notices that failed or that another left.",
        unit="seconds",
        low=1,
        high=3_600,
    )
