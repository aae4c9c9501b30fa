"""Numbers that look random and depend on nothing but their arguments, as arrays."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.uint64]


def root(seed: int, code: str) -> int:
    """Return the 64-bit starting word of one stock of one seed."""
    return (seed * 0x9E3779B97F4A7C15 ^ int.from_bytes(code.encode())) & 0xFFFF_FFFF_FFFF_FFFF


def words(start: int, *keys: NDArray[Any]) -> Words:
    """Return one well-mixed 64-bit word for each tuple of keys (splitmix64, Steele et al. 2014)."""
    mixed = np.array([start], dtype=np.uint64)
    for key in keys:
        mixed = _mix(mixed ^ _mix(key.astype(np.uint64)))
    return mixed


def shares(start: int, *keys: NDArray[Any]) -> NDArray[np.float64]:
    """Return one number in [0, 1) for each tuple of keys."""
    return np.asarray((words(start, *keys) >> np.uint64(11)) * 2.0**-53)


def below(limit: int, start: int, *keys: int) -> int:
    """Return one whole number from 0 to `limit` - 1."""
    return int(words(start, *(np.array([key]) for key in keys))[0] % np.uint64(limit))


def _mix(word: Words) -> Words:
    word = word + np.uint64(0x9E3779B97F4A7C15)
    word = (word ^ (word >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    word = (word ^ (word >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return word ^ (word >> np.uint64(31))
