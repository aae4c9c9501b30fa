"""Where rooms ask: a question goes to the provider of its tier, or to the log in a replay."""

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import TypeVar

from jennie_cli.engine.clock import Clock
from jennie_cli.engine.errors import JennieError
from jennie_cli.engine.llm.answered import Answer, Exchange
from jennie_cli.engine.llm.asked import Request, asked_json
from jennie_cli.engine.llm.failover import Failover
from jennie_cli.engine.llm.failures import FailureKind, ModelFailed, Spending
from jennie_cli.engine.llm.members import Members, Rests
from jennie_cli.engine.llm.policy import LlmPolicy
from jennie_cli.engine.llm.ports import ReplyLog, UsageBook
from jennie_cli.engine.llm.prices import PriceTable
from jennie_cli.engine.llm.prompts import PackagedPrompts, Prompts
from jennie_cli.engine.llm.purse import Purse
from jennie_cli.engine.llm.records import answer_of, exchange_of, replayed
from jennie_cli.engine.llm.tally import Tally
from jennie_cli.engine.llm.turn import Room

T = TypeVar("T")


class Desk:
    """The Models port: any number of questions at once, each logged, counted and paid for once."""

    def __init__(
        self,
        *,
        policy: LlmPolicy,
        members: Members,
        log: ReplyLog,
        book: UsageBook,
        prices: PriceTable,
        clock: Clock,
        prompts: Prompts | None = None,
        mask: Callable[[str], str] = str,
    ) -> None:
        """`clock` is the one that money is spent by, the machine's; `mask` hides secrets."""
        self._policy = policy
        self._members = members
        self._log = log
        self._clock = clock
        self._mask = mask
        room = Room(
            policy=policy,
            purse=Purse(policy, book, prices, clock),
            clock=clock,
            prompts=prompts or PackagedPrompts(),
            mask=mask,
        )
        self._run = clock.now().isoformat()
        self._asked: Counter[str] = Counter()
        self._failover = Failover(room=room, rests=Rests(policy, clock))

    async def ask(self, request: Request[T]) -> Answer[T]:
        """Return a validated answer; the log keeps it, and a failure too.

        Raises NoAnswer, ModelFailed, BudgetSpent, NotInLog, SettingsError, and what the log
        raises when it cannot keep the answer. The first three tell what was used all the same.
        """
        if self._policy.replay == "log":
            return self._replayed(request)
        name = request.provider or self._policy.provider_of(request.tier)
        tally = Tally(started=self._clock.monotonic())
        allowed_s = request.timeout_s or self._policy.timeout_s(request.tier)
        try:
            members = await self._members.of(name, request.tier)
            # a model that had to be loaded first took none of the time for an answer
            tally.started = self._clock.monotonic()
            value = await self._failover.answer(
                request, members, tally=tally, until=tally.started + allowed_s
            )
        except asyncio.CancelledError:
            if tally.attempts:
                stopped = ModelFailed("The question was stopped.", kind=FailureKind.CANCELLED)
                self._log.add(self._exchange(request, tally, stopped))
            raise
        except JennieError as failed:
            if isinstance(failed, Spending):
                failed.spent(tally.tokens_in, tally.tokens_out, tally.usd_micro)
            self._log.add(self._exchange(request, tally, failed))
            raise
        exchange = self._exchange(request, tally)
        self._log.add(exchange)
        return answer_of(exchange, value)

    def _replayed(self, request: Request[T]) -> Answer[T]:
        """Return what came of this question when it was asked as often as it is now.

        Who asks more often than the run in the log is told the last of it again.
        """
        key = request.key
        told = self._log.told(key)
        self._asked[key] += 1
        return replayed(request, told[min(self._asked[key], len(told)) - 1] if told else None)

    def _exchange(
        self, request: Request[T], tally: Tally, failed: JennieError | None = None
    ) -> Exchange:
        shape = request.shape
        asked = asked_json(request.messages, shape.schema, request.temperature, request.max_tokens)
        return exchange_of(
            request,
            tally,
            asked=self._mask(asked.decode()),
            at=self._clock.now(),
            latency_s=self._clock.monotonic() - tally.started,
            run=self._run,
            failed=failed,
        )
