"""Whether shares were only counted anew, as a split or a reduction of capital does."""

from jennie_cli.engine.model import Position

_ROUNDING_RATIO = 0.01
"""A base price is cut to a tick, so that what it divides into is not quite the shares."""


def costs_the_same(before: Position, now: Position) -> bool:
    """Whether two counts of shares, both of some, cost the same won but for less than a share."""
    return abs(now.cost - before.cost) < max(now.cost / now.qty, 1.0)


def counted_anew(before: Position, now: Position, base_ratio: float) -> bool:
    """Whether a position is another count of the same, after its base price became this part of
    the close before.

    The won paid are the same but for less than a share, which is paid out in cash.
    """
    if before.qty == now.qty or not costs_the_same(before, now):
        return False
    expected = before.qty / base_ratio
    return abs(now.qty - expected) <= max(1.0, _ROUNDING_RATIO * min(expected, now.qty))
