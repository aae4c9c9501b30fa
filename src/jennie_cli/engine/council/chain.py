"""The three sages in a row: each asked at its own provider, then at the cloud chain that stands in.

Source: section 2.1 of the operations specification.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any, TypeVar

from jennie_cli.engine.council.blocks import evidence_text
from jennie_cli.engine.council.evidence import Evidence
from jennie_cli.engine.council.policy import CouncilPolicy
from jennie_cli.engine.council.replies import (
    CHIEF_JUDGE,
    RISK_ANALYST,
    STRATEGIES,
    STRATEGIST,
    ChiefJudgeReply,
    RiskAnalystReply,
    StrategistReply,
)
from jennie_cli.engine.council.shapes import Said
from jennie_cli.engine.errors import JennieError, SettingsError
from jennie_cli.engine.llm import (
    Answer,
    BudgetSpent,
    Message,
    ModelFailed,
    Models,
    NoAnswer,
    Prompts,
    PromptText,
    Request,
    Role,
    Service,
    Shape,
    Tier,
    filled,
    used_by,
)
from jennie_cli.engine.llm.failures import Spending
from jennie_cli.engine.llm.fences import fenced
from jennie_cli.engine.model import PoliticalRisk
from jennie_cli.engine.sectors import GROUPS

T = TypeVar("T")

STAND_IN = "cloud"
"""The failover chain, asked when a sage's own provider gives no answer."""

_PACKAGE = "jennie_cli.engine.council"


class Sage(StrEnum):
    """Who sits on the council, in the order of speaking; the text is the name of the role."""

    JENNIE = "strategist"
    MINJI = "risk_analyst"
    JUNHO = "chief_judge"


