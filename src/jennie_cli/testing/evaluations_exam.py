"""The exam of Evaluations: subclass it in a test module and give `make`."""

from abc import ABC, abstractmethod
from datetime import UTC, date, datetime, timedelta

import numpy as np

from jennie_cli.engine.clock import KST
from jennie_cli.engine.model import Side
from jennie_cli.engine.rules import Check, RuleCount
from jennie_cli.engine.store import Evaluations, Judging, Sheet, Stamped
from jennie_cli.engine.store.evaluations import NOT_ASKED, Form, Question

NINE = datetime(2026, 3, 3, 9, 0, tzinfo=KST)
MINUTE, INSTANT = timedelta(minutes=1), timedelta(microseconds=1)
SAMSUNG, HYNIX = "005930", "000660"


def gates(at: datetime, rsi: float, *codes: str, limit: float = 75.0) -> Sheet:
    """Return a sheet of two gates: the RSI, and the time at which the last entry ends."""
    stocks = len(codes)
    second = at.astimezone(KST).hour * 3600 + at.astimezone(KST).minute * 60
    return Sheet(
        at=at,
        judging=Judging.GATES,
        codes=codes,
        counted=("gate.rsi", "gate.last_entry"),
        questions=(
            Question(rule="gate.rsi", unit="rsi"),
            Question(rule="gate.last_entry", unit="clock", form=Form.CLOCK),
        ),
        deciding=np.array([[0] * stocks, [1] * stocks], dtype=np.int16),
        value=np.array([[rsi] * stocks, [second] * stocks], dtype=np.float64),
        limit=np.array([[limit] * stocks, [54_000.0] * stocks]),
        passed=np.array([[rsi <= limit] * stocks, [True] * stocks]),
    )


def strategies(at: datetime, *rules: str | None) -> Sheet:
    """Return a sheet of one strategy for one stock after the other, each by the rule that decided.

    `trend` passed; None was not asked.
    """
    names = ("strategy.trend", "strategy.switch", "strategy.rsi")
    place = [NOT_ASKED if r is None else names.index(f"strategy.{r}") for r in rules]
    return Sheet(
        at=at,
        judging=Judging.STRATEGIES,
        codes=tuple(f"{n:06d}" for n in range(len(rules))),
        counted=("strategy.momentum",),
        questions=tuple(Question(rule=name, unit="") for name in names),
        deciding=np.array([place], dtype=np.int16),
        value=np.full((1, len(rules)), np.nan),
        limit=np.full((1, len(rules)), np.nan),
        passed=np.array([[rule == "trend" for rule in rules]]),
    )


def stamped(at: datetime, *, order_id: str | None = "o1", side: Side = Side.BUY) -> Stamped:
    """Return what the stamp said: whole won, words and a figure that is not whole."""
    checks = (
        Check(rule="risk.venue", value="KRX", limit="KRX·NXT", unit="", passed=True),
        Check(rule="risk.factor", value=0.7, limit=None, unit="number", passed=True),
        Check(
            rule="risk.total", value=10, limit=9_007_199_254_740_993, unit="KRW",
            passed=order_id is not None,
        ),
    )  # fmt: skip
    why = "MOMENTUM" if side is Side.BUY else "HARD_STOP"
    return Stamped(at=at, code=SAMSUNG, side=side, why=why, order_id=order_id, checks=checks)


