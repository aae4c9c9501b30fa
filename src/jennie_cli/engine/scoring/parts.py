"""How a formula becomes a part: points where the input is known, the neutral value where not."""

from collections.abc import Mapping

import numpy as np

from jennie_cli.engine.scoring.table import Part
from jennie_cli.engine.store.panels import FloatArray

FactorParts = Mapping[str, Part]
"""The parts of one factor by name."""


def known_or(points: FloatArray, value: FloatArray, neutral: float) -> FloatArray:
    """Return the points where `value` is a number, the neutral points where it is not."""
    return np.where(np.isfinite(value), points, neutral)


def linear(value: FloatArray, base: float, slope: float, top: float) -> FloatArray:
    """Return base + slope * value kept within 0 and the maximum."""
    return np.clip(base + slope * value, 0.0, top)


def part(points: FloatArray, value: FloatArray, unit: str) -> Part:
    """Return a part that is missing wherever its input is not a number."""
    missing = ~np.isfinite(value)
    return Part(points=points, input=np.where(missing, np.nan, value), missing=missing, unit=unit)
