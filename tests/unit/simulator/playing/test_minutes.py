"""Minute bars of generated days, against the stored days and against the exchange in motion."""

from datetime import date, datetime, time

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.unit.simulator.conftest import SEED, Made

from jennie_cli.engine.clock import KST
from jennie_cli.engine.store import Batch, Dataset
from jennie_cli.engine.venue import Calendar
from jennie_cli.simulator.exchange import Exchange
from jennie_cli.simulator.packing import close_of, session_of
from jennie_cli.simulator.playing import GeneratedDays
from jennie_cli.simulator.playing.markets import DayTapes, day_seed, listings_of
from jennie_cli.simulator.playing.minutes import generated_minutes
from jennie_cli.simulator.server.charts import minutes

pytestmark = pytest.mark.slow

FIRST, EVENING = date(2025, 6, 30), 20 * 3600 * 1000
ENOUGH = 4
"""So many shares can show all four prices of a day."""


def _of(batch: Batch, name: str, code: str) -> NDArray[np.int64]:
    columns = batch.columns
    return np.asarray(columns[name][columns["code"] == code], dtype=np.int64)


def test_minutes_fold_to_the_stored_days_also_before_a_split(
    made: Made, calendar: Calendar
) -> None:
    """Open, high, low, close and volume of the minutes are the stored ones, to won and share."""
    rows = (150, 398, 399)
    split = np.flatnonzero(made.split())
    traded = np.flatnonzero((np.nan_to_num(made.grids["volume"][rows, :]) >= ENOUGH).all(axis=0))
    chosen = sorted({*traded[::40].tolist(), *np.intersect1d(split, traded).tolist()})
    assert np.intersect1d(split, chosen).size
    codes = [made.codes[place] for place in chosen]
    wanted = {made.days[row]: codes for row in rows}
    told = dict(generated_minutes(SEED, calendar, wanted, through=made.days[-1]))
    assert list(wanted) == list(told)
    for row, batch in zip(rows, told.values(), strict=True):
        assert batch.dataset is Dataset.MINUTE_BARS
        for code, place in zip(codes, chosen, strict=True):
            opened, high, low, close, volume = (
                _of(batch, name, code) for name in ("open", "high", "low", "close", "volume")
            )
            day = (opened[0], high.max(), low.min(), close[-1], volume.sum())
            stored = (made.grids[n][row, place] for n in ("open", "high", "low", "close", "volume"))
            assert tuple(stored) == day, code


def test_minutes_are_those_of_the_exchange_in_motion(calendar: Calendar) -> None:
    """What a client could have charted by the end of the day, interruptions included."""
    days = GeneratedDays(SEED, calendar)
    book, hours = days.book(FIRST), session_of(calendar, FIRST)
    listings = listings_of(book)
    exchange = Exchange(
        session=hours,
        listings=tuple(listings.values()),
        prints=DayTapes(days, book, hours, listings),
        seed=day_seed(SEED, FIRST),
        asleep=True,
    )
    swing = (book.bars["high"] - book.bars["low"]) / np.maximum(book.bars["low"], 1)
    codes = [book.codes[place] for place in np.argsort(-swing)[:12]]
    exchange.advance(EVENING)
    told = {code: list(minutes(exchange.prints_so_far(code))) for code in codes}
    assert any(exchange.interruptions(code) for code in codes)
    ((_, batch),) = generated_minutes(SEED, calendar, {FIRST: codes}, through=FIRST)
    for code in codes:
        label = _of(batch, "time", code)
        start_ms = (label // 100 * 60 + label % 100) * 60_000
        figures = [_of(batch, name, code) for name in ("open", "high", "low", "close", "volume")]
        assert [row[:6] for row in told[code]] == list(zip(start_ms, *figures, strict=True))


def test_a_minute_is_known_when_it_is_over_and_all_of_them_at_the_close(
    calendar: Calendar,
) -> None:
    """A stock that is not listed or does not trade has none."""
    book = GeneratedDays(SEED, calendar).book(FIRST)
    halted = book.codes[int(np.flatnonzero(book.bars["volume"] == 0)[0])]
    largest = book.codes[int(np.argmax(book.bars["volume"]))]
    wanted = {FIRST: ["NOBODY", halted, largest]}
    ((_, batch),) = generated_minutes(SEED, calendar, wanted, through=FIRST)
    assert {largest} == set(batch.columns["code"])
    label, known = batch.columns["time"], batch.columns["known_at"]
    midnight = int(datetime.combine(FIRST, time(), KST).timestamp())
    ends = midnight + (label // 100 * 60 + label % 100 + 1) * 60
    assert (900, 1530) == (label[0], label[-1])
    np.testing.assert_array_equal(ends[:-1], known[:-1])
    assert close_of(calendar, FIRST) == known[-1]


def test_a_day_on_which_none_of_the_stocks_trades_has_no_bar(calendar: Calendar) -> None:
    """The batch is empty and has all its columns."""
    ((day, batch),) = generated_minutes(SEED, calendar, {FIRST: ["NOBODY"]}, through=FIRST)
    assert (FIRST, 0) == (day, len(batch))
    assert "volume" in batch.columns
