"""What can go wrong on purpose: one table of faults, and the dice that decide when they strike.

A rule is `NAME[:p=0.05][:n=3][:path=order-cash][:ms=2000]`: the probability each time it could
strike (1), how often at most (for ever), the end of the path it is confined to (all), and
milliseconds where the fault has a length. Each rule has its own seeded stream, so a run with the
same calls meets the same faults.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from jennie_cli.engine.errors import InputError


class Fault(StrEnum):
    """The faults by name."""

    TIMEOUT_AFTER = "timeout-after"
    ERROR_AFTER = "error-after"
    EGW00301_AFTER = "egw00301-after"
    ERROR_BEFORE = "error-before"
    RATE = "rate"
    TOKEN_EXPIRED = "token-expired"  # noqa: S105  # the name of a fault
    TOKEN_REVOKED = "token-revoked"  # noqa: S105  # the name of a fault
    SLOW = "slow"
    MAINTENANCE = "maintenance"
    DROP_SOCKET = "drop-socket"
    NOTICE_FIRST = "notice-first"
    DOUBLE_NOTICE = "double-notice"
    LATE_NOTICE = "late-notice"
    SHUFFLED_NOTICE = "shuffled-notice"
    LOST_NOTICE = "lost-notice"
    LONG_FRAMES = "long-frames"
    OLD_FRAMES = "old-frames"
    HALF_FRAMES = "half-frames"
    EMPTY_HOLDINGS = "empty-holdings"
    EMPTY_ORDERS = "empty-orders"
    LATE_ORDERS = "late-orders"
    CLOCK_SKEW = "clock-skew"


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """One sentence about a fault, and the milliseconds it takes where none are given."""

    text: str
    ms: int = 0


TABLE: dict[Fault, Meaning] = {
    Fault.TIMEOUT_AFTER: Meaning(
        text="The order is taken, but no answer comes for ms real milliseconds", ms=60_000
    ),
    Fault.ERROR_AFTER: Meaning(text="The order is taken, the answer is HTTP 500 without a body"),
    Fault.EGW00301_AFTER: Meaning(text="The order is taken, the answer is EGW00301 (timeout)"),
    Fault.ERROR_BEFORE: Meaning(text="Nothing is done, the answer is HTTP 500 without a body"),
    Fault.RATE: Meaning(text="A call within the limit is turned away with EGW00201"),
    Fault.TOKEN_EXPIRED: Meaning(text="The token dies, the call is answered with EGW00123"),
    Fault.TOKEN_REVOKED: Meaning(text="The token dies, the call is answered with EGW00121"),
    Fault.SLOW: Meaning(text="An answer is held back for ms real milliseconds", ms=400),
    Fault.MAINTENANCE: Meaning(text="Every call is answered with EGW00002, sockets are refused"),
    Fault.DROP_SOCKET: Meaning(
        text="A socket is cut while it streams; with ms, once it is that many milliseconds old"
    ),
    Fault.NOTICE_FIRST: Meaning(
        text="The notice of an order leaves before the answer to the call (0.3 of them anyway)"
    ),
    Fault.DOUBLE_NOTICE: Meaning(text="A notice is sent twice"),
    Fault.LATE_NOTICE: Meaning(text="A notice is held back for ms of exchange time", ms=3_000),
    Fault.SHUFFLED_NOTICE: Meaning(text="Notices that leave together leave in reverse order"),
    Fault.LOST_NOTICE: Meaning(text="A notice is never sent"),
    Fault.LONG_FRAMES: Meaning(text="Records carry two fields nobody has heard of at the end"),
    Fault.OLD_FRAMES: Meaning(
        text="Records are as narrow as old clients expect: trade 46, book 59, notice 23 fields"
    ),
    Fault.HALF_FRAMES: Meaning(text="A frame breaks off in the middle"),
    Fault.EMPTY_HOLDINGS: Meaning(text="The balance answers success without any holding"),
    Fault.EMPTY_ORDERS: Meaning(text="The day's orders answer success without any row"),
    Fault.LATE_ORDERS: Meaning(
        text="An order is listed only once it is ms of exchange time old", ms=2_000
    ),
    Fault.CLOCK_SKEW: Meaning(
        text="The clock that a driving client is told is ms ahead of the exchange", ms=2_000
    ),
}
"""Every fault with its sentence; `sim serve --help` prints it."""

OWN_CHANCE: dict[Fault, float] = {Fault.NOTICE_FIRST: 0.3}
"""What happens at KIS every day happens without a rule too, with this probability."""


@dataclass(slots=True, kw_only=True)
class Rule:
    """One switched-on fault; `left` is how often it may still strike, None = for ever."""

    fault: Fault
    probability: float = 1.0
    left: int | None = None
    path: str = ""
    ms: int = 0
    struck: int = 0
    dice: np.random.Generator = field(repr=False)

    def strikes(self, path: str) -> bool:
        """Throw the dice for a call on `path`."""
        if self.left == 0 or not path.endswith(self.path):
            return False
        if self.probability < 1.0 and self.dice.random() >= self.probability:
            return False
        self.left = None if self.left is None else self.left - 1
        self.struck += 1
        return True


class Faults:
    """The faults switched on now."""

    def __init__(self, seed: int, rules: Iterable[str] = ()) -> None:
        """Switch on `rules`. Raises InputError for one that cannot be read."""
        self._seed = seed
        self._made = 0
        self._own = {fault: self._dice() for fault in OWN_CHANCE}
        self.rules: list[Rule] = []
        self.add(rules)

    def add(self, rules: Iterable[str]) -> None:
        """Switch on more; all of them or, with InputError, none."""
        read = [read_rule(text, self._dice()) for text in rules]
        self.rules.extend(read)

    def clear(self, names: Sequence[str] = ()) -> None:
        """Switch off the named faults, all of them without a name. Raises InputError."""
        gone = {_named(name) for name in names} or set(Fault)
        self.rules = [rule for rule in self.rules if rule.fault not in gone]

    def strike(self, fault: Fault, path: str = "") -> Rule | None:
        """Return the rule of `fault` that strikes now, None when all goes well."""
        rules = [rule for rule in self.rules if rule.fault is fault]
        if not rules and fault in self._own:
            happens = self._own[fault].random() < OWN_CHANCE[fault]
            return Rule(fault=fault, dice=self._own[fault]) if happens else None
        return next((rule for rule in rules if rule.strikes(path)), None)

    def standing(self, fault: Fault, path: str = "") -> Rule | None:
        """Return the rule of a fault that is a state rather than an event; no dice."""
        fitting = (r for r in self.rules if r.fault is fault and path.endswith(r.path))
        return next(fitting, None)

    def _dice(self) -> np.random.Generator:
        self._made += 1
        return np.random.default_rng((self._seed, self._made))


def read_rule(text: str, dice: np.random.Generator) -> Rule:
    """Return the rule written in `text`. Raises InputError naming what is wrong."""
    name, *options = text.split(":")
    fault = _named(name)
    rule = Rule(fault=fault, ms=TABLE[fault].ms, dice=dice)
    for option in options:
        key, _, value = option.partition("=")
        try:
            _set(rule, key, value)
        except ValueError:
            raise InputError(
                f"'{option}' of fault '{text}' cannot be read.",
                hint="Write NAME[:p=0.05][:n=3][:path=order-cash][:ms=2000].",
            ) from None
    return rule


def _set(rule: Rule, key: str, value: str) -> None:
    match key:
        case "p":
            rule.probability = float(value)
            if not 0.0 <= rule.probability <= 1.0:
                raise ValueError(value)
        case "n":
            rule.left = _count(value)
        case "ms":
            rule.ms = _count(value)
        case "path":
            rule.path = value
        case _:
            raise ValueError(key)


def _count(value: str) -> int:
    number = int(value)
    if number < 0:
        raise ValueError(value)
    return number


def _named(name: str) -> Fault:
    try:
        return Fault(name)
    except ValueError:
        raise InputError(
            f"There is no fault '{name}'.", hint=f"One of {', '.join(sorted(Fault))}."
        ) from None
