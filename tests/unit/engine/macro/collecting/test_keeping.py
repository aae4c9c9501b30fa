"""The twin in memory sits the exam; the small reading of what it keeps."""

from dataclasses import replace
from datetime import datetime

import pytest
from tests.unit.engine.macro.collecting.makers import DAY, HOUR, NOW, stored

from jennie_cli.engine.macro.collecting import (
    Figure,
    MacroRecord,
    MacroStore,
    MemoryMacroStore,
    SnapshotDamaged,
    newest_sound,
    read_record,
    snapshot_at,
)
from jennie_cli.engine.store.codec import to_json
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


class Damaged(MemoryMacroStore):
    """Snapshots of which those taken since a moment cannot be read."""

    since = NOW - HOUR

    def newest(self, at: datetime) -> MacroRecord | None:
        """Return the newest, or fail by it."""
        found = super().newest(at)
        if found is not None and found.at >= self.since:
            raise SnapshotDamaged("the table", found.at, "ValueError")
        return found


def test_a_damaged_snapshot_is_named_and_passed_over(caplog: pytest.LogCaptureFixture) -> None:
    """Each that is newer than the last sound one."""
    store = Damaged()
    sound = stored({"vix": 18.0}, at=NOW - DAY)
    for record in (sound, stored({}, at=NOW - HOUR), stored({}, at=NOW)):
        store.put(record)
    found, damaged = newest_sound(store, NOW)
    assert (sound, 2, list(damaged)) == (found, len(damaged), caplog.messages)
    assert "in the table cannot be read: ValueError" in damaged[0]


def test_nothing_is_looked_for_behind_a_hundred_damaged_ones() -> None:
    """A store that nobody can read is no endless one."""
    store = Damaged()
    for n in range(101):
        store.put(stored({}, at=NOW + n * HOUR))
    found, damaged = newest_sound(store, NOW + 101 * HOUR)
    assert (None, 100) == (found, len(damaged))


def test_a_figure_that_nobody_knows_any_more_is_left_out() -> None:
    """What an older program collected does not stop a newer one."""
    record = stored({"vix": 18.0}, at=NOW)
    gone = Figure(value=1.0, source="finnhub", as_of=NOW)
    kept = replace(record, figures={**record.figures, "vxx": gone}, baseline={"vxx": gone})
    assert record == read_record(to_json(kept), NOW)


@pytest.mark.parametrize(
    "figure",
    [
        Figure(value=float("nan"), source="yahoo", as_of=NOW),
        Figure(value=18.0, source="yahoo", as_of=NOW.replace(tzinfo=None)),
    ],
)
def test_a_figure_without_value_or_moment_is_damage(figure: Figure) -> None:
    """It cannot be told from a true one later."""
    record = replace(stored({}, at=NOW), figures={"vix": figure})
    with pytest.raises(ValueError, match="Error"):
        read_record(to_json(record), NOW)


def test_a_snapshot_of_another_moment_is_damage() -> None:
    """It would tell the morning what only noon knew."""
    with pytest.raises(ValueError, match="of another moment"):
        read_record(to_json(stored({}, at=NOW)), NOW - HOUR)
