"""Seeded streams of chance: one per purpose and index, so no draw depends on how it was reached."""

from enum import IntEnum

import numpy as np


class Stream(IntEnum):
    """What a stream of chance is for; the number is part of the seed and never reused."""

    ROSTER = 0
    QUARTER = 1
    DRIVERS = 2
    BARS = 3
    FLOWS = 4
    EVENTS = 5
    NEWS = 6
    CONSENSUS = 7
    NAMES = 8
    INDEX = 9
    MACRO = 10


def stream(seed: int, purpose: Stream, index: int = 0) -> np.random.Generator:
    """Return the generator of one purpose at one index (a day's or a quarter's number)."""
    sequence = np.random.SeedSequence((seed, int(purpose), index))
    return np.random.Generator(np.random.PCG64(sequence))
