"""A desk over scripted providers, and a question with a score for an answer."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from jennie_cli.engine.clock import KST, ManualClock
from jennie_cli.engine.llm import (
    Answer,
    Call,
    Desk,
    FailureKind,
    LlmPolicy,
    Member,
    MemoryReplyLog,
    MemoryUsageBook,
    Message,
    ModelFailed,
    PriceTable,
    Prompt,
    Reply,
    Request,
    Role,
    ScriptedProvider,
    Service,
    Shape,
    Tier,
    WrongShape,
)
from jennie_cli.engine.llm.prices import Price

NOW = datetime(2026, 11, 23, 8, 30, tzinfo=KST)
GOOD = '{"score": 72}'
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"score": {"type": "integer", "minimum": 0, "maximum": 100}},
    "required": ["score"],
}
Script = list[Reply | str | ModelFailed]


def read_score(found: Any) -> int:
    """Return the score of an answer. Raises WrongShape."""
    score = found.get("score")
    if not isinstance(score, int) or not 0 <= score <= 100:
        raise WrongShape([f"score is no whole number from 0 to 100: {score!r}"])
    return score


QUESTION: Request[int] = Request(
    service=Service.SCOUT,
    tier=Tier.REASONING,
    prompt=Prompt(name="analyst", version="2", sha256="ab" * 32),
    messages=(Message(role=Role.USER, text="정량 점수: 71.25"),),
    shape=Shape(name="score", schema=SCHEMA, read=read_score),
)


def failed(kind: FailureKind, **given: Any) -> ModelFailed:
    """Return a provider's failure."""
    return ModelFailed(f"it failed by {kind}", kind=kind, **given)


def flat(usd: str) -> PriceTable:
    """Return prices of so many USD a million tokens, in and out, for whoever asks."""
    price = Price(
        provider="any",
        model="m",
        since=NOW.date(),
        usd_in=Decimal(usd),
        usd_out=Decimal(usd),
        source="a test",
    )
    return PriceTable((price,))


class Named:
    """Members by name; what was asked for is remembered."""

    def __init__(self, **members: tuple[Member, ...]) -> None:
        """`members` are by the name that settings give them."""
        self.members = members
        self.asked: list[tuple[str, Tier]] = []

    async def of(self, name: str, tier: Tier) -> tuple[Member, ...]:
        """Return the members of a name."""
        self.asked.append((name, tier))
        return self.members[name]


class Gate:
    """A provider that answers when it is let, and counts those inside."""

    def __init__(self, reply: Reply | str = GOOD) -> None:
        """`reply` is what it says to everybody."""
        self.name = "gate"
        self.model = "gate-1"
        self.calls = 0
        self.entered = asyncio.Event()
        self.opened = asyncio.Event()
        self._reply = reply

    async def reply(self, call: Call) -> Reply:
        """Wait for the gate, then answer."""
        del call
        self.calls += 1
        self.entered.set()
        await self.opened.wait()
        if isinstance(self._reply, str):
            return Reply(text=self._reply, model=self.model, tokens_in=10, tokens_out=10)
        return self._reply

    async def close(self) -> None:
        """Hold nothing."""


class Slow(ScriptedProvider):
    """Says what it is told, each time 61 seconds of its clock later."""

    clock: ManualClock | None = None

    async def reply(self, call: Call) -> Reply:
        """Move the clock, then follow the script."""
        assert self.clock is not None
        self.clock.advance(61.0)
        return await super().reply(call)


@dataclass
class Bench:
    """A desk and all that it stands on."""

    desk: Desk
    members: Named
    log: MemoryReplyLog
    book: MemoryUsageBook
    clock: ManualClock

    def ask(self, **given: Any) -> Answer[int]:
        """Ask once, changed as told, and wait for the answer."""
        return asyncio.run(self.desk.ask(replace(QUESTION, **given)))


def member(name: str, *script: Reply | str | ModelFailed, **given: Any) -> Member:
    """Return a member that says what it is told."""
    return Member(name=name, provider=ScriptedProvider(script, name=name), **given)


def bench(
    *chain: Member,
    policy: LlmPolicy | None = None,
    log: MemoryReplyLog | None = None,
    prices: PriceTable | None = None,
    mask: Callable[[str], str] = str,
) -> Bench:
    """Return a desk whose every tier asks this chain."""
    members = Named(auto=chain)
    log, book, clock = log or MemoryReplyLog(), MemoryUsageBook(), ManualClock(NOW)
    desk = Desk(
        policy=policy or LlmPolicy(),
        members=members,
        log=log,
        book=book,
        prices=prices or flat("0"),
        clock=clock,
        mask=mask,
    )
    return Bench(desk=desk, members=members, log=log, book=book, clock=clock)


def calls_of(member: Member) -> list[Call]:
    """Return what a scripted member was asked."""
    assert isinstance(member.provider, ScriptedProvider)
    return member.provider.calls
