"""When a price may be judged at all: hours, auctions, halts, old prices, orders on their way."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from tests.unit.engine.exits.cases import (
    CALENDAR,
    DAY,
    HOLD,
    POLICY,
    Decision,
    at,
    book,
    decide,
    moment,
    prices,
    table,
)

from jennie_cli.engine.exits import held_back_until, newly_halted, watch
from jennie_cli.engine.rules import exits as rule

EXAM = date(2025, 11, 13)
FIRST = date(2026, 1, 2)
CLOSED = date(2025, 8, 15)
NAN = float("nan")
HARD = ("HARD_STOP", 100, 0)
ATR = ("ATR_STOP", 100, 0)
FIXED = ("FIXED_STOP", 100, 0)
LOCK = ("PROFIT_LOCK_2", 100, 0)
FORCED = ("FORCED_LIQUIDATION", 100, 0)


@pytest.mark.parametrize(
    ("day", "clock", "price", "expected"),
    [
        (DAY, "08:59:59", 8_900, HOLD),
        (DAY, "09:00:00", 8_900, HARD),
        (DAY, "15:19:59", 8_900, HARD),
        (DAY, "15:20:00", 8_900, HOLD),
        (DAY, "15:40:00", 8_900, HOLD),
        (EXAM, "09:30:00", 8_900, HOLD),
        (EXAM, "10:00:00", 8_900, HARD),
        (EXAM, "15:45:00", 8_900, HARD),
        (EXAM, "16:19:59", 8_900, HARD),
        (EXAM, "16:20:00", 8_900, HOLD),
        (FIRST, "09:59:59", 8_900, HOLD),
        (FIRST, "10:00:00", 8_900, HARD),
        (CLOSED, "11:00:00", 8_900, HOLD),
        (CLOSED, "00:00:00", 8_900, HOLD),
    ],
)
def test_prices_are_judged_from_the_open_to_the_closing_auction(
    day: date, clock: str, price: int, expected: Decision
) -> None:
    """The hours are the day's own: the exam day and the late first day move them."""
    held = book(entry_day=day.toordinal() - 1)
    assert expected == decide(held, price, when=at(clock, day))


@pytest.mark.parametrize(
    ("day", "clock", "expected_price", "expected"),
    [
        (DAY, "15:20:00", 9_000, HARD),
        (DAY, "15:25:00", 9_759, ATR),
        (DAY, "15:25:00", 9_760, HOLD),
        (DAY, "15:29:00", 9_000, HARD),
        (DAY, "15:29:01", 9_000, HOLD),
        (DAY, "15:25:00", 10_100, HOLD),
        (DAY, "15:25:00", NAN, HOLD),
        (EXAM, "16:29:00", 9_000, HARD),
        (EXAM, "16:29:01", 9_000, HOLD),
    ],
)
def test_stops_enter_the_closing_auction_on_its_expected_price(
    day: date, clock: str, expected_price: float, expected: Decision
) -> None:
    """Decided until a minute before the close; the locks, armed by a high of +4 %, stay out."""
    held = book(high=10_400, entry_day=day.toordinal() - 1)
    assert expected == decide(held, 8_000, expected=expected_price, when=at(clock, day))


def test_the_fixed_stop_enters_the_closing_auction() -> None:
    """Where the ATR stop lies lower, -6 % at the expected price sells."""
    assert FIXED == decide(book(atr=900.0), 10_000, expected=9_400, when=at("15:28"))


def test_locks_end_with_continuous_trading() -> None:
    """A profit lock sells in the last second before the closing auction, and not in it."""
    held = book(high=10_400)
    assert LOCK == decide(held, 10_140, when=at("15:19:59"))
    assert HOLD == decide(held, 10_140, expected=10_140, when=at("15:20"))


@pytest.mark.parametrize(
    ("clock", "expected"),
    [
        ("08:59:59", HOLD),
        ("09:00:00", FORCED),
        ("15:20:00", FORCED),
        ("15:29:00", FORCED),
        ("15:29:01", HOLD),
    ],
)
def test_a_forced_liquidation_needs_no_price(clock: str, expected: Decision) -> None:
    """What must go goes while the session takes orders, on a feed that is frozen too."""
    assert expected == decide(book(), NAN, liquidate=True, when=at(clock))


