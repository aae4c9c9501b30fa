"""How many threads compute: measured, never all cores, and measured again when speed drops.

Threads that wait by spinning collapse as soon as another program wants a core: a step of 12 ms was
seen to take 940. One core is therefore always left, and an idle machine's choice is not for ever.
"""

from collections.abc import Callable

TRIED_TOKENS = 8
_SLOWER = 3.0
_STEPS_IN_A_ROW = 8
_SMOOTHING = 0.2


def candidates(cores: int) -> tuple[int, ...]:
    """Return the numbers of threads worth a try on a machine, fewest first."""
    return tuple(sorted({1, max(1, cores // 2), max(1, cores - 1)}))


def choose(cores: int, asked: int, seconds: Callable[[int], float]) -> int:
    """Return the number of threads: the one asked for, else the fastest of the candidates.

    `seconds` computes a few tokens with so many threads and tells how long it took.
    """
    if asked > 0:
        return asked
    tried = candidates(cores)
    if len(tried) == 1:
        return tried[0]
    return min(tried, key=seconds)


class Pace:
    """Watches steps that only write, and tries other numbers of threads when they become slow.

    A trial gives each number a few real steps; nobody waits for it.
    """

    def __init__(self, tried: tuple[int, ...]) -> None:
        """`tried` are the numbers to choose from; with one there is no choice."""
        self._tried = tried
        self._usual: dict[int, float] = {}
        self._slow = 0
        self._left: list[int] = []
        self._now = 0
        self._steps = 0
        self._spent = 0.0
        self._written = 0
        self._found: list[tuple[float, int]] = []

    def note(self, width: int, seconds: float) -> int | None:
        """Take in a step that wrote `width` tokens; return the threads for the next, if new."""
        if len(self._tried) < 2 or width < 1:
            return None
        if self._now:
            return self._try_on(width, seconds)
        return self._start() if self._is_slow(width.bit_length(), seconds) else None

    def _is_slow(self, size: int, seconds: float) -> bool:
        usual = self._usual.setdefault(size, seconds)  # steps of like width take alike long
        if seconds > _SLOWER * usual:
            self._slow += 1
        else:
            self._slow = 0
            self._usual[size] = usual + _SMOOTHING * (seconds - usual)
        return self._slow >= _STEPS_IN_A_ROW

    def _start(self) -> int:
        self._usual.clear()
        self._slow, self._found = 0, []
        self._left = list(self._tried)
        return self._turn_to(self._left.pop(0))

    def _turn_to(self, threads: int) -> int:
        self._now, self._steps, self._spent, self._written = threads, 0, 0.0, 0
        return threads

    def _try_on(self, width: int, seconds: float) -> int | None:
        self._steps += 1
        if self._steps > 1:  # the first one also wakes the threads
            self._spent += seconds
            self._written += width
        if self._steps <= TRIED_TOKENS:
            return None
        self._found.append((self._spent / self._written, self._now))
        if self._left:
            return self._turn_to(self._left.pop(0))
        self._now = 0
        return min(self._found)[1]
