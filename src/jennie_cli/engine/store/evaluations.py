"""The port to what was judged: every gate, strategy and exit of every stock, minute by minute.

A sheet is what one kind of rule said of many stocks at one moment, kept as arrays; it is read back
as Checks, one stock at a time.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from jennie_cli.engine.clock import KST
from jennie_cli.engine.model import Regime, Side
from jennie_cli.engine.rules import Check, RuleCount, summed
from jennie_cli.engine.rules.strategies import ALLOWED, SWITCH

NOT_ASKED = -1

IN_FORCE = timedelta(minutes=1)
"""How long an evaluation stands; bars close once a minute."""

_REGIMES = tuple(Regime)
_HITS = frozenset({SWITCH.id, ALLOWED.id})


class Judging(StrEnum):
    """Which rules a sheet holds the answers of."""

    GATES = "gates"
    STRATEGIES = "strategies"
    CONFIRMATION = "confirmation"
    EXITS = "exits"


class Form(StrEnum):
    """What a figure stands for: itself, a second of the day, or the number of a regime."""

    NUMBER = "number"
    CLOCK = "clock"
    REGIME = "regime"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What was asked: a rule by id, its unit, and how its figures are told."""

    rule: str
    unit: str
    form: Form = Form.NUMBER


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What one sheet says of one stock, in the order of asking.

    `counted` names for each check the rule under which it is counted: a strategy's own id where
    the check is the condition that decided it, else the rule itself.
    """

    at: datetime
    counted: tuple[str, ...]
    checks: tuple[Check, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """The answers of one kind of rule at one moment; arrays are (rows, stocks).

    Row by row `counted` is the rule under which an answer is counted. `deciding` indexes
    `questions`, NOT_ASKED where nothing was; `value` and `limit` are NaN where there is no figure.
    Raises ValueError for arrays that do not fit.
    """

    at: datetime
    judging: Judging
    codes: tuple[str, ...]
    counted: tuple[str, ...]
    questions: tuple[Question, ...]
    deciding: NDArray[np.int16]
    value: NDArray[np.float64]
    limit: NDArray[np.float64]
    passed: NDArray[np.bool_]

    def __post_init__(self) -> None:
        """Refuse contradictions at birth."""
        shape = (len(self.counted), len(self.codes))
        if {shape} != {a.shape for a in (self.deciding, self.value, self.limit, self.passed)}:
            raise ValueError(f"arrays do not fit {shape[0]} rows of {shape[1]} stocks")
        low, high = self.deciding.min(initial=0), self.deciding.max(initial=NOT_ASKED)
        if low < NOT_ASKED or high >= len(self.questions):
            raise ValueError(f"there is no question {high if low >= NOT_ASKED else low}")

    @property
    def asked(self) -> NDArray[np.bool_]:
        """Where something was asked."""
        return np.asarray(self.deciding != NOT_ASKED)

    @property
    def fired(self) -> NDArray[np.bool_]:
        """Where the rule of a row did what it is for.

        A strategy fires when its conditions hold, off or forbidden as it may be; any other rule
        when it does not let pass.
        """
        if self.judging is not Judging.STRATEGIES:
            return np.asarray(self.asked & ~self.passed)
        hits = [n for n, question in enumerate(self.questions) if question.rule in _HITS]
        return np.asarray(self.asked & (self.passed | np.isin(self.deciding, hits)))

    @property
    def spoken_of(self) -> tuple[str, ...]:
        """The stocks of which anything was asked."""
        return tuple(self.codes[stock] for stock in np.flatnonzero(self.asked.any(axis=0)))

    def of(self, code: str) -> Judged | None:
        """Return what was said of a stock, None where nothing was asked of it."""
        if code not in self.codes:
            return None
        stock = self.codes.index(code)
        rows = np.flatnonzero(self.asked[:, stock])
        if not rows.size:
            return None
        return Judged(
            at=self.at,
            counted=tuple(self.counted[row] for row in rows),
            checks=tuple(self._check(int(row), stock) for row in rows),
        )

    def counts(self) -> tuple[RuleCount, ...]:
        """Return how often the rule of each row was asked and fired."""
        asked, fired = self.asked.sum(axis=1), self.fired.sum(axis=1)
        return tuple(
            RuleCount(rule=rule, asked=int(asked[row]), fired=int(fired[row]))
            for row, rule in enumerate(self.counted)
        )

    def _check(self, row: int, stock: int) -> Check:
        question = self.questions[self.deciding[row, stock]]
        return Check(
            rule=question.rule,
            value=_told(question.form, self.value[row, stock]),
            limit=_told(question.form, self.limit[row, stock]),
            unit=question.unit,
            passed=bool(self.passed[row, stock]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamped:
    """What the stamp said of a wish to trade; `why` is the strategy or the reason to sell.

    `order_id` is None where it refused; the last check is then the one that did.
    """

    at: datetime
    code: str
    side: Side
    why: str
    order_id: str | None
    checks: tuple[Check, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """All that stood about a stock at a moment: the last word of each kind, none too old.

    `stamps` holds the last one of each side.
    """

    code: str
    moment: datetime
    judged: Mapping[Judging, Judged]
    stamps: Mapping[Side, Stamped]


class Evaluations(Protocol):
    """Keeps what one account's session judged; what is kept is never changed, only forgotten."""

    def keep(self, sheets: Sequence[Sheet], stamps: Sequence[Stamped] = ()) -> None:
        """Keep sheets and stamps with their counts, all or nothing; a sheet of no stock is none.

        Raises StorageFull, HomeNotWritable, HomeBusy.
        """
        ...

    def at(self, code: str, moment: datetime) -> Evaluation:
        """Return what stood at a moment: the last at or before it, at most IN_FORCE old.

        Of several kept for one moment the last one kept counts. Raises OutsideError for a record
        that cannot be read.
        """
        ...

    def last(self, before: datetime, code: str | None = None) -> datetime | None:
        """Return the newest moment at or before `before` of which something is kept.

        With a `code`, something that was said of that stock.
        """
        ...

    def counts(self, first: date, last: date) -> tuple[RuleCount, ...]:
        """Return by rule id how often each was asked and fired on the days, both included.

        Days are those of KST; the checks of stamps are counted too.
        """
        ...

    def sessions(self) -> int:
        """Return on how many days of KST rules were counted."""
        ...

    def forget(self, before: date) -> int:
        """Drop what was said on the days of KST before `before`; return how many records that was.

        The counts stay: they are small, and a rule's silence is told over all days. Raises
        HomeNotWritable, HomeBusy; what was dropped until then is gone.
        """
        ...


