"""Sessions that a trader can read: bars in, decisions out."""

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest
from tests.unit.engine.research.walk_cases import (
    CALENDAR,
    CODE,
    DAY,
    MONEY,
    NEXT_DAY,
    OTHER,
    POLICIES,
    Bar,
    Chart,
    at,
    blocked,
    candidates,
    past,
    quiet,
    still,
    told,
    traded,
    walked,
)

from jennie_cli.engine.model import (
    ExitReason,
    Regime,
    Strategy,
)
from jennie_cli.engine.portfolio import Costs
from jennie_cli.engine.research.policy import FillPolicy
from jennie_cli.engine.research.walk_account import open_account, open_trips
from jennie_cli.engine.risk import AutoPolicy
from jennie_cli.engine.trading.session import Step

ENTRY = ("09:30:01", "bought", "DIP_BUY", 10_010, 594)
"""Signal at 10,000 as the bar of 09:29 ends, filled at the next open and 0.1 % of slippage."""

UP: Bar = (10_000, 10_200, 10_000, 10_200)

SOLD: dict[str, tuple[list[Bar], list[tuple[str, str, str, int, int]]]] = {
    "nothing happens": (still(8), []),
    "the stop comes before the profit on one bar": (
        [*still(1), (9_990, 10_900, 9_700, 10_800)],
        [("09:31:20", "sold", "ATR_STOP", 9_690, 594)],
    ),
    "so it does on the bar of the entry": (
        [(10_000, 10_900, 9_700, 10_800)],
        [("09:30:20", "sold", "ATR_STOP", 9_690, 594)],
    ),
    "a fall through the stop is filled where it lands": (
        [*still(1), *still(3, 9_500)],
        [("09:31:01", "sold", "ATR_STOP", 9_490, 594)],
    ),
    "a fall of ten percent is the hard stop's": (
        [*still(1), *still(3, 8_900)],
        [("09:31:01", "sold", "HARD_STOP", 8_890, 594)],
    ),
    "the high of the entry's own minute arms nothing": (
        [(10_000, 10_300, 10_000, 10_000), *still(3)],
        [],
    ),
    "a rise that is given back ends at the lock": (
        [*still(1), UP, (10_100, 10_100, 10_000, 10_000)],
        [("09:32:20", "sold", "PROFIT_LOCK_1", 9_990, 594)],
    ),
    "a slice at seven percent, then the trailing stop sells the rest": (
        [
            *still(1),
            (10_100, 10_800, 10_100, 10_790),
            (10_790, 10_900, 10_790, 10_900),
            (10_700, 10_700, 10_500, 10_500),
        ],
        [
            ("09:31:40", "sold", "SCALE_OUT", 10_690, 148),
            ("09:33:20", "sold", "TRAILING_STOP", 10_480, 446),
        ],
    ),
    "two levels in one leap are two slices, one after the other": (
        [*still(1), *still(2, 11_600)],
        [
            ("09:31:01", "sold", "SCALE_OUT", 11_580, 148),
            ("09:31:20", "sold", "SCALE_OUT", 11_580, 111),
        ],
    ),
    "at the lower limit a sale waits for the first price above it": (
        [*still(1), *still(2, 7_000), (7_000, 7_100, 7_000, 7_000), *still(2, 7_000)],
        [("09:33:40", "sold", "HARD_STOP", 7_000, 594)],
    ),
    "and is not filled while the stock is locked there": ([*still(1), *still(9, 7_000)], []),
}


@pytest.mark.parametrize("case", SOLD)
def test_exits_of_a_bought_stock(case: str) -> None:
    """Bought at 10,010 won with an average true range of 110, so that its stop is at 9,790."""
    chart, sales = SOLD[case]
    result, _ = traded(chart)
    assert [ENTRY, *sales] == told(result)


MET: dict[str, tuple[Chart, list[tuple[str, str, str, int, int]]]] = {
    "no bar any more": ([], []),
    "the next open": (still(1), [ENTRY]),
    "the next bar comes five minutes later": (
        [*[None] * 5, *still(1)],
        [("09:35:01", "bought", "DIP_BUY", 10_010, 594)],
    ),
    "the open costs the limit to the won": (
        still(1, 10_080),
        [("09:30:01", "bought", "DIP_BUY", 10_100, 594)],
    ),
    "above the limit at first, then down to it": (
        [(10_200, 10_300, 10_050, 10_250)],
        [("09:30:20", "bought", "DIP_BUY", 10_100, 594)],
    ),
    "one step above the limit all along": (
        still(3, 10_100),
        [("09:30:59", "lapsed", "risk.entry_price", 10_100, 594)],
    ),
}


@pytest.mark.parametrize("case", MET)
def test_where_an_order_meets_the_market(case: str) -> None:
    """The order of 09:30:00 pays 10,100 won at most, one percent above its signal."""
    chart, outcome = MET[case]
    result, _ = traded(chart)
    assert outcome == told(result)


