"""The rate limit of a key as a board its processes share: when the next call leaves, who waits.

Slots are even, so a burst never forms; of those who wait, the most urgent kind goes first and
within a kind who came first. A process that died or hangs is passed over.
"""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import orjson

from jennie_cli.adapters.kis.folder import KeyFolder, named, put
from jennie_cli.engine.broker import BrokerBusy

BOARD = "slots.json"
_PAGE = 4096
_GRACE_S = 0.25
_LOOK_AGAIN_S = 0.5
_YIELDING_S = 0.005
_SLOWEST = 8.0
_EASE = 0.8
_EASE_EVERY_S = 20.0
_ONE_BURST_S = 1.0
_CLOSED = -1
_LAST_PID = 2**31


class BoardHeld(BrokerBusy):
    """Another process is at the board this moment, or was stopped while it was."""

    def __init__(self) -> None:
        """Say what the caller may do."""
        super().__init__(
            "Another process holds the board of the rate limit.",
            hint="Nothing was sent. Retry; if it stays so, end the process that hangs.",
        )


@dataclass(slots=True)
class Waiting:
    """One process that waits: how urgent, since when, and by when it will have looked again."""

    pid: int
    rank: int
    since: float
    due: float


@dataclass(slots=True)
class Board:
    """When the next slot is, how much slower than allowed we go, and who waits."""

    next_at: float = 0.0
    factor: float = 1.0
    slowed_at: float = 0.0
    waiting: dict[str, Waiting] = field(default_factory=dict)

    def slowness(self, now: float) -> float:
        """Return by how much slots are stretched now; it eases step by step."""
        steps = max(0, int((now - self.slowed_at) / _EASE_EVERY_S))
        return max(1.0, self.factor * _EASE**steps)

    def forget(self, now: float, alive: Callable[[int], bool]) -> None:
        """Drop who died, did not look when it should have, or says what nobody says."""
        for name, one in list(self.waiting.items()):
            looked = now <= one.due + _GRACE_S and one.due <= now + 2 * _LOOK_AGAIN_S
            if not looked or not alive(one.pid):
                del self.waiting[name]

    def first(self) -> str:
        """Return who goes next."""
        return min(self.waiting, key=lambda n: (self.waiting[n].rank, self.waiting[n].since, n))

    def slow_down(self, now: float) -> None:
        """Go half as fast, once for all calls of one burst that were turned away."""
        if self.slowed_at and 0 <= now - self.slowed_at < _ONE_BURST_S:
            return
        self.factor = min(_SLOWEST, 2 * self.slowness(now))
        self.slowed_at = now


class Slots:
    """One process's door to the board. `spacing_s` lies between two calls at full speed.

    Nothing here ever waits: each method raises BoardHeld while another process is at the board,
    and what the file system did to it.
    """

    def __init__(self, folder: KeyFolder, *, spacing_s: float) -> None:
        """Open the board, making it if this is the first process."""
        self._folder = folder
        self.spacing_s = spacing_s
        self._file = folder.open(BOARD)
        self._name = f"{os.getpid()}-{id(self):x}"

    def ask(self, *, rank: int, since: float, now: float) -> float:
        """Take the slot and return 0, or return how many seconds to wait before asking again."""
        with self._board(now) as board:
            board.forget(now, _alive)
            me = Waiting(pid=os.getpid(), rank=rank, since=since, due=now)
            board.waiting[self._name] = me
            wait = board.next_at - now
            if wait <= 0 and board.first() == self._name:
                del board.waiting[self._name]
                board.next_at = now + self.spacing_s * board.slowness(now)
                return 0.0
            wait = min(max(wait, min(_YIELDING_S, self.spacing_s / 4)), _LOOK_AGAIN_S)
            me.due = now + wait
            return wait

    def announce(self, *, rank: int, since: float, now: float) -> None:
        """Let the others know at once that something more urgent waits here."""
        with self._board(now) as board:
            known = board.waiting.get(self._name)
            due = known.due if known else min(max(board.next_at, now), now + _LOOK_AGAIN_S)
            board.waiting[self._name] = Waiting(pid=os.getpid(), rank=rank, since=since, due=due)

    def leave(self, now: float) -> None:
        """Wait no longer."""
        with self._board(now) as board:
            board.waiting.pop(self._name, None)

    def slow_down(self, now: float) -> None:
        """The host counted one call too many: halve the rate; it recovers over minutes."""
        with self._board(now) as board:
            board.slow_down(now)
            board.next_at = max(board.next_at, now + self.spacing_s * board.slowness(now))

    def left_late(self, now: float) -> None:
        """A granted call leaves only now: keep the distance to the next from here."""
        with self._board(now) as board:
            board.next_at = max(board.next_at, now + self.spacing_s * board.slowness(now))

    def rate(self, now: float) -> float:
        """Return the calls a second that are let through now."""
        with self._board(now) as board:
            return 1 / (self.spacing_s * board.slowness(now))

    def close(self) -> None:
        """Let go of the file; every later call raises BrokerBusy."""
        handle, self._file = self._file, _CLOSED
        if handle != _CLOSED:
            os.close(handle)

    @contextmanager
    def _board(self, now: float) -> Iterator[Board]:
        if self._file == _CLOSED:
            raise BrokerBusy("The connection to KIS is closed.", hint="Nothing was sent.")
        with named(self._folder.path / BOARD):
            self._reopen_if_swept()
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise BoardHeld from None
            try:
                board = _read(os.pread(self._file, 1 << 20, 0), now, self._farthest())
                yield board
                text = _written(board)
                put(self._file, text)
                os.ftruncate(self._file, len(text))
            finally:
                fcntl.flock(self._file, fcntl.LOCK_UN)

    def _farthest(self) -> float:
        return 2 * self.spacing_s * _SLOWEST + 2

    def _reopen_if_swept(self) -> None:
        """Whoever empties the folder must not part us from the others.

        The old number is let go only once it is not ours any more: the next file to be opened
        gets it, and would be overwritten.
        """
        if not self._folder.is_current(BOARD, self._file):
            fresh = self._folder.open(BOARD)
            self._file, old = fresh, self._file
            os.close(old)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _read(raw: bytes, now: float, farthest: float) -> Board:
    """Read a board; what is damaged, or written before the machine was started, is begun anew."""
    found: Any = None
    with suppress(orjson.JSONDecodeError):
        found = orjson.loads(raw) if raw.strip() else None
    try:
        board = Board(
            next_at=float(found["next_at"]),
            factor=min(_SLOWEST, max(1.0, float(found["factor"]))),
            slowed_at=float(found["slowed_at"]),
            waiting={name: _waiting(one) for name, one in found["waiting"].items()},
        )
    except (TypeError, KeyError, ValueError, AttributeError, OverflowError):
        return Board(next_at=now)
    if board.next_at > now + farthest or board.slowed_at > now:
        return Board(next_at=now)
    return board


def _waiting(found: Any) -> Waiting:
    one = Waiting(
        pid=int(found["pid"]),
        rank=int(found["rank"]),
        since=float(found["since"]),
        due=float(found["due"]),
    )
    if not 0 < one.pid < _LAST_PID:
        raise ValueError(one.pid)
    return one


def _written(board: Board) -> bytes:
    text = orjson.dumps(board)
    return text.ljust(-(-len(text) // _PAGE) * _PAGE)
