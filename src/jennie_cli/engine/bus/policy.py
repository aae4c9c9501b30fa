"""How long the bus is waited for, and when a message counts as left or as poison."""

from dataclasses import dataclass

from jennie_cli.engine.model import setting


@dataclass(frozen=True, slots=True, kw_only=True)
class BusPolicy:
    """Figures of the bus, in real seconds."""

    claim_idle_s: float = setting(
        60.0,
        "A message that a consumer has had for so long without an end is given to another.",
        unit="seconds",
        low=1,
        high=3600,
    )
    deliveries: int = setting(
        3, "A message handed out so often without an end becomes a dead letter.", low=1, high=100
    )
    timeout_s: float = setting(
        2.0, "A bus that is silent for so long counts as dead.", unit="seconds", low=0.1, high=60
    )
    reconnect_step_s: float = setting(
        5.0,
        "After the n-th failure in a row the bus is left alone for n times so long.",
        unit="seconds",
        low=0,
        high=60,
    )
    reconnect_limit_s: float = setting(
        60.0, "Longest time that a dead bus is left alone.", unit="seconds", low=0, high=3600
    )

    def pause_s(self, failures: int) -> float:
        """Return the seconds to wait after so many failures in a row."""
        return min(self.reconnect_step_s * failures, self.reconnect_limit_s)


STANDARD = BusPolicy()
"""The defaults."""