def latest(
    sheets: Iterable[Sheet], stamps: Iterable[Stamped]
) -> Mapping[tuple[str, date], datetime]:
    """Return by stock and day of KST when something was said of the stock last."""
    found: dict[tuple[str, date], datetime] = {}
    told = [(code, sheet.at) for sheet in sheets for code in sheet.spoken_of]
    for code, at in [*told, *((stamp.code, stamp.at) for stamp in stamps)]:
        place = code, day_of(at)
        found[place] = max(at, found.get(place, at))
    return found


def day_of(at: datetime) -> date:
    """Return the day of KST."""
    return at.astimezone(KST).date()


def daily_tally(
    sheets: Sequence[Sheet], stamps: Sequence[Stamped]
) -> Mapping[date, tuple[RuleCount, ...]]:
    """Return the counts of sheets and stamps together, by rule id, for each day of KST."""
    counts: dict[date, list[RuleCount]] = {}
    for sheet in sheets:
        counts.setdefault(day_of(sheet.at), []).extend(sheet.counts())
    for stamp in stamps:
        counts.setdefault(day_of(stamp.at), []).extend(
            RuleCount(rule=check.rule, asked=1, fired=int(not check.passed))
            for check in stamp.checks
        )
    return {day: summed(of_day) for day, of_day in counts.items()}


def _told(form: Form, figure: float) -> float | str | None:
    """Return a figure as a Check carries it; one that is no time or regime as the number it is."""
    if np.isnan(figure):
        return None
    if form is Form.CLOCK and np.isfinite(figure):
        minutes, second = divmod(int(figure), 60)
        return f"{minutes // 60:02}:{minutes % 60:02}:{second:02}"
    if form is Form.REGIME and figure in range(len(_REGIMES)):
        return _REGIMES[int(figure)].value
    return float(figure)
