"""What a sage can be told to do wrong.

A rule is `NAME[:VALUE][:p=0.05][:n=3]`: VALUE is the milliseconds of `slow` (2000) and the HTTP
status of `status` (503), p the probability for each question (1), n how often at most (for ever).
Dice are thrown for the question and how often it was asked, so questions asked at the same time
meet the same faults in any order.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from jennie_cli.engine.errors import InputError

_REMEMBERED = 10_000


class SageFault(StrEnum):
    """The faults by name."""

    SLOW = "slow"
    STATUS = "status"
    GARBAGE = "garbage"
    TRUNCATE = "truncate"
    EMPTY = "empty"
    INJECT = "inject"


SAGE_FAULTS: dict[SageFault, str] = {
    SageFault.SLOW: "The answer begins after so many real milliseconds (2000)",
    SageFault.STATUS: "The answer is an HTTP status (503) with an error body",
    SageFault.GARBAGE: "The answer is talk that holds no JSON",
    SageFault.TRUNCATE: "The answer breaks off in its middle, finish_reason is length",
    SageFault.EMPTY: "The answer has no letter",
    SageFault.INJECT: "Every text in the answer also gives orders, with control signs and markup",
}
"""Every fault with its sentence."""

_USUAL = {SageFault.SLOW: 2_000, SageFault.STATUS: 503}
_RANGE = {SageFault.SLOW: (0, 600_000), SageFault.STATUS: (400, 599)}


@dataclass(slots=True, kw_only=True)
class SageRule:
    """One fault that is switched on; `left` is how often it may still strike, None for ever."""

    fault: SageFault
    value: int = 0
    probability: float = 1.0
    left: int | None = None
    struck: int = 0


class SageFaults:
    """The faults of one server."""

    def __init__(self, seed: int, rules: Iterable[str] = ()) -> None:
        """Switch on `rules`. Raises InputError for one that cannot be read."""
        self._seed = seed
        self._asked: Counter[bytes] = Counter()
        self.rules = [read_sage_rule(text) for text in rules]

    def struck(self, digest: bytes) -> dict[SageFault, int]:
        """Return the faults that strike a question now, each with its value."""
        if not self.rules:
            return {}
        time = self._times(digest)
        found: dict[SageFault, int] = {}
        for place, rule in enumerate(self.rules):
            if rule.left == 0 or rule.fault in found:
                continue
            key = (self._seed, place, time, int.from_bytes(digest[:8], "big"))
            if np.random.default_rng(key).random() < rule.probability:
                rule.left = None if rule.left is None else rule.left - 1
                rule.struck += 1
                found[rule.fault] = rule.value
        return found

    def _times(self, digest: bytes) -> int:
        if len(self._asked) >= _REMEMBERED:
            self._asked.clear()
        self._asked[digest] += 1
        return self._asked[digest]


def read_sage_rule(text: str) -> SageRule:
    """Return the rule written in `text`. Raises InputError naming what is wrong."""
    name, *options = text.split(":")
    try:
        fault = SageFault(name)
    except ValueError:
        known = ", ".join(sorted(SageFault))
        raise InputError(
            f"There is no fault '{name}' of a sage.", hint=f"One of {known}."
        ) from None
    rule = SageRule(fault=fault, value=_USUAL.get(fault, 0))
    for option in options:
        try:
            _set(rule, *option.rpartition("=")[::2])
        except ValueError:
            raise InputError(
                f"'{option}' of fault '{text}' cannot be read.",
                hint="Write NAME[:VALUE][:p=0.05][:n=3], as in slow:400 or status:429:p=0.2.",
            ) from None
    return rule


def _set(rule: SageRule, key: str, value: str) -> None:
    if key == "p":
        rule.probability = float(value)
        _hold(0.0 <= rule.probability <= 1.0, value)
    elif key == "n":
        rule.left = int(value)
        _hold(rule.left >= 0, value)
    else:
        low, high = _RANGE.get(rule.fault, (1, 0))
        rule.value = int(value)
        _hold(not key and low <= rule.value <= high, value)


def _hold(holds: bool, value: str) -> None:
    if not holds:
        raise ValueError(value)
