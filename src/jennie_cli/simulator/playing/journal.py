"""What was asked of a world, on disk before the answer is given; and its state at each day's start.

A start reads the newest state and does the day's journal again. A line that was cut off by a
crash was never answered, so it is dropped.
"""

import errno
import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

from jennie_cli.engine.errors import HomeNotWritable, JennieError, SettingsError, StorageFull


class Journal:
    """Lines of JSON in one file, each synced before `append` returns."""

    def __init__(self, path: Path) -> None:
        """The file is created with the first line."""
        self.path = path
        self._size: int | None = None

    def records(self) -> list[dict[str, Any]]:
        """Return all whole lines and cut off a torn last one. SettingsError for a damaged file."""
        if not self.path.exists():
            return []
        whole, _, torn = self.path.read_bytes().rpartition(b"\n")
        if torn:
            with self.path.open("r+b") as file:
                file.truncate(len(whole) + 1 if whole else 0)
        try:
            return [json.loads(line) for line in whole.splitlines()]
        except ValueError:
            raise SettingsError(
                f"The journal {self.path} is damaged.",
                hint="Restore it from a backup, or remove the folder to begin a new world.",
            ) from None

    def append(self, record: dict[str, Any]) -> None:
        """Add one line and sync it; nothing of it is left if that fails.

        Raises StorageFull, HomeNotWritable.
        """
        line = json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        try:
            if self._size is None:
                self._size = self._begin()
            with self.path.open("ab") as file:
                write_synced(file.fileno(), line)
        except OSError as error:
            with suppress(OSError):
                os.truncate(self.path, self._size or 0)
            raise named(error, self.path) from None
        self._size += len(line)

    def _begin(self) -> int:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.touch()
        sync_folder(self.path.parent)
        return self.path.stat().st_size


def write_synced(handle: int, content: bytes) -> None:
    """Write all of it to an open file and wait until it is on disk."""
    while content:
        content = content[os.write(handle, content) :]
    os.fsync(handle)


def replace_synced(path: Path, content: bytes) -> None:
    """Put a file in place whole or not at all. Raises StorageFull, HomeNotWritable."""
    draft = path.with_suffix(".draft")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with draft.open("wb") as file:
            write_synced(file.fileno(), content)
        draft.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        raise named(error, path) from None


def sync_folder(folder: Path) -> None:
    """Make a new name in a folder survive a loss of power."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def named(error: OSError, path: Path) -> JennieError:
    """Return what a failed write means to the user."""
    if error.errno == errno.ENOSPC:
        return StorageFull(f"No space is left for {path}.", hint="Free some disk space.")
    return HomeNotWritable(
        f"{path} cannot be written: {error.strerror}.", hint="Choose another --home."
    )
