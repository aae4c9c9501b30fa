"""The desk: one question, one validated answer, everything logged and counted once."""

import asyncio
import hashlib
from dataclasses import replace

import pytest
from tests.unit.engine.llm.desk_bench import (
    GOOD,
    QUESTION,
    SCHEMA,
    Gate,
    bench,
    calls_of,
    failed,
    flat,
    member,
    read_score,
)

from jennie_cli.engine.llm import (
    BudgetSpent,
    FailureKind,
    LlmPolicy,
    Member,
    Message,
    ModelFailed,
    NoAnswer,
    Reply,
    Role,
    Shape,
    Tier,
)
from jennie_cli.engine.llm.reading import LONGEST
from jennie_cli.engine.llm.turn import _LONGEST_TOLD


def test_an_answer_tells_what_it_took() -> None:
    """Value, provider, model, tokens, cost, attempts, prompt and key are all there."""
    desk = bench(member("one", GOOD), prices=flat("2"))
    answer = desk.ask()
    assert 72 == answer.value
    assert ("one", "scripted-1", 10, 10, 40) == (
        answer.provider,
        answer.model,
        answer.tokens_in,
        answer.tokens_out,
        answer.usd_micro,
    )
    assert (1, QUESTION.prompt.sha256, QUESTION.key) == (
        answer.attempts,
        answer.prompt_sha256,
        answer.key,
    )
    assert not answer.replayed


def test_the_tier_says_who_is_asked_and_for_how_long() -> None:
    """Settings route a tier; a question may name its provider and its time itself."""
    policy = LlmPolicy(fast="quick", fast_timeout_s=7.0)
    one, quick, own = member("one", GOOD), member("quick", GOOD), member("own", GOOD)
    desk = bench(one, policy=policy)
    desk.members.members |= {"quick": (quick,), "own": (own,)}
    desk.ask(tier=Tier.THINKING)
    desk.ask(tier=Tier.FAST)
    desk.ask(provider="own", timeout_s=3.0)
    assert [("auto", Tier.THINKING), ("quick", Tier.FAST), ("own", Tier.REASONING)] == (
        desk.members.asked
    )
    assert [600.0, 7.0, 3.0] == [calls_of(m)[0].deadline_s for m in (one, quick, own)]


@pytest.mark.parametrize(("told", "meant"), [("deepseek_cloud", "cloud"), ("ollama", "server")])
def test_names_of_others_are_understood(told: str, meant: str) -> None:
    """A tier may be told by the names that the environment of before used."""
    assert meant == LlmPolicy(reasoning=told).provider_of(Tier.REASONING)
    assert "openai" == LlmPolicy(reasoning="openai").provider_of(Tier.REASONING)


def test_the_provider_is_handed_the_whole_question() -> None:
    """Shape, temperature, length and seed reach the provider as they were asked."""
    one = member("one", GOOD)
    bench(one).ask(temperature=0.7, max_tokens=9, seed=5)
    call = calls_of(one)[0]
    assert QUESTION.messages == call.messages
    assert (SCHEMA, "score", 0.7, 9, 5) == (
        call.schema,
        call.schema_name,
        call.temperature,
        call.max_tokens,
        call.seed,
    )


def test_words_of_the_sages_are_marked() -> None:
    """Whether an answer is simulated is told by who gave it."""
    said = Reply(text=GOOD, model="sage", tokens_in=1, tokens_out=1, simulated=True)
    assert bench(member("sages", said)).ask().simulated


def test_an_answer_is_repaired_once() -> None:
    """The second call shows the complaint and quotes the answer, and both calls are counted."""
    one = member("one", '{"score": 9999, "why": "\\n무시하라"}', GOOD)
    desk = bench(one, prices=flat("1"))
    answer = desk.ask()
    text = calls_of(one)[1].messages[-1].text
    assert text.startswith("정량 점수: 71.25\n\n")
    assert "score is no whole number from 0 to 100: 9999" in text
    assert '"{\\"score\\": 9999, \\"why\\": \\"\\\\n무시하라\\"}"' in text
    assert (72, 2, 20, 20, 40) == (
        answer.value,
        answer.attempts,
        answer.tokens_in,
        answer.tokens_out,
        answer.usd_micro,
    )
    assert [True, False] == [used.failed for used in desk.book.used]


def test_a_repair_follows_the_models_own_turn() -> None:
    """Where the last turn is the model's, the complaint gets a turn of the user's."""
    one = member("one", "no", GOOD)
    turns = (*QUESTION.messages, Message(role=Role.ASSISTANT, text="{"))
    bench(one).ask(messages=turns)
    assert [Role.USER, Role.ASSISTANT, Role.USER] == [m.role for m in calls_of(one)[1].messages]


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ("I think 72 is right", FailureKind.NOT_JSON),
        ('{"score": "七十二"}', FailureKind.WRONG_SHAPE),
        ('{"score": NaN}', FailureKind.NOT_JSON),
        ('{"score": -5}', FailureKind.WRONG_SHAPE),
        ("{}", FailureKind.WRONG_SHAPE),
    ],
)
def test_after_one_repair_it_fails(answer: str, kind: FailureKind) -> None:
    """No number is guessed: two useless answers are a failure, never a third call."""
    desk = bench(member("one", answer, answer, GOOD))
    with pytest.raises(ModelFailed) as failure:
        desk.ask()
    assert kind is failure.value.kind
    assert (2, 20) == (len(desk.book.used), desk.log.exchanges[0].tokens_in)
    assert (answer, f"model_failed:{kind}") == (
        desk.log.exchanges[0].text,
        desk.log.exchanges[0].failure,
    )


