"""The twin in memory sits the exam; the throttle's port over a store."""

import asyncio

import pytest
from tests.unit.engine.macro.collecting.makers import DAY, HOUR, NOW, stored

from jennie_cli.engine.macro import read_snapshot
from jennie_cli.engine.macro.collecting import MacroStore, MemoryMacroStore, StoredSnapshots
from jennie_cli.testing import MacroExam


class TestMemoryMacroStore(MacroExam):
    """MemoryMacroStore sits the exam."""

    @pytest.fixture(autouse=True)
    def _one(self) -> None:
        self._store = MemoryMacroStore()

    def make(self) -> MacroStore:
        """Return the one of this test."""
        return self._store


def test_sessions_see_what_was_kept_by_now() -> None:
    """Nothing before the first, and nothing that is kept later."""
    store = MemoryMacroStore()
    moments = [NOW]
    source = StoredSnapshots(store, lambda: moments[0])
    assert asyncio.run(source.snapshot()) is None
    store.put(stored({"vix": 18.0}, at=NOW - HOUR))
    store.put(stored({"vix": 40.0}, at=NOW + DAY))
    seen = asyncio.run(read_snapshot(source)).snapshot
    assert seen is not None
    assert 18.0 == seen.vix_points
