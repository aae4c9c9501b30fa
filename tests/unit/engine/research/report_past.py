"""A small past for the tests of its report: sessions whose equity is what their trips earned."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from hypothesis import strategies as st

from jennie_cli.engine.clock import KST
from jennie_cli.engine.model import ExitReason, Regime, Strategy
from jennie_cli.engine.research.past import Blocked, SessionResult, Trip
from jennie_cli.engine.rules import RuleCount

CAPITAL = 10_000_000
FIRST = date(2025, 7, 1)


def moment(day: date, minute: int = 0) -> datetime:
    """Return a minute after the open of a day."""
    return datetime(day.year, day.month, day.day, 9, tzinfo=KST) + timedelta(minutes=minute)


def trip(
    won: int = 1_000,
    *,
    day: date = FIRST,
    code: str = "000001",
    strategy: Strategy = Strategy.GOLDEN_CROSS,
    regime: Regime = Regime.BULL,
    reason: ExitReason | None = ExitReason.TRAILING_STOP,
    minute: int = 40,
    paid: int = 100_000,
) -> Trip:
    """Return ten shares that earned `won` net, 20 won of fee on each side."""
    return Trip(
        code=code,
        strategy=strategy,
        regime=regime,
        entered_at=moment(day, minute),
        exited_at=moment(day, minute + 30),
        qty=10,
        entry_price=paid // 10,
        exit_price=(paid + won + 40) // 10,
        cost=paid + 20,
        proceeds=paid + 20 + won,
        reason=reason,
    )


def blocked(
    rule: str,
    *,
    day: date = FIRST,
    code: str = "000001",
    minute: int = 50,
    soon: float = 1.0,
    late: float = 2.0,
) -> Blocked:
    """Return a hit that a rule blocked, with what the price did next in percent."""
    return Blocked(
        at=moment(day, minute),
        code=code,
        strategy=Strategy.GOLDEN_CROSS,
        rule=rule,
        value=80.0,
        limit=75.0,
        price=10_000,
        after_30_min_pct=soon,
        at_close_pct=late,
    )


def past(
    days: Sequence[Sequence[Trip]],
    *,
    held_won: int = 0,
    blocks: Sequence[Blocked] = (),
    counts: Sequence[RuleCount] = (),
) -> list[SessionResult]:
    """Return a session a day with these trips; the last one holds what is worth `held_won`."""
    results, equity = [], CAPITAL
    for place, trips in enumerate(days):
        day = FIRST + timedelta(days=place)
        sold = [t for t in trips if t.reason is not None]
        equity += sum(t.proceeds - t.cost for t in sold)
        results.append(
            SessionResult(
                day=day,
                regime=Regime.BULL,
                equity=equity,
                trips=tuple(trips),
                blocked=tuple(b for b in blocks if b.at.date() == day),
                counts=tuple(counts),
            )
        )
    if held_won:
        results[-1] = replace(results[-1], equity=equity + held_won)
    return results


@st.composite
def pasts(draw: st.DrawFn) -> list[SessionResult]:
    """Draw a past of up to eight sessions with a few trips each."""
    days = []
    for place in range(draw(st.integers(1, 8))):
        day = FIRST + timedelta(days=place)
        trips = st.builds(
            trip,
            st.integers(-9_000, 9_000).map(lambda won: won * 10),
            day=st.just(day),
            code=st.sampled_from(["000001", "000002"]),
            strategy=st.sampled_from(Strategy),
            regime=st.sampled_from(Regime),
            reason=st.sampled_from(ExitReason),
            minute=st.integers(30, 200),
        )
        days.append(draw(st.lists(trips, max_size=6)))
    return past(days)
