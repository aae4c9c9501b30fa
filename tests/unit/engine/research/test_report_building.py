"""A report adds up, does not depend on order or size, and says what it leaves out."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.engine.research.report_past import CAPITAL, FIRST, blocked, past, pasts, trip

from jennie_cli.commands.output import plain
from jennie_cli.engine.errors import InputError
from jennie_cli.engine.model import ExitReason, Regime, Strategy
from jennie_cli.engine.research.past import SessionResult, Trip
from jennie_cli.engine.research.report import Drawdown
from jennie_cli.engine.research.report_building import backtest_report
from jennie_cli.engine.rules import RuleCount

SECOND = FIRST + timedelta(days=1)
FEW = settings(max_examples=30)


@FEW
@given(pasts())
def test_every_table_adds_up_to_the_whole(results: list[SessionResult]) -> None:
    """Sales, purchases and won of each table are those of the totals; no won is unexplained."""
    report = backtest_report(results, capital=CAPITAL)
    totals, trading = report.totals, report.totals.trading
    for table in (report.strategies, report.exits, report.regimes):
        assert totals.closed_won == sum(row.won for row in table)
    for table in (report.strategies, report.regimes):
        assert trading.purchases == sum(row.return_pct.count for row in table)
        assert trading.purchase_wins == sum(row.wins for row in table)
    assert totals.closed == sum(row.return_pct.count for row in report.exits)
    assert trading.wins == sum(row.wins for row in report.exits)
    assert 0 == totals.unexplained_won
    assert totals.closed_won == totals.net_profit
    assert trading.purchases == trading.return_pct.count


def test_a_winner_sold_in_slices_counts_once() -> None:
    """Four slices of +5 % and one loss of -10 % are a purchase of +5 % and one of -10 %."""
    slices = [trip(5_000, day=FIRST, minute=40) for _ in range(4)]
    report = backtest_report(past([[*slices, trip(-10_000, minute=50)]]), capital=CAPITAL)
    mean = report.totals.trading.return_pct
    assert 2 == mean.count
    assert mean.mean_pct == pytest.approx((5_000 - 10_000) / 2 / 100_020 * 100)
    (row,) = report.strategies
    assert (2, 1, 10_000) == (row.return_pct.count, row.wins, row.won)
    assert 5 == sum(each.return_pct.count for each in report.exits)


def test_a_purchase_that_is_partly_held_is_not_averaged() -> None:
    """Its sold slice would count and what is left of it would not; its won are told anyway."""
    sold, left = trip(5_000), trip(-8_000, reason=None)
    report = backtest_report(past([[sold]]), capital=CAPITAL, held=[left])
    (row,) = report.strategies
    assert (0, None, 5_000) == (row.return_pct.count, row.return_pct.mean_pct, row.won)


def test_slices_are_put_together_by_what_they_were_bought_for() -> None:
    """One stock at one moment for two reasons is two purchases, whichever is told first."""
    bull = trip(5_000)
    bear = replace(bull, regime=Regime.BEAR, proceeds=bull.proceeds - 8_000)
    reports = [
        backtest_report(past([list(order)]), capital=CAPITAL)
        for order in ((bull, bear), (bear, bull))
    ]
    assert reports[0] == reports[1]
    assert [("BULL", 1), ("BEAR", 0)] == [(row.name, row.wins) for row in reports[0].regimes]


@FEW
@given(pasts(), st.integers(0, 1_000))
def test_the_order_of_trips_and_sessions_changes_nothing(
    results: list[SessionResult], seed: int
) -> None:
    """Shuffled trips and sessions give the very same report."""
    dice = np.random.default_rng(seed)
    shuffled = []
    for place in dice.permutation(len(results)):
        trips = results[place].trips
        mixed = tuple(trips[at] for at in dice.permutation(len(trips)))
        shuffled.append(replace(results[place], trips=mixed))
    expected = backtest_report(results, capital=CAPITAL)
    assert expected == backtest_report(shuffled, capital=CAPITAL)


def larger(result: SessionResult, times: int) -> SessionResult:
    """Return a session in which every share was `times` shares."""

    def more(t: Trip) -> Trip:
        sizes = {name: getattr(t, name) * times for name in ("qty", "cost", "proceeds")}
        return replace(t, **sizes)

    trips = tuple(more(t) for t in result.trips)
    return replace(result, equity=result.equity * times, trips=trips)


@FEW
@given(pasts(), st.integers(2, 1_000))
def test_ten_times_the_money_is_ten_times_the_won(results: list[SessionResult], times: int) -> None:
    """With every size multiplied won is multiplied, and no percentage moves."""
    small = backtest_report(results, capital=CAPITAL)
    large = backtest_report([larger(r, times) for r in results], capital=CAPITAL * times)
    assert small.totals.closed_won * times == large.totals.closed_won
    assert small.totals.trading.costs * times == large.totals.trading.costs
    assert small.totals.return_pct == pytest.approx(large.totals.return_pct)
    for name in ("profit_factor", "win_ratio", "costs_of_gross_ratio", "turnover_factor"):
        expected = getattr(small.totals.trading, name)
        assert pytest.approx(expected) == getattr(large.totals.trading, name)
    assert [row.return_pct for row in small.strategies] == [
        row.return_pct for row in large.strategies
    ]
    assert pytest.approx(small.curve.drawdown_pct) == large.curve.drawdown_pct


def test_a_small_past_by_hand() -> None:
    """Two wins, a loss and a draw over three days, to the won."""
    days = [
        [trip(30_000), trip(-10_000, code="000002", reason=ExitReason.ATR_STOP)],
        [trip(0, day=SECOND)],
        [trip(20_000, day=SECOND + timedelta(days=1))],
    ]
    report = backtest_report(past(days), capital=CAPITAL)
    totals, trading = report.totals, report.totals.trading
    assert (3, 4, 0, 40_000) == (totals.sessions, totals.closed, totals.open, totals.net_profit)
    assert 0.4 == pytest.approx(totals.return_pct)
    assert (2, 1, 0.5) == (trading.wins, trading.losses, trading.win_ratio)
    assert (25_000, -10_000, 5.0) == (
        trading.average_win,
        trading.average_loss,
        trading.profit_factor,
    )
    assert (4 * 40, 400_000 + 440_160) == (trading.costs, trading.traded)
    assert 160 / 40_160 == pytest.approx(trading.costs_of_gross_ratio)
    mean_equity = (10_020_000 + 10_020_000 + 10_040_000) / 3
    assert 400_000 / mean_equity == pytest.approx(trading.turnover_factor)
    assert [("ATR_STOP", 0, -10_000), ("TRAILING_STOP", 2, 50_000)] == [
        (row.name, row.wins, row.won) for row in report.exits
    ]


def test_a_slice_is_a_trip_and_its_purchase_is_one() -> None:
    """A winner sold in three slices is three wins but one purchase; one half sold is none yet."""
    scaled = [trip(won, minute=40, reason=ExitReason.SCALE_OUT) for won in (500, 400, 300)]
    loser, half = trip(-2_000, code="000002"), trip(700, code="000003")
    rest = trip(-100, code="000003", reason=None)
    results = past([[*scaled, loser, half, rest]], held_won=-100)
    report = backtest_report(results, capital=CAPITAL)
    trading = report.totals.trading
    assert (5, 4) == (report.totals.closed, trading.wins)
    assert (2, 1) == (trading.purchases, trading.purchase_wins)


def test_what_is_still_held_stands_apart() -> None:
    """Open trips are no part of any mean, those of an earlier evening count for nothing."""
    evening = trip(-9_000, reason=None)
    results = past([[evening], [trip(5_000), trip(-300, day=SECOND, reason=None)]], held_won=-300)
    totals = backtest_report(results, capital=CAPITAL).totals
    assert (1, 1, 5_000, -300) == (totals.closed, totals.open, totals.closed_won, totals.open_won)
    assert (4_700, 0) == (totals.net_profit, totals.unexplained_won)
    told = backtest_report(
        past([[trip(5_000)]], held_won=-300), capital=CAPITAL, held=[trip(-300, reason=None)]
    ).totals
    assert (1, -300, 0) == (told.open, told.open_won, told.unexplained_won)
    assert 2 * 100_000 + 105_040 == told.trading.traded


def test_won_that_no_trip_explains_are_told() -> None:
    """An equity that the trips do not add up to is shown as a difference."""
    totals = backtest_report(past([[trip(5_000)]], held_won=77), capital=CAPITAL).totals
    assert 77 == totals.unexplained_won


def test_the_fall_has_its_days() -> None:
    """The deepest fall tells its high, its bottom and its recovery by date."""
    wons = [100_000, -200_000, -50_000, 300_000]
    days = [[trip(won, day=FIRST + timedelta(days=n))] for n, won in enumerate(wons)]
    report = backtest_report(past(days), capital=CAPITAL)
    fall = report.totals.drawdown
    assert fall is not None
    assert -250_000 / 10_100_000 * 100 == pytest.approx(fall.pct)
    expected = Drawdown(
        pct=fall.pct,
        won=-250_000,
        peak=FIRST,
        bottom=FIRST + timedelta(days=2),
        recovered=FIRST + timedelta(days=3),
        sessions=2,
    )
    assert expected == fall
    assert 2 == report.totals.longest_under_sessions
    assert (10_100_000, 9_900_000, 9_850_000, 10_150_000) == report.curve.equity
    assert pytest.approx((0.0, -1.980198, -2.475248, 0.0)) == report.curve.drawdown_pct


def test_a_fall_from_the_start_has_no_day_for_its_high() -> None:
    """A first session that loses falls from the capital."""
    fall = backtest_report(past([[trip(-1_000)]]), capital=CAPITAL).totals.drawdown
    assert fall is not None
    assert (None, FIRST, None) == (fall.peak, fall.bottom, fall.recovered)


def test_what_was_blocked_and_what_it_did_next() -> None:
    """Each rule has its hits, stocks a day, and both changes where they are known."""
    blocks = [
        *(blocked("gate.rsi", day=FIRST + timedelta(days=n), soon=1.0 + n) for n in range(5)),
        blocked("gate.rsi", minute=51, late=float("nan")),
        blocked("risk.cash_floor", soon=float("nan"), late=-4.0),
    ]
    rows = backtest_report(past([[]] * 5, blocks=blocks), capital=CAPITAL).blocked
    rsi, floor = rows
    assert ("gate.rsi", 6, 5) == (rsi.rule, rsi.hits, rsi.stock_days)
    assert 16 / 6 == pytest.approx(rsi.after_30_min.mean_pct)
    assert rsi.after_30_min.interval is not None
    assert (5, 2.0) == (rsi.at_close.count, rsi.at_close.mean_pct)
    assert ("risk.cash_floor", 1, 1) == (floor.rule, floor.hits, floor.stock_days)
    assert (None, 0) == (floor.after_30_min.mean_pct, floor.after_30_min.count)
    assert (-4.0, None) == (floor.at_close.mean_pct, floor.at_close.interval)


def test_silent_rules_are_told_by_how_they_were_silent() -> None:
    """A rule that fired once is not silent; asked, never asked and asleep are told apart."""
    counts = [
        RuleCount(rule="gate.rsi", asked=9, fired=0),
        RuleCount(rule="gate.tier", asked=9, fired=1),
        RuleCount(rule="guest.gate", asked=3, fired=0),
    ]
    silent = backtest_report(past([[], []], counts=counts), capital=CAPITAL).silent
    told = {row.rule: (row.asked, row.asleep) for row in silent}
    assert (18, None) == told["gate.rsi"]
    assert "gate.tier" not in told
    assert (6, None) == told["guest.gate"]
    assert (0, None) == told["exit.hard_stop"]
    assert (0, "exits.trailing") == told["exit.profit_target"]
    assert "strategy.golden_cross" in told
    assert "strategy.held_price" in told


def test_a_past_without_sessions_has_no_figures() -> None:
    """Nothing was earned, nothing is known, and nothing is made up."""
    report = backtest_report([], capital=CAPITAL)
    trading = report.totals.trading
    assert (0, 0, 0.0) == (
        report.totals.sessions,
        report.totals.net_profit,
        report.totals.return_pct,
    )
    assert {None} == {
        trading.win_ratio,
        trading.profit_factor,
        trading.average_win,
        trading.turnover_factor,
        trading.return_pct.mean_pct,
        report.totals.drawdown,
        report.totals.sharpe_ratio,
    }
    assert ((), (), ()) == (report.strategies, report.blocked, report.curve.days)


def test_without_a_loss_there_is_no_profit_factor() -> None:
    """Only wins make the factor unknown, not endless."""
    trading = backtest_report(past([[trip(500)]]), capital=CAPITAL).totals.trading
    assert (1.0, None) == (trading.win_ratio, trading.profit_factor)


@pytest.mark.parametrize(
    ("days", "capital", "said"), [([FIRST], 0, "capital"), ([FIRST, FIRST], CAPITAL, "twice")]
)
def test_nonsense_is_refused(days: list[date], capital: int, said: str) -> None:
    """Without capital, or with a day told twice, there is no report."""
    (session,) = past([[]])
    with pytest.raises(InputError, match=said):
        backtest_report([replace(session, day=day) for day in days], capital=capital)


def test_rows_stand_in_the_order_of_their_kinds() -> None:
    """Strategies are told in the order in which they are asked, unused ones not at all."""
    trips = [trip(strategy=s) for s in (Strategy.MOMENTUM, Strategy.DIP_BUY)]
    trips.append(trip(regime=Regime.STRONG_BULL))
    report = backtest_report(past([trips]), capital=CAPITAL)
    assert ["DIP_BUY", "GOLDEN_CROSS", "MOMENTUM"] == [row.name for row in report.strategies]
    assert ["STRONG_BULL", "BULL"] == [row.name for row in report.regimes]


def test_a_report_has_a_json_form() -> None:
    """Days are ISO dates, what is unknown is null."""
    report = backtest_report(past([[trip(-500)]]), capital=CAPITAL)
    document = plain(report)
    assert ["2025-07-01"] == document["curve"]["days"]
    assert document["totals"]["trading"]["return_pct"]["interval"] is None
    assert "2025-07-01" == document["totals"]["drawdown"]["bottom"]
