"""What is kept of a position, and how prices, fills and ex-dates move it."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from tests.unit.engine.exits.cases import (
    CALM,
    CODE,
    DAY,
    HOLD,
    POLICY,
    at,
    book,
    buy,
    decide,
    moment,
    past,
    prices,
    sell,
    table,
)

from jennie_cli.engine.exits import (
    ExDate,
    ExitBook,
    ExitPrices,
    differs,
    empty_book,
    filled,
    judge,
    protective_level,
    rebased,
    watch,
)
from jennie_cli.engine.model import Position

TODAY = DAY.toordinal()
OTHER = "900020"


def seen(held: ExitBook, clock: str, price: float) -> float:
    """Return the watermark after one trade of a second of the day."""
    now = at(clock)
    second = now.hour * 3600 + now.minute * 60 + now.second
    return float(watch(held, prices(price, second=second), moment(now), POLICY).watermark[0])


@pytest.mark.parametrize(
    ("clock", "watermark"),
    [
        ("10:14:59", 10_000.0),
        ("10:15:00", 10_000.0),
        ("10:15:59", 10_000.0),
        ("10:16:00", 10_400.0),
        ("15:30:12", 10_400.0),
        ("15:40:00", 10_000.0),
        ("18:00:00", 10_000.0),
    ],
)
def test_the_watermark_starts_a_minute_after_the_fill(clock: str, watermark: float) -> None:
    """What traded before, in the minute of the fill, or after the market does not count."""
    held = book(buy(when=at("10:15:20")))
    assert watermark == seen(held, clock, 10_400)


@pytest.mark.parametrize(("clock", "watermark"), [("08:10:00", 10_000.0), ("09:00:00", 10_400.0)])
def test_a_later_day_counts_from_its_open(clock: str, watermark: float) -> None:
    """On the next days every price of the regular session counts."""
    assert watermark == seen(book(), clock, 10_400)


def test_yesterday_s_last_price_does_not_count() -> None:
    """A price whose second still lies ahead is of another day."""
    now = moment(at("09:00:01"))
    left = prices(10_400, second=55_800)
    assert 10_000.0 == watch(book(), left, now, POLICY).watermark[0]


def test_the_watermark_never_falls() -> None:
    """A lower price, or none, leaves the highest in place."""
    held = book(high=10_400)
    assert [10_400.0] * 2 == [seen(held, "11:00", price) for price in (10_100, np.nan)]


def test_a_partial_fill_of_the_same_entry_keeps_the_watermark() -> None:
    """The rest of a buy moves the average and nothing else of the entry."""
    held = book(buy(60, when=at("10:15")), high=10_300)
    more = filled(held, buy(40, 10_050, when=at("10:17")), POLICY)
    assert (100, 10_020.0, 10_300.0) == (more.qty[0], more.average[0], more.watermark[0])
    assert 10 * 60 + 15 == more.entry_minute[0]


def test_a_partial_sale_keeps_the_average() -> None:
    """Shares and their cost leave, the average stays."""
    held = filled(book(buy(3, 10_001)), sell(1, 10_500), POLICY)
    assert (2, 10_001.0, 20_002) == (held.qty[0], held.average[0], held.cost[0])


@pytest.mark.parametrize("qty", [100, 120])
def test_a_full_sale_ends_all_memory(qty: int) -> None:
    """With the last share everything kept of the position goes."""
    held = filled(book(buy(), buy(code=OTHER)), sell(qty, 9_000), POLICY)
    assert (OTHER,) == held.codes


def test_a_sale_of_what_is_not_held_changes_nothing() -> None:
    """Shares that nobody saw bought cannot leave."""
    assert () == filled(empty_book(), sell(10, 9_000), POLICY).codes


def test_codes_stay_sorted() -> None:
    """Where a position stands depends on its code, not on when it was bought."""
    held = empty_book()
    for code in ("900030", "900010", "900020"):
        held = filled(held, buy(code=code, qty=int(code[-2:])), POLICY)
    assert ("900010", "900020", "900030") == held.codes
    assert [10, 20, 30] == held.qty.tolist()


def test_a_new_position_has_no_past_until_it_is_told() -> None:
    """Its ATR is unknown, which counts as 2 %, until the days are given; others keep theirs."""
    held = filled(book(), buy(code=OTHER), POLICY)
    assert [120.0] == held.past.atr[:1].tolist()
    assert np.isnan(held.past.atr[1])
    told = held.with_past((OTHER,), past([10_000.0] * 20))
    assert np.isnan(told.past.atr[0])
    assert 100.0 == pytest.approx(told.past.atr[1])


def test_a_split_moves_no_decision() -> None:
    """Five shares for one: average, watermark and stops are a fifth of what they were."""
    before = book(high=10_400, average=10_000.0)
    after = rebased(before, ExDate(code=CODE, day=TODAY, base_ratio=0.2), POLICY)
    after = filled(after, buy(500, 2_000, when=at("08:40"), taken_over=True), POLICY)
    after = after.with_past((CODE,), replace(past(CALM), atr=np.array([24.0])))
    assert (500, 2_000.0, 2_080.0) == (after.qty[0], after.average[0], after.watermark[0])
    assert HOLD == decide(after, 2_030)
    assert ("PROFIT_LOCK_2", 500, 0) == decide(after, 2_029)


def test_a_capital_reduction_with_odd_lots_paid_out() -> None:
    """Ten shares become one, a fraction is paid in cash, and no stop falls over it."""
    before = book(buy(105, 1_000), high=1_000)
    before = rebased(before, ExDate(code=CODE, day=TODAY, base_ratio=10.0), POLICY)
    after = filled(before, buy(10, 10_000, when=at("08:40"), taken_over=True), POLICY)
    assert (10, 10_000.0) == (after.qty[0], after.average[0])
    assert HOLD == decide(after, 9_900)


def test_a_rights_issue_scales_what_the_stops_are_measured_from() -> None:
    """The base price falls by a tenth, and so do average and watermark, not the shares."""
    after = rebased(book(high=10_500), ExDate(code=CODE, day=TODAY, base_ratio=0.9), POLICY)
    assert (100, 9_000.0, 9_450.0) == (after.qty[0], after.average[0], after.watermark[0])
    corrected = filled(after, buy(100, 10_100, when=at("09:30"), taken_over=True), POLICY)
    assert 9_090.0 == pytest.approx(corrected.average[0])


@pytest.mark.parametrize(("price", "expected"), [(9_200, ("FIXED_STOP", 100, 0)), (9_201, HOLD)])
def test_a_cash_dividend_lowers_the_stop_by_its_amount(
    price: int, expected: tuple[str, int, int]
) -> None:
    """200 won a share go ex: the stop of 9,400 stands at 9,200."""
    held = rebased(book(atr=900.0), ExDate(code=CODE, day=TODAY, dividend=200.0), POLICY)
    assert 9_800.0 == held.watermark[0]
    assert expected == decide(held, price)
    level = protective_level(held, np.array([9_900.0]), moment(), POLICY)
    assert [9_200.0] == level.tolist()


def test_a_dividend_lowers_the_atr_stop_and_counts_as_profit() -> None:
    """The ATR stop of 9,760 stands at 9,560, and what went ex is not a loss."""
    held = rebased(book(), ExDate(code=CODE, day=TODAY, dividend=200.0), POLICY)
    assert HOLD == decide(held, 9_560)
    assert ("ATR_STOP", 100, 0) == decide(held, 9_559)
    now = {c.rule: c.value for c in table(held, 9_800).checks(0)}
    assert 0.0 == now["exit.hard_stop"]


def test_shares_bought_later_had_no_dividend() -> None:
    """Half of the shares were there on the ex-date, so half of it counts a share."""
    held = rebased(book(), ExDate(code=CODE, day=TODAY, dividend=200.0), POLICY)
    more = filled(held, buy(100, 9_800, when=at("09:30")), POLICY)
    assert (9_900.0, 100.0) == (more.average[0], more.dividend[0])


@pytest.mark.parametrize("code", [CODE, OTHER])
def test_an_ex_date_is_for_those_who_held_before(code: str) -> None:
    """Bought on the ex-date itself, or not held: nothing is scaled."""
    held = book(buy(when=at("09:05")))
    assert (
        10_000.0 == rebased(held, ExDate(code=code, day=TODAY, base_ratio=0.5), POLICY).average[0]
    )


@pytest.mark.parametrize(
    ("qty", "cost", "expected"),
    [(100, 1_000_000, ()), (100, 1_000_100, ()), (100, 1_000_101, (CODE,)), (99, 990_000, (CODE,))],
)
def test_a_book_that_differs_from_the_ledger_is_named(
    qty: int, cost: int, expected: tuple[str, ...]
) -> None:
    """Other shares, or an average more than one won apart."""
    assert expected == differs(book(), {CODE: Position(code=CODE, qty=qty, cost=cost)})


def test_what_only_one_of_them_holds_differs() -> None:
    """A stock sold or bought elsewhere is named too."""
    assert (CODE, OTHER) == differs(book(), {OTHER: Position(code=OTHER, qty=1, cost=1)})


def test_a_position_taken_over_starts_at_its_average() -> None:
    """What the broker held before us enters at the moment it was taken over, and can end so."""
    start = at("08:50", DAY - timedelta(days=31))
    held = filled(empty_book(), buy(10, 10_000, when=start, taken_over=True), POLICY)
    assert (10, 10_000.0, 10_000.0) == (held.qty[0], held.average[0], held.watermark[0])
    assert ("TIME_EXIT", 10, 0) == decide(held, 10_000)
    assert () == filled(held, buy(0, 0, taken_over=True), POLICY).codes
    assert () == filled(empty_book(), buy(0, 0, taken_over=True), POLICY).codes


def test_an_empty_book_can_be_watched_and_judged() -> None:
    """With nothing held there is nothing to sell, and no rule is asked."""
    nothing = ExitPrices(
        price=np.empty(0),
        second=np.empty(0),
        expected=np.empty(0),
        expected_second=np.empty(0),
        lower_limit=np.empty(0),
        halted=np.empty(0, dtype=np.bool_),
    )
    found = judge(watch(empty_book(), nothing, moment(), POLICY), nothing, moment(), POLICY)
    assert {0} == {c.asked for c in found.counts()}
