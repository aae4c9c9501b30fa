"""Asks a model about each stock of a run: so many at once, within one deadline, each by itself.

A stock that nobody could judge is a named failure of that stock; the others are asked all the same.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from jennie_cli.engine.analyst.case import AnalystCase
from jennie_cli.engine.analyst.facts import unsupported
from jennie_cli.engine.analyst.opinion import AnalystReply
from jennie_cli.engine.analyst.policy import AnalystPolicy
from jennie_cli.engine.analyst.prompt import analyst_request, shown
from jennie_cli.engine.clock import Clock
from jennie_cli.engine.errors import BadFile, JennieError, SettingsError
from jennie_cli.engine.llm import (
    Answer,
    BudgetSpent,
    ModelFailed,
    Models,
    NoAnswer,
    NoModel,
    NotInLog,
    PromptText,
    ReplyLog,
    Request,
    Used,
    asked_json,
    used_by,
)
from jennie_cli.engine.llm.records import exchange_of
from jennie_cli.engine.llm.tally import Tally
from jennie_cli.engine.model import FactCheck, Opinion

Remembered = Callable[[Request[AnalystReply]], Answer[AnalystReply] | None]
"""What was answered to the same question earlier the same day, None when nothing was."""


class Stop(StrEnum):
    """Why not every stock of a run could be asked about."""

    NO_MODEL = "no_model"
    BUDGET = "budget"
    DEADLINE = "deadline"


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """Opinions by code, kinds of failure by code, and why asking stopped early, in whose words.

    `lost` is what questions used that came to no opinion.
    """

    opinions: Mapping[str, Opinion] = field(default_factory=dict)
    failures: Mapping[str, str] = field(default_factory=dict)
    stop: Stop | None = None
    said: str = ""
    lost: Used = field(default_factory=Used)


_LATE = "The time of the run was up before this was asked."


class Analyst(Protocol):
    """Who is asked what it thinks of stocks."""

    def opinions(self, cases: Sequence[AnalystCase]) -> Heard:
        """Return what became of each case. Nobody there to ask is an outcome, not an error."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What asking takes. `answer_s` is the longest wait for one answer.

    `clock` is the machine's: models answer in its seconds whatever the market's clock does.
    `told` hears how many cases of how many are done. `log` keeps a line for each case that the
    deadline left out, so that a replay leaves out the same; `mask` hides secrets in it.
    """

    models: Models
    prompt: PromptText
    policy: AnalystPolicy
    clock: Clock
    answer_s: float
    remembered: Remembered | None = None
    feedback: str | None = None
    told: Callable[[int, int], None] | None = None
    log: ReplyLog | None = None
    mask: Callable[[str], str] = str


async def ask_all(bench: Bench, cases: Sequence[AnalystCase]) -> Heard:
    """Ask about every case and return what was heard."""
    room = _Room(bench, cases)
    count = min(bench.policy.concurrency, len(cases))
    workers = [asyncio.ensure_future(room.work()) for _ in range(count)]
    try:
        await asyncio.gather(*workers)
    finally:
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
    return room.heard()


class _Room:
    """The cases of one run and what came of them so far."""

    def __init__(self, bench: Bench, cases: Sequence[AnalystCase]) -> None:
        self._bench = bench
        self._cases = cases
        self._left: Iterator[AnalystCase] = iter(cases)
        self._until = bench.clock.monotonic() + bench.policy.deadline_s
        self._opinions: dict[str, Opinion] = {}
        self._failures: dict[str, str] = {}
        self._lost: list[JennieError] = []
        self._stops: dict[str, tuple[Stop, str]] = {}
        self._nobody = False
        self._run = bench.clock.now().isoformat()

    async def work(self) -> None:
        """Take one case after the other until none is left or asking has stopped."""
        for case in self._left:
            if self._nobody:
                return
            left_s = self._until - self._bench.clock.monotonic()
            if left_s <= 0:
                self._leave_out(case)
                continue
            await self._ask(case, min(left_s, self._bench.answer_s))
            if self._bench.told is not None:
                self._bench.told(len(self._opinions) + len(self._failures), len(self._cases))

    def heard(self) -> Heard:
        """Return what was heard, in the order of the cases."""
        codes = [c.code for c in self._cases]
        # by the order of the cases: which one was refused first is the chance of a moment
        stop, said = next((self._stops[c] for c in codes if c in self._stops), (None, ""))
        return Heard(
            opinions={c: self._opinions[c] for c in codes if c in self._opinions},
            failures={c: self._failures[c] for c in codes if c in self._failures},
            stop=stop,
            said=said,
            lost=used_by(self._lost),
        )

    def _request(self, case: AnalystCase, timeout_s: float | None) -> Request[AnalystReply]:
        bench = self._bench
        return analyst_request(
            case,
            bench.prompt,
            max_tokens=bench.policy.max_tokens,
            timeout_s=timeout_s,
            feedback=bench.feedback,
        )

    def _leave_out(self, case: AnalystCase) -> None:
        """Ask nobody for want of time, and leave the line that a replay finds instead."""
        self._stops[case.code] = (Stop.DEADLINE, "")
        if self._bench.log is None:
            return
        asked = self._request(case, None)
        sent = asked_json(asked.messages, asked.shape.schema, asked.temperature, asked.max_tokens)
        clock = self._bench.clock
        self._bench.log.add(
            exchange_of(
                asked,
                Tally(started=clock.monotonic()),
                asked=self._bench.mask(sent.decode()),
                at=clock.now(),
                latency_s=0.0,
                run=self._run,
                failed=NoAnswer(_LATE),
            )
        )

    async def _ask(self, case: AnalystCase, timeout_s: float) -> None:
        bench = self._bench
        request = self._request(case, timeout_s)
        known = None if bench.remembered is None else bench.remembered(request)
        try:
            answer = known or await bench.models.ask(request)
        except BudgetSpent as spent:
            # the others are asked all the same: each is refused at once and leaves its line in the
            # log, so that a replay meets the same refusals
            self._stops[case.code] = (Stop.BUDGET, spent.message)
            self._fail(case, spent.code, spent)
        except (SettingsError, BadFile) as nobody:
            self._stops[case.code] = (Stop.NO_MODEL, fault_of(nobody))
            self._nobody = True
        except (NoAnswer, ModelFailed, NotInLog) as failed:
            if failed.message == _LATE:
                self._stops[case.code] = (Stop.DEADLINE, "")
                return
            kind = failed.kind.value if isinstance(failed, ModelFailed) else failed.code
            self._fail(case, kind, failed)
        else:
            self._opinions[case.code] = opinion_of(
                answer,
                request,
                quant_score=case.quant_score,
                check=bench.policy.fact_check,
                cached=known is not None,
            )

    def _fail(self, case: AnalystCase, kind: str, error: JennieError) -> None:
        self._failures[case.code] = kind
        self._lost.append(error)


def fault_of(error: JennieError) -> str:
    """Return what is wrong with a home that can ask nobody: nothing where no model was set up."""
    return "" if isinstance(error, NoModel) else error.message


def opinion_of(
    answer: Answer[AnalystReply],
    request: Request[AnalystReply],
    *,
    quant_score: float,
    check: bool,
    cached: bool = False,
) -> Opinion:
    """Return an answer as the evidence that is kept, its reason held against what was shown.

    A reason may name its own score and how far that is from the quant score.
    """
    reply = answer.value
    own = (float(reply.score), reply.score - quant_score)
    wrong = unsupported(reply.reason, shown(request), own_points=own) if check else ()
    verdict = FactCheck.FAILED if wrong else FactCheck.PASSED
    return Opinion(
        raw_score=reply.score,
        reason=reply.reason,
        provider=answer.provider,
        model=answer.model,
        prompt=f"{request.prompt.name}.{request.prompt.version}",
        prompt_sha256=request.prompt.sha256,
        key=request.key,
        tokens_in=0 if cached else answer.tokens_in,
        tokens_out=0 if cached else answer.tokens_out,
        usd_micro=0 if cached else answer.usd_micro,
        simulated=answer.simulated,
        cached=cached,
        fact_check=verdict if check else FactCheck.OFF,
        unsupported=wrong,
    )
