"""The machine that trades live decides as the walk does, whatever the day brings."""

from collections.abc import Callable, Sequence
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.engine.research.walk_cases import (
    CALENDAR,
    CODE,
    MONEY,
    POLICIES,
    Chart,
    past,
    quiet,
    still,
    walked,
)
from tests.unit.engine.research.walk_days import BUSY, RICH, session, walk

from jennie_cli.engine.indicators import SessionBars
from jennie_cli.engine.model import Strategy
from jennie_cli.engine.research.ahead import reading_ahead
from jennie_cli.engine.research.past import PastSession
from jennie_cli.engine.research.rehearsal import rehearse
from jennie_cli.engine.research.walk import trade_session
from jennie_cli.engine.research.walk_account import PastAccount, open_account
from jennie_cli.engine.signals import figures, strategies, strategies_turn
from jennie_cli.engine.trading.session import Decision, Step

NOON = 12 * 60


def by_stock(decisions: Sequence[Decision]) -> list[Decision]:
    """Return decisions by moment and stock; a live session gives all signals of a moment first."""
    return sorted(decisions, key=lambda decision: (decision.at, decision.code))


def rehearsed(day: PastSession) -> tuple[tuple[Decision, ...], PastAccount]:
    """Return what the live machine makes of a day that begins with cash alone."""
    return rehearse(day, open_account(RICH), BUSY, calendar=CALENDAR)


@settings(max_examples=3)
@given(seed=st.integers(0, 10_000))
def test_both_decide_alike(seed: int) -> None:
    """Every time, stock, step, rule, price, quantity, figure and limit; and the cash at the end."""
    day = session(seed)
    result, account = walk(day)
    decisions, after = rehearsed(day)
    assert by_stock(result.decisions) == by_stock(decisions)
    assert (account.cash, account.lots) == (after.cash, after.lots)


def test_a_full_day_is_compared() -> None:
    """These days have every step but a lapse, so that comparing them means something."""
    steps = {decision.step for seed in (2, 3, 8) for decision in walk(session(seed))[0].decisions}
    assert set(Step) - {Step.LAPSED, Step.NOT_SENT} == steps


def test_what_is_held_over_night_is_sold_alike() -> None:
    """The second day begins with the positions, rests and marks of the first."""
    first, second = session(2), session(8)
    _, account = walk(first)
    expected, after = trade_session(second, account, BUSY, calendar=CALENDAR)
    decisions, left = rehearse(second, account, BUSY, calendar=CALENDAR)
    assert by_stock(expected.decisions) == by_stock(decisions)
    assert after.cash == left.cash


CHARTS: dict[str, Chart] = {
    "an order that lapses": [*quiet(), *still(3, 10_200)],
    "a stop in the first minute": [*quiet(), (9_990, 9_990, 9_000, 9_100), *still(20, 9_100)],
    "a lock at the lower limit": [*quiet(), *still(5, 9_900), *still(30, 7_000)],
    "a lower limit that opens": [
        *quiet(), *still(5, 9_900), *still(10, 7_000),
        (7_000, 7_300, 7_000, 7_200), *still(9, 7_200),
    ],
    "minutes without a trade": [*quiet(), None, None, *still(5, 9_900), None, *still(9, 9_300)],
    "a rise in slices": [*quiet(), *[(p, p + 60, p, p + 60) for p in range(9_900, 12_900, 60)]],
}  # fmt: skip


@pytest.mark.parametrize("name", CHARTS)
def test_a_morning_that_a_trader_knows_is_decided_alike(name: str) -> None:
    """One stock, one purchase or one that lapses, and what became of it."""
    day = past({CODE: CHARTS[name]})
    expected, account = walked(day)
    decisions, after = rehearse(day, open_account(MONEY), POLICIES, calendar=CALENDAR)
    assert list(expected.decisions) == list(decisions)
    assert (account.cash, account.held) == (after.cash, after.held)
    assert (Step.LAPSED in {d.step for d in decisions}) is (name == "an order that lapses")


def ahead(real: Callable[..., Any], *, over: Callable[[Any], int]) -> Callable[..., Any]:
    """Return a function over bars that tells of each bar what it ought to tell of the next one."""

    def planted(*told: Any) -> Any:
        said = real(*told)
        moved = np.concatenate([said[1:], np.full_like(said[:1], np.nan)])
        return np.where(over(told[0]), moved, np.nan)

    return planted


def _known(bars: Any) -> Any:
    return bars.known if isinstance(bars, SessionBars) else ~np.isnan(bars)


@pytest.mark.parametrize("name", ["wilder_rsi", "volume_ratio"])
def test_a_planted_look_ahead_is_found_and_named(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both decide differently then, and the function that reads the next bar is told by name."""
    day = session(3)
    assert () == reading_ahead(day, BUSY, minute=NOON)
    monkeypatch.setattr(figures, name, ahead(getattr(figures, name), over=_known))
    result, _ = walk(day)
    decisions, _ = rehearsed(day)
    assert by_stock(result.decisions) != by_stock(decisions)
    assert (name,) == reading_ahead(day, BUSY, minute=NOON)


def test_a_strategy_that_reads_ahead_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is told by its own name where no figure is to blame."""

    def bb_lower(scene: Any) -> Any:
        conditions = strategies_turn.bb_lower(scene)
        passed = conditions[-1].passed
        later = np.concatenate([passed[1:], np.zeros_like(passed[:1])])
        return (
            *conditions[:-1],
            type(conditions[-1])(
                rule=conditions[-1].rule,
                value=conditions[-1].value,
                limit=conditions[-1].limit,
                passed=later,
            ),
        )

    monkeypatch.setitem(cast("dict[Any, Any]", strategies.STRATEGIES), Strategy.BB_LOWER, bb_lower)
    day = session(3)
    minutes = range(600, 900, 10)
    found = {name for at in minutes for name in reading_ahead(day, BUSY, minute=at)}
    assert {"bb_lower"} == found
