"""What an account is worth in the middle of a session, and the loss limit of its day."""

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
