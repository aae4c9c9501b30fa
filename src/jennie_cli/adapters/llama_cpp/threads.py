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
    """Notices that steps have become much slower than they were when threads were chosen."""

    def __init__(self) -> None:
        self._usual: dict[int, float] = {}
        self._slow = 0

    def note(self, width: int, seconds: float) -> bool:
        """Take in a step of `width` tokens; True when it is time to measure threads again."""
        size = width.bit_length()  # steps of like width take alike long
        usual = self._usual.get(size)
        if usual is None:
            self._usual[size] = seconds
            return False
        if seconds > _SLOWER * usual:
            self._slow += 1
        else:
            self._slow = 0
            self._usual[size] = usual + _SMOOTHING * (seconds - usual)
        if self._slow < _STEPS_IN_A_ROW:
            return False
        self._usual.clear()
        self._slow = 0
        return True
