"""A session begins with what the ledger proves: positions with their marks, rests, counts."""

from datetime import datetime, timedelta

import numpy as np
import pytest
from tests.unit.engine.exits.walks import differing
from tests.unit.engine.research.loading_market import ALTEOGEN, BEFORE, CALENDAR, DAY, KB, SAMSUNG
from tests.unit.engine.trading.session.opening_ledger import (
    BASE,
    POLICIES,
    UNLISTED,
    Ledger,
    morning,
)

from jennie_cli.engine.exits import ExDate, Highs, empty_book, rebuild, trades_of
from jennie_cli.engine.indicators import atr
from jennie_cli.engine.model import ExitReason, Side
from jennie_cli.engine.risk import Past, trading_days_since
from jennie_cli.engine.sectors import OTHER
from jennie_cli.engine.trading.session.opening import held_since, ordered_until
from jennie_cli.engine.trading.session.rests import Rests
from jennie_cli.testing import moment

RICH = 100_000_000
EARLY = moment(BEFORE, 8, 0)


def today(hour: int, minute: int, second: int = 0) -> datetime:
    """Return a moment of the session."""
    return moment(DAY, hour, minute) + timedelta(seconds=second)


def rested(ledger: Ledger, code: str) -> tuple[float, float]:
    """Return until which second of the day a stock rests after a stop-loss and after a sale."""
    known = ledger.opening()
    rests = Rests(morning(), known.last, known.signalled_until, POLICIES, CALENDAR)
    column = morning().candidates.codes.index(code)
    return float(rests.stop[column]), float(rests.sale[column])


def high(code: str, *rows: tuple[int, int, float]) -> dict[str, Highs]:
    """Return the highs of a stock by days before the session, minute of the day, and won."""
    back, minute, won = (np.array(column) for column in zip(*rows, strict=True))
    return {code: Highs(day=DAY.toordinal() - back, minute=minute, high=won.astype(np.float64))}


def test_a_new_account_brings_nothing() -> None:
    """Without an event there is no position, no rest, and nobody knows the cash."""
    opening = Ledger().opening()
    assert [] == differing(empty_book(), opening.book)
    assert ({}, {}, None, None, 0, 0, 0) == (
        opening.last,
        opening.groups,
        opening.equity,
        opening.cash,
        opening.bought,
        opening.ordered,
        opening.trades,
    )


def test_a_purchase_of_yesterday_is_held_with_its_days() -> None:
    """Shares, cost and entry come from the ledger, the days before from the morning."""
    ledger = Ledger().cash(RICH, EARLY)
    ledger.bought(SAMSUNG, 10, 64_000, moment(BEFORE, 10, 15), recon=True)
    opening = ledger.opening(highs=high(SAMSUNG, (1, 616, 64_900.0), (1, 614, 66_000.0)))
    book, column = opening.book, morning().candidates.codes.index(SAMSUNG)
    assert (SAMSUNG,) == book.codes
    assert (10, 640_000, 64_900.0, -2.5) == (
        book.qty[0],
        book.cost[0],
        book.watermark[0],
        book.stored_stop_pct[0],
    )
    assert atr(morning().days)[column] == book.past.atr[0]
    assert {SAMSUNG: Past(bought_at=moment(BEFORE, 10, 15))} == opening.last
    assert {SAMSUNG: "반도체/IT"} == opening.groups
    assert 1 == opening.trades
    bare = rebuild(trades_of(ledger.events), {}, (), POLICIES.exits)
    assert {SAMSUNG: BEFORE} == held_since(bare)


def test_a_purchase_made_elsewhere_is_held_and_protected() -> None:
    """What somebody bought in another app is a position like any, counts as no automatic buy, and
    rests as bought; a stock without a column has no days and no group.
    """
    ledger = Ledger().cash(RICH, EARLY)
    ledger.elsewhere(KB, Side.BUY, 20, 45_000, today(9, 10))
    ledger.elsewhere(UNLISTED, Side.BUY, 5, 10_000, today(9, 11))
    opening = ledger.opening()
    assert (KB, UNLISTED) == opening.book.codes
    assert ((0, 0), 2) == ((opening.bought, opening.ordered), opening.trades)
    assert {KB: "금융", UNLISTED: OTHER} == opening.groups
    assert [False, True] == np.isnan(opening.book.past.atr).tolist()
    assert today(9, 10) == opening.last[KB].bought_at


def test_a_given_group_stands_where_the_morning_knows_none() -> None:
    """The caller's sector group serves a stock that is no column."""
    ledger = Ledger().cash(RICH, EARLY)
    ledger.elsewhere(UNLISTED, Side.BUY, 5, 10_000, today(9, 11))
    opening = ledger.opening(groups={UNLISTED: "자동차", SAMSUNG: "금융"})
    assert {UNLISTED: "자동차"} == opening.groups


