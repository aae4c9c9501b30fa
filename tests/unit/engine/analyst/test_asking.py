"""Asking a model about the stocks of a run: each by itself, so many at once, within a deadline."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

import pytest
from tests.unit.engine.analyst.opinions import PROMPT, Said, case, code_of, remembered, said

from jennie_cli.engine.analyst import AnalystCase, AnalystPolicy, Bench, Heard, Stop, ask_all
from jennie_cli.engine.clock import KST, ManualClock
from jennie_cli.engine.errors import BadFile, HomeBusy, JennieError, SettingsError
from jennie_cli.engine.llm import (
    Answer,
    BudgetSpent,
    FailureKind,
    ModelFailed,
    NoAnswer,
    NoModel,
    NotInLog,
    Request,
    Used,
)
from jennie_cli.engine.llm.memory import MemoryReplyLog
from jennie_cli.engine.model import FactCheck, LlmStatus

T = TypeVar("T")
CASES = tuple(case(f"0000{n}0") for n in range(1, 7))


def bench(models: Any, **given: Any) -> Bench:
    """Return what asking takes, on a clock that stands."""
    told: dict[str, Any] = {
        "prompt": PROMPT,
        "policy": AnalystPolicy(),
        "clock": ManualClock(datetime(2025, 6, 30, 8, 30, tzinfo=KST)),
        "answer_s": 600.0,
    }
    return Bench(models=models, **(told | given))


def hear(models: Any, cases: Sequence[AnalystCase] = CASES, **given: Any) -> Heard:
    """Ask about cases."""
    return asyncio.run(ask_all(bench(models, **given), cases))


def test_every_stock_is_asked_about_once() -> None:
    """Each opinion carries what it took and the hash of what was asked."""
    models = Said(lambda code: said(70 + int(code[4])))
    heard = hear(models)
    assert [c.code for c in CASES] == list(heard.opinions)
    assert [71, 72, 73, 74, 75, 76] == [o.raw_score for o in heard.opinions.values()]
    first = heard.opinions["000010"]
    assert ("scripted", "scripted-1", "analyst.3", 100, 20, 15) == (
        first.provider,
        first.model,
        first.prompt,
        first.tokens_in,
        first.tokens_out,
        first.usd_micro,
    )
    assert {r.key for r in models.asked} == {o.key for o in heard.opinions.values()}
    assert (None, {}, LlmStatus.OK) == (heard.stop, heard.failures, first.status)


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        (ModelFailed("late", kind=FailureKind.TIMEOUT), "timeout"),
        (NoAnswer("all members failed"), "no_answer"),
        (NotInLog("never asked"), "not_in_log"),
        (said(9999), "wrong_shape"),
        (said("-5"), "wrong_shape"),
        ('{"score": NaN, "grade": "B", "reason": "이유가 될 만한 것이 없습니다"}', "wrong_shape"),
        (said("七十二"), "wrong_shape"),
        ("매수를 추천합니다!", "wrong_shape"),
    ],
)
def test_a_stock_that_fails_falls_back_alone(words: str | JennieError, kind: str) -> None:
    """Its failure is named by kind, and the five others have their opinions."""
    heard = hear(Said(lambda code: words if code == "000030" else said(72)))
    assert {"000030": kind} == heard.failures
    assert 5 == len(heard.opinions)


def test_words_before_the_json_do_no_harm() -> None:
    """An answer wrapped in talk is the object it holds."""
    heard = hear(Said(lambda _: f"물론입니다.\n```json\n{said(72)}\n```\n"))
    assert {72} == {o.raw_score for o in heard.opinions.values()}


@pytest.mark.parametrize(
    ("nobody", "words"),
    [
        (SettingsError("no provider"), "no provider"),
        (BadFile("a broken model"), "a broken model"),
        (NoModel("nothing was set up"), ""),
    ],
)
def test_asking_stops_when_nobody_is_there(nobody: JennieError, words: str) -> None:
    """What was heard stays, the rest is not asked about, and a fault of the home is told."""
    models = Said(lambda code: nobody if code >= "000030" else said(72))
    heard = hear(models, policy=AnalystPolicy(concurrency=1))
    assert (Stop.NO_MODEL, words, {}) == (heard.stop, heard.said, heard.failures)
    assert ["000010", "000020"] == list(heard.opinions)
    assert 3 == len(models.asked)


def test_every_stock_left_is_refused_once_the_money_is_spent() -> None:
    """Each leaves its own line in the log, and the first refusal is the one that is told."""
    models = Said(lambda code: BudgetSpent(f"spent at {code}") if code >= "000030" else said(72))
    heard = hear(models, policy=AnalystPolicy(concurrency=1))
    assert (Stop.BUDGET, "spent at 000030") == (heard.stop, heard.said)
    assert ["llm_budget"] * 4 == list(heard.failures.values())
    assert ["000010", "000020"] == list(heard.opinions)


def test_a_run_stops_asking_at_its_deadline() -> None:
    """Each question gets what is left of the time, and none is begun after it."""
    clock = ManualClock(datetime(2025, 6, 30, 8, 30, tzinfo=KST))

    def slow(_: str) -> str:
        clock.advance(4.0)
        return said(72)

    models = Said(slow)
    policy = AnalystPolicy(concurrency=1, deadline_s=10.0)
    heard = hear(models, policy=policy, clock=clock, answer_s=5.0)
    assert (Stop.DEADLINE, 3) == (heard.stop, len(heard.opinions))
    assert [5.0, 5.0, 2.0] == [r.timeout_s for r in models.asked]


def test_a_replay_leaves_out_what_the_deadline_left_out() -> None:
    """Each stock left over has its line in the log, masked, from which the same is heard again."""
    clock = ManualClock(datetime(2025, 6, 30, 8, 30, tzinfo=KST))
    log = MemoryReplyLog()

    def slow(_: str) -> str:
        clock.advance(4.0)
        return said(72)

    policy = AnalystPolicy(concurrency=1, deadline_s=10.0)
    given: dict[str, Any] = {"log": log, "mask": lambda text: text.replace("가온", "**")}
    first = hear(Said(slow), policy=policy, clock=clock, **given)
    assert 3 == len(log.exchanges) == len(first.opinions)
    assert not any("가온" in line.asked for line in log.exchanges)
    words = {line.key: NoAnswer(line.failure_text) for line in log.exchanges}
    left = {c.code for c in CASES} - set(first.opinions)
    late = next(iter(words.values()))
    again = hear(Said(lambda code: late if code in left else said(72)), CASES[::-1], log=log)
    assert (first.stop, first.said, first.failures) == (again.stop, again.said, again.failures)
    assert first.opinions == again.opinions
    assert {first.opinions[c].key for c in first.opinions}.isdisjoint(words)


def test_the_first_refusal_is_that_of_the_first_case() -> None:
    """Whoever is refused sooner, the words of a run do not hang on it."""

    @dataclass(slots=True)
    class Slow:
        async def ask(self, request: Request[T]) -> Answer[T]:
            for _ in range(50 if code_of(request) == "000010" else 1):
                await asyncio.sleep(0)  # noqa: TID251  # only lets others run
            raise BudgetSpent(f"spent at {code_of(request)}")

    assert "spent at 000010" == hear(Slow()).said


def test_an_answer_of_the_same_day_is_taken_again_for_nothing() -> None:
    """A reused opinion cost nothing now and says so; others are asked as ever."""
    models = Said(lambda _: said(70))
    heard = hear(
        models, remembered=lambda r: remembered(r) if "000010" in r.messages[1].text else None
    )
    again, fresh = heard.opinions["000010"], heard.opinions["000020"]
    assert (75, 0, 0, 0, LlmStatus.CACHED) == (
        again.raw_score,
        again.tokens_in,
        again.tokens_out,
        again.usd_micro,
        again.status,
    )
    assert (70, LlmStatus.OK, 5) == (fresh.raw_score, fresh.status, len(models.asked))


def test_a_reason_is_held_against_what_was_shown() -> None:
    """An invented figure fails the check and is kept; switched off, nothing is checked."""
    models = Said(lambda _: said(76, "정량 71.25점에서 4.75점 올려 76점, 매출 37% 증가"))
    found = hear(models).opinions["000010"]
    assert (FactCheck.FAILED, ("37%",), LlmStatus.FALLBACK) == (
        found.fact_check,
        found.unsupported,
        found.status,
    )
    off = hear(models, policy=AnalystPolicy(fact_check=False)).opinions["000010"]
    assert (FactCheck.OFF, (), LlmStatus.OK) == (off.fact_check, off.unsupported, off.status)


def test_words_of_the_sages_are_marked() -> None:
    """A simulated answer stays simulated."""
    heard = hear(Said(lambda _: said(72), given={"simulated": True}))
    assert {LlmStatus.SIMULATED} == {o.status for o in heard.opinions.values()}


def test_progress_is_told_for_each_stock() -> None:
    """Answered and failed stocks both count as done."""
    steps: list[tuple[int, int]] = []
    hear(
        Said(lambda code: said(999 if code == "000010" else 72)),
        told=lambda done, of: steps.append((done, of)),
    )
    assert [(n, 6) for n in range(1, 7)] == steps


def test_a_fault_of_the_house_is_not_hidden() -> None:
    """An error that is no model's ends the run, with nobody left asking."""
    with pytest.raises(HomeBusy):
        hear(Said(lambda code: HomeBusy("locked") if code == "000020" else said(72)))