class EvaluationsExam(ABC):
    """Numbered questions about what was judged. Each test starts empty."""

    @abstractmethod
    def make(self) -> Evaluations:
        """Return the evaluations of one account; every call within a test reaches the same."""

    def rsi(self, moment: datetime, code: str = SAMSUNG) -> float | str | None:
        """Return the RSI that stood for a stock at a moment."""
        judged = self.make().at(code, moment).judged.get(Judging.GATES)
        return None if judged is None else judged.checks[0].value

    def test_01_nothing_kept_nothing_told(self) -> None:
        """Asking before anything was judged is no failure; neither is keeping nothing."""
        self.make().keep([gates(NINE, 50.0)])
        found = self.make().at(SAMSUNG, NINE)
        assert (SAMSUNG, NINE, {}, {}) == (found.code, found.moment, found.judged, found.stamps)
        assert None is self.make().last(NINE)
        assert () == self.make().counts(date.min.replace(year=1970), date.max)

    def test_02_what_was_kept_comes_back(self) -> None:
        """Figures, times by the clock and the moment, to the microsecond."""
        at = NINE + timedelta(microseconds=123_456)
        self.make().keep([gates(at, 61.25, SAMSUNG, HYNIX)])
        judged = self.make().at(HYNIX, at).judged[Judging.GATES]
        assert (at, ("gate.rsi", "gate.last_entry")) == (judged.at, judged.counted)
        assert (
            Check(rule="gate.rsi", value=61.25, limit=75.0, unit="rsi", passed=True),
            Check(
                rule="gate.last_entry", value="09:00:00", limit="15:00:00", unit="clock",
                passed=True,
            ),
        ) == judged.checks  # fmt: skip

    def test_03_the_last_at_or_before_stands_for_a_minute(self) -> None:
        """Up to the minute itself and not a microsecond longer; what comes later is not known."""
        self.make().keep([gates(NINE, 50.0, SAMSUNG)])
        self.make().keep([gates(NINE + timedelta(seconds=20), 60.0, SAMSUNG)])
        end = NINE + timedelta(seconds=80)
        moments = (NINE - INSTANT, NINE, NINE + timedelta(seconds=20) - INSTANT, end, end + INSTANT)
        assert [None, 50.0, 50.0, 60.0, None] == [self.rsi(moment) for moment in moments]

    def test_04_order_of_keeping_does_not_matter_but_for_one_moment(self) -> None:
        """A late record of an earlier moment hides nothing; of one moment the last kept counts."""
        later = NINE + timedelta(seconds=30)
        self.make().keep([gates(later, 60.0, SAMSUNG), gates(NINE, 50.0, SAMSUNG)])
        assert 60.0 == self.rsi(later)
        self.make().keep([gates(later, 61.0, SAMSUNG)])
        assert 61.0 == self.rsi(later)

    def test_05_a_sheet_without_a_stock_hides_nothing_of_it(self) -> None:
        """Each stock has its own last word, and each kind of rule as well."""
        later = NINE + timedelta(seconds=30)
        self.make().keep([gates(NINE, 50.0, SAMSUNG, HYNIX), strategies(NINE, "rsi")])
        self.make().keep([gates(later, 60.0, HYNIX)])
        assert (50.0, 60.0) == (self.rsi(later), self.rsi(later, HYNIX))
        assert [Judging.STRATEGIES] == [*self.make().at("000000", later).judged]

    def test_06_of_whom_nothing_was_asked_there_is_no_word(self) -> None:
        """A stock in a sheet that no rule was asked of is told as one that is not in it."""
        self.make().keep([strategies(NINE, "trend", None)])
        told = [{*self.make().at(code, NINE).judged} for code in ("000000", "000001")]
        assert [{Judging.STRATEGIES}, set()] == told

    def test_07_stamps_keep_words_and_whole_numbers(self) -> None:
        """The last one of each side stands, field by field; those of other stocks do not."""
        sale = stamped(NINE, side=Side.SELL)
        first, second = stamped(NINE), stamped(NINE + INSTANT, order_id=None)
        self.make().keep((), [sale, first])
        self.make().keep((), [second])
        found = self.make().at(SAMSUNG, NINE + MINUTE).stamps
        assert {Side.SELL: sale, Side.BUY: second} == found
        assert [str, float, int] == [type(check.value) for check in found[Side.BUY].checks]
        assert {} == self.make().at(HYNIX, NINE).stamps
        assert {} == self.make().at(SAMSUNG, NINE + MINUTE + 2 * INSTANT).stamps

    def test_08_counts_grow_by_day_of_seoul(self) -> None:
        """Sheets and stamps of the days asked for; a strategy counts its hits, shadows too."""
        early = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)
        store = self.make()
        store.keep([gates(early, 80.0, SAMSUNG, HYNIX)], [stamped(NINE, order_id=None)])
        store.keep([strategies(NINE, "trend", "switch", "rsi", None), gates(NINE, 50.0, HYNIX)])
        store.keep([gates(NINE + timedelta(days=1), 90.0, HYNIX)])
        expected = {
            "gate.last_entry": (3, 0),
            "gate.rsi": (3, 2),
            "risk.factor": (1, 0),
            "risk.total": (1, 1),
            "risk.venue": (1, 0),
            "strategy.momentum": (3, 2),
        }
        day = date(2026, 3, 3)
        counts = tuple(RuleCount(rule=r, asked=a, fired=f) for r, (a, f) in expected.items())
        assert counts == store.counts(day, day)
        two = {c.rule: (c.asked, c.fired) for c in store.counts(day, date(2026, 3, 4))}
        assert expected | {"gate.last_entry": (4, 0), "gate.rsi": (4, 3)} == two
        assert () == store.counts(date(2026, 3, 1), date(2026, 3, 2))

    def test_09_the_newest_moment_can_be_asked(self) -> None:
        """At or before a moment, of sheets and of stamps."""
        self.make().keep([gates(NINE, 50.0, SAMSUNG)], [stamped(NINE + MINUTE)])
        moments = (NINE - INSTANT, NINE, NINE + MINUTE - INSTANT, NINE + timedelta(days=9))
        assert [None, NINE, NINE, NINE + MINUTE] == [self.make().last(m) for m in moments]

    def test_10_the_newest_moment_of_one_stock_can_be_asked(self) -> None:
        """Its sheets and its stamps, of any day; one of whom nothing was asked is not spoken of."""
        later, next_day = NINE + 3 * MINUTE, NINE + timedelta(days=1)
        self.make().keep([gates(NINE, 50.0, SAMSUNG, HYNIX)], [stamped(NINE + MINUTE)])
        self.make().keep([gates(NINE + 2 * MINUTE, 50.0, HYNIX), strategies(later, "trend", None)])
        self.make().keep([gates(next_day, 50.0, HYNIX)])
        moments = (NINE - INSTANT, NINE, NINE + MINUTE - INSTANT, NINE + MINUTE, next_day)
        said = [self.make().last(moment, SAMSUNG) for moment in moments]
        assert [None, NINE, NINE, NINE + MINUTE, NINE + MINUTE] == said
        assert (NINE + 2 * MINUTE, next_day) == (
            self.make().last(next_day - INSTANT, HYNIX), self.make().last(next_day, HYNIX)
        )  # fmt: skip
        assert (later, None) == tuple(self.make().last(next_day, c) for c in ("000000", "000001"))
        self.make().keep([gates(NINE - MINUTE, 50.0, HYNIX)])
        assert NINE + 2 * MINUTE == self.make().last(next_day - INSTANT, HYNIX)

    def test_11_what_is_forgotten_leaves_its_counts(self) -> None:
        """Days of Seoul before a day go, with their stamps; how often rules fired stays."""
        late = datetime(2026, 3, 3, 14, 59, tzinfo=UTC)
        store, next_day = self.make(), date(2026, 3, 4)
        store.keep([gates(NINE, 80.0, SAMSUNG), gates(late, 50.0, SAMSUNG)], [stamped(NINE)])
        store.keep([gates(late + MINUTE, 60.0, HYNIX)])
        before = store.counts(NINE.date(), next_day)
        assert (2, 0) == (store.sessions(), store.forget(NINE.date()))
        assert 3 == store.forget(next_day)
        found = self.make().at(SAMSUNG, NINE + MINUTE)
        assert ({}, {}, None) == (found.judged, found.stamps, self.make().last(late, SAMSUNG))
        assert (None, late + MINUTE) == (
            self.make().last(late), self.make().last(late + MINUTE, HYNIX)
        )  # fmt: skip
        assert 60.0 == self.rsi(late + MINUTE, HYNIX)
        assert (before, 2) == (self.make().counts(NINE.date(), next_day), self.make().sessions())
        assert 0 == self.make().forget(next_day)
