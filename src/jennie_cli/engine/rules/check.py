"""A rule is asked; the answer is a Check with figures; the asking and the firing are counted.

"Fired" means the rule changed something: it dropped, blocked, tagged, capped or promoted a stock.
A rule that is asked for months and never fires is probably disconnected, so it must be seen.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule by id, with the inputs it cannot work without (such as bars, flows, news, model)."""

    id: str
    needs: tuple[str, ...] = ("bars",)
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One answer of one rule for one subject. `passed` is False when the rule fired against it."""

    rule: str
    value: float | str | None
    limit: float | str | None
    unit: str
    passed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleCount:
    """How often one rule was asked and fired in one run."""

    rule: str
    asked: int
    fired: int


def summed(counts: Iterable[RuleCount]) -> tuple[RuleCount, ...]:
    """Return one row for each rule that was asked at all, by id."""
    asked: Counter[str] = Counter()
    fired: Counter[str] = Counter()
    for count in counts:
        asked[count.rule] += count.asked
        fired[count.rule] += count.fired
    return tuple(RuleCount(rule=r, asked=n, fired=fired[r]) for r, n in sorted(asked.items()) if n)


class Tally:
    """Counts askings and firings of one run."""

    def __init__(self) -> None:
        """Start with nothing asked."""
        self._asked: Counter[str] = Counter()
        self._fired: Counter[str] = Counter()

    def ask(
        self,
        rule: Rule,
        *,
        value: float | str | None,
        limit: float | str | None,
        fired: bool,
        passed: bool | None = None,
    ) -> Check:
        """Count one asking and return its Check; `passed` defaults to "did not fire"."""
        self.count(rule, asked=1, fired=int(fired))
        ok = (not fired) if passed is None else passed
        return Check(rule=rule.id, value=value, limit=limit, unit=rule.unit, passed=ok)

    def count(self, rule: Rule, *, asked: int, fired: int) -> None:
        """Count many askings at once, as array code does."""
        self._asked[rule.id] += asked
        self._fired[rule.id] += fired

    def counts(self) -> tuple[RuleCount, ...]:
        """Return one row per rule asked, sorted by id."""
        return tuple(
            RuleCount(rule=r, asked=n, fired=self._fired[r]) for r, n in sorted(self._asked.items())
        )