@dataclass(frozen=True, slots=True, kw_only=True)
class Council:
    """Who is asked, where, and with which words.

    A sage without a provider has its tier's; so has `stand_in` None, whom everybody falls back on.
    """

    models: Models
    prompts: Prompts
    policy: CouncilPolicy = field(default_factory=CouncilPolicy)
    seats: Mapping[Sage, str] = field(default_factory=dict)
    stand_in: str | None = STAND_IN

    def text(self, name: str, **fields: object) -> PromptText:
        """Return a text of the room with its names filled in. Raises BadFile."""
        source = self.prompts.get(_PACKAGE, name)
        return replace(source, text=filled(source, **fields))


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What was said: by the strategist always, by the others unless `failures` says why not.

    `texts` are the words that each sage was led by.
    """

    strategist: Answer[Said[StrategistReply]]
    analyst: Answer[Said[RiskAnalystReply]] | None
    judge: Answer[Said[ChiefJudgeReply]] | None
    failures: Mapping[Sage, JennieError]
    texts: Mapping[Sage, PromptText]

    @property
    def answers(self) -> Mapping[Sage, Answer[Any]]:
        """Every answer by who gave it, in the order of speaking."""
        spoken: dict[Sage, Answer[Any]] = {Sage.JENNIE: self.strategist}
        if self.analyst is not None:
            spoken[Sage.MINJI] = self.analyst
        if self.judge is not None:
            spoken[Sage.JUNHO] = self.judge
        return spoken


async def deliberate(
    evidence: Evidence, council: Council, *, spoken: Callable[[int], None] = lambda _: None
) -> Heard:
    """Ask the three in turn; `spoken` hears how many have been asked.

    Raises NoAnswer when the strategist is silent and so is what stands in, SettingsError when no
    provider is set up at all, BudgetSpent before a word was said, NotInLog, BadFile.
    """
    shown = evidence_text(evidence, council.policy)
    groups = ", ".join(GROUPS)
    texts = {
        Sage.JENNIE: council.text(Sage.JENNIE, sectors=groups),
        Sage.MINJI: council.text(Sage.MINJI),
        Sage.JUNHO: council.text(Sage.JUNHO, sectors=groups, strategies=", ".join(STRATEGIES)),
    }
    failures: dict[Sage, JennieError] = {}

    async def second(sage: Sage, shape: Shape[T], words: str) -> Answer[T] | None:
        try:
            return await hear(council, sage, texts[sage], shape, words)
        except (NoAnswer, ModelFailed, SettingsError, BudgetSpent) as failure:
            failures[sage] = failure
            return None

    first = await hear(council, Sage.JENNIE, texts[Sage.JENNIE], STRATEGIST, shown)
    spoken(1)
    said = fenced(Sage.JENNIE, first.value.raw)
    analyst = await second(Sage.MINJI, RISK_ANALYST, f"{shown}\n\n전략가의 답\n{said}")
    spoken(2)
    challenged = _challenge(analyst, first.value.reply, evidence.political)
    judge = await second(Sage.JUNHO, CHIEF_JUDGE, f"전략가의 답\n{said}\n\n{challenged}")
    spoken(3)
    return Heard(strategist=first, analyst=analyst, judge=judge, failures=failures, texts=texts)


async def hear(
    council: Council,
    sage: Sage,
    text: PromptText,
    shape: Shape[T],
    words: str,
    *,
    service: Service = Service.COUNCIL,
    tier: Tier = Tier.REASONING,
) -> Answer[T]:
    """Return one sage's answer: of its own provider, else of the chain that stands in.

    What a provider that failed used is in the figures of the answer, or of the error. Raises
    NoAnswer naming each that was asked; SettingsError when nothing is set up; BudgetSpent.
    """
    request = Request(
        service=service,
        tier=tier,
        prompt=text.prompt,
        messages=_said_to(text, words),
        shape=shape,
        temperature=council.policy.temperature,
        max_tokens=council.policy.max_tokens,
    )
    failures: dict[str, JennieError] = {}
    for provider in dict.fromkeys((council.seats.get(sage), council.stand_in)):
        try:
            answer = await council.models.ask(replace(request, provider=provider))
        except BudgetSpent as refused:
            _charge(refused, failures)
            raise
        except (NoAnswer, ModelFailed, SettingsError) as failure:
            failures[provider or tier] = failure
            if isinstance(failure, ModelFailed) and failure.ours:
                break
        else:
            used = used_by((answer, *failures.values()))
            return replace(answer, **asdict(used))
    raise _silent(sage, failures)


def _said_to(text: PromptText, words: str) -> tuple[Message, ...]:
    return Message(role=Role.SYSTEM, text=text.text), Message(role=Role.USER, text=words)


def _charge(error: Spending, failures: Mapping[str, JennieError]) -> None:
    """Let the last error of a sage tell what those before it used, too."""
    used = used_by(failures.values())
    error.spent(
        error.tokens_in + used.tokens_in,
        error.tokens_out + used.tokens_out,
        error.usd_micro + used.usd_micro,
    )


def _silent(sage: Sage, failures: Mapping[str, JennieError]) -> JennieError:
    unset = [f for f in failures.values() if isinstance(f, SettingsError)]
    if len(unset) == len(failures):
        return unset[0]
    told = "; ".join(f"{provider}: {f.message}" for provider, f in failures.items())
    silent = NoAnswer(
        f"The {sage.replace('_', ' ')} gave no answer. {told}",
        hint="Try again, or name another provider: jennie config set council." + sage,
    )
    _charge(silent, failures)
    return silent


def _challenge(
    analyst: Answer[Said[RiskAnalystReply]] | None,
    strategist: StrategistReply,
    political: PoliticalRisk | None,
) -> str:
    if analyst is not None:
        return "리스크 분석가의 답\n" + fenced(Sage.MINJI, analyst.value.raw)
    return (
        "리스크 분석가의 답: 없음(응답 실패). 따로 확인된 것은 없다. "
        f"점수 {strategist.sentiment_score} 그대로, 정치 위험 {political or '모름'}(수집기), "
        "크기 100, 손절 100으로 둔다."
    )
