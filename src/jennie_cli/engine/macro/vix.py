"""What the VIX says of the days to come."""

from enum import StrEnum


class VixRegime(StrEnum):
    """How much the options market fears, mildest first."""

    LOW_VOL = "low_vol"
    NORMAL = "normal"
    ELEVATED = "elevated"
    CRISIS = "crisis"


_BELOW = ((15.0, VixRegime.LOW_VOL), (25.0, VixRegime.NORMAL), (35.0, VixRegime.ELEVATED))


def vix_regime(vix: float | None) -> VixRegime | None:
    """Return low_vol below 15, normal below 25, elevated below 35, else crisis."""
    if vix is None:
        return None
    return next((regime for below, regime in _BELOW if vix < below), VixRegime.CRISIS)
