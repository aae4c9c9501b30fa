"""The sim world of a home: which seed it plays and where its clock stands, in one small file.

The clock stands until it is moved, and it never moves back: what was generated stays generated.
"""

import errno
import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from jennie_cli.engine.clock import KST, Clock, ManualClock
from jennie_cli.engine.errors import (
    HomeBusy,
    HomeNotWritable,
    InputError,
    JennieError,
    SettingsError,
    StorageFull,
)
from jennie_cli.engine.venue import Calendar
from jennie_cli.simulator.market import WORLD_START
from jennie_cli.simulator.packing import session_of

_VERSION = 1
_BEFORE_OPEN = timedelta(minutes=30)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """The state of one world as its file holds it; a change gives the new state."""

    path: Path
    seed: int
    now: datetime

    @classmethod
    def open(cls, path: Path, *, seed: int) -> "World":
        """Return the world kept at `path`; the first comer creates it with `seed`.

        Raises SettingsError for a damaged file, HomeNotWritable, StorageFull.
        """
        if not path.exists():
            _write(cls(path=path, seed=seed, now=WORLD_START), first=True)
        return cls.load(path)

    @classmethod
    def load(cls, path: Path) -> "World":
        """Return the world kept at `path`. Raises SettingsError if it is absent or damaged."""
        try:
            kept = json.loads(path.read_text(encoding="utf-8"))
            version, seed = int(kept["version"]), int(kept["seed"])
            now = datetime.fromisoformat(kept["now"]).astimezone(KST)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise SettingsError(
                f"The sim world in {path} cannot be read: {error}.",
                hint="Restore it from a backup, or remove it to begin a new world.",
            ) from None
        if version > _VERSION:
            raise SettingsError(
                f"{path} was written by a newer jennie (world version {version}).",
                hint="Upgrade jennie-cli, or use another --home.",
            )
        return cls(path=path, seed=seed, now=now)

    def clock(self) -> Clock:
        """Return a clock that stands at the world's moment."""
        return ManualClock(self.now)

    def set(self, moment: datetime, calendar: Calendar) -> "World":
        """Move the clock to an aware `moment` and keep it.

        Raises InputError for an earlier one, and for one after which no trading day is known.
        """
        if moment.tzinfo is None:
            raise InputError(f"{moment} has no time zone.", hint="Add one, such as +09:00.")
        with _changing(self.path):
            return self._moved(World.load(self.path), moment, calendar)

    def next(self, calendar: Calendar) -> "World":
        """Move the clock to the next half hour before an opening and keep it."""
        with _changing(self.path):
            kept = World.load(self.path)
            day = kept.now.date()
            if not calendar.is_open(day) or _morning(calendar, kept.now) <= kept.now:
                day = calendar.next_day(day)
            return self._moved(kept, session_of(calendar, day).open - _BEFORE_OPEN, calendar)

    @staticmethod
    def _moved(kept: "World", moment: datetime, calendar: Calendar) -> "World":
        if moment < kept.now:
            raise InputError(
                f"The world stands at {kept.now.isoformat()}; {moment.isoformat()} is earlier.",
                hint="Time does not step back. Begin a new world with: jennie --home NEW_DIR init",
            )
        moved = replace(kept, now=moment.astimezone(KST).replace(microsecond=0))
        calendar.next_day(moved.now.date())  # a clock past the known days could never move again
        _write(moved)
        return moved


def _morning(calendar: Calendar, now: datetime) -> datetime:
    return session_of(calendar, now.date()).open - _BEFORE_OPEN


@contextmanager
def _changing(path: Path) -> Iterator[None]:
    """Hold the world's lock; HomeBusy at once if another process holds it."""
    lock = path.parent / "locks" / "world.lock"
    try:
        lock.parent.mkdir(parents=True, exist_ok=True)
        handle = lock.open("a", encoding="ascii")
    except OSError as error:
        raise _named(error, path) from None
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise HomeBusy(
                "Another process is moving the clock of this world.",
                hint="Wait until it has finished, then run the command again.",
            ) from None
        yield


def _write(world: World, *, first: bool = False) -> None:
    """Keep the world whole or not at all; `first` leaves a world that is already there alone."""
    kept = {"version": _VERSION, "seed": world.seed, "now": world.now.isoformat()}
    draft = world.path.with_name(f"{world.path.name}.{os.getpid()}")
    try:
        world.path.parent.mkdir(parents=True, exist_ok=True)
        with draft.open("w", encoding="utf-8") as file:
            file.write(json.dumps(kept, indent=2) + "\n")
            file.flush()
            os.fsync(file.fileno())
        _publish(draft, world.path, first=first)
    except OSError as error:
        raise _named(error, world.path) from None
    finally:
        with suppress(OSError):
            draft.unlink()


def _publish(draft: Path, path: Path, *, first: bool) -> None:
    if not first:
        draft.replace(path)
        return
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        return


def _named(error: OSError, path: Path) -> JennieError:
    if error.errno == errno.ENOSPC:
        return StorageFull(f"No space is left for {path}.", hint="Free some disk space.")
    return HomeNotWritable(
        f"{path} cannot be written: {error.strerror}.", hint="Choose another --home."
    )
