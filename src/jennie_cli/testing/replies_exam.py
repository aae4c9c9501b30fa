"""The exams of ReplyLog and UsageBook: subclass one in a test module and give `make`."""

import asyncio
from abc import ABC, abstractmethod
from dataclasses import replace
from datetime import datetime, timedelta

from jennie_cli.engine.clock import KST
from jennie_cli.engine.llm import Exchange, ReplyLog, Usage, UsageBook, UsageTotal

NOON = datetime(2026, 11, 23, 12, 0, 0, 123_456, tzinfo=KST)
HOUR = timedelta(hours=1)
ASKED = Exchange(
    key="ab" * 32,
    at=NOON,
    service="scout",
    tier="reasoning",
    prompt_name="analyst",
    prompt_version="2",
    prompt_sha256="cd" * 32,
    asked='{"messages":[["user","삼성전자 📈"]]}',
    text='{"score": 72}\n',
    provider="deepseek",
    model="deepseek-chat",
    tokens_in=1_234,
    tokens_out=56,
    usd_micro=789,
    latency_s=1.25,
    attempts=2,
)
FAILED = replace(
    ASKED,
    text="",
    provider="",
    model="",
    simulated=True,
    failure="model_failed:timeout",
    failure_text="deepseek did not answer in time.",
)
USED = Usage(
    at=NOON,
    service="scout",
    provider="deepseek",
    model="deepseek-chat",
    tokens_in=1_000,
    tokens_out=100,
    usd_micro=380,
    latency_s=1.5,
)


class ReplyLogExam(ABC):
    """Numbered questions about the log. Each test starts empty."""

    @abstractmethod
    def make(self) -> ReplyLog:
        """Return the log; every call within a test reaches the same."""

    def test_01_what_was_never_asked_is_not_there(self) -> None:
        """Nothing is found in an empty log, nor under another key."""
        assert self.make().find(ASKED.key) is None
        self.make().add(ASKED)
        assert self.make().find("ef" * 32) is None

    def test_02_an_exchange_comes_back_as_it_was(self) -> None:
        """Each field, Korean and signs beyond it, to the microsecond; a failure too."""
        self.make().add(ASKED)
        assert ASKED == self.make().find(ASKED.key)
        self.make().add(FAILED)
        assert FAILED == self.make().find(ASKED.key)

    def test_03_the_newest_is_found(self) -> None:
        """Of several under one key the one added last, also as of a moment."""
        later = replace(ASKED, at=NOON + HOUR, text="later")
        for exchange in (ASKED, later):
            self.make().add(exchange)
        assert later == self.make().find(ASKED.key)
        assert later == self.make().find(ASKED.key, before=NOON + HOUR)
        assert ASKED == self.make().find(ASKED.key, before=NOON)
        assert self.make().find(ASKED.key, before=NOON - HOUR) is None

    def test_04_one_run_is_told_in_its_order(self) -> None:
        """That of the newest answer with its failures; no later failure hides an answer."""
        assert () == self.make().told(ASKED.key)
        first = replace(FAILED, run="1")
        self.make().add(first)
        assert (first,) == self.make().told(ASKED.key)
        second = [replace(FAILED, run="2"), replace(ASKED, run="2"), replace(FAILED, run="2")]
        for exchange in (replace(ASKED, run="1"), *second, replace(FAILED, run="3")):
            self.make().add(exchange)
        self.make().add(replace(ASKED, key="ef" * 32, run="3"))
        assert tuple(second) == self.make().told(ASKED.key)


class UsageBookExam(ABC):
    """Numbered questions about the book. Each test starts empty."""

    @abstractmethod
    def make(self) -> UsageBook:
        """Return the book; every call within a test reaches the same."""

    def test_01_nothing_used_nothing_spent(self) -> None:
        """An empty book knows no money and no days."""
        assert 0 == self.make().spent(NOON.date(), "scout")
        assert () == self.make().totals(NOON.date(), NOON.date())

    def test_02_calls_are_summed(self) -> None:
        """Calls, tokens, money, errors, failovers and milliseconds of a model add up."""
        self.add(USED, replace(USED, failed=True, failover=True, latency_s=0.25))
        total = UsageTotal(
            date=NOON.date(),
            service="scout",
            provider="deepseek",
            model="deepseek-chat",
            calls=2,
            tokens_in=2_000,
            tokens_out=200,
            usd_micro=760,
            errors=1,
            failovers=1,
            latency_ms_sum=1_750,
        )
        assert (total,) == self.make().totals(NOON.date(), NOON.date())

    def test_03_a_service_spends_its_own(self) -> None:
        """Over all its providers and models, and not what others spent."""
        self.add(
            USED,
            replace(USED, provider="claude", model="claude-haiku-4-5", usd_micro=5),
            replace(USED, service="macro_council", usd_micro=7),
        )
        spent = [self.make().spent(NOON.date(), s) for s in ("scout", "macro_council", "person")]
        assert [385, 7, 0] == spent

    def test_04_days_are_korean(self) -> None:
        """A call before midnight in Korea belongs to the day before, wherever the clock stands."""
        midnight = datetime(2026, 11, 24, tzinfo=KST)
        self.add(replace(USED, at=midnight - timedelta(seconds=1)), replace(USED, at=midnight))
        days = [t.date for t in self.make().totals(NOON.date(), midnight.date())]
        assert [NOON.date(), midnight.date()] == days
        assert 380 == self.make().spent(midnight.date(), "scout")

    def test_05_totals_are_in_order(self) -> None:
        """By service, provider and model within a day."""
        names = [("b", "a", "a"), ("a", "b", "a"), ("a", "a", "b"), ("a", "a", "a")]
        self.add(*(replace(USED, service=s, provider=p, model=m) for s, p, m in names))
        found = [
            (t.service, t.provider, t.model) for t in self.make().totals(NOON.date(), NOON.date())
        ]
        assert sorted(names) == found

    def add(self, *used: Usage) -> None:
        """Count calls, each as another process would."""
        for each in used:
            asyncio.run(self.make().add(each))
