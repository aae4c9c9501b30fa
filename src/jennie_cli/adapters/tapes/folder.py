"""The tapes of one profile: a folder a day, in it `1.jsonl.gz` for the first run, and so on."""

import re
from collections.abc import Iterator
from datetime import date
from itertools import count
from pathlib import Path

from jennie_cli.adapters.tapes.file import FileTape, lines_of, named
from jennie_cli.engine.errors import InputError

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ENDING = ".jsonl.gz"


class TapeFolder:
    """Begins, lists, reads and forgets tapes. The folder is made with the first one."""

    def __init__(self, root: Path) -> None:
        """`root` may not exist yet."""
        self._root = root

    def begin(self, day: date) -> FileTape:
        """Begin the next tape of a day. Raises StorageFull, HomeNotWritable."""
        folder = self._of(day)
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._root.chmod(0o700)
        except OSError as error:
            raise named(error, folder) from None
        for number in count(max(self.numbers(day), default=0) + 1):
            try:
                return FileTape(folder / f"{number}{_ENDING}")
            except FileExistsError:
                continue
        raise AssertionError

    def days(self) -> tuple[date, ...]:
        """Return the days with tapes, oldest first."""
        names = (p.name for p in self._root.glob("*") if _DAY.fullmatch(p.name))
        return tuple(sorted(date.fromisoformat(name) for name in names))

    def numbers(self, day: date) -> tuple[int, ...]:
        """Return the numbers of the tapes of a day, oldest first."""
        names = (p.name.removesuffix(_ENDING) for p in self._of(day).glob(f"*{_ENDING}"))
        return tuple(sorted(int(name) for name in names if name.isdecimal()))

    def read(self, day: date, number: int) -> Iterator[bytes]:
        """Return the whole lines of a tape. Raises InputError when it is not there."""
        path = self._of(day) / f"{number}{_ENDING}"
        if not path.is_file():
            raise InputError(f"There is no tape {number} of {day}.", hint="jennie replay DAY")
        return lines_of(path)

    def forget(self, sessions: int) -> int:
        """Drop all but the tapes of the newest so many days; return how many days went.

        Raises HomeNotWritable.
        """
        old = self.days()[:-sessions]
        for day in old:
            try:
                for path in self._of(day).iterdir():
                    path.unlink()
                self._of(day).rmdir()
            except OSError as error:
                raise named(error, self._of(day)) from None
        return len(old)

    def _of(self, day: date) -> Path:
        return self._root / day.isoformat()