def test_an_order_that_lapses_leaves_its_cash_and_its_place() -> None:
    """What the limit kept from being bought is told, and counts as no buy of the day."""
    result, account = traded(still(3, 10_100))
    (missed,) = [b for b in result.blocked if b.rule == "risk.entry_price"]
    assert (10_120.0, 10_100.0) == (missed.value, missed.limit)
    assert MONEY == account.cash == account.equity == result.equity
    one_buy = replace(POLICIES, risk=AutoPolicy(max_day_buys=1))
    again = [*still(1, 10_200), *still(11)]
    steps = [step for _, step, *_ in told(traded(again, one_buy)[0])]
    assert ["lapsed", "bought"] == steps


def test_money_counts_to_the_won() -> None:
    """594 shares at 10,010 and 9,490 won, a fee of 0.0140527 % a side, 0.15 % of tax."""
    result, account = traded([*still(1), *still(3, 9_500)])
    (trip,) = result.trips
    fees, stock = Costs(), CODE
    assert 5_945_940 + fees.fee(stock, 5_945_940) == trip.cost
    gross = 594 * 9_490
    tax = fees.tax(stock, gross, DAY)
    assert gross * 15 // 10_000 == tax
    assert gross - fees.fee(stock, gross) - tax == trip.proceeds
    assert MONEY - trip.cost + trip.proceeds == account.cash == result.equity


def test_a_trip_says_what_was_bought_when_and_why() -> None:
    """Strategy and regime of the purchase, moments and prices of both fills, reason of the sale."""
    result, _ = traded([*still(1), *still(3, 9_500)])
    (trip,) = result.trips
    assert (Strategy.DIP_BUY, Regime.BULL, 594) == (trip.strategy, trip.regime, trip.qty)
    assert (at("09:30:01"), at("09:31:01")) == (trip.entered_at, trip.exited_at)
    assert (10_010, 9_490, ExitReason.ATR_STOP) == (
        trip.entry_price,
        trip.exit_price,
        trip.reason,
    )


def test_slices_share_the_cost_of_their_purchase() -> None:
    """All trips of one purchase cost what it cost, to the won."""
    chart, _ = SOLD["a slice at seven percent, then the trailing stop sells the rest"]
    result, account = traded(chart)
    paid = 594 * 10_010
    assert paid + Costs().fee(CODE, paid) == sum(trip.cost for trip in result.trips)
    assert () == account.held


def test_recon_sells_at_its_own_stop() -> None:
    """A RECON position is bought with its tighter stop of 2.5 %."""
    wide = candidates([CODE], is_recon=np.array([True]), llm_score=np.array([60.0]))
    own = replace(wide, list_days=np.array([np.nan]))
    strategies = replace(POLICIES.strategies, recon_llm_score=50.0)
    days = replace(past({CODE: still(1)}).days)
    wild = replace(days, high=days.close + 400.0, low=days.close - 400.0)
    policies = replace(POLICIES, strategies=strategies)
    result, _ = traded([*still(1), *still(2, 9_740)], policies, candidates=own, days=wild)
    assert ["RECON_BULL_ENTRY", "FIXED_STOP"] == [rule for _, _, rule, *_ in told(result)]


def test_two_stocks_share_one_account() -> None:
    """The second order of a minute is stamped by what the first one leaves: sector and cash."""
    charts = {CODE: [*quiet(), *still(3)], OTHER: [*quiet(), *still(3)]}
    result, account = walked(past(charts))
    first, second = (d for d in result.decisions if d.step is Step.BOUGHT)
    assert (CODE, 594) == (first.code, first.qty)
    assert OTHER == second.code
    assert (CODE, OTHER) == account.held
    assert sum(lot.cost for lot in account.lots.values()) == MONEY - account.cash


def test_the_loss_of_a_day_ends_buying() -> None:
    """Once the equity has fallen by the day's limit, a rise does not open buying again."""
    tight = replace(POLICIES, risk=AutoPolicy(daily_loss_pct=0.1))
    charts = {
        CODE: [*quiet(), *still(1), *still(2, 9_850), *still(20)],
        OTHER: [*quiet(), *still(3, 10_300), *still(20)],
    }
    result, _ = walked(past(charts), policies=tight)
    assert {"risk.loss_latch"} == {b.rule for b in blocked("risk.loss_latch", result)}
    assert [CODE] == [d.code for d in result.decisions if d.step is Step.BOUGHT]


def test_a_position_is_carried_to_the_next_day_with_its_book() -> None:
    """Its watermark stays, so the lock sells at the next open; the sale belongs to that day."""
    first, account = traded([*still(1), UP, *still(3, 10_150)])
    assert (CODE,) == account.held
    assert first.equity == account.cash + 594 * 10_150 == account.equity
    (still_open,) = open_trips(account, at("15:30"))
    assert (None, 594 * 10_150) == (still_open.reason, still_open.proceeds)
    session = past({CODE: still(3)}, day=NEXT_DAY)
    second, after = walked(session, account)
    assert [("09:00:01", "sold", "PROFIT_LOCK_1", 9_990, 594)] == told(second)
    assert () == after.held
    assert MONEY + sum(t.proceeds - t.cost for t in second.trips) == after.equity


