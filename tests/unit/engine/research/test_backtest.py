"""A backtest over several sessions: one account goes through them, and all it read is named."""

from datetime import date

import pytest
from tests.unit.engine.research.loading_market import DAY, FIRST, SAMSUNG, Past, minutes

from jennie_cli.engine.errors import InputError
from jennie_cli.engine.research import Walked, WalkPolicies, walk_sessions

CAPITAL = 10_000_000


def walked(past: Past, *, first: date = DAY, last: date = DAY) -> Walked:
    """Walk through a span of a past."""
    return walk_sessions(
        past.market(),
        WalkPolicies(),
        first=first,
        last=last,
        capital=CAPITAL,
        watch=lambda _: None,
    )


def test_a_quiet_session_leaves_the_capital_as_it_was() -> None:
    """One minute gives no signal; the session counts and says which list stood."""
    found = walked(Past.quiet())
    assert [DAY] == [result.day for result in found.results]
    assert {"none saved; every recorded stock": 1} == found.watchlists
    totals = found.report(CAPITAL).totals
    assert (CAPITAL, 0, 0, 0) == (
        totals.equity,
        totals.net_profit,
        totals.closed,
        totals.unexplained_won,
    )


def test_the_hash_of_the_data_tells_one_won() -> None:
    """The same past has the same name, another price another one."""
    moved = Past.quiet().told(minutes((SAMSUNG, DAY, 901, FIRST[SAMSUNG], 10)))
    dearer = Past.quiet().told(minutes((SAMSUNG, DAY, 901, FIRST[SAMSUNG] + 100, 10)))
    hashes = [walked(p).data_hash for p in (Past.quiet(), Past.quiet(), moved, dearer)]
    assert hashes[0] == hashes[1]
    assert 3 == len(set(hashes))


def test_without_recorded_minutes_there_is_nothing_to_trade() -> None:
    """A span of other days is refused with what to do."""
    with pytest.raises(InputError, match="minute bars") as refused:
        walked(Past.quiet(), first=date(2025, 1, 2), last=date(2025, 1, 3))
    assert "data import" in refused.value.hint
