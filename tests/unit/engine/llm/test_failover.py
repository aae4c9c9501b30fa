"""The failover table of §4.4: who is asked next, after which failure, how often and how late."""

import asyncio
from dataclasses import dataclass, replace

import pytest
from tests.unit.engine.llm.desk_bench import (
    GOOD,
    NOW,
    QUESTION,
    Gate,
    Slow,
    bench,
    calls_of,
    failed,
    flat,
    member,
)

from jennie_cli.engine.clock import ManualClock
from jennie_cli.engine.errors import ExitCode
from jennie_cli.engine.llm import (
    BudgetSpent,
    FailureKind,
    LlmPolicy,
    Member,
    ModelFailed,
    NoAnswer,
    Patience,
    PriceTable,
)

MOVING = [
    FailureKind.CONNECT,
    FailureKind.TIMEOUT,
    FailureKind.UNAUTHORISED,
    FailureKind.PAYMENT,
    FailureKind.FORBIDDEN,
    FailureKind.GONE,
    FailureKind.RATE_LIMITED,
    FailureKind.SERVER,
    FailureKind.EMPTY,
    FailureKind.CONTEXT_FULL,
    FailureKind.OUT_OF_MEMORY,
    FailureKind.BUSY,
]


@pytest.mark.parametrize("kind", MOVING)
def test_a_failure_moves_on(kind: FailureKind) -> None:
    """The next member answers; the answer says who did, and both calls count once."""
    desk = bench(member("one", failed(kind, tokens_in=3)), member("two", GOOD), prices=flat("1"))
    answer = desk.ask()
    assert (72, "two", 2, 13) == (
        answer.value,
        answer.provider,
        answer.attempts,
        answer.tokens_in,
    )
    assert [("one", 3, True, True), ("two", 10, False, False)] == [
        (u.provider, u.tokens_in, u.failed, u.failover) for u in desk.book.used
    ]


@pytest.mark.parametrize("said", ["no JSON at all", '{"score": 9999}'])
def test_words_that_stay_useless_move_on(said: str) -> None:
    """A member gets one repair; then the next is asked the question as it was."""
    one, two = member("one", said, said, GOOD), member("two", GOOD)
    desk = bench(one, two)
    answer = desk.ask()
    assert ("two", 3) == (answer.provider, answer.attempts)
    assert QUESTION.messages == calls_of(two)[0].messages
    assert [False, True, False] == [used.failover for used in desk.book.used]


def test_each_member_may_be_repaired() -> None:
    """A repair spent on one member is not missing to the next."""
    desk = bench(member("one", "no", "no"), member("two", "no", GOOD))
    assert ("two", 4) == ((answer := desk.ask()).provider, answer.attempts)


def test_a_request_of_ours_that_is_wrong_is_reported() -> None:
    """A 400 is asked of nobody else."""
    two = member("two", GOOD)
    desk = bench(member("one", failed(FailureKind.REFUSED_REQUEST)), two)
    with pytest.raises(ModelFailed) as failure:
        desk.ask()
    assert failure.value.ours
    assert [] == calls_of(two)
    assert [(True, False)] == [(used.failed, used.failover) for used in desk.book.used]


def test_all_down_names_each() -> None:
    """The failure leaves with 6 and says of every member how it failed."""
    desk = bench(
        member("one", failed(FailureKind.SERVER)),
        Member(name="two", provider=None),
        member("three", "no", "no"),
    )
    with pytest.raises(NoAnswer) as failure:
        desk.ask()
    assert ExitCode.OUTSIDE is failure.value.exit_code
    for told in ("one: server: it failed", "two: no key, address or model file", "three: not_json"):
        assert told in failure.value.message
    assert ("no_answer", 3) == (desk.log.exchanges[0].failure, desk.log.exchanges[0].attempts)


def test_a_member_without_a_key_is_skipped() -> None:
    """It is no attempt and no failure."""
    answer = bench(Member(name="one", provider=None), member("two", GOOD)).ask()
    assert ("two", 1) == (answer.provider, answer.attempts)


def test_who_is_alone_and_has_no_key_is_named() -> None:
    """Nobody is asked, and the text says why."""
    with pytest.raises(NoAnswer, match="one: no key"):
        bench(Member(name="one", provider=None)).ask()


@pytest.mark.parametrize(
    ("retry_after_s", "provider", "waited"),
    [
        (10.0, "one", 10.0),
        (10.5, "two", 0.0),
        (None, "two", 0.0),
        (-1.0, "two", 0.0),
        (float("nan"), "two", 0.0),
    ],
)
def test_a_wait_that_is_asked_for_is_given_once(
    retry_after_s: float | None, provider: str, waited: float
) -> None:
    """A 429 with a wait of at most ten seconds is asked again after it; otherwise the next is."""
    limited = failed(FailureKind.RATE_LIMITED, retry_after_s=retry_after_s)
    desk = bench(member("one", limited, GOOD), member("two", GOOD))
    assert provider == desk.ask().provider
    assert waited == (desk.clock.now() - NOW).total_seconds()