def test_a_provider_that_cannot_read_its_own_answer_gets_one_repair() -> None:
    """The failure stands for the complaint, and there is no answer to quote."""
    one = member("one", failed(FailureKind.NOT_JSON), GOOD)
    assert 2 == bench(one).ask().attempts
    assert "it failed by not_json" in calls_of(one)[1].messages[-1].text


def test_an_empty_answer_is_no_answer() -> None:
    """Blanks are not repaired: there is nothing to show."""
    with pytest.raises(ModelFailed) as failure:
        bench(member("one", " \n", GOOD)).ask()
    assert FailureKind.EMPTY is failure.value.kind


def test_each_question_is_logged_once() -> None:
    """The log holds what was asked, so that the key can be made again, and what was said."""
    desk = bench(member("one", "no", GOOD))
    desk.ask()
    [kept] = desk.log.exchanges
    assert (QUESTION.key, GOOD, 2, None) == (kept.key, kept.text, kept.attempts, kept.failure)
    assert QUESTION.key == hashlib.sha256(kept.asked.encode()).hexdigest()


def test_tokens_of_a_failed_call_are_paid_too() -> None:
    """A failure that says what it used is counted with it."""
    desk = bench(
        member("one", failed(FailureKind.SERVER, tokens_in=100, tokens_out=50)),
        prices=flat("1"),
    )
    with pytest.raises(ModelFailed):
        desk.ask()
    assert [(150, True)] == [(used.usd_micro, used.failed) for used in desk.book.used]
    assert (150, 1) == (desk.log.exchanges[0].usd_micro, desk.log.exchanges[0].attempts)


def test_a_provider_that_hangs_is_left() -> None:
    """The deadline holds even against a provider that does not keep it."""

    async def hang() -> None:
        desk = bench(Member(name="gate", provider=Gate()))
        with pytest.raises(ModelFailed) as failure:
            await desk.desk.ask(replace(QUESTION, timeout_s=0.01))
        assert FailureKind.TIMEOUT is failure.value.kind

    asyncio.run(hang())


def test_a_call_that_is_stopped_is_counted() -> None:
    """It counts as all that was set aside for it, and the log has no answer."""

    async def stop() -> None:
        gate = Gate()
        desk = bench(Member(name="gate", provider=gate), prices=flat("1"))
        asking = asyncio.ensure_future(desk.desk.ask(QUESTION))
        await gate.entered.wait()
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        assert [(True, 82 + 1024)] == [(u.failed, u.usd_micro) for u in desk.book.used]
        [kept] = desk.log.exchanges
        assert ("model_failed:cancelled", "", 82) == (kept.failure, kept.text, kept.tokens_in)

    asyncio.run(stop())


def test_a_question_stopped_before_any_call_is_no_line_of_the_log() -> None:
    """Nobody was asked, so nothing is paid and nothing kept."""
    entered = asyncio.Event()

    class Loading:
        """Members that are never there."""

        async def of(self, name: str, tier: Tier) -> tuple[Member, ...]:
            """Wait for ever."""
            del name, tier
            entered.set()
            await asyncio.Event().wait()
            return ()

    async def stop() -> None:
        desk = bench()
        desk.desk._members = Loading()
        asking = asyncio.ensure_future(desk.desk.ask(QUESTION))
        await entered.wait()
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        assert [] == desk.log.exchanges

    asyncio.run(stop())


@pytest.mark.parametrize(("usd", "counted"), [("1", (82, 1024, 1106)), ("0", (0, 0, 0))])
def test_a_call_that_nobody_accounts_for_is_the_most_it_may_be(
    usd: str, counted: tuple[int, int, int]
) -> None:
    """A provider that hangs beyond its deadline, or is closed, may have been paid; a free one
    is not guessed at.
    """

    async def hang() -> list[tuple[int, int, int]]:
        desk = bench(Member(name="gate", provider=Gate()), prices=flat(usd))
        with pytest.raises(ModelFailed):
            await desk.desk.ask(replace(QUESTION, timeout_s=0.01))
        closed = bench(member("one", failed(FailureKind.CANCELLED)), prices=flat(usd))
        with pytest.raises(ModelFailed):
            await closed.desk.ask(QUESTION)
        both = (*desk.book.used, *closed.book.used)
        return [(u.tokens_in, u.tokens_out, u.usd_micro) for u in both]

    assert [counted] * 2 == asyncio.run(hang())


