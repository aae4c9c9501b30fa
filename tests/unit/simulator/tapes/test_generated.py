"""A tape made from a daily bar."""

from datetime import date

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from jennie_cli.engine.feed import DayBar
from jennie_cli.engine.model import Market
from jennie_cli.engine.venue import Session, default_calendar, floor_prices
from jennie_cli.simulator.tapes import Listing, Prints, TradingMode, generated_prints
from jennie_cli.simulator.tapes.marks import marks_of
from jennie_cli.simulator.tapes.paths import Bars

DAY = date(2025, 6, 30)
EXAM_DAY = date(2025, 11, 13)
CALENDAR = default_calendar()


def session_of(day: date) -> Session:
    """Return the hours of a day that is open."""
    session = CALENDAR.session(day)
    assert session is not None
    return session


def bar_of(four: tuple[int, int, int, int], volume: int) -> DayBar:
    """Return a daily bar."""
    opened, high, low, close = four
    return DayBar(
        code="990001", day=DAY, open=opened, high=high, low=low, close=close, volume=volume
    )


def made(
    bar: DayBar, mode: TradingMode = TradingMode.CONTINUOUS, *, day: date = DAY, seed: int = 1
) -> Prints:
    """Return the tape of a bar."""
    listing = Listing(code=bar.code, market=Market.KOSDAQ, base_price=bar.close, mode=mode)
    return generated_prints(seed=seed, session=session_of(day), bar=bar, listing=listing)


@st.composite
def bars(draw: st.DrawFn) -> DayBar:
    """Draw a bar whose prices need not lie on the grid and whose volume may be tiny."""
    low = draw(st.integers(1, 600_000))
    high = low + draw(st.sampled_from([0, 1, 7, low // 20, low // 3]))
    opened, close = draw(st.integers(low, high)), draw(st.integers(low, high))
    volume = draw(st.one_of(st.integers(4, 40), st.integers(41, 3_000_000)))
    return bar_of((opened, high, low, close), volume)


@given(bar=bars(), mode=st.sampled_from([TradingMode.CONTINUOUS, TradingMode.SINGLE_PRICE]))
@settings(max_examples=150, deadline=None)
def test_a_tape_reproduces_its_bar_to_the_won_and_the_share(bar: DayBar, mode: TradingMode) -> None:
    """First, highest, lowest, last price and the shares in all are those of the bar."""
    tape = made(bar, mode)
    seen = (tape.price[0], tape.price.max(), tape.price.min(), tape.price[-1], tape.qty.sum())
    assert (bar.open, bar.high, bar.low, bar.close, bar.volume) == tuple(map(int, seen))
    assert 0 == tape.short_bars
    assert tape.qty.min() >= 1


@given(bar=bars())
@settings(max_examples=60, deadline=None)
def test_prices_are_on_the_grid_or_the_bars_own(bar: DayBar) -> None:
    """A print names a valid price, or one of the four that the bar brought."""
    price = made(bar).price
    own = np.isin(price, [bar.open, bar.high, bar.low, bar.close])
    assert (own | (price == floor_prices(price, market=Market.KOSDAQ, on=DAY))).all()


@given(four=st.tuples(*(st.integers(1, 50) for _ in range(4))), volume=st.integers(1, 3))
def test_a_volume_too_small_for_four_prices_is_counted(
    four: tuple[int, int, int, int], volume: int
) -> None:
    """Too few shares give up extremes, then the open, never the close, and the tape says so."""
    opened, close, one, two = four
    bar = bar_of((opened, max(four), min(four), close), volume)
    tape = made(bar)
    short = volume < _needed(bar)
    assert volume == int(tape.qty.sum())
    assert close == int(tape.price[-1])
    assert int(short) == tape.short_bars
    assert volume == 1 or opened == int(tape.price[0])
    assert not short or len(tape) <= volume, (one, two)


def _needed(bar: DayBar) -> int:
    columns = ("open", "high", "low", "close", "volume")
    return int(Bars(**{name: np.array([getattr(bar, name)]) for name in columns}).needed()[0])


def test_three_shares_keep_the_extreme_farther_out() -> None:
    """Of a high and a low that cannot both be shown, the one farther from open and close stays."""
    tape = made(bar_of((100, 130, 95, 100), 3))
    assert [100, 130, 100] == tape.price.tolist()
    assert 1 == tape.short_bars


def test_a_halted_day_and_a_day_without_volume_print_nothing() -> None:
    """A bar whose open is 0, or whose volume is, has no prints."""
    assert 0 == len(made(bar_of((0, 0, 0, 5000), 0)))
    assert 0 == len(made(bar_of((5000, 5000, 5000, 5000), 0)))
    assert 0 == len(made(bar_of((5000, 5000, 5000, 5000), 10), TradingMode.HALTED))


def test_opening_and_closing_auction_stand_at_the_sessions_own_times() -> None:
    """The first and last print are auctions at open and close, the others between them."""
    for day in (DAY, EXAM_DAY):
        marks, tape = (
            marks_of(session_of(day)),
            made(bar_of((5000, 5100, 4900, 5050), 9_999), day=day),
        )
        assert (marks.open, marks.close) == (tape.at_ms[0], tape.at_ms[-1])
        assert [0, 0] == tape.aggressor[[0, -1]].tolist()
        assert ((tape.at_ms[1:-1] > marks.open) & (tape.at_ms[1:-1] < marks.closing)).all()
        assert {1, 5} == set(tape.aggressor[1:-1].tolist())


def test_a_single_price_stock_prints_only_at_its_auctions() -> None:
    """단기과열 and 정리매매 print at most once every 30 minutes."""
    tape = made(bar_of((5000, 5100, 4900, 5050), 9_999), TradingMode.LIQUIDATION)
    marks = marks_of(session_of(DAY))
    assert [marks.open, *marks.slots()] == tape.at_ms.tolist()
    assert {0} == set(tape.aggressor.tolist())


def test_the_number_of_prints_grows_with_the_volume() -> None:
    """More shares, more prints; a million shares give thousands."""
    counts = [
        len(made(bar_of((5000, 5100, 4900, 5050), volume))) for volume in (50, 5_000, 1_000_000)
    ]
    assert counts == sorted(counts)
    assert counts[-1] > 5_000


def test_the_same_seed_gives_the_same_tape_and_another_another() -> None:
    """A tape depends on seed, day, code and bar alone."""
    bar = bar_of((5000, 5100, 4900, 5050), 10_000)
    one, again, other = made(bar), made(bar), made(bar, seed=2)
    assert one.price.tobytes() + one.qty.tobytes() == again.price.tobytes() + again.qty.tobytes()
    assert one.qty.tobytes() != other.qty.tobytes()
