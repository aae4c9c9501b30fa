"""What an account is worth in the middle of a session, and the loss limit of its day."""

from dataclasses import replace

import pytest
from tests.unit.engine.exits.cases import CODE, DAY
from tests.unit.engine.trading.session.odd_day import holding, opening

from jennie_cli.engine.risk import AutoPolicy
from jennie_cli.engine.trading.session.account import SessionAccount

LIMIT = AutoPolicy(daily_loss_pct=3.0)


@pytest.mark.parametrize(
    ("cash", "paid_in", "latched"),
    [
        (47_500_001, 0, False),
        (47_500_000, 0, True),
        (57_500_001, 10_000_000, False),
        (57_500_000, 10_000_000, True),
        (37_500_001, -10_000_000, False),
        (37_500_000, -10_000_000, True),
    ],
)
def test_won_paid_in_or_drawn_do_not_count_for_the_loss_limit(
    cash: int, paid_in: int, latched: bool
) -> None:
    """Fifty million at the last close, a million of it in shares; at -3 % no more is bought."""
    account = SessionAccount(opening(holding(day=DAY)))
    account.cash, account.paid_in = cash, paid_in
    account.turn({CODE: 10_000}, LIMIT)
    assert (latched, paid_in) == (account.latched, account.standing(()).paid_in)


def unknown() -> SessionAccount:
    """Return an account of which nobody could tell whether its limit was met."""
    return SessionAccount(replace(opening(holding(day=DAY)), latched=None))


@pytest.mark.parametrize("met", [True, False])
def test_what_nobody_can_tell_stops_buying_and_is_no_fact(met: bool) -> None:
    """It is not kept as a limit that was met; what is learnt later counts."""
    account = unknown()
    assert (True, False) == (account.standing(()).latched, account.latched)
    account.know_latch(met=met)
    assert (met, met) == (account.standing(()).latched, account.latched)


def test_a_limit_that_this_session_has_met_stands_whatever_is_learnt_later() -> None:
    """Three percent are lost before the bus is back."""
    account = unknown()
    account.cash = 47_000_000
    account.turn({CODE: 10_000}, LIMIT)
    account.know_latch(met=False)
    assert account.latched


def test_without_a_loss_it_stays_open_what_was_before() -> None:
    """Turns of minutes tell nothing of the time before the session."""
    account = unknown()
    account.cash = 50_000_000
    account.turn({CODE: 10_000}, LIMIT)
    assert not account.latch_known
