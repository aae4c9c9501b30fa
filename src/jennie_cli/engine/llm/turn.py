"""One member's turn at a question: its calls, the waits it is given, and one repair."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from jennie_cli.engine.clock import Clock
from jennie_cli.engine.llm.answered import Reply, Usage
from jennie_cli.engine.llm.asked import Call, Message, Request
from jennie_cli.engine.llm.failures import FailureKind, ModelFailed, WrongShape
from jennie_cli.engine.llm.members import Member
from jennie_cli.engine.llm.policy import LlmPolicy
from jennie_cli.engine.llm.ports import Provider
from jennie_cli.engine.llm.prompts import Prompts
from jennie_cli.engine.llm.purse import Purse
from jennie_cli.engine.llm.reading import LONGEST, json_of, printable
from jennie_cli.engine.llm.repair import repaired
from jennie_cli.engine.llm.tally import Tally

LOG = logging.getLogger(__name__)

T = TypeVar("T")

GRACE_RATIO = 0.1
"""How much longer than its deadline a provider is waited for, as a share of it."""

GRACE_MAX_S = 2.0
"""The longest such wait: a provider that keeps its deadline tells what the call used."""

_LONGEST_TOLD = 500
_LONGEST_MODEL = 100
_UNREAD = frozenset({FailureKind.NOT_JSON, FailureKind.WRONG_SHAPE})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Heard:
    """What a call came to: a value, or a failure with complaints about the words."""

    reply: Reply | None = None
    value: Any = None
    failed: ModelFailed | None = None
    complaints: tuple[str, ...] = ()
    untold: bool = False
    """Whether nobody said what the call used, though it may have been paid for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """What follows a call: its answer is repaired, it is made again after a pause, or neither."""

    repair: bool = False
    pause_s: float | None = None

    @property
    def ends(self) -> bool:
        """Whether the member is asked no more."""
        return not self.repair and self.pause_s is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What every turn needs beside the question; `mask` hides secrets in a text."""

    policy: LlmPolicy
    purse: Purse
    clock: Clock
    prompts: Prompts
    mask: Callable[[str], str]


class Turn(Generic[T]):
    """Asks one member until it answers, or until it is no use to ask it again."""

    def __init__(
        self,
        request: Request[T],
        member: Member,
        provider: Provider,
        *,
        room: Room,
        tally: Tally,
        until: float,
        last: bool,
    ) -> None:
        """`until` are monotonic seconds of the room's clock; `last` says that nobody follows."""
        self._request = request
        self._member = member
        self._provider = provider
        self._room = room
        self._tally = tally
        self._until = until
        self._last = last
        self._pauses = 0
        self._repaired = False

    async def take(self) -> T:
        """Return the value of a valid answer. Raises ModelFailed, BudgetSpent."""
        messages = self._request.messages
        while True:
            heard, step = await self._attempt(messages)
            if heard.failed is None:
                value: T = heard.value
                return value
            if step.ends:
                raise heard.failed
            if step.repair:
                self._repaired = True
                messages = self._asked_again(heard)
            if step.pause_s is not None:
                self._pauses += 1
                await self._room.clock.sleep(step.pause_s)

    async def _attempt(self, messages: tuple[Message, ...]) -> tuple[_Heard, _Step]:
        """Make one call and count it, whatever becomes of it."""
        left_s = self._until - self._room.clock.monotonic()
        if left_s <= 0.0:
            raise self._too_late()
        call = self._call(messages, left_s)
        most = self._room.purse.most(self._member, call)
        worst = self._room.purse.cost(self._member.name, self._provider.model, *most)
        with self._room.purse.held(self._request.service, worst):
            began = self._room.clock.monotonic()
            try:
                heard = await self._heard(call)
            except asyncio.CancelledError:
                await self._count(self._cut_off(self._stopped(), most, worst), began)
                raise
            if heard.untold and heard.failed is not None:
                heard = self._cut_off(heard.failed, most, worst)
            step = self._step(heard.failed)
            await self._count(heard, began, failover=self._moves_on(heard.failed, step))
        return heard, step

    def _call(self, messages: tuple[Message, ...], left_s: float) -> Call:
        asked = self._request
        return Call(
            messages=messages,
            schema=asked.shape.schema,
            schema_name=asked.shape.name,
            temperature=asked.temperature,
            max_tokens=asked.max_tokens,
            deadline_s=left_s,
            seed=asked.seed,
        )

    async def _heard(self, call: Call) -> _Heard:
        try:
            # a provider keeps the deadline itself and says what was used until then; one that
            # does not must not hold the others up
            grace_s = min(GRACE_MAX_S, GRACE_RATIO * call.deadline_s)
            async with asyncio.timeout(call.deadline_s + grace_s):
                reply = await self._provider.reply(call)
        except TimeoutError:
            return _Heard(failed=self._too_late(), untold=True)
        except ModelFailed as failed:
            return _Heard(
                failed=self._masked(failed),
                complaints=(self._told(failed.message),),
                untold=failed.kind is FailureKind.CANCELLED and not failed.tokens_in,
            )
        reply = replace(
            reply,
            model=self._told(reply.model)[:_LONGEST_MODEL],
            tokens_in=max(0, reply.tokens_in),
            tokens_out=max(0, reply.tokens_out),
            simulated=reply.simulated or self._member.simulated,
        )
        if len(reply.text) > LONGEST:
            # none of it is looked at, not even for secrets, and so none of it is kept
            told = f"the answer is longer than {LONGEST:,} characters"
            return self._unread(replace(reply, text=""), FailureKind.NOT_JSON, (told,))
        reply = replace(reply, text=printable(self._room.mask(reply.text)))
        if not reply.text.strip():
            return self._unread(reply, FailureKind.EMPTY, ("the answer is empty",))
        return self._read(reply)

    def _read(self, reply: Reply) -> _Heard:
        shape = self._request.shape
        try:
            found = json_of(reply.text, shape.schema)
        except WrongShape as wrong:
            return self._unread(reply, FailureKind.NOT_JSON, wrong.complaints)
        try:
            return _Heard(reply=reply, value=shape.read(found))
        except WrongShape as wrong:
            return self._unread(reply, FailureKind.WRONG_SHAPE, wrong.complaints)

    def _unread(self, reply: Reply, kind: FailureKind, complaints: tuple[str, ...]) -> _Heard:
        failed = ModelFailed(
            self._told(f"{self._member.name} gave no usable answer: {'; '.join(complaints)}"),
            kind=kind,
            hint="A larger model keeps to a form better.",
            tokens_in=reply.tokens_in,
            tokens_out=reply.tokens_out,
        )
        return _Heard(reply=reply, failed=failed, complaints=complaints)

    def _cut_off(self, failed: ModelFailed, most: tuple[int, int], worst: int) -> _Heard:
        """Return the failure of a call whose use nobody told: it counts as all set aside for it.

        What costs nothing has used nothing that anybody need know of.
        """
        if worst > 0:
            failed.tokens_in, failed.tokens_out = most
            LOG.warning(
                "%s was cut off: counted as %d tokens in and %d out, an estimate of the most",
                self._member.name,
                *most,
            )
        return _Heard(failed=failed)

    def _stopped(self) -> ModelFailed:
        return ModelFailed(f"{self._member.name} was stopped.", kind=FailureKind.CANCELLED)

    async def _count(self, heard: _Heard, began: float, *, failover: bool = False) -> None:
        clock, purse = self._room.clock, self._room.purse
        used = heard.reply or heard.failed
        tokens_in, tokens_out = (used.tokens_in, used.tokens_out) if used else (0, 0)
        model = heard.reply.model if heard.reply else self._provider.model[:_LONGEST_MODEL]
        usage = Usage(
            at=clock.now(),
            service=self._request.service,
            provider=self._member.name,
            model=model,
            tokens_in=tokens_in,
            tokens_out=tokens_out,
            usd_micro=purse.cost(self._member.name, model, tokens_in, tokens_out),
            latency_s=clock.monotonic() - began,
            failed=heard.failed is not None,
            failover=failover,
        )
        self._tally.add(usage, heard.reply)
        await purse.count(usage)

    def _step(self, failed: ModelFailed | None) -> _Step:
        if failed is None:
            return _Step()
        if failed.kind in _UNREAD:
            return _Step(repair=not self._repaired)
        longest = self._room.policy.retry_after_max_s
        pause_s = self._member.patience.pause_s(failed, self._pauses, retry_after_max_s=longest)
        if pause_s is not None and self._room.clock.monotonic() + pause_s >= self._until:
            pause_s = None
        return _Step(pause_s=pause_s)

    def _moves_on(self, failed: ModelFailed | None, step: _Step) -> bool:
        """Whether this call is the one after which another member is asked."""
        return failed is not None and step.ends and not failed.ours and not self._last

    def _asked_again(self, heard: _Heard) -> tuple[Message, ...]:
        answer = heard.reply.text if heard.reply else ""
        prompts = self._room.prompts
        return repaired(self._request.messages, answer, heard.complaints, prompts)

    def _masked(self, failed: ModelFailed) -> ModelFailed:
        """Return the failure without secrets that a provider may have echoed."""
        return ModelFailed(
            self._told(failed.message),
            kind=failed.kind,
            hint=self._told(failed.hint),
            retry_after_s=failed.retry_after_s,
            tokens_in=failed.tokens_in,
            tokens_out=failed.tokens_out,
        )

    def _told(self, text: str) -> str:
        return printable(self._room.mask(text))[:_LONGEST_TOLD]

    def _too_late(self) -> ModelFailed:
        return ModelFailed(
            f"{self._member.name} did not answer in time.",
            kind=FailureKind.TIMEOUT,
            hint="Give it longer with llm.fast_timeout_s or llm.slow_timeout_s.",
        )
