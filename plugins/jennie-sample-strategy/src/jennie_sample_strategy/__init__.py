"""A breakout from the opening range, and a gate against wide minutes."""

from jennie_sample_strategy.opening_range import opening_range
from jennie_sample_strategy.wide_bar import wide_bar

__all__ = ["opening_range", "wide_bar"]