def test_a_position_taken_over_is_held_since_then() -> None:
    """An account met for the first time brings its shares at their cost, and no rest."""
    ledger = Ledger().holding(KB, 7, 280_000, moment(BEFORE, 8, 30)).cash(RICH, EARLY)
    opening = ledger.opening(highs=high(KB, (1, 509, 50_000.0), (1, 540, 46_000.0)))
    assert (7, 40_000.0, 46_000.0) == (
        opening.book.qty[0],
        opening.book.average[0],
        opening.book.watermark[0],
    )
    assert {} == {code: past for code, past in opening.last.items() if past != Past()}


def test_a_slice_taken_before_a_restart_is_not_taken_again() -> None:
    """A partial fill of scale-out level 1 takes the level, and the watermark stays (case 16)."""
    ledger = Ledger().cash(RICH, EARLY)
    ledger.bought(SAMSUNG, 100, 60_000, moment(BEFORE, 10, 0))
    order = ledger.sell(SAMSUNG, 25, today(9, 31), ExitReason.SCALE_OUT, 1)
    ledger.fill(order, 10, 61_900, today(9, 31, 2))
    opening = ledger.opening(highs=high(SAMSUNG, (0, 570, 62_000.0)))
    assert (90, 1, 62_000.0) == (
        opening.book.qty[0],
        opening.book.level[0],
        opening.book.watermark[0],
    )
    assert Past(bought_at=moment(BEFORE, 10, 0), sold_at=today(9, 31, 2)) == opening.last[SAMSUNG]


def test_the_next_day_counts_anew() -> None:
    """Buys of yesterday are held and no longer counted."""
    ledger = Ledger().cash(RICH, EARLY)
    ledger.bought(SAMSUNG, 10, 64_000, moment(BEFORE, 10, 15))
    opening = ledger.opening()
    assert ((0, 0), (SAMSUNG,)) == ((opening.bought, opening.ordered), opening.book.codes)


def test_buys_of_today_count_filled_or_open() -> None:
    """A filled buy counts at its fill, an open rest at its limit, a lapsed one not at all; an order
    by hand is none of them.
    """
    ledger = Ledger().cash(RICH, EARLY)
    done = ledger.buy(SAMSUNG, 10, 65_000, today(9, 31))
    ledger.fill(done, 10, 64_900, today(9, 31, 1))
    part = ledger.buy(KB, 10, 45_000, today(9, 32))
    ledger.fill(part, 4, 44_950, today(9, 32, 1))
    lapsed = ledger.buy(ALTEOGEN, 3, 325_000, today(9, 33))
    ledger.lapse(lapsed, 3, today(9, 33, 10))
    ledger.bought(UNLISTED, 1, 10_000, today(9, 34), reason="MANUAL", strategy=None)
    opening = ledger.opening()
    won = {done: 649_000, part: 4 * 44_950 + 6 * 45_000}
    assert won == opening.entries
    assert (2, sum(won.values())) == (opening.bought, opening.ordered)
    ledger.lapse(part, 6, today(9, 32, 10))
    assert {done: 649_000, part: 4 * 44_950} == ledger.opening().entries


def test_a_sale_of_yesterday_rests_for_a_day() -> None:
    """Sold at 14:00 yesterday for a profit, a stock rests until 14:00 today."""
    ledger = Ledger().cash(RICH, EARLY)
    ledger.bought(SAMSUNG, 10, 60_000, moment(BEFORE, 10, 0))
    ledger.sold(SAMSUNG, 10, 66_000, moment(BEFORE, 14, 0), reason=ExitReason.PROFIT_TARGET)
    assert (-np.inf, 14 * 3600.0) == rested(ledger, SAMSUNG)
    assert () == ledger.opening().book.codes


@pytest.mark.parametrize(
    ("reason", "stopped"),
    [
        (ExitReason.FIXED_STOP, True),
        (ExitReason.ATR_STOP, True),
        (ExitReason.HARD_STOP, True),
        (ExitReason.DEATH_CROSS, True),
        (ExitReason.TRAILING_STOP, False),
        (ExitReason.TIME_EXIT, False),
    ],
)
def test_stopped_out_two_sessions_ago(reason: ExitReason, stopped: bool) -> None:
    """A stop-loss or death cross of the day before yesterday lets a stock rest all day; its day of
    rest after a sale is over.
    """
    before = CALENDAR.previous_day(BEFORE)
    at = moment(before, 10, 0)
    ledger = Ledger().cash(RICH, at)
    ledger.bought(KB, 10, 45_000, at)
    ledger.sold(KB, 10, 42_000, moment(before, 14, 0), reason=reason)
    assert 2 == trading_days_since(moment(before, 14, 0), today(9, 0), CALENDAR)
    stop, sale = rested(ledger, KB)
    assert (np.inf if stopped else -np.inf) == stop
    assert sale < 0


