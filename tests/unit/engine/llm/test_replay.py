"""Replay: the same answers and failures from the log alone, with nobody to ask."""

from dataclasses import replace
from typing import Any

import pytest
from tests.unit.engine.llm.desk_bench import (
    GOOD,
    QUESTION,
    SCHEMA,
    Bench,
    bench,
    failed,
    flat,
    member,
)

from jennie_cli.engine.errors import ExitCode, JennieError, SecretMissing, SettingsError
from jennie_cli.engine.llm import (
    BudgetSpent,
    FailureKind,
    LlmPolicy,
    Member,
    MemoryReplyLog,
    Message,
    ModelFailed,
    NoAnswer,
    NoModel,
    NotInLog,
    Reply,
    Role,
    Shape,
    Tier,
)


def replay(log: MemoryReplyLog) -> Bench:
    """Return a desk that has the log and nobody to ask."""
    desk = bench(policy=LlmPolicy(replay="log"), log=log)
    desk.members.members.clear()
    return desk


def test_a_replayed_answer_is_the_same() -> None:
    """All figures are those of the log, nobody is looked up, and nothing is counted or kept."""
    said = Reply(
        text="<think>…</think>" + GOOD, model="m", tokens_in=1, tokens_out=2, simulated=True
    )
    first = bench(member("one", "no", said), prices=flat("3"))
    answer = first.ask()
    again = replay(first.log)
    assert replace(answer, replayed=True) == again.ask(provider="whoever")
    assert ([], [], 1) == (again.members.asked, again.book.used, len(again.log.exchanges))


def one_down() -> Bench:
    """Return a desk whose only member fails inside."""
    return bench(member("one", failed(FailureKind.SERVER)))


def all_down() -> Bench:
    """Return a desk whose two members fail inside."""
    return bench(member("one", failed(FailureKind.SERVER)), member("two", failed(FailureKind.GONE)))


def poor() -> Bench:
    """Return a desk without money."""
    return bench(member("one"), policy=LlmPolicy(scout_budget_usd=0.0), prices=flat("1"))


@pytest.mark.parametrize(
    ("down", "kind"), [(one_down, ModelFailed), (all_down, NoAnswer), (poor, BudgetSpent)]
)
def test_a_failure_is_replayed_as_the_same(down: Any, kind: type[JennieError]) -> None:
    """A stock that fell back does so again, for the same reason."""
    first = down()
    with pytest.raises(kind) as failure:
        first.ask()
    with pytest.raises(kind) as again:
        replay(first.log).ask()
    assert (failure.value.message, failure.value.exit_code) == (
        again.value.message,
        again.value.exit_code,
    )
    assert getattr(failure.value, "kind", None) == getattr(again.value, "kind", None)
    first_used, again_used = vars(failure.value), vars(again.value)
    for used in ("tokens_in", "tokens_out", "usd_micro"):
        assert first_used[used] == again_used[used]


def test_a_failure_nobody_knows_any_more_is_told() -> None:
    """A kind that a later program wrote is told as no answer."""
    first = one_down()
    with pytest.raises(ModelFailed):
        first.ask()
    first.log.exchanges[0] = replace(first.log.exchanges[0], failure="model_failed:bored")
    with pytest.raises(NoAnswer, match="it failed by server"):
        replay(first.log).ask()


def test_what_was_never_asked_is_named() -> None:
    """Prompt and key are in the text; it is the input's fault."""
    with pytest.raises(NotInLog) as missing:
        replay(MemoryReplyLog()).ask()
    assert ExitCode.INPUT is missing.value.exit_code
    assert "analyst (2)" in missing.value.message
    assert QUESTION.key[:16] in missing.value.message


def test_another_question_is_not_in_the_log() -> None:
    """One letter more is another question."""
    first = bench(member("one", GOOD))
    first.ask()
    with pytest.raises(NotInLog):
        replay(first.log).ask(messages=(Message(role=Role.USER, text="정량 점수: 71.26"),))


def test_an_answer_that_is_read_no_more_is_not_replayed() -> None:
    """A reader that became stricter does not believe an old answer."""
    first = bench(member("one", GOOD))
    first.ask()
    first.log.exchanges[0] = replace(first.log.exchanges[0], text="no")
    with pytest.raises(NotInLog, match="read no more"):
        replay(first.log).ask(shape=Shape(name="score", schema=SCHEMA, read=lambda found: found))


def test_a_run_is_replayed_in_its_order() -> None:
    """A key that failed and was then answered fails and is then answered, again and again."""
    first = bench(member("one", failed(FailureKind.SERVER), GOOD))
    with pytest.raises(ModelFailed):
        first.ask()
    first.ask()
    again = replay(first.log)
    with pytest.raises(ModelFailed):
        again.ask()
    assert [72, 72] == [again.ask().value for _ in range(2)]


@pytest.mark.parametrize("down", [one_down, poor])
def test_a_later_failure_hides_no_answer(down: Any) -> None:
    """What was answered once is told, whoever was down or without money when asked again."""
    log = MemoryReplyLog()
    bench(member("one", GOOD), log=log).ask()
    later = down()
    with pytest.raises(JennieError):
        later.ask()
    log.add(replace(later.log.exchanges[0], run="later"))
    assert 72 == replay(log).ask().value


@pytest.mark.parametrize(
    ("unset", "told"),
    [
        (NoModel("nobody"), NoModel),
        (SettingsError("no provider"), SettingsError),
        (SecretMissing("no key"), SettingsError),
    ],
)
def test_what_was_not_set_up_is_replayed(unset: JennieError, told: type[JennieError]) -> None:
    """A seat that nobody held gave way to another: the log tells both."""

    class Unset:
        """Members that are not set up."""

        async def of(self, name: str, tier: Tier) -> tuple[Member, ...]:
            """Fail as a home without settings does."""
            del name, tier
            raise unset

    first = bench()
    first.desk._members = Unset()
    with pytest.raises(type(unset)):
        first.ask()
    with pytest.raises(told, match=unset.message) as again:
        replay(first.log).ask()
    assert type(again.value) is told
    assert ExitCode.SETTINGS is again.value.exit_code
