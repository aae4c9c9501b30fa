"""Days of the generated market, against its stored facts."""

from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from tests.unit.simulator.conftest import SEED, Made

from jennie_cli.engine.clock import KST
from jennie_cli.engine.errors import InputError
from jennie_cli.engine.model import Market
from jennie_cli.engine.store import Dataset
from jennie_cli.engine.venue import Calendar
from jennie_cli.simulator import GeneratedMarket
from jennie_cli.simulator.packing import session_of
from jennie_cli.simulator.playing import DayBook, GeneratedDays
from jennie_cli.simulator.playing.indices import day_indices
from jennie_cli.simulator.playing.markets import DayTapes, listings_of

pytestmark = pytest.mark.slow

SECOND = date(2025, 7, 1)


@pytest.fixture(scope="module")
def days(calendar: Calendar, tmp_path_factory: pytest.TempPathFactory) -> GeneratedDays:
    """Return the days of a seed, with a folder."""
    return GeneratedDays(SEED, calendar, folder=tmp_path_factory.mktemp("days"))


@pytest.fixture(scope="module")
def book(days: GeneratedDays) -> DayBook:
    """Return the second day of the world."""
    return days.book(SECOND)


def test_the_day_is_that_of_the_stored_facts(book: DayBook, calendar: Calendar) -> None:
    """Every bar that the store will hold for the day is the bar that is played."""
    market = GeneratedMarket(SEED, calendar)
    facts = [
        b.columns
        for b in market.batches_after(date(2025, 6, 30), SECOND)
        if b.dataset is Dataset.DAILY_BARS
    ][-1]
    places = [book.column(code) for code in facts["code"]]
    assert len(book.codes) == len(places)
    for name in ("open", "high", "low", "close", "volume"):
        np.testing.assert_array_equal(facts[name], book.bars[name][places])


def test_the_past_is_that_of_the_stored_facts(days: GeneratedDays, made: Made) -> None:
    """On the first day the past is the end of the stored history."""
    first = days.book(date(2025, 6, 30))
    assert made.days[-250:] == first.past_days
    places = [first.column(c) for c in made.codes if first.place(c) is not None]
    kept = [made.codes.index(first.codes[p]) for p in places]
    stored = np.nan_to_num(made.grids["close"][-250:, kept])
    whole = np.isin(first.split[places], 1)
    np.testing.assert_array_equal(stored[:, whole], first.past["close"][:, places][:, whole])


def test_a_second_start_reads_the_same_book(days: GeneratedDays, book: DayBook) -> None:
    """What was kept reads back to the byte without making the market again."""
    fresh = GeneratedDays(SEED, days.calendar, folder=days._folder)
    again = fresh.book(SECOND)
    assert fresh._evolution is None
    assert (book.codes, book.names, book.past_days) == (again.codes, again.names, again.past_days)
    for group in ("bars", "past", "flows", "index"):
        kept = getattr(again, group)
        assert set(getattr(book, group)) == set(kept)
        for name, values in getattr(book, group).items():
            np.testing.assert_array_equal(values, kept[name])


def test_a_book_of_another_seed_or_a_damaged_one_is_not_read(
    days: GeneratedDays, book: DayBook, tmp_path: Path
) -> None:
    """A foreign or broken file is made anew."""
    folder = days._folder
    assert folder is not None
    name = f"{SECOND:%Y%m%d}.npz"
    whole = (folder / name).read_bytes()
    (tmp_path / name).write_bytes(whole)
    other = GeneratedDays(SEED + 1, days.calendar, folder=tmp_path)._shelf(SECOND)
    assert other is not None
    assert other.load(SECOND) is None
    (tmp_path / name).write_bytes(whole[: len(whole) // 2])
    same = GeneratedDays(SEED, days.calendar, folder=tmp_path)._shelf(SECOND)
    assert same is not None
    assert same.load(SECOND) is None
    assert book.day == SECOND


def test_a_day_inside_the_history_or_a_closed_one_is_refused(days: GeneratedDays) -> None:
    """Only open days after the history can be played."""
    for day in (date(2025, 6, 27), date(2025, 7, 5)):
        with pytest.raises(InputError, match="cannot be played"):
            days.book(day)
    assert (SECOND,) == days.days(date(2025, 7, 1), date(2025, 7, 1))
    assert () == days.days(date(2025, 6, 1), date(2025, 6, 29))


def test_a_tape_reproduces_the_bar(days: GeneratedDays, book: DayBook) -> None:
    """Open, high, low, close and volume of the prints are those of the day."""
    session = session_of(days.calendar, SECOND)
    listings = listings_of(book)
    tapes = DayTapes(days, book, session, listings)
    assert len(book.codes) == len(tapes) == len(list(tapes))
    for at in np.flatnonzero(book.bars["volume"])[:40]:
        prints = tapes[book.codes[at]]
        made = [prints.price[0], prints.price.max(), prints.price.min(), prints.price[-1]]
        bar = [book.bars[n][at] for n in ("open", "high", "low", "close")]
        assert bar == made
        assert book.bars["volume"][at] == prints.qty.sum()


def test_a_stock_that_does_not_trade_has_an_empty_tape(days: GeneratedDays, book: DayBook) -> None:
    """A halted stock prints nothing."""
    session = session_of(days.calendar, SECOND)
    at = int(np.flatnonzero(book.bars["volume"] == 0)[0])
    listing = listings_of(book)[book.codes[at]]
    assert 0 == len(days.prints(book, listing, session))


def test_the_large_cap_index_has_two_hundred_members(book: DayBook) -> None:
    """Members are of the first board and nearly all still listed."""
    members = np.flatnonzero(book.kospi200)
    assert 190 <= len(members) <= 200
    assert {Market.KOSPI} == {book.market(int(at)) for at in members}


@pytest.mark.parametrize("market", list(Market))
def test_an_index_goes_from_its_open_to_its_close(
    days: GeneratedDays, book: DayBook, market: Market
) -> None:
    """Before the open it stands at the last close, at the end at the day's; it touches both
    extremes of the day and never leaves them.
    """
    session = session_of(days.calendar, SECOND)
    made = day_indices(book, session, seed=SEED)
    assert made is not None
    place = tuple(Market).index(market)
    opened, high, low, close = book.index["points"][-1, place]
    midnight = datetime.combine(SECOND, datetime.min.time(), KST)
    ends = (session.open, session.close)
    open_ms, close_ms = ((t - midnight) // timedelta(milliseconds=1) for t in ends)
    before = made.at(market, open_ms - 1)
    assert (before.before, 0) == (before.level, before.volume)
    first, last = made.at(market, open_ms), made.at(market, close_ms)
    assert (opened, opened, close, high, low) == (
        first.level,
        first.open,
        last.level,
        last.high,
        last.low,
    )
    assert int(book.index["value"][-1, place]) == last.value