def test_a_second_wait_is_not_given() -> None:
    """One Retry-After is honoured, not two."""
    limited = [failed(FailureKind.RATE_LIMITED, retry_after_s=1.0) for _ in range(2)]
    answer = bench(member("one", *limited, GOOD), member("two", GOOD)).ask()
    assert ("two", 3) == (answer.provider, answer.attempts)


def test_a_patient_member_is_asked_again() -> None:
    """After failures it is known for, it is given the waits it has, then the next is asked."""
    patience = Patience(kinds=frozenset({FailureKind.SERVER}), waits_s=(1.0, 2.0))
    down = [failed(FailureKind.SERVER) for _ in range(3)]
    desk = bench(member("one", *down, GOOD, patience=patience), member("two", GOOD))
    answer = desk.ask()
    assert ("two", 4) == (answer.provider, answer.attempts)
    assert 3.0 == (desk.clock.now() - NOW).total_seconds()
    assert [False, False, True, False] == [used.failover for used in desk.book.used]


def test_patience_waits_as_long_as_it_is_asked_to() -> None:
    """The longer of its own wait and the one asked for counts."""
    patience = Patience(kinds=frozenset({FailureKind.RATE_LIMITED}), waits_s=(5.0, 10.0, 15.0))
    limited = [failed(FailureKind.RATE_LIMITED, retry_after_s=s) for s in (7.0, None, 1.0)]
    desk = bench(member("one", *limited, GOOD, patience=patience))
    assert 4 == desk.ask().attempts
    assert 32.0 == (desk.clock.now() - NOW).total_seconds()


def test_no_wait_outlasts_the_deadline() -> None:
    """A wait that leaves no time for an answer is not begun."""
    patience = Patience(kinds=frozenset({FailureKind.SERVER}), waits_s=(5.0,))
    desk = bench(member("one", failed(FailureKind.SERVER), GOOD, patience=patience))
    with pytest.raises(ModelFailed):
        desk.ask(timeout_s=5.0)
    assert NOW == desk.clock.now()


def test_the_time_is_shared() -> None:
    """Each member may use an equal share of what is left; who is skipped needs none."""
    one, two = member("one", failed(FailureKind.SERVER)), member("two", GOOD)
    bench(one, Member(name="none", provider=None), two).ask(timeout_s=60.0)
    assert [30.0, 60.0] == [calls_of(m)[0].deadline_s for m in (one, two)]


def test_a_member_that_hangs_leaves_time_for_the_next() -> None:
    """The next member answers within the same deadline."""

    async def hang() -> str:
        desk = bench(Member(name="gate", provider=Gate()), member("two", GOOD))
        return (await desk.desk.ask(replace(QUESTION, timeout_s=0.5))).provider

    assert "two" == asyncio.run(hang())


def test_a_call_is_not_begun_without_time() -> None:
    """A member whose time is over before its turn has failed by it."""
    slow = Slow(["no", GOOD])
    desk = bench(Member(name="slow", provider=slow))
    slow.clock = desk.clock
    with pytest.raises(ModelFailed) as failure:
        desk.ask(timeout_s=60.0)
    assert (FailureKind.TIMEOUT, 1) == (failure.value.kind, len(slow.calls))


def test_three_failures_in_a_row_are_a_rest() -> None:
    """A member that failed three questions is left alone for five minutes."""
    one = member("one", *[failed(FailureKind.SERVER) for _ in range(3)], GOOD)
    desk = bench(one, member("two", *[GOOD] * 5))
    assert ["two"] * 4 == [desk.ask().provider for _ in range(4)]
    assert 3 == len(calls_of(one))
    desk.clock.advance(300.0)
    assert "one" == desk.ask().provider


def test_an_answer_ends_the_row() -> None:
    """Two failures, an answer and two failures are no three in a row."""
    down = [failed(FailureKind.SERVER) for _ in range(4)]
    one = member("one", *down[:2], GOOD, *down[2:], GOOD)
    desk = bench(one, member("two", *[GOOD] * 4))
    assert ["two", "two", "one", "two", "two", "one"] == [desk.ask().provider for _ in range(6)]


@pytest.mark.parametrize("kind", [FailureKind.CONTEXT_FULL, FailureKind.BUSY])
def test_too_long_a_question_or_too_many_are_nobodys_failure(kind: FailureKind) -> None:
    """A full context and a long queue count against no member."""
    one = member("one", *[failed(kind) for _ in range(4)])
    desk = bench(one, member("two", *[GOOD] * 4), policy=LlmPolicy(rest_failures=1))
    assert [2] * 4 == [desk.ask().attempts for _ in range(4)]


