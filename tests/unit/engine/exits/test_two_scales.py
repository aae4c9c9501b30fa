"""One function, two time scales: many moments in one call equal one moment at a time."""

from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.engine.exits.cases import CALENDAR, POLICY
from tests.unit.engine.exits.walks import CODES, DAYS, MINUTES, OPEN, Walk, moment_of, quoted, ran

from jennie_cli.engine.exits import (
    ExitBook,
    ExitMoment,
    ExitPrices,
    ExitTable,
    day_second,
    judge,
    watch,
)

BOUGHT = 20
"""The session runs alone up to this row; what is held then is judged on."""


def held(walk: Walk) -> ExitBook:
    """Return what a walk holds after its first rows."""
    return ran(walk, range(BOUGHT)).book


def whole(walk: Walk, book: ExitBook, rows: range) -> ExitTable:
    """Judge many rows in one call, as a backtest does."""
    column = np.array(rows).reshape(-1, 1)
    price = walk.price[rows.start : rows.stop, [CODES.index(code) for code in book.codes]]
    second = np.where(np.isnan(price), np.nan, OPEN * 60.0 + column % MINUTES * 60 + 30)
    nothing = np.full(price.shape, np.nan)
    prices = ExitPrices(
        price=price,
        second=second,
        expected=nothing,
        expected_second=nothing,
        lower_limit=nothing,
        halted=np.zeros(price.shape, dtype=np.bool_),
    )
    first = moment_of(walk, book, rows.start, np.full(len(book.codes), -np.inf))
    when = OPEN * 60.0 + column % MINUTES * 60 + 30
    moments = replace(
        first,
        at_second=when,
        regime=np.full(when.shape, int(first.regime)),
        stop_factor=np.full(when.shape, float(first.stop_factor)),
        total=np.full(when.shape, float(first.total)),
    )
    return judge(watch(book, prices, moments, POLICY), prices, moments, POLICY)


def one_by_one(walk: Walk, book: ExitBook, rows: range, *, ahead: int = 0) -> Iterator[ExitTable]:
    """Judge row after row, as a session does; `ahead` reads the price of a later row."""
    for row in rows:
        prices = quoted(walk, book, row)
        if ahead:
            prices = replace(prices, price=quoted(walk, book, row + ahead).price)
        now: ExitMoment = moment_of(walk, book, row, np.full(len(book.codes), -np.inf))
        book = watch(book, prices, now, POLICY)
        yield judge(book, prices, now, POLICY)


def same(many: ExitTable, row: int, one: ExitTable) -> bool:
    """Whether a row of many moments holds the very bits of a single one."""
    tables = {"asked", "value", "limit", "fired"}
    return all(
        np.array_equal(
            getattr(many, f.name)[:, row] if f.name in tables else getattr(many, f.name)[row],
            getattr(one, f.name),
            equal_nan=f.name in {"value", "limit"},
        )
        for f in fields(ExitTable)
        if f.name != "codes"
    )


@settings(max_examples=10)
@given(seed=st.integers(0, 10_000), cut=st.integers(BOUGHT + 1, MINUTES))
def test_a_session_in_one_call_equals_one_moment_at_a_time(seed: int, cut: int) -> None:
    """Row t of the whole session, and of a session cut anywhere after it, is what t alone says."""
    walk = Walk.of(seed)
    book = held(walk)
    rows = range(BOUGHT, MINUTES)
    full, short = whole(walk, book, rows), whole(walk, book, range(BOUGHT, cut))
    for row, one in enumerate(one_by_one(walk, book, range(BOUGHT, cut))):
        assert same(full, row, one)
        assert same(short, row, one)


def test_a_look_ahead_of_one_row_is_caught() -> None:
    """Judged with the price of the next row, the session no longer agrees with the whole."""
    walk = Walk.of(5)
    book = held(walk)
    rows = range(BOUGHT, MINUTES - 1)
    full = whole(walk, book, rows)
    planted = one_by_one(walk, book, rows, ahead=1)
    assert not all(same(full, row, one) for row, one in enumerate(planted))


def test_checks_of_one_cell_of_many() -> None:
    """A cell of a session tells the same checks as the moment alone."""
    walk = Walk.of(5)
    book = held(walk)
    full = whole(walk, book, range(BOUGHT, BOUGHT + 1))
    single = next(one_by_one(walk, book, range(BOUGHT, BOUGHT + 1)))
    assert single.checks(0) == full.checks(0, 0)
    assert single.counts() == full.counts()


@pytest.mark.parametrize("day", DAYS)
def test_the_walks_lie_inside_a_session(day: date) -> None:
    """Every minute walked is one of continuous trading."""
    session = CALENDAR.session(day)
    assert session is not None
    assert OPEN * 60 == day_second(session.open)
    assert (OPEN + MINUTES) * 60 < day_second(session.closing_auction_start)