def test_many_ask_at_once() -> None:
    """Each of two hundred questions gets its own answer."""

    async def many() -> list[int]:
        one = member("one", *[f'{{"score": {n % 100}}}' for n in range(200)])
        desk = bench(one)
        shape = Shape(name="score", schema=SCHEMA, read=read_score)
        asked = [
            replace(QUESTION, shape=shape, messages=(Message(role=Role.USER, text=str(n)),))
            for n in range(200)
        ]
        answers = await asyncio.gather(*(desk.desk.ask(each) for each in asked))
        assert 200 == len({answer.key for answer in answers})
        return sorted(answer.value for answer in answers)

    assert sorted(n % 100 for n in range(200)) == asyncio.run(many())


def test_a_planted_key_reaches_no_log() -> None:
    """A key that a provider echoes, in words or in a failure, is hidden before it is kept."""
    key = "sk-planted-0123456789"

    def mask(text: str) -> str:
        return text.replace(key, "***")

    echo = ModelFailed(f"401 for {key}\x1b[2J", kind=FailureKind.UNAUTHORISED, hint=key)
    desk = bench(member("one", f"{key} {{}}", echo), mask=mask)
    with pytest.raises(ModelFailed) as failure:
        desk.ask(messages=(Message(role=Role.USER, text=f"my key is {key}"),))
    assert "401 for ***[2J" == failure.value.message
    assert key not in failure.value.hint
    assert key not in repr(desk.log.exchanges)


def test_an_answer_without_end_is_not_looked_at() -> None:
    """It is refused before secrets are looked for in it, kept nowhere, and repaired as any."""
    long = "x" * (LONGEST + 1)

    def mask(text: str) -> str:
        assert len(text) <= LONGEST
        return text

    one = member("one", long, GOOD)
    desk = bench(one, mask=mask)
    assert (72, 2) == ((answer := desk.ask()).value, answer.attempts)
    assert "longer than 262,144 characters" in calls_of(one)[1].messages[-1].text
    assert "xxxx" not in calls_of(one)[1].messages[-1].text


def test_what_moves_a_cursor_is_kept_nowhere() -> None:
    """Control characters and broken halves leave an answer before it is read and logged."""
    desk = bench(member("one", '{"score": 72}\x1b[2J\x00\ud800'))
    assert 72 == desk.ask().value
    assert '{"score": 72}[2J' == desk.log.exchanges[0].text


def test_a_model_that_cannot_be_opened_is_logged() -> None:
    """The failure is replayed like any other."""

    class Closed:
        """Members whose model has no room."""

        async def of(self, name: str, tier: Tier) -> tuple[Member, ...]:
            """Fail as opening does."""
            raise ModelFailed(f"no room for {name} {tier}", kind=FailureKind.OUT_OF_MEMORY)

    desk = bench()
    desk.desk._members = Closed()
    with pytest.raises(ModelFailed):
        desk.ask()
    [kept] = desk.log.exchanges
    assert ("model_failed:out_of_memory", 0) == (kept.failure, kept.attempts)


def test_loading_a_model_takes_no_time_of_the_answer() -> None:
    """A deadline runs from the first call, however long it took to be able to make it."""
    one = member("one", GOOD)
    desk = bench(one)

    class Loading:
        """Members that take ten minutes to be there."""

        async def of(self, name: str, tier: Tier) -> tuple[Member, ...]:
            """Move the clock."""
            del name, tier
            desk.clock.advance(600.0)
            return (one,)

    desk.desk._members = Loading()
    answer = desk.ask(timeout_s=60.0)
    assert (60.0, 0.0) == (calls_of(one)[0].deadline_s, answer.latency_s)


def test_a_long_failure_is_cut() -> None:
    """A provider cannot fill the log with a failure."""
    with pytest.raises(ModelFailed) as failure:
        bench(member("one", ModelFailed("x" * 9999, kind=FailureKind.SERVER))).ask()
    assert _LONGEST_TOLD == len(failure.value.message)


def test_a_failure_tells_what_the_whole_question_used() -> None:
    """Each call of each member is in it: the error of one, of all, and of a budget."""
    broken = failed(FailureKind.SERVER, tokens_in=100, tokens_out=50)
    with pytest.raises(ModelFailed) as alone:
        bench(member("one", "no", "no"), prices=flat("1")).ask()
    with pytest.raises(NoAnswer) as all_of_them:
        bench(member("one", broken), member("two", broken), prices=flat("1")).ask()
    small = LlmPolicy(scout_budget_usd=0.0012)
    with pytest.raises(BudgetSpent) as budget:
        bench(member("one", broken), member("two", GOOD), prices=flat("1"), policy=small).ask()
    assert [(20, 20, 40), (200, 100, 300), (100, 50, 150)] == [
        (found.value.tokens_in, found.value.tokens_out, found.value.usd_micro)
        for found in (alone, all_of_them, budget)
    ]
