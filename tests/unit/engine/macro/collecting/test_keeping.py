"""The twin in memory sits the exam; the small reading of what it keeps."""

import pytest
from tests.unit.engine.macro.collecting.makers import DAY, HOUR, NOW, stored

from jennie_cli.engine.macro.collecting import MacroStore, MemoryMacroStore, snapshot_at
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
    assert snapshot_at(store, NOW) is None
    store.put(stored({"vix": 18.0}, at=NOW - HOUR))
    store.put(stored({"vix": 40.0}, at=NOW + DAY))
    seen = snapshot_at(store, NOW)
    assert seen is not None
    assert 18.0 == seen.vix_points