def test_equity_is_that_of_the_close_at_the_morning_s_prices() -> None:
    """Cash and shares before today's trades, at the base prices; what was traded today does not
    move it.
    """
    ledger = Ledger().cash(RICH, EARLY)
    ledger.bought(SAMSUNG, 10, 64_000, moment(BEFORE, 10, 15))
    cash = ledger.portfolio().cash
    assert cash is not None
    wanted = cash + 10 * 65_000
    assert wanted == ledger.opening().equity
    ledger.sold(SAMSUNG, 10, 60_000, today(9, 40))
    ledger.bought(KB, 30, 45_100, today(9, 50))
    after = ledger.opening()
    assert wanted == after.equity
    assert ledger.portfolio().cash == after.cash


def test_what_is_paid_in_today_is_no_profit_of_the_day() -> None:
    """Cash and shares that a person takes over today belong to the equity of the close, so that
    the loss of the day is counted net of them.
    """
    ledger = Ledger().cash(RICH, EARLY)
    ledger.bought(KB, 30, 45_100, today(9, 30))
    before = ledger.opening()
    cash = before.cash
    assert before.equity is not None
    assert cash is not None
    ledger.cash(cash + 5_000_000, today(10, 0)).holding(SAMSUNG, 3, 100_000, today(10, 0))
    assert before.equity + 5_000_000 + 3 * 65_000 == ledger.opening().equity


def test_an_account_met_during_the_session_has_the_equity_of_its_close() -> None:
    """Trades of today that a first take-over already holds are reckoned back."""
    ledger = Ledger()
    ledger.elsewhere(KB, Side.BUY, 10, 44_000, today(9, 5))
    ledger.holding(KB, 10, 440_000, today(9, 10)).cash(1_000_000, today(9, 10))
    paid = sum(-b.cash_flow for b in ledger.portfolio().booked)
    assert 1_000_000 + paid == ledger.opening().equity


@pytest.mark.parametrize("price", [{}, {SAMSUNG: 0}])
def test_equity_is_unknown_without_every_price(price: dict[str, int]) -> None:
    """A stock held at the close whose base price is not known leaves the equity unknown."""
    ledger = Ledger().cash(RICH, EARLY)
    ledger.bought(SAMSUNG, 10, 64_000, moment(BEFORE, 10, 15))
    ledger.sold(SAMSUNG, 10, 60_000, today(9, 40))
    known = {KB: 45_000, **price}
    assert ledger.opening(base_prices=known).equity is None
    assert RICH == Ledger().cash(RICH, EARLY).opening(base_prices={}).equity


def test_a_split_overnight_keeps_the_profit() -> None:
    """An ex-date halves average and watermark, and the shares of the ledger follow."""
    ledger = Ledger().cash(RICH, EARLY)
    ledger.bought(SAMSUNG, 10, 100_000, moment(BEFORE, 10, 15))
    ledger.holding(SAMSUNG, 20, 1_000_000, today(8, 50))
    split = ExDate(code=SAMSUNG, day=DAY.toordinal(), base_ratio=0.5)
    opening = ledger.opening(
        highs=high(SAMSUNG, (1, 700, 110_000.0)),
        ex_dates=[split],
        base_prices={**BASE, SAMSUNG: 50_000},
    )
    assert (20, 50_000.0, 55_000.0) == (
        opening.book.qty[0],
        opening.book.average[0],
        opening.book.watermark[0],
    )
    cash = opening.cash
    assert cash is not None
    assert cash + 20 * 50_000 == opening.equity


def test_keys_and_latch_are_passed_on() -> None:
    """Rests after signals and the latched loss limit are the caller's word."""
    opening = Ledger().opening(signalled_until={KB: 36_000.0}, latched=True)
    assert ({KB: 36_000.0}, True) == (opening.signalled_until, opening.latched)


def test_a_signal_that_was_ordered_rests_also_when_the_bus_forgot_it() -> None:
    """From the minute of the order on; an order of yesterday and one by hand let nothing rest."""
    ledger = Ledger().cash(RICH, EARLY)
    ledger.buy(SAMSUNG, 10, 65_000, today(9, 40, 5))
    ledger.buy(SAMSUNG, 10, 65_000, today(9, 31, 1))
    ledger.buy(KB, 10, 45_000, moment(BEFORE, 9, 40))
    ledger.buy(ALTEOGEN, 1, 325_000, today(9, 41), reason="", strategy=None)
    found = ordered_until(ledger.events, DAY, POLICIES.signals)
    assert {SAMSUNG: 9 * 3600 + 40 * 60 + POLICIES.signals.cooldown_seconds} == found
