"""The world's file: created once, moved forward only, whole or untouched."""

import errno
import fcntl
import json
import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from jennie_cli.engine.clock import KST
from jennie_cli.engine.errors import (
    HomeBusy,
    HomeNotWritable,
    InputError,
    SettingsError,
    StorageFull,
)
from jennie_cli.engine.venue import Calendar
from jennie_cli.simulator import WORLD_START, World


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where a home keeps its world."""
    return tmp_path / "home" / "world.json"


def test_the_first_comer_creates_the_world_and_later_ones_find_it(path: Path) -> None:
    """A world keeps its first seed and starts on its fixed morning."""
    first = World.open(path, seed=3)
    later = World.open(path, seed=4)
    assert first == later
    assert later.seed == 3
    assert later.now == WORLD_START
    assert [path] == list(path.parent.iterdir())


def test_the_clock_stands(path: Path) -> None:
    """Asking twice gives the same moment."""
    clock = World.open(path, seed=3).clock()
    assert clock.now() == clock.now() == WORLD_START


def test_a_move_is_kept(path: Path, calendar: Calendar) -> None:
    """A moved clock is where it was put when the world is read again."""
    moment = WORLD_START + timedelta(days=2, hours=3)
    World.open(path, seed=3).set(moment, calendar)
    assert moment == World.load(path).now


def test_next_goes_to_the_half_hour_before_each_opening(path: Path, calendar: Calendar) -> None:
    """Days without trading are passed over and late openings respected."""
    world = World.open(path, seed=3)
    assert datetime(2025, 7, 1, 8, 30, tzinfo=KST) == world.next(calendar).now
    world.set(datetime(2025, 7, 4, 15, 0, tzinfo=KST), calendar)
    assert datetime(2025, 7, 7, 8, 30, tzinfo=KST) == world.next(calendar).now
    world.set(datetime(2025, 11, 13, 7, 0, tzinfo=KST), calendar)
    assert datetime(2025, 11, 13, 9, 30, tzinfo=KST) == world.next(calendar).now


def test_time_does_not_step_back(path: Path, calendar: Calendar) -> None:
    """An earlier or a naive moment is refused and changes nothing."""
    world = World.open(path, seed=3)
    with pytest.raises(InputError, match="earlier"):
        world.set(WORLD_START - timedelta(minutes=1), calendar)
    with pytest.raises(InputError, match="time zone"):
        world.set(datetime(2026, 1, 2, 9, 0), calendar)  # noqa: DTZ001  # the naive moment under test
    assert World.load(path).now == WORLD_START


def test_one_process_moves_the_clock_at_a_time(path: Path, calendar: Calendar) -> None:
    """While another holds the lock a move is refused at once."""
    world = World.open(path, seed=3)
    lock = path.parent / "locks" / "world.lock"
    lock.parent.mkdir()
    with lock.open("a", encoding="ascii") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(HomeBusy):
            world.set(WORLD_START + timedelta(hours=1), calendar)
    assert world.set(WORLD_START + timedelta(hours=1), calendar).now > WORLD_START


@pytest.mark.parametrize("text", ["", "{", '{"version": 1, "seed": 2}', "[]"])
def test_a_damaged_file_is_named(path: Path, text: str) -> None:
    """A file that is no world is reported, never replaced."""
    path.parent.mkdir()
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError, match=r"world\.json"):
        World.open(path, seed=3)
    assert text == path.read_text(encoding="utf-8")


def test_a_world_of_a_newer_version_is_left_alone(path: Path) -> None:
    """A file from a newer program is refused by name."""
    World.open(path, seed=3)
    kept = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(kept | {"version": 2}), encoding="utf-8")
    with pytest.raises(SettingsError, match="newer"):
        World.load(path)


def test_a_full_disk_leaves_the_world_as_it_was(
    path: Path, calendar: Calendar, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the new state cannot be written the old one stays, and no draft is left."""
    world = World.open(path, seed=3)

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(StorageFull):
        world.set(WORLD_START + timedelta(hours=1), calendar)
    assert World.load(path).now == WORLD_START
    assert {"world.json", "locks"} == {p.name for p in path.parent.iterdir()}


def test_a_home_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """Where a file stands in the way of the home, the error says so."""
    (tmp_path / "home").write_text("in the way", encoding="utf-8")
    with pytest.raises(HomeNotWritable):
        World.open(tmp_path / "home" / "world.json", seed=3)


def test_the_clock_stays_within_the_known_days(path: Path, calendar: Calendar) -> None:
    """Past them nothing could be generated, and it could never step back."""
    world = World.open(path, seed=3)
    for day in (calendar.last, calendar.last + timedelta(days=400)):
        beyond = datetime(day.year, day.month, day.day, 9, tzinfo=KST)
        with pytest.raises(InputError, match="No trading day is known after"):
            world.set(beyond, calendar)
    assert WORLD_START == World.load(path).now