def test_case_17_a_liquidation_comes_before_every_stop() -> None:
    """A position in the liquidation set is sold for that reason, even far below its stops."""
    assert FORCED == decide(book(), 8_900, liquidate=True)
    assert HARD == decide(book(), 8_900)


@pytest.mark.parametrize(
    ("age", "expected"), [(0.0, HARD), (10.0, HARD), (10.1, HOLD), (600.0, HOLD), (-23_400.0, HOLD)]
)
def test_an_old_price_is_not_judged(age: float, expected: Decision) -> None:
    """A price of more than ten seconds ago, or of the day before, decides nothing."""
    assert expected == decide(book(), 8_900, age=age)


def test_an_unknown_price_is_not_judged() -> None:
    """Without a price the record says so and nothing is sold."""
    found = table(book(), NAN)
    last = found.checks(0)[-1]
    assert (rule.FRESH.id, None, False) == (last.rule, last.value, last.passed)


def test_a_halted_stock_waits_and_is_told_once() -> None:
    """During a halt nothing is decided, not even a liquidation; only its start is news."""
    assert HOLD == decide(book(), 8_900, halted=True, liquidate=True)
    before = book()
    first = watch(before, prices(halted=True), moment(), POLICY)
    second = watch(first, prices(halted=True), moment(), POLICY)
    over = watch(second, prices(9_000, second=39_600), moment(), POLICY)
    again = watch(over, prices(halted=True), moment(), POLICY)
    pairs = [(before, first), (first, second), (second, over), (over, again)]
    assert [True, False, False, True] == [bool(newly_halted(a, b)[0]) for a, b in pairs]


@pytest.mark.parametrize(
    ("clock", "expected"), [("11:00:00", HOLD), ("11:01:59", HOLD), ("11:02:00", HARD)]
)
def test_a_sell_order_without_a_result_holds_back_the_next(clock: str, expected: Decision) -> None:
    """For 120 seconds nothing more is sold of the position, then it is judged again."""
    first = table(book(), 8_900, when=at("11:00"))
    until = float(held_back_until(first, moment(at("11:00")), POLICY)[0])
    assert expected == decide(book(), 8_900, pending=until, when=at(clock))
    forced = decide(book(), NAN, pending=until, liquidate=True, when=at(clock))
    assert (HOLD if expected == HOLD else FORCED) == forced


@pytest.mark.parametrize(
    ("price", "lower", "as_limit"),
    [(7_000, 7_000, True), (7_001, 7_000, False), (7_000, NAN, False), (10_000, 9_999, False)],
)
def test_at_the_lower_limit_one_sale_is_queued(price: int, lower: float, as_limit: bool) -> None:
    """Locked limit-down, the sale is one limit order that holds back the next until the close."""
    found = table(book(), price, lower=lower)
    assert as_limit == bool(found.at_lower_limit[0])
    if as_limit:
        close = at("15:30")
        until = float(held_back_until(found, moment(), POLICY)[0])
        assert until == close.hour * 3600 + close.minute * 60


def test_what_is_kept_holds_nothing_back() -> None:
    """A position that is not sold may be judged again at once."""
    assert np.isneginf(held_back_until(table(book(), 10_000), moment(), POLICY)).all()


def test_a_moment_takes_the_hours_of_its_session() -> None:
    """Opens, closing auction and close are seconds of the day; a closed day has none."""
    session = CALENDAR.session(EXAM)
    assert session is not None
    exam = moment(at("11:00", EXAM))
    assert (36_000, 58_800, 59_400) == (exam.opens, exam.auction, exam.closes)
    shut = moment(at("11:00", CLOSED))
    assert (0, 0, 0) == (shut.opens, shut.auction, shut.closes)
    assert HOLD == decide(
        replace(book(), floor_armed=np.array([True])), 1, when=at("11:00", CLOSED)
    )