def test_who_is_alone_does_not_rest() -> None:
    """Leaving the only member alone would make the next failure certain."""
    desk = bench(member("one", failed(FailureKind.SERVER), GOOD), policy=LlmPolicy(rest_failures=1))
    with pytest.raises(ModelFailed):
        desk.ask()
    assert 72 == desk.ask().value


def test_a_member_that_came_to_rest_meanwhile_is_not_asked() -> None:
    """Of two questions under way at the first member, only one still asks the second."""

    async def two_at_once() -> list[object]:
        gate = Gate(" ")
        down = member("two", failed(FailureKind.SERVER), GOOD)
        chain = (Member(name="gate", provider=gate), down, member("three", GOOD, GOOD))
        desk = bench(*chain, policy=LlmPolicy(rest_failures=1))
        asking = [asyncio.ensure_future(desk.desk.ask(QUESTION)) for _ in range(2)]
        await gate.entered.wait()
        gate.opened.set()
        answers = await asyncio.gather(*asking)
        return [sorted((a.provider, a.attempts) for a in answers), len(calls_of(down))]

    assert [[("three", 2), ("three", 3)], 1] == asyncio.run(two_at_once())


def test_all_at_rest_is_told() -> None:
    """Nobody is asked while everybody rests."""
    policy = LlmPolicy(rest_failures=1)
    down = [failed(FailureKind.SERVER) for _ in range(2)]
    desk = bench(member("one", down[0]), member("two", down[1]), policy=policy)
    for told in ("one: server", "one: rests"):
        with pytest.raises(NoAnswer, match=told):
            desk.ask()
    assert 0 == desk.log.exchanges[1].attempts


def test_who_alone_has_a_key_does_not_rest() -> None:
    """A member without a provider is nobody to be asked instead."""
    one = member("one", failed(FailureKind.SERVER), GOOD)
    chain = (one, Member(name="two", provider=None))
    desk = bench(*chain, policy=LlmPolicy(rest_failures=1))
    with pytest.raises(NoAnswer, match="two: no key"):
        desk.ask()
    assert 72 == desk.ask().value


def test_without_money_the_one_that_costs_nothing_is_asked() -> None:
    """A paid member over its budget is passed over, and no reason to leave out a free one."""
    prices = PriceTable((*flat("1").rows, replace(flat("0").rows[0], provider="free", model="*")))
    one, free = member("one", GOOD), member("free", GOOD)
    desk = bench(one, free, policy=LlmPolicy(scout_budget_usd=0.0), prices=prices)
    assert ("free", 1) == ((answer := desk.ask()).provider, answer.attempts)
    assert [] == calls_of(one)


def test_without_money_and_without_an_answer_the_budget_is_told() -> None:
    """It is what a person can do something about."""
    prices = PriceTable((*flat("1").rows, replace(flat("0").rows[0], provider="free", model="*")))
    free = member("free", failed(FailureKind.SERVER))
    desk = bench(member("one"), free, policy=LlmPolicy(scout_budget_usd=0.0), prices=prices)
    with pytest.raises(BudgetSpent):
        desk.ask()


@dataclass
class Loading:
    """Opens a member 40 seconds later, as a model that must be loaded first."""

    found: Member
    clock: ManualClock | None = None
    times: int = 0

    async def __call__(self) -> Member:
        """Move the clock and return the member."""
        self.times += 1
        if self.clock is not None:
            self.clock.advance(40.0)
        return self.found


def test_a_model_is_not_loaded_before_its_turn() -> None:
    """While somebody before it answers, nothing is loaded; its turn loads it."""
    loading = Loading(member("late", GOOD))
    late = Member(name="late", provider=None, opener=loading)
    desk = bench(member("one", GOOD, failed(FailureKind.SERVER)), late)
    assert ("one", 0) == (desk.ask().provider, loading.times)
    assert ("late", 1) == (desk.ask().provider, loading.times)


def test_loading_takes_none_of_the_time() -> None:
    """A member that was loaded first has its share of the time all the same."""
    loading = Loading(member("late", failed(FailureKind.SERVER)))
    last = member("last", GOOD)
    desk = bench(Member(name="late", provider=None, opener=loading), last)
    loading.clock = desk.clock
    answer = desk.ask(timeout_s=30.0)
    assert [15.0, 30.0] == [calls_of(m)[0].deadline_s for m in (loading.found, last)]
    assert ("last", 0.0) == (answer.provider, answer.latency_s)


def test_a_model_that_cannot_be_loaded_is_passed_over() -> None:
    """The next is asked, and where nobody is left the text says why."""
    broken = Loading(Member(name="late", provider=None, absent="a.gguf is damaged."))
    late = Member(name="late", provider=None, opener=broken)
    assert "two" == bench(late, member("two", GOOD)).ask().provider
    with pytest.raises(NoAnswer, match=r"late: a\.gguf is damaged"):
        bench(late).ask()
