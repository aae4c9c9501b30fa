"""The desk over real sockets: who answers when a provider fails, after how many calls."""

import asyncio
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import pytest
from tests.contract.model_servers import (
    ANSWER,
    TOKENS_IN,
    TOKENS_OUT,
    ModelServer,
    Speech,
    Turn,
    serving,
)

from jennie_cli.adapters.cloud_llm import open_member
from jennie_cli.engine.clock import KST, ManualClock
from jennie_cli.engine.errors import ExitCode
from jennie_cli.engine.llm import (
    Answer,
    BudgetSpent,
    Desk,
    FailureKind,
    LlmPolicy,
    Member,
    MemoryReplyLog,
    MemoryUsageBook,
    Message,
    ModelFailed,
    NoAnswer,
    Patience,
    Prompt,
    Request,
    Role,
    Service,
    Shape,
    Tier,
    WrongShape,
    packaged_prices,
)
from jennie_cli.settings import CLOUD_SECTIONS

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=KST)
OPTIONS = {name: options() for name, options in CLOUD_SECTIONS}
SPEECHES = {"claude": Speech.MESSAGES, "ollama_cloud": Speech.OLLAMA}
FIRSTS = ("openrouter", "claude", "ollama_cloud")
"""One provider of each protocol."""


def read(found: Any) -> str:
    """Return the answer's text. Raises WrongShape."""
    if not isinstance(found.get("answer"), str):
        raise WrongShape(["answer: a text is missing"])
    return str(found["answer"])


SHAPE = Shape(
    name="free_text",
    schema={"type": "object", "properties": {"answer": {"type": "string"}}, "required": ["answer"]},
    read=read,
)
REQUEST = Request(
    service=Service.PERSON,
    tier=Tier.REASONING,
    prompt=Prompt(name="ask", version="1", sha256="0" * 64),
    messages=(Message(role=Role.USER, text="삼성전자는?"),),
    shape=SHAPE,
)


@dataclass(kw_only=True)
class Scene:
    """Members in order with their servers, and what was logged and counted."""

    members: tuple[Member, ...]
    servers: list[ModelServer]
    clock: ManualClock = field(default_factory=lambda: ManualClock(NOW))
    log: MemoryReplyLog = field(default_factory=MemoryReplyLog)
    book: MemoryUsageBook = field(default_factory=MemoryUsageBook)
    policy: LlmPolicy = field(default_factory=LlmPolicy)

    def __post_init__(self) -> None:
        """Open the desk."""
        self.desk = Desk(
            policy=self.policy,
            members=self,
            log=self.log,
            book=self.book,
            prices=packaged_prices(),
            clock=self.clock,
        )

    async def of(self, name: str, tier: Tier) -> tuple[Member, ...]:
        """Return the members, whatever is asked for."""
        del name, tier
        return self.members

    async def ask(self, request: Request[str] = REQUEST) -> Answer[str]:
        """Ask the desk."""
        return await self.desk.ask(request)

    def counted(self) -> tuple[int, int, int]:
        """Return calls and tokens of the book."""
        used = self.book.used
        return len(used), sum(u.tokens_in for u in used), sum(u.tokens_out for u in used)

    def calls(self) -> list[int]:
        """Return how many requests reached each server."""
        return [len(server.asked) for server in self.servers]


@asynccontextmanager
async def scene(
    *told: tuple[str, Sequence[Turn]],
    stream: bool = True,
    patient: bool = False,
    nobody: bool = False,
    **more: Any,
) -> AsyncIterator[Scene]:
    """Open members by name and turns; with `nobody` the first one's server is not there."""
    clock, members, servers = ManualClock(NOW), [], []
    async with AsyncExitStack() as stack:
        for name, turns in told:
            server = await stack.enter_async_context(
                serving(SPEECHES.get(name, Speech.CHAT), *turns)
            )
            servers.append(server)
            url = server.url
            if nobody and len(servers) == 1:
                taken = stack.enter_context(socket.socket())
                taken.bind(("127.0.0.1", 0))
                url = f"http://127.0.0.1:{taken.getsockname()[1]}"
            options = replace(OPTIONS[name], url=url, stream=stream)
            asker = open_member(name, options, "sk-key", steady=clock)
            stack.push_async_callback(asker.close)
            patience = asker.patience if patient else Patience()
            members.append(Member(name=name, provider=asker, patience=patience))
        yield Scene(members=tuple(members), servers=servers, clock=clock, **more)


@dataclass(frozen=True, kw_only=True)
class Row:
    """A failure of the first member: its kind, the calls it takes, and how many were paid for.

    None where what was sent is estimated, or it depends on how much was said before it failed.
    """

    turn: Turn = field(default_factory=Turn)
    kind: FailureKind
    calls: int = 1
    paid: int | None = 0
    nobody: bool = False


