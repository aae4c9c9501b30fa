"""Panels against a slow reading of the rows, for any rows, gaps, halts and late arrivals."""

import math
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from jennie_cli.engine.store import DailyPanel, MemoryFacts
from jennie_cli.testing import bars, flows, moment

START = date(2025, 6, 2)
CODES = ("000020", "005930", "0001A0")


@dataclass(frozen=True)
class Row:
    """One bar: where, its price (0 halted), and how many days late it became known."""

    code: str
    day: int
    price: int
    halted: bool
    late: int


ROW = st.builds(
    Row,
    code=st.sampled_from(CODES),
    day=st.integers(0, 9),
    price=st.integers(1, 99),
    halted=st.booleans(),
    late=st.sampled_from([0, 0, 0, 1, 3]),
)
ROWS = st.lists(ROW, max_size=20, unique_by=lambda r: (r.code, r.day))


def day(n: int) -> date:
    """Return the n-th day."""
    return START + timedelta(days=n)


def write(store: MemoryFacts, rows: list[Row]) -> None:
    """Write each row at its own moment."""
    for row in rows:
        ohl = 0 if row.halted else row.price
        volume = 0 if row.halted else row.price * 10
        known = moment(day(row.day + row.late))
        bar = (row.code, day(row.day), ohl, ohl, ohl, row.price, volume)
        store.write([bars(bar, known_at=lambda _, at=known: at)])


def slowly(rows: list[Row], as_of: datetime, days: int) -> dict[str, list[tuple[float, float]]]:
    """Return (close, volume) per code and day of the window, by the words of DailyPanel."""
    known = [r for r in rows if moment(day(r.day + r.late)) <= as_of]
    window = sorted({r.day for r in known})[-days:]
    out = {}
    for code in CODES:
        mine = {r.day: r for r in known if r.code == code}
        if not set(mine) & set(window):
            continue
        cells = []
        for d in window:
            past = [n for n in mine if n <= d]
            if not past or d > max(mine):
                cells.append((math.nan, math.nan))
            else:
                row = mine[max(past)]
                trades = max(past) == d and not row.halted
                cells.append((float(row.price), float(row.price * 10 if trades else 0)))
        out[code] = cells
    return out


def seen(panel: DailyPanel) -> dict[str, list[tuple[float, float]]]:
    """Return a panel in the same form."""
    return {
        code: list(zip(panel.close[:, at].tolist(), panel.volume[:, at].tolist(), strict=True))
        for at, code in enumerate(panel.codes)
    }


@given(ROWS, st.integers(0, 13), st.integers(1, 12))
def test_a_panel_is_what_a_slow_reader_finds(rows: list[Row], now: int, days: int) -> None:
    """Window, codes, carried closes, halts and life ends agree cell by cell."""
    store = MemoryFacts()
    write(store, rows)
    panel = store.daily(as_of=moment(day(now)), days=days)
    expected = slowly(rows, moment(day(now)), days)
    assert repr(dict(sorted(expected.items()))) == repr(seen(panel))
    carried = panel.halted
    np.testing.assert_array_equal(panel.close[carried], panel.open[carried])
    assert (panel.volume[carried] == 0).all()


@settings(max_examples=60)
@given(ROWS, ROWS, st.integers(0, 9))
def test_added_future_rows_change_no_past_read(
    past: list[Row], future: list[Row], now: int
) -> None:
    """Whatever becomes known after a moment, a reader of that moment sees the same."""
    as_of = moment(day(now), 23, 0)
    held = {(r.code, r.day) for r in past}
    added = [r for r in future if r.day + r.late > now and (r.code, r.day) not in held]
    store = MemoryFacts()
    write(store, past)
    before = store.daily(as_of=as_of, days=6)
    flow = store.flows(before)
    write(store, added)
    for row in added:
        known = moment(day(row.day + row.late), 18, 0)
        store.write([flows((row.code, day(row.day), 1.0, 2.0), known_at=lambda _, at=known: at)])
    after = store.daily(as_of=as_of, days=6)
    # as text, for NaN is not equal to itself
    assert repr((before.days, seen(before))) == repr((after.days, seen(after)))
    np.testing.assert_array_equal(flow.foreign, store.flows(after).foreign)


def test_an_empty_store_gives_an_empty_panel() -> None:
    """No rows mean no days and no codes, for bars and flows alike."""
    store = MemoryFacts()
    panel = store.daily(as_of=moment(START), days=160)
    assert ((), (), (0, 0)) == (panel.days, panel.codes, panel.close.shape)
    assert (0, 0) == store.flows(panel).foreign.shape
    assert ((), ()) == (store.daily(as_of=moment(START), days=0).days, panel.codes)


def test_late_flows_stay_hidden_cell_by_cell() -> None:
    """A flow published later than the others of its day is missing until then."""
    store = MemoryFacts()
    store.write([bars(("000020", START, 1, 1, 1, 1, 1), ("005930", START, 1, 1, 1, 1, 1))])
    late = moment(day(3))
    store.write([flows(("000020", START, 5.0, 5.0))])
    store.write([flows(("005930", START, 6.0, 6.0), known_at=lambda _: late)])
    early = store.flows(store.daily(as_of=moment(day(1)), days=5))
    np.testing.assert_array_equal([[5.0, np.nan]], early.foreign)
    assert [[5.0, 6.0]] == store.flows(store.daily(as_of=late, days=5)).foreign.tolist()
