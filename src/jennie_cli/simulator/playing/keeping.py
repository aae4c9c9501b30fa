"""The folder of a world: the books of the newest morning, and the day's journal on top of them."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from jennie_cli.engine.clock import KST
from jennie_cli.engine.errors import SettingsError
from jennie_cli.simulator.brokerage import Books
from jennie_cli.simulator.playing.journal import Journal, replace_synced

_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Morning:
    """The world as a day began, how far the clock was to go then, lines of the script done, and
    the accounts by the hash of the app key that has spoken for them.
    """

    day: date
    clock: datetime
    script: int
    books: Books
    speakers: Mapping[str, Collection[str]]
    records: tuple[dict[str, Any], ...] = ()


class Keeper:
    """Reads and writes one world's folder; one process at a time."""

    def __init__(self, folder: Path, *, market: str) -> None:
        """Nothing is read or written yet."""
        self._path = folder / "morning.json"
        self._folder = folder
        self._market = market
        self._journal: Journal | None = None
        self._leased: datetime | None = None

    def morning(self) -> Morning | None:
        """Return the newest morning with the records since, None for a new world.

        Raises SettingsError for a damaged folder, one of a newer version or another market.
        """
        if not self._path.exists():
            return None
        head, books = self._read()
        if head["version"] > _VERSION:
            raise SettingsError(
                f"{self._path} was written by a newer jennie (version {head['version']}).",
                hint="Upgrade jennie-cli, or use another --home.",
            )
        if head["market"] != self._market:
            raise SettingsError(
                f"{self._folder} holds a world of another market ({head['market']}).",
                hint=f"This one plays {self._market}; use another --home for it.",
            )
        day = date.fromisoformat(head["day"])
        self._journal = self._of(day)
        return Morning(
            day=day,
            clock=_moment(head["clock"]),
            script=head["script"],
            books=books,
            speakers=head.get("speakers", {}),
            records=tuple(self._journal.records()),
        )

    def open_day(self, morning: Morning) -> None:
        """Keep a new morning; the journal before it is no longer read."""
        head = {
            "version": _VERSION,
            "market": self._market,
            "day": morning.day.isoformat(),
            "clock": morning.clock.isoformat(),
            "script": morning.script,
            "speakers": {key: sorted(numbers) for key, numbers in morning.speakers.items()},
        }
        content = json.dumps(head).encode() + b"\n" + morning.books.dump() + b"\n"
        replace_synced(self._path, content)
        self._journal = self._of(morning.day)
        self._leased = morning.clock

    def write(self, record: dict[str, Any]) -> None:
        """Add one record to the day's journal and sync it."""
        if self._journal is None:
            raise RuntimeError("no day was opened")
        self._journal.append(record)

    def lease(self, now: datetime, to: datetime, length: timedelta) -> None:
        """Write down that the clock goes to `to`; small steps are written once a `length`."""
        if self._leased is None or to > self._leased:
            self.clock(to if to - now >= length else to + length)

    def clock(self, to: datetime) -> None:
        """Write down that the clock may stand as far as `to`."""
        self.write({"do": "clock", "to": to.isoformat()})
        self._leased = to

    def _of(self, day: date) -> Journal:
        return Journal(self._folder / f"journal-{day:%Y%m%d}.jsonl")

    def _read(self) -> tuple[dict[str, Any], Books]:
        try:
            head, books, *_ = self._path.read_bytes().split(b"\n")
            return json.loads(head), Books.read(books)
        except (OSError, ValueError) as error:
            raise SettingsError(
                f"The world in {self._path} cannot be read: {error}.",
                hint="Restore it from a backup, or remove the folder to begin a new world.",
            ) from None


def clock_of(records: tuple[dict[str, Any], ...], fallback: datetime) -> datetime:
    """Return where the newest clock record says the clock stands."""
    told = [r["to"] for r in records if r["do"] == "clock"]
    return _moment(told[-1]) if told else fallback


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(KST)