ROWS = {
    "nobody at the address": Row(kind=FailureKind.CONNECT, nobody=True),
    "breaks off": Row(turn=Turn(cut=9), kind=FailureKind.CONNECT, paid=None),
    "says nothing in time": Row(turn=Turn(silent=True), kind=FailureKind.TIMEOUT, paid=None),
    "401": Row(turn=Turn(status=401), kind=FailureKind.UNAUTHORISED),
    "402": Row(turn=Turn(status=402), kind=FailureKind.PAYMENT),
    "403": Row(turn=Turn(status=403), kind=FailureKind.FORBIDDEN),
    "404": Row(turn=Turn(status=404), kind=FailureKind.GONE),
    "408": Row(turn=Turn(status=408), kind=FailureKind.TIMEOUT),
    "429": Row(turn=Turn(status=429), kind=FailureKind.RATE_LIMITED),
    "429, wait 7 s": Row(
        turn=Turn(status=429, headers={"retry-after": "7"}), kind=FailureKind.RATE_LIMITED, calls=2
    ),
    "429, wait until 09:00:09": Row(
        turn=Turn(status=429, headers={"retry-after": "Mon, 23 Nov 2026 00:00:09 GMT"}),
        kind=FailureKind.RATE_LIMITED,
        calls=2,
    ),
    "429, wait a minute": Row(
        turn=Turn(status=429, headers={"retry-after": "60"}), kind=FailureKind.RATE_LIMITED
    ),
    "500": Row(turn=Turn(status=500), kind=FailureKind.SERVER),
    "503": Row(turn=Turn(status=503), kind=FailureKind.SERVER),
    "529": Row(turn=Turn(status=529), kind=FailureKind.SERVER),
    "an error after some words": Row(
        turn=Turn(error={"message": "x"}), kind=FailureKind.SERVER, paid=None
    ),
    "empty": Row(turn=Turn(text=""), kind=FailureKind.EMPTY, paid=1),
    "no JSON after one repair": Row(
        turn=Turn(text="글쎄요"), kind=FailureKind.NOT_JSON, calls=2, paid=2
    ),
    "wrong shape after one repair": Row(
        turn=Turn(text='{"answer": 3}'), kind=FailureKind.WRONG_SHAPE, calls=2, paid=2
    ),
    "cut short after one repair": Row(
        turn=Turn(finish="length"), kind=FailureKind.NOT_JSON, calls=2, paid=2
    ),
}


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("first", FIRSTS)
def test_the_next_member_answers(first: str, stream: bool, row: Row) -> None:
    """After the calls its failure allows; every token is counted once, paid for by whom it may."""

    async def play() -> None:
        told = ((first, [row.turn]), ("deepseek", [Turn()]), ("openai", [Turn()]))
        async with scene(*told, stream=stream, nobody=row.nobody) as played:
            timeout_s = 1.5 if row.turn.silent else 60.0
            answer = await played.ask(replace(REQUEST, timeout_s=timeout_s))
            counted = played.counted()
            assert ("삼성전자, 좋다", "deepseek") == (answer.value, answer.provider)
            assert ("really-called-1", row.calls + 1) == (answer.model, answer.attempts)
            assert counted == (answer.attempts, answer.tokens_in, answer.tokens_out)
            if row.paid is not None:
                paid = row.paid + 1
                assert counted == (row.calls + 1, paid * TOKENS_IN, paid * TOKENS_OUT)
            assert [0 if row.nobody else row.calls, 1, 0] == played.calls()
            assert [True] * row.calls + [False] == [u.failed for u in played.book.used]
            assert 1 == sum(u.failover for u in played.book.used)
            assert [(None, ANSWER)] == [(e.failure, e.text) for e in played.log.exchanges]

    asyncio.run(play())


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
def test_when_all_are_down_there_is_no_answer(stream: bool, row: Row) -> None:
    """Exit code 6, each member named with how it failed, and nothing that looks like an answer."""

    async def play() -> None:
        names = ("openrouter", "claude", "ollama_cloud")
        told = [(name, [row.turn]) for name in names]
        async with scene(*told, stream=stream) as played:
            timeout_s = 0.9 if row.turn.silent else 60.0
            if row.nobody:
                for server in played.servers:
                    server.turns = [Turn(cut=0)]
            with pytest.raises(NoAnswer) as caught:
                await played.ask(replace(REQUEST, timeout_s=timeout_s))
            assert ExitCode.OUTSIDE == caught.value.exit_code
            for name in names:
                assert f"{name}: {row.kind}" in caught.value.message
            assert ["no_answer"] == [e.failure for e in played.log.exchanges]
            assert all(u.failed for u in played.book.used)
            assert [row.calls] * 3 == played.calls()

    asyncio.run(play())


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("first", FIRSTS)
def test_a_request_that_is_refused_is_asked_of_nobody_else(first: str, stream: bool) -> None:
    """A 400 that our request caused is reported as it is."""

    async def play() -> None:
        told = ((first, [Turn(status=400, text="no such field")]), ("deepseek", [Turn()]))
        async with scene(*told, stream=stream) as played:
            with pytest.raises(ModelFailed, match="no such field") as caught:
                await played.ask()
            assert caught.value.ours
            assert ExitCode.OUTSIDE == caught.value.exit_code
            assert [1, 0] == played.calls()
            assert ["model_failed:refused_request"] == [e.failure for e in played.log.exchanges]

    asyncio.run(play())


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
def test_a_wait_that_was_asked_for_may_be_enough(stream: bool) -> None:
    """The same member answers after it, and nobody else is asked."""

    async def play() -> None:
        turns = [Turn(status=429, headers={"retry-after": "7"}), Turn()]
        async with scene(("openrouter", turns), ("deepseek", [Turn()]), stream=stream) as played:
            answer = await played.ask()
            assert ("openrouter", 2) == (answer.provider, answer.attempts)
            assert (TOKENS_IN, TOKENS_OUT) == (answer.tokens_in, answer.tokens_out)
            assert 7.0 == played.clock.monotonic()
            assert 0 == sum(u.failover for u in played.book.used)

    asyncio.run(play())


