"""One tape: lines that a thread of its own compresses and writes, about once a second.

Whoever writes never waits for the disk. What was handed over before the last second is in the file
when the process is killed; a tail that was cut is read up to its last whole line.
"""

import os
import zlib
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from errno import EDQUOT, ENOSPC
from pathlib import Path
from threading import Event, Thread

from jennie_cli.engine.errors import HomeNotWritable, JennieError, OutsideError, StorageFull

_GZIP = 31
"""The window of a gzip stream, as zlib asks for it."""

_EVERY_S = 1.0
_LAST_S = 5.0
"""Real seconds that the disk has to take the last lines."""

_MOST_WAITING = 200_000
"""Lines that may wait for a disk that does not take them."""

_PIECE = 1 << 20


class TapeBehind(OutsideError):
    """The disk does not take what a session hears."""

    code = "tape_behind"


class FileTape:
    """A SessionTape in a new gzip file that only its owner may read."""

    def __init__(self, path: Path) -> None:
        """Begin the file. Raises FileExistsError, StorageFull, HomeNotWritable."""
        self._path = path
        try:
            self._handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            raise
        except OSError as error:
            raise named(error, path) from None
        self._packer = zlib.compressobj(wbits=_GZIP)
        self._waiting: deque[bytes] = deque()
        self._failed: JennieError | None = None
        self._ending = Event()
        self._thread = Thread(target=self._run, name="tape", daemon=True)
        self._thread.start()

    def write(self, line: bytes) -> None:
        """Take a line. Raises StorageFull, HomeNotWritable, TapeBehind once nothing more fits."""
        if self._failed is not None:
            raise self._failed
        if len(self._waiting) > _MOST_WAITING:
            raise TapeBehind(
                f"{self._path} is behind: the disk does not take it.",
                hint="The session goes on; it cannot be replayed from here on.",
            )
        self._waiting.append(line)

    def close(self) -> None:
        """Write what is left. Raises StorageFull, HomeNotWritable, TapeBehind."""
        self._ending.set()
        self._thread.join(_LAST_S)
        if self._thread.is_alive():
            raise TapeBehind(f"{self._path} was not written to its end.")
        os.close(self._handle)
        if self._failed is not None:
            raise self._failed

    def _run(self) -> None:
        while not self._ending.wait(_EVERY_S):
            self._flush()
        self._flush(last=True)

    def _flush(self, *, last: bool = False) -> None:
        # the other thread may add meanwhile: what is there now is taken one by one
        lines = [self._waiting.popleft() for _ in range(len(self._waiting))]
        if self._failed is not None or not (lines or last):
            return
        packed = self._packer.compress(b"".join(line + b"\n" for line in lines))
        packed += self._packer.flush(zlib.Z_FINISH if last else zlib.Z_SYNC_FLUSH)
        try:
            while packed:
                packed = packed[os.write(self._handle, packed) :]
        except OSError as error:
            self._failed = named(error, self._path)


def lines_of(path: Path) -> Iterator[bytes]:
    """Yield the whole lines of a tape, up to where it is cut or damaged."""
    unpacker, rest = zlib.decompressobj(wbits=_GZIP), b""
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            before = unpacker.copy()
            try:
                unpacked, sound = unpacker.decompress(piece), True
            except zlib.error:
                unpacked, sound = _up_to_the_damage(before, piece), False
            *whole, rest = (rest + unpacked).split(b"\n")
            yield from whole
            if not sound:
                return


def _up_to_the_damage(unpacker: "zlib._Decompress", piece: bytes) -> bytes:
    unpacked = b""
    # a whole piece that is damaged anywhere gives nothing, so it is given byte by byte
    with suppress(zlib.error):
        for n in range(len(piece)):
            unpacked += unpacker.decompress(piece[n : n + 1])
    return unpacked


def named(error: OSError, path: Path) -> JennieError:
    """Return what the system refused as StorageFull or HomeNotWritable."""
    if error.errno in {ENOSPC, EDQUOT}:
        return StorageFull(
            f"The disk is full: {path} ends here.",
            hint="Free some space; the session goes on and cannot be replayed from here on.",
        )
    return HomeNotWritable(
        f"{path} cannot be written: {error.strerror or error}.", hint="Choose another --home."
    )