def test_what_rests_rests_the_next_day_too() -> None:
    """A stop-loss rests for five trading days, a sale for 24 hours."""
    _, account = traded([*still(1), *still(3, 9_500)])
    result, _ = walked(past({CODE: [*quiet(), *still(3)]}, day=NEXT_DAY), account)
    assert blocked_by(result) >= {"gate.stop_loss_cooldown"}
    assert [] == told(result)


def blocked_by(result: Any) -> set[str]:
    """Return the rules that blocked anything."""
    return {b.rule for b in result.blocked}


def test_what_has_no_bars_stays_at_its_last_price() -> None:
    """A stock held that is not among the columns is carried on, and counts at its last close."""
    _, account = traded([*still(3), *still(3, 10_050)])
    result, after = walked(past({OTHER: still(5)}, day=NEXT_DAY), account)
    assert account.held == after.held
    assert account.equity == after.equity == result.equity


def test_slippage_is_taken_from_both_fills() -> None:
    """Without it the fills stand at the points of the path."""
    exact = replace(POLICIES, fills=FillPolicy(slippage_bp=0.0))
    result, _ = traded([*still(1), *still(3, 9_500)], exact)
    assert [10_000, 9_500] == [price for *_, price, _ in told(result)]


def test_rules_are_counted_as_they_were_asked() -> None:
    """Gates and strategies of every bar, exits of each of the four moments of a minute held."""
    result, _ = traded([*still(1), *still(1, 9_500)])
    counts = {c.rule: (c.asked, c.fired) for c in result.counts}
    assert (32, 19) == counts["gate.min_bars"]
    assert (32, 2) == counts["gate.cooldown"]
    assert (32, 1) == counts["gate.stop_loss_cooldown"]
    assert (32, 31) == counts["strategy.dip_buy"]
    assert (4, 1) == counts["exit.atr_stop"]
    assert (4, 0) == counts["exit.hours"]


def test_an_account_begins_with_cash_alone() -> None:
    """Nothing held, nothing open, nothing that rests."""
    account = open_account(MONEY)
    assert (MONEY, MONEY, ()) == (account.cash, account.equity, account.held)
    assert () == open_trips(account, at("15:30"))
    assert CALENDAR.is_open(DAY)
    assert CALENDAR.is_open(NEXT_DAY)


EXAM_DAY = date(2025, 11, 13)
TO_THE_AUCTION: Chart = [None] * 359
"""From 09:31 to 15:29."""


def test_no_stop_enters_the_closing_auction() -> None:
    """The print of 15:30 falls through the stop: it is held overnight, and sold at the open."""
    result, account = traded([*still(1), *TO_THE_AUCTION, *still(1, 9_500)])
    assert [ENTRY] == told(result)
    assert account.cash + 594 * 9_500 == result.equity
    session = past({CODE: still(3, 9_400)}, day=NEXT_DAY)
    sales, _ = walked(session, account)
    assert [("09:00:01", "sold", "ATR_STOP", 9_390, 594)] == told(sales)


def test_no_order_is_filled_in_the_closing_auction() -> None:
    """The last bar of continuous trading orders, but the next one is the auction's."""
    early = [*still(30, 10_050), *[None] * 348, *still(1), *[None] * 11, *still(1)]
    result, account = walked(past({CODE: early}))
    assert [("15:19:00", "ordered")] == [
        (f"{d.at:%H:%M:%S}", d.step.value) for d in result.decisions if d.step is not Step.SIGNAL
    ]
    assert MONEY == account.cash == result.equity


def test_the_exam_day_begins_an_hour_later() -> None:
    """With the open at ten, nothing is bought before half past ten."""
    result, _ = walked(past({CODE: [*[None] * 60, *still(33)]}, day=EXAM_DAY))
    assert [("10:30:01", "bought", "DIP_BUY", 10_010, 594)] == told(result)


def test_a_session_without_a_bar_changes_nothing() -> None:
    """Nothing is judged, and what is held stays as it was."""
    _, account = traded(still(3))
    result, after = walked(past({CODE: [None]}, day=NEXT_DAY), account)
    assert ((), (), account.equity) == (result.trips, result.blocked, result.equity)
    assert account.lots == after.lots


def test_two_positions_are_sold_at_one_moment() -> None:
    """Both fall through their stops in one minute; each sale is its own trip."""
    charts = {code: [*quiet(), *still(1), *still(2, 9_500)] for code in (CODE, OTHER)}
    result, account = walked(past(charts))
    assert {CODE, OTHER} == {trip.code for trip in result.trips}
    assert 1 == len({trip.exited_at for trip in result.trips})
    assert () == account.held


def test_a_sale_that_waits_at_the_lower_limit_is_not_repeated() -> None:
    """It lapses with the day and is made again the next one; the stock stays held meanwhile."""
    _, account = traded([*still(1), *still(9, 7_000)])
    assert (CODE,) == account.held
    lower = candidates(
        [CODE], NEXT_DAY, base_price=np.array([7_000.0]), upper_limit=np.array([9_100.0])
    )
    session = past({CODE: still(3, 6_500)}, day=NEXT_DAY, candidates=lower)
    result, after = walked(session, account)
    assert [("09:00:01", "sold", "HARD_STOP", 6_490, 594)] == told(result)
    assert () == after.held
