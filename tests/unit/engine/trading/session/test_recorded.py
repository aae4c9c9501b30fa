"""A recorded day becomes columns of bars, and earlier days become daily bars with honest gaps."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.engine.data.conftest import NOW
from tests.unit.engine.research.loading_market import (
    BEFORE,
    CALENDAR,
    DAY,
    KB,
    SAMSUNG,
    SESSIONS,
    Past,
    minutes,
)

from jennie_cli.adapters.files import FileReader, TableFolder
from jennie_cli.engine.data import import_paths
from jennie_cli.engine.indicators import NO_BAR, DayBars
from jennie_cli.engine.model import Regime
from jennie_cli.engine.store import DailyPanel, MemoryFacts
from jennie_cli.engine.trading.session import NO_WATCHLIST
from jennie_cli.engine.trading.session.recorded import (
    LONGEST_HOLE,
    DaySummary,
    RecordedDay,
    days_before,
    of_one_scale,
    recorded_day,
)
from jennie_cli.engine.venue import Session
from jennie_cli.testing import moment

TIMES = [900, 901, 930, 1030, 1519, 1530]


def hours(day: date = DAY) -> Session:
    """Return the session of a day."""
    session = CALENDAR.session(day)
    assert session is not None
    return session


def recorded(*rows: tuple[str, date, int, int, int], day: date = DAY) -> RecordedDay:
    """Return a day as a store with these minutes tells it."""
    return recorded_day(Past().told(minutes(*rows)).facts, hours(day))


def test_a_column_holds_the_bars_of_one_stock_without_gaps() -> None:
    """A missing minute is a jump; one without volume or outside the session is no bar."""
    day = recorded(
        (KB, DAY, 900, 100, 5),
        (KB, DAY, 901, 101, 0),
        (KB, DAY, 1030, 102, 7),
        (SAMSUNG, DAY, 859, 90, 1),
        (SAMSUNG, DAY, 1530, 200, 3),
        (SAMSUNG, DAY, 1531, 201, 3),
        (SAMSUNG, BEFORE, 900, 300, 3),
    )
    bars = day.of([KB, SAMSUNG])
    assert [[540, 930], [630, NO_BAR]] == bars.minute.tolist()
    assert [2, 1] == bars.count.tolist()
    assert [[100.0, 200.0], [102.0, None]] == _told(bars.close)
    assert [[101.0, 201.0], [103.0, None]] == _told(bars.high)
    assert [[99.0, 199.0], [101.0, None]] == _told(bars.low)
    assert [[100.0, 200.0], [102.0, None]] == _told(bars.open)
    assert [[5.0, 3.0], [7.0, None]] == _told(bars.volume)
    assert not bars.after_gap.any()


def test_a_minute_of_another_day_is_no_bar_of_this_one() -> None:
    """A row that claims to have been known before its own day stays out."""
    rows = minutes(
        (KB, DAY, 900, 100, 5),
        (KB, CALENDAR.next_day(DAY), 900, 999, 5),
        known_at=lambda _: moment(DAY, 9, 1),
    )
    day = recorded_day(Past().told(rows).facts, hours())
    assert [[100.0]] == _told(day.of([KB]).close)


def test_columns_come_as_they_are_asked_for() -> None:
    """Any order, and an empty column for a stock that was not recorded."""
    day = recorded((KB, DAY, 900, 100, 5), (SAMSUNG, DAY, 900, 200, 5))
    bars = day.of([SAMSUNG, "999999", KB])
    assert [[200.0, None, 100.0]] == _told(bars.close)
    assert [1, 0, 1] == bars.count.tolist()


def test_a_day_without_bars_is_empty() -> None:
    """No minutes make no stocks, and a summary of nothing."""
    day = recorded((KB, DAY, 900, 100, 0))
    assert () == day.codes
    assert (0,) == day.summary.close.shape


def test_a_late_session_has_its_own_hours() -> None:
    """On the exam day bars run from 10:00 to 16:30."""
    exam = date(2025, 11, 13)
    rows = [(KB, exam, at, 100, 5) for at in (959, 1000, 1629, 1630, 1631)]
    assert [600, 989, 990] == recorded(*rows, day=exam).of([KB]).minute[:, 0].tolist()


@given(
    st.lists(
        st.tuples(
            st.sampled_from([KB, SAMSUNG, "000020"]),
            st.sampled_from(TIMES),
            st.integers(2, 1_000),
            st.integers(0, 2),
        ),
        unique_by=lambda row: row[:2],
    )
)
def test_every_minute_with_a_trade_is_one_bar(rows: list[tuple[str, int, int, int]]) -> None:
    """The columns hold what one loop over the rows would collect, stock by stock."""
    day = recorded(*((code, DAY, at, price, volume) for code, at, price, volume in rows))
    wanted: dict[str, list[tuple[int, float]]] = {}
    for code, at, price, volume in sorted(rows):
        if volume:
            wanted.setdefault(code, []).append((at // 100 * 60 + at % 100, float(price)))
    assert sorted(wanted) == sorted(day.codes)
    for code, expected in wanted.items():
        bars = day.of([code])
        known = bars.known[:, 0]
        found = zip(bars.minute[known, 0].tolist(), bars.close[known, 0].tolist(), strict=True)
        assert expected == list(found)
        assert known[: len(expected)].all()


def test_a_summary_is_the_day_in_one_row() -> None:
    """The highest high, the lowest low and the last close of each stock."""
    day = recorded(
        (KB, DAY, 900, 100, 5),
        (KB, DAY, 930, 90, 5),
        (KB, DAY, 1030, 95, 5),
        (SAMSUNG, DAY, 900, 7, 1),
    )
    found = day.summary
    assert (SAMSUNG, KB) == found.codes
    assert [8.0, 101.0] == found.high.tolist()
    assert [6.0, 89.0] == found.low.tolist()
    assert [7.0, 95.0] == found.close.tolist()


def _panel(days: tuple[date, ...]) -> DailyPanel:
    """Return daily bars of KB, at 10 won on the first day and one won more each day."""
    close = 10.0 + np.arange(len(days), dtype=np.float64)[:, None]
    return DailyPanel(
        days=days,
        codes=(KB,),
        open=close,
        high=close + 1,
        low=close - 1,
        close=close,
        volume=close,
        halted=np.zeros(close.shape, dtype=np.bool_),
    )


def _minutes_of(*codes: str) -> DaySummary:
    """Return a day told by minutes, at 50 won."""
    price = np.full(len(codes), 50.0)
    return DaySummary(codes=codes, high=price + 1, low=price - 1, close=price)


def test_daily_bars_come_before_minutes() -> None:
    """A session that the daily bars hold is not told by minutes, not even of another stock."""
    window = SESSIONS[-3:]
    told = {window[1]: _minutes_of(SAMSUNG), window[2]: _minutes_of(SAMSUNG)}
    found = days_before(_panel(window[:2]), told, window, [SAMSUNG, KB])
    assert window == found.days
    assert [[None, 10.0], [None, 11.0], [50.0, None]] == _told(found.close)
    assert [51.0, 49.0] == [found.high[2, 0], found.low[2, 0]]


def test_days_outside_the_window_are_left_out() -> None:
    """A longer panel and older minutes add nothing."""
    window = SESSIONS[-2:]
    told = {SESSIONS[-9]: _minutes_of(KB)}
    found = days_before(_panel(SESSIONS[-4:]), told, window, [KB])
    assert [[12.0], [13.0]] == _told(found.close)


@pytest.mark.parametrize(("hole", "first"), [(LONGEST_HOLE, 10.0), (LONGEST_HOLE + 1, None)])
def test_nothing_is_known_before_a_long_hole(hole: int, first: float | None) -> None:
    """Five sessions without any bar are bridged; behind more, the older days are gone."""
    window = SESSIONS[-(hole + 2) :]
    found = days_before(_panel(window[:1]), {window[-1]: _minutes_of(KB)}, window, [KB])
    assert [first] == _told(found.close)[0]
    assert [50.0] == _told(found.close)[-1]


def test_a_long_hole_just_before_the_session_hides_everything() -> None:
    """Prices of long ago are no history of this morning."""
    window = SESSIONS[-10:]
    found = days_before(_panel(window[:4]), {}, window, [KB])
    assert np.isnan(found.close).all()
    assert window == found.days


@pytest.mark.parametrize(
    ("closes", "first", "left"),
    [
        ([100, 130, 169], 219, [100, 130, 169]),
        ([100, 70, 49], 35, [100, 70, 49]),
        ([100, 101, 102], 34, [None, None, None]),
        ([300, 101, 102], 102, [None, 101, 102]),
        ([300, 900, 901], None, [None, 900, 901]),
        ([100, None, 170], 170, [100, None, 170]),
        ([100, None, 172], 172, [None, None, 172]),
        ([None, None, None], 50, [None, None, None]),
    ],
    ids=[
        "limit up",
        "limit down",
        "split today",
        "split",
        "reduction",
        "two sessions",
        "too far for two",
        "new",
    ],
)
def test_prices_of_another_scale_are_hidden(
    closes: list[float | None], first: float | None, left: list[float | None]
) -> None:
    """What the price limits of the sessions between do not allow is a split, not a move."""
    close = np.array(closes, dtype=np.float64)[:, None]
    days = DayBars(days=SESSIONS[-3:], high=close + 1, low=close - 1, close=close)
    found = of_one_scale(days, np.array([first], dtype=np.float64))
    assert [[price] for price in left] == _told(found.close)
    assert np.array_equal(found.close + 1, found.high, equal_nan=True)
    assert np.array_equal(found.close - 1, found.low, equal_nan=True)


def _told(values: Any) -> list[list[float | None]]:
    """Return an array as lists, None for NaN."""
    return [[None if np.isnan(v) else v for v in row] for row in values.tolist()]


EXAM, EVE = date(2025, 11, 13), date(2025, 11, 12)


@pytest.fixture
def real(market_data: Path, tmp_path: Path) -> MemoryFacts:
    """Return a store that imported the master and two recorded days."""
    table = tmp_path / "minutes.parquet"
    with duckdb.connect() as base:
        picked = f"date IN ('{EVE}', '{EXAM}')"
        source = market_data / "minute_bars.parquet"
        base.execute(
            f"COPY (SELECT * FROM read_parquet('{source}') WHERE {picked}) TO '{table}'"  # noqa: S608  # paths of ours
        )
    facts = MemoryFacts()
    import_paths(
        [str(market_data / "stock_master.csv"), str(table)],
        reader=FileReader(),
        lister=TableFolder(),
        facts=facts,
        calendar=CALENDAR,
        now=NOW,
    )
    return facts


@pytest.mark.data
def test_a_real_day_is_loaded_as_it_was_recorded(real: MemoryFacts, market_data: Path) -> None:
    """The exam day: every traded minute is a bar; base prices are the closes of the day before."""
    past = Past(facts=real, assumed_regime=Regime.NEUTRAL)
    (session,) = past.sessions(EXAM, EXAM)
    assert NO_WATCHLIST == session.watchlist
    assert not session.regime_known
    assert 0 < len(session.candidates.codes)
    with duckdb.connect() as base:
        rows = base.execute(
            "SELECT code, date, count(*), max_by(close, time) FROM read_parquet(?)"
            " WHERE volume > 0 GROUP BY ALL",
            [str(market_data / "minute_bars.parquet")],
        ).fetchall()
    counts = {(code, day): count for code, day, count, _ in rows}
    closes = {(code, day): close for code, day, _, close in rows}
    codes = session.candidates.codes
    assert [counts[c, EXAM] for c in codes] == session.bars.count.tolist()
    assert [closes[c, EVE] for c in codes] == session.candidates.base_price.tolist()
    last = session.bars.close[session.bars.count - 1, np.arange(len(codes))]
    assert [closes[c, EXAM] for c in codes] == last.tolist()
    assert 600 == session.bars.minute[0].min()
    assert timedelta(hours=6, minutes=30) == session.hours.close - session.hours.open
