"""Scaling out: a slice at a time, in order, worth its fee, never the last share."""

from typing import Any

import pytest
from tests.unit.engine.exits.cases import HOLD, POLICY, Decision, at, book, buy, decide, sell

from jennie_cli.engine.errors import SettingsError
from jennie_cli.engine.exits import ExitPolicy, filled, read_exit_mark
from jennie_cli.engine.model import ExitReason, Regime

BULL, NEUTRAL, BEAR = Regime.BULL, Regime.NEUTRAL, Regime.BEAR
STILL = ExitPolicy(trailing=False, rsi_limit=100.0, target_pct=900.0)
"""Nothing but slices is sold on the way up."""


def slice_of(qty: int, level: int) -> Decision:
    """Return the sale of a slice."""
    return "SCALE_OUT", qty, level


@pytest.mark.parametrize(
    ("regime", "level", "gain_pct", "share_pct"),
    [
        (BULL, 1, 7, 25),
        (BULL, 2, 15, 25),
        (BULL, 3, 25, 15),
        (Regime.STRONG_BULL, 1, 7, 25),
        (NEUTRAL, 1, 3, 25),
        (NEUTRAL, 2, 7, 25),
        (NEUTRAL, 3, 12, 25),
        (NEUTRAL, 4, 18, 15),
        (BEAR, 1, 2, 25),
        (BEAR, 2, 5, 25),
        (BEAR, 3, 8, 25),
        (BEAR, 4, 12, 15),
        (Regime.STRONG_BEAR, 4, 12, 15),
    ],
)
def test_levels_of_a_regime(regime: Regime, level: int, gain_pct: int, share_pct: int) -> None:
    """Each level sells its part of the shares left, from its profit on and not a won before."""
    held = book(buy(1_000), level=level - 1)
    price = 10_000 + 100 * gain_pct
    assert slice_of(10 * share_pct, level) == decide(held, price, STILL, regime=regime)
    assert HOLD == decide(held, price - 1, STILL, regime=regime)


@pytest.mark.parametrize(("regime", "taken"), [(BULL, 3), (NEUTRAL, 4), (BEAR, 4), (BULL, 4)])
def test_after_the_last_level_nothing_is_sliced(regime: Regime, taken: int) -> None:
    """With every level taken the rest runs on, also where the market has fewer levels now."""
    assert HOLD == decide(book(buy(1_000), level=taken), 14_000, STILL, regime=regime)


def test_one_level_at_a_time() -> None:
    """A leap over three levels sells the first one's slice, then the second's."""
    held = book(buy(1_000))
    assert slice_of(250, 1) == decide(held, 12_000, STILL)
    held = filled(held, sell(250, 12_000, reason=ExitReason.SCALE_OUT, level=1), STILL)
    assert slice_of(187, 2) == decide(held, 12_000, STILL)


@pytest.mark.parametrize(
    ("qty", "price", "total", "expected"),
    [
        (200, 10_300, 50_000_000, slice_of(50, 1)),
        (194, 10_420, 50_000_000, slice_of(48, 1)),
        (190, 10_420, 50_000_000, HOLD),
        (190, 10_420, None, HOLD),
        (190, 10_420, 40_000_000, slice_of(47, 1)),
        (40, 10_300, 10_000_000, slice_of(10, 1)),
        (40, 10_300, 10_300_000, slice_of(10, 1)),
        (40, 10_300, 10_300_100, HOLD),
        (2, 10_300, 1_000_000, slice_of(1, 1)),
        (1, 10_300, 1_000_000, HOLD),
        (3, 10_300, 0, slice_of(1, 1)),
    ],
)
def test_a_slice_is_worth_its_fee(
    qty: int, price: int, total: int | None, expected: Decision
) -> None:
    """At least 500,000 won or 1 % of the account, at least one share, and one share stays."""
    assert expected == decide(book(buy(qty)), price, STILL, total=total)


def test_dear_shares_are_sliced_too() -> None:
    """Four shares of 600,000 won are sold one by one."""
    held = book(buy(4, 600_000), high=600_000, atr=7_200.0)
    assert slice_of(1, 1) == decide(held, 618_000, STILL)


def test_case_16_a_level_taken_is_not_repeated() -> None:
    """The first shares filled of a slice take its level, and the watermark stays."""
    held = book(buy(1_000), high=10_350)
    assert slice_of(250, 1) == decide(held, 10_300, STILL)
    part = filled(held, sell(100, 10_300, reason=ExitReason.SCALE_OUT, level=1), POLICY)
    assert (900, 1, 10_350.0) == (part.qty[0], part.level[0], part.watermark[0])
    assert HOLD == decide(part, 10_300, STILL)
    rest = filled(part, sell(150, 10_300, reason=ExitReason.SCALE_OUT, level=1), POLICY)
    assert (750, 1, 10_350.0) == (rest.qty[0], rest.level[0], rest.watermark[0])
    assert HOLD == decide(rest, 10_300, STILL)


def test_an_order_that_did_not_fill_takes_no_level() -> None:
    """Only a fill is remembered: the same level is decided again."""
    held = book(buy(1_000))
    first, second = (decide(held, 10_300, when=at(clock)) for clock in ("11:00", "11:03"))
    assert slice_of(250, 1) == first == second


def test_a_full_exit_forgets_the_levels() -> None:
    """Bought again, the stock starts at the first level with a watermark of its own."""
    held = book(buy(1_000), high=10_900, level=2, rsi_sold=True)
    gone = filled(held, sell(1_000, 10_500, reason=ExitReason.TRAILING_STOP), POLICY)
    assert () == gone.codes
    again = filled(gone, buy(1_000, 10_600, when=at("11:00")), POLICY)
    assert (0, 10_600.0, False) == (again.level[0], again.watermark[0], again.rsi_sold[0])


@pytest.mark.parametrize(
    "figures",
    [
        {"scale_bull_pct": (7.0, 15.0)},
        {"scale_bear_pct": (2.0, 2.0, 8.0, 12.0)},
        {"scale_neutral_share_pct": (25.0, 25.0, 25.0, 100.0)},
    ],
)
def test_levels_that_do_not_fit_are_refused(figures: dict[str, Any]) -> None:
    """Profits must rise, each with a slice, and no slice is the whole position."""
    with pytest.raises(SettingsError, match="do not fit"):
        ExitPolicy(**figures)


@pytest.mark.parametrize(
    ("mark", "expected"),
    [
        ("SCALE_OUT:2", (ExitReason.SCALE_OUT, 2)),
        ("HARD_STOP", (ExitReason.HARD_STOP, 0)),
        ("GOLDEN_CROSS", (None, 0)),
        ("SCALE_OUT:x", (ExitReason.SCALE_OUT, 0)),
        ("", (None, 0)),
        (None, (None, 0)),
    ],
)
def test_marks_are_read(mark: str | None, expected: tuple[ExitReason | None, int]) -> None:
    """What the exits did not write tells no reason."""
    assert expected == read_exit_mark(mark)
