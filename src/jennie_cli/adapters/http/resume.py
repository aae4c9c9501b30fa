"""What is already here of a download: the part, and a note of which file it is a part of."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import orjson

from jennie_cli.engine.errors import HomeBusy

_NOTE_BYTES = 8192
_LOCK = ".pull.lock"


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Which file a part belongs to; `etag` is a strong one, empty when the server gave none."""

    url: str
    etag: str = ""


class Part:
    """The bytes that came so far, beside the file they will become."""

    def __init__(self, target: Path) -> None:
        """`target` is the whole file's place."""
        self._target = target
        self.path = target.with_name(target.name + ".part")
        self._note = target.with_name(target.name + ".part.json")

    @property
    def size(self) -> int:
        """How many bytes are here."""
        return self.path.stat().st_size if self.path.exists() else 0

    def note(self) -> Note | None:
        """Return what the part is said to belong to, None when that cannot be read."""
        try:
            raw = orjson.loads(self._note.read_bytes()[:_NOTE_BYTES])
            return Note(url=str(raw["url"]), etag=str(raw["etag"]))
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def describe(self, note: Note) -> None:
        """Write what the part belongs to, before its first byte is."""
        fresh = self._note.with_name(self._note.name + ".new")
        fresh.write_bytes(orjson.dumps(asdict(note)))
        fresh.replace(self._note)

    def drop(self) -> None:
        """Forget the part."""
        self.path.unlink(missing_ok=True)
        self._note.unlink(missing_ok=True)

    def become_whole(self) -> None:
        """Put the part in the whole file's place, for good."""
        with self.path.open("rb") as file:
            os.fsync(file.fileno())
        self.path.replace(self._target)
        self._note.unlink(missing_ok=True)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep other processes out of the folder. Raises HomeBusy when one is fetching there."""
        with self.path.with_name(_LOCK).open("wb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise HomeBusy(
                    f"Another process is fetching a file into {self.path.parent}.",
                    hint="Wait until it is done.",
                ) from None
            yield
