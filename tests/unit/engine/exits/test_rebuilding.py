"""After losing all volatile state the book is what it was: ledger and bars tell the same story."""

from collections import Counter
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.engine.exits.cases import CODE, DAY, POLICY, at, buy, sell
from tests.unit.engine.exits.walks import DAYS, MINUTES, Walk, differing, ran

from jennie_cli.engine.exits import WHOLE_DAY, ExDate, Highs, rebuild
from jennie_cli.engine.model import ExitReason

ROWS = len(DAYS) * MINUTES
TODAY = DAY.toordinal()


@settings(max_examples=12)
@given(seed=st.integers(0, 10_000), cut=st.integers(0, ROWS - 1))
def test_a_restart_at_any_minute_changes_nothing(seed: int, cut: int) -> None:
    """A session in one go equals one that is rebuilt at a random minute, to the last bit."""
    walk = Walk.of(seed)
    whole = ran(walk, range(ROWS))
    before = ran(walk, range(cut + 1))
    again = before.restarted(cut)
    assert [] == differing(before.book, again.book)
    after = ran(walk, range(cut + 1, ROWS), again)
    assert whole.decided == before.decided + after.decided
    assert [] == differing(whole.book, after.book)


def test_the_walks_take_slices_and_meet_stops() -> None:
    """What the restart is tested on does scale out, trail, lock and stop."""
    seen = Counter(d[2] for seed in range(8) for d in ran(Walk.of(seed), range(ROWS)).decided)
    wanted = {"SCALE_OUT", "TRAILING_STOP", "PROFIT_LOCK_1", "ATR_STOP", "FIXED_STOP"}
    assert wanted <= set(seen)


def highs(*rows: tuple[int, int, float]) -> dict[str, Highs]:
    """Return the highs of the case's stock by days before today, minute and won."""
    back, minute, high = (np.array(column) for column in zip(*rows, strict=True))
    return {CODE: Highs(day=TODAY - back, minute=minute, high=high.astype(np.float64))}


@pytest.mark.parametrize(
    ("row", "watermark"),
    [
        ((1, 614, 10_500.0), 10_000.0),
        ((1, 615, 10_500.0), 10_000.0),
        ((1, 616, 10_500.0), 10_500.0),
        ((1, WHOLE_DAY, 10_500.0), 10_000.0),
        ((0, WHOLE_DAY, 10_500.0), 10_500.0),
        ((0, 540, 10_500.0), 10_500.0),
        ((2, WHOLE_DAY, 10_500.0), 10_000.0),
        ((0, 540, np.nan), 10_000.0),
    ],
)
def test_only_bars_after_the_fill_minute_count(
    row: tuple[int, int, float], watermark: float
) -> None:
    """Bought yesterday at 10:15, no earlier bar counts, nor that day's high."""
    entry = buy(when=at("10:15:40", DAY - timedelta(days=1)))
    found = rebuild([entry], highs(row), (), POLICY)
    assert watermark == found.watermark[0]


def test_marks_come_back_from_the_fills() -> None:
    """Levels taken, the sale on RSI, and the stop of RECON are read from the ledger's trades."""
    trades = [
        buy(recon=True),
        sell(25, 10_300, when=at("09:10"), reason=ExitReason.SCALE_OUT, level=1),
        sell(30, 10_400, when=at("09:20"), reason=ExitReason.RSI_OVERBOUGHT),
    ]
    found = rebuild(trades, {}, (), POLICY)
    assert (45, 1, True, -2.5) == (
        found.qty[0],
        found.level[0],
        found.rsi_sold[0],
        found.stored_stop_pct[0],
    )


def test_an_entry_starts_after_holding_nothing() -> None:
    """Sold out and bought again, the position knows nothing of its earlier life."""
    trades = [
        buy(when=at("09:05")),
        sell(100, 11_000, when=at("09:30")),
        buy(10, 9_000, when=at("10:00")),
    ]
    found = rebuild(trades, highs((0, 545 + 10, 11_800.0), (0, 601, 9_100.0)), (), POLICY)
    assert (10 * 60, 9_100.0, False) == (
        found.entry_minute[0],
        found.watermark[0],
        found.floor_armed[0],
    )


def test_highs_before_an_ex_date_are_scaled_with_it() -> None:
    """Yesterday's 10,800 before a split in two is 5,400 today."""
    split = ExDate(code=CODE, day=TODAY, base_ratio=0.5)
    found = rebuild([buy()], highs((1, WHOLE_DAY, 10_800.0), (0, 545, 5_300.0)), [split], POLICY)
    assert (5_000.0, 5_400.0) == (found.average[0], found.watermark[0])


def test_shares_that_are_counted_anew_on_the_evening_before() -> None:
    """Taken over then or on the morning, the position is the same: nothing is scaled twice."""
    split = ExDate(code=CODE, day=TODAY, base_ratio=0.5)
    tops = highs((1, WHOLE_DAY, 10_800.0), (0, 545, 5_300.0))
    found = []
    for when in (at("18:00", DAY - timedelta(days=1)), at("08:40", DAY)):
        counted = buy(200, 5_000, when=when, taken_over=True)
        book = rebuild([buy(), counted], tops, [split], POLICY)
        found.append((book.qty[0], book.average[0], book.watermark[0], bool(book.floor_armed[0])))
    assert [(200, 5_000.0, 5_400.0, False)] * 2 == found


@pytest.mark.parametrize(("qty", "price"), [(200, 6_000), (150, 10_000)])
def test_shares_that_were_bought_elsewhere_wait_for_no_ex_date(qty: int, price: int) -> None:
    """Another cost, or a count that the ex-date does not explain, is taken over at once."""
    split = ExDate(code=CODE, day=TODAY, base_ratio=0.5)
    counted = buy(qty, price, when=at("18:00", DAY - timedelta(days=1)), taken_over=True)
    before = rebuild([buy(), counted], {}, (), POLICY)
    after = rebuild([buy(), counted], {}, [split], POLICY)
    assert (qty, before.average[0] / 2) == (after.qty[0], after.average[0])