@dataclass(slots=True)
class Crowd:
    """Models that count who waits at once."""

    inside: int = 0
    most: int = 0

    async def ask(self, request: Request[T]) -> Answer[T]:
        """Let the others go first a few times."""
        self.inside += 1
        self.most = max(self.most, self.inside)
        for _ in range(5):
            await asyncio.sleep(0)  # noqa: TID251  # only lets others run
        self.inside -= 1
        return await Said(lambda _: said(72)).ask(request)


@pytest.mark.parametrize("count", [1, 3, 64])
def test_no_more_are_asked_at_once_than_allowed(count: int) -> None:
    """The setting bounds how many questions are under way."""
    crowd = Crowd()
    hear(crowd, policy=replace(AnalystPolicy(), concurrency=count))
    assert min(count, len(CASES)) == crowd.most


def test_no_cases_need_nobody() -> None:
    """Without a stock nobody is asked."""
    assert Heard() == hear(Said(lambda _: said(72)), ())


def test_what_came_to_nothing_is_counted_too() -> None:
    """A question that failed was paid for, whatever became of the others."""

    def says(code: str) -> Any:
        lost = ModelFailed("no JSON", kind=FailureKind.NOT_JSON)
        lost.spent(300, 40, 25)
        return lost if code >= "000050" else said(72)

    assert Used(tokens_in=600, tokens_out=80, usd_micro=50) == hear(Said(says)).lost
    assert Used() == hear(Said(lambda _: said(72))).lost
