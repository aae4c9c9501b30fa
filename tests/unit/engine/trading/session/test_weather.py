"""The macro context of a morning: what the council wrote and what the snapshot shows."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from jennie_cli.engine.clock import KST
from jennie_cli.engine.errors import JennieError, OutsideError
from jennie_cli.engine.macro import MacroPolicy, MemoryMacro
from jennie_cli.engine.macro.collecting import Figure, MacroRecord, MemoryMacroStore, Scope
from jennie_cli.engine.model import MacroInsight, TradingContext
from jennie_cli.engine.trading.session.weather import context_on
from jennie_cli.engine.venue import default_calendar

NOW = datetime(2026, 3, 4, 8, 59, 59, tzinfo=KST)
INSIGHT = MacroInsight(day=NOW.date(), at=NOW - timedelta(hours=1), sentiment_score=65)


def snapshots(*, ago: timedelta, vix: float = 36.0) -> MemoryMacroStore:
    """Return a store with one snapshot of so long ago."""
    at = NOW - ago
    figures = {"vix": Figure(value=vix, source="yahoo", as_of=at)}
    store = MemoryMacroStore()
    store.put(MacroRecord(day=at.date(), at=at, scope=Scope.FULL, figures=figures))
    return store


class Broken(MemoryMacroStore):
    """A store whose rows cannot be read."""

    def newest(self, at: datetime) -> MacroRecord | None:
        """Fail."""
        raise OutsideError(f"The snapshots of {at:%Y} are gone.")


def context(
    insights: MemoryMacro | None,
    store: MemoryMacroStore | None,
    trouble: Callable[[JennieError], None] | None = None,
) -> TradingContext | None:
    """Return the context a second before the open."""
    return context_on(
        insights,
        store,
        at=NOW,
        regime=None,
        calendar=default_calendar(),
        policy=MacroPolicy(),
        trouble=trouble,
    )


def test_a_snapshot_speaks_of_risk_beside_the_council() -> None:
    """The council's size stands; the fright is the snapshot's."""
    found = context(MemoryMacro(insights=[INSIGHT]), snapshots(ago=timedelta(hours=2)))
    assert found is not None
    assert (True, 1.1, 3) == (found.vix_crisis, found.size_factor, found.max_positions)


def test_a_snapshot_speaks_without_a_council() -> None:
    """No insight is written: what the figures say holds back all the same."""
    found = context(None, snapshots(ago=timedelta(hours=2)))
    assert found is not None
    assert (True, None) == (found.vix_crisis, found.insight_at)
    assert 0.7 == found.size_factor


@pytest.mark.parametrize("ago", [timedelta(days=4), timedelta(hours=-1)])
def test_a_snapshot_of_long_ago_or_of_later_is_none(ago: timedelta) -> None:
    """Nothing known later, and nothing of last week."""
    assert context(MemoryMacro(), snapshots(ago=ago)) is None
    assert context(None, MemoryMacroStore()) is None
    assert context(None, None) is None


def test_an_insight_that_cannot_be_read_is_named() -> None:
    """A past without it would be another one."""
    with pytest.raises(OutsideError, match="gone"):
        context(MemoryMacro(failure=OutsideError("The insights are gone.")), None)


def test_a_snapshot_that_cannot_be_read_is_named_in_a_backtest() -> None:
    """There too a past without it would be another one."""
    with pytest.raises(OutsideError, match="2026"):
        context(MemoryMacro(insights=[INSIGHT]), Broken())


def test_one_unreadable_half_leaves_the_other() -> None:
    """Live, the council's words hold without figures, and a fright without the council."""
    heard: list[JennieError] = []
    told = context(MemoryMacro(insights=[INSIGHT]), Broken(), heard.append)
    assert told is not None
    assert (INSIGHT.at, 1.1, False) == (told.insight_at, told.size_factor, told.vix_crisis)
    gone = MemoryMacro(failure=OutsideError("The insights are gone."))
    seen = context(gone, snapshots(ago=timedelta(hours=2), vix=45.0), heard.append)
    assert seen is not None
    assert (None, True) == (seen.insight_at, seen.vix_crisis)
    assert context(gone, Broken(), heard.append) is None
    assert ["snapshots", "insights", "insights", "snapshots"] == [
        failure.message.split()[1] for failure in heard
    ]
