"""Plugins have the same say in a past session and in the machine that trades live."""

from collections.abc import Sequence

import numpy as np
import pytest
from tests.unit.engine.research.test_rehearsal import by_stock
from tests.unit.engine.research.walk_cases import CALENDAR
from tests.unit.engine.research.walk_days import BUSY, RICH, session

from jennie_cli.api import Condition, Rule, View, above, at_most, before, rolling_mean
from jennie_cli.engine.research.ahead import reading_ahead
from jennie_cli.engine.research.rehearsal import rehearse
from jennie_cli.engine.research.report_building import backtest_report
from jennie_cli.engine.research.walk import trade_session
from jennie_cli.engine.research.walk_account import open_account
from jennie_cli.engine.signals import Guest, Guests
from jennie_cli.engine.trading.session import Step


def climbing(view: View) -> Sequence[Condition]:
    """Want a price well above its mean of ten bars."""
    mean = rolling_mean(view.close, 10)
    return (above(Rule(id="mean", unit="KRW"), view.close, mean * 1.002),)


def narrow(view: View) -> Sequence[Condition]:
    """Want a bar of at most half a percent."""
    span = (view.high - view.low) * 100.0 / view.low
    return (at_most(Rule(id="span", unit="pct"), span, 0.5),)


def tomorrow(view: View) -> Sequence[Condition]:
    """Want a price that rises with the next bar."""
    return (above(Rule(id="next", unit="KRW"), before(view.close[::-1])[::-1], view.close),)


GUESTS = Guests(
    gates=(Guest(name="narrow", ask=narrow),), strategies=(Guest(name="climbing", ask=climbing),)
)


@pytest.mark.parametrize("seed", [2, 3])
def test_both_decide_alike_with_guests(seed: int) -> None:
    """A guest's strategy buys, its gate blocks, and every decision is the same both ways."""
    past, account = session(seed), open_account(RICH)
    result, after = trade_session(past, account, BUSY, calendar=CALENDAR, guests=GUESTS)
    decisions, kept = rehearse(past, account, BUSY, calendar=CALENDAR, guests=GUESTS)
    assert by_stock(result.decisions) == by_stock(decisions)
    assert (after.cash, after.lots) == (kept.cash, kept.lots)
    assert "plugin.climbing" in {d.rule for d in decisions if d.step is Step.BOUGHT}
    assert "plugin.narrow.span" in {b.rule for b in result.blocked}
    report = backtest_report([result], capital=RICH)
    sold = {trip.strategy for trip in result.trips if trip.reason is not None}
    assert sold == {row.name for row in report.strategies}
    assert "plugin.narrow.works" not in {row.rule for row in report.silent}


def test_a_guest_that_reads_ahead_is_named() -> None:
    """A planted look at the next bar is found in a gate and in a strategy."""
    past = session(2)
    assert () == reading_ahead(past, BUSY, minute=600, guests=GUESTS)
    gate = Guests(gates=(Guest(name="ahead", ask=tomorrow),))
    assert ("plugin.ahead.next",) == reading_ahead(past, BUSY, minute=600, guests=gate)
    strategy = Guests(strategies=(Guest(name="ahead", ask=tomorrow),))
    assert ("plugin.ahead",) == reading_ahead(past, BUSY, minute=600, guests=strategy)
    assert np.isfinite(past.bars.close).any()