@pytest.mark.parametrize(
    ("name", "status", "waited_s"), [("ollama_cloud", 503, 3.0), ("gemini", 429, 15.0)]
)
def test_a_patient_member_is_asked_again(name: str, status: int, waited_s: float) -> None:
    """Ollama Cloud after one and two seconds, Gemini after five and ten."""

    async def play() -> None:
        turns = [Turn(status=status), Turn(status=status), Turn()]
        async with scene((name, turns), ("deepseek", [Turn()]), patient=True) as played:
            answer = await played.ask()
            assert (name, 3, waited_s) == (
                answer.provider,
                answer.attempts,
                played.clock.monotonic(),
            )

    asyncio.run(play())


def test_a_member_without_a_key_is_passed_over() -> None:
    """It is not asked and counts as no attempt."""

    async def play() -> None:
        async with scene(("deepseek", [Turn()])) as played:
            keyless = Member(name="openrouter", provider=None)
            played.members = (keyless, *played.members)
            answer = await played.ask()
            assert ("deepseek", 1) == (answer.provider, answer.attempts)

    asyncio.run(play())


def test_three_failures_in_a_row_are_left_alone_for_five_minutes() -> None:
    """Then the member is asked again."""

    async def play() -> None:
        async with scene(("openrouter", [Turn(status=500)]), ("deepseek", [Turn()])) as played:
            for _question in range(5):
                await played.ask()
            assert [3, 5] == played.calls()
            played.clock.advance(301.0)
            played.servers[0].turns = [Turn()]
            assert "openrouter" == (await played.ask()).provider

    asyncio.run(play())


def test_a_repair_shows_what_was_wrong_to_the_same_member() -> None:
    """Its second answer is taken; both are paid for."""

    async def play() -> None:
        turns = [
            Turn(text='좋습니다! {"answer": 3}'),
            Turn(text='```json\n{"Answer": "좋다"}\n```'),
        ]
        async with scene(("claude", turns), ("deepseek", [Turn()])) as played:
            answer = await played.ask()
            assert ("좋다", "claude", 2) == (answer.value, answer.provider, answer.attempts)
            assert (2 * TOKENS_IN, 2 * TOKENS_OUT) == (answer.tokens_in, answer.tokens_out)
            again = str(played.servers[0].asked[1].body)
            assert "a text is missing" in again

    asyncio.run(play())


def test_the_days_money_ends_in_the_middle_of_a_run() -> None:
    """The call that might pass the limit is not made, of nobody; what was spent is counted."""

    async def play() -> None:
        policy = LlmPolicy(other_budget_usd=0.02)
        async with scene(("claude", [Turn()]), ("deepseek", [Turn()]), policy=policy) as played:
            asking = (played.ask() for _question in range(40))
            ended = await asyncio.gather(*asking, return_exceptions=True)
            answers = [e for e in ended if isinstance(e, Answer)]
            refusals = [e for e in ended if isinstance(e, BudgetSpent)]
            used = played.book.used
            assert 40 == len(answers) + len(refusals)
            assert 0 < len(answers) == sum(played.calls()) == len(used) < 40
            assert {ExitCode.REFUSED} == {refusal.exit_code for refusal in refusals}
            assert 20_000 >= sum(u.usd_micro for u in used)

    asyncio.run(play())
