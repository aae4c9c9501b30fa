"""A person asks the council: two sages at once, the judge on both, then one plan.

Source: section 2.10 of the operations specification.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from jennie_cli.engine.council.chain import Council, Sage, hear
from jennie_cli.engine.council.shapes import PHRASE, Phrase, Prose, Said, Score, shape_of
from jennie_cli.engine.errors import JennieError, SettingsError
from jennie_cli.engine.llm import (
    Answer,
    BudgetSpent,
    ModelFailed,
    NoAnswer,
    PromptText,
    Service,
    Shape,
    Tier,
)
from jennie_cli.engine.llm.fences import cleaned, fenced

T = TypeVar("T")

PLAN = "plan"
"""The role of whoever writes the plan, beside those of the sages."""

_STEPS = 7
LONGEST_QUERY = 8_000
"""Characters of a question; the rest of one belongs in a file."""


class Decision(StrEnum):
    """What a sage makes of the matter."""

    APPROVE = "approve"
    APPROVE_WITH_CHANGES = "approve_with_changes"
    VETO = "veto"


def _at_most(most: int, least: int = 0) -> WithJsonSchema:
    words = {"type": "string", "maxLength": PHRASE}
    return WithJsonSchema({"type": "array", "minItems": least, "maxItems": most, "items": words})


Few = Annotated[list[Phrase], Field(max_length=40), _at_most(3)]
Several = Annotated[list[Phrase], Field(max_length=40), _at_most(5)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Verdict(_Part):
    """The decision, how sure the sage is, and what it is about."""

    decision: Decision
    confidence: Score
    scope: Prose = ""


class Grounds(_Part):
    """What an answer rests on, and what nobody could look at."""

    references: Several = []
    missing_data: Several = []


class Dangers(_Part):
    """What may go wrong, and what would turn the verdict."""

    risks: Several = []
    veto_if: Several = []


class Advice(_Part):
    """What to do now and what to try."""

    immediate_actions: Annotated[list[Phrase], Field(min_length=1, max_length=40), _at_most(3, 1)]
    experiments: Several = []
    if_code_change_needed: Prose = ""


class SageAnswer(_Part):
    """One sage's answer to a person."""

    verdict: Verdict
    key_findings: Several
    evidence: Grounds = Grounds()
    risks: Dangers = Dangers()
    recommendations: Advice
    questions: Few = []


class Plan(_Part):
    """The answers as one plan, and what it does not follow."""

    title: Phrase
    steps: Annotated[list[Phrase], Field(min_length=1, max_length=40), _at_most(_STEPS, 1)]
    dissent: Several = []


SAGE_ANSWER = shape_of("sage_answer", SageAnswer)
SAGE_PLAN = shape_of("sage_plan", Plan)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a person asks, and the file it is about; neither holds a secret."""

    query: str
    file_name: str = ""
    file_text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Consulted:
    """What the council said to a question at a moment, by role; `failures` says who was silent.

    `plan` is None when nobody could write one. `dissent` names who decided otherwise than the
    judge, whether the plan says so or not.
    """

    question: Question
    at: datetime
    answers: Mapping[Sage, Answer[Said[SageAnswer]]]
    plan: Answer[Said[Plan]] | None
    failures: Mapping[str, JennieError]

    @property
    def spoken(self) -> Mapping[str, Answer[Any]]:
        """Every answer by role, in the order of speaking, the plan last."""
        told: dict[str, Answer[Any]] = {sage.value: a for sage, a in self.answers.items()}
        return told if self.plan is None else {**told, PLAN: self.plan}

    @property
    def steps(self) -> tuple[str, ...]:
        """The plan's steps, at most seven."""
        return () if self.plan is None else tuple(self.plan.value.reply.steps[:_STEPS])

    @property
    def dissent(self) -> tuple[tuple[Sage, Decision], ...]:
        """Who decided otherwise than the judge, and how."""
        final = self.verdict(Sage.JUNHO)
        decided = ((sage, self.verdict(sage)) for sage in self.answers)
        return tuple((sage, decision) for sage, decision in decided if decision is not final)

    def verdict(self, sage: Sage) -> Decision:
        """Return what a sage decided. Raises KeyError for one who was silent."""
        return self.answers[sage].value.reply.verdict.decision


async def consult(question: Question, council: Council, *, at: datetime) -> Consulted:
    """Ask Jennie and Minji at once, then Junho on both, then for the plan.

    Raises NoAnswer when the first two or the judge are silent, SettingsError when nothing is set
    up, BudgetSpent, NotInLog, BadFile.
    """
    asked = _asked(question)
    failures: dict[str, JennieError] = {}
    texts = {sage: council.text(f"ask_{sage}") for sage in Sage}
    plan_text = council.text("ask_plan")
    first = (Sage.JENNIE, Sage.MINJI)
    told = await asyncio.gather(*(_answer(council, s, texts[s], asked, failures) for s in first))
    answers = {sage: a for sage, a in zip(first, told, strict=True) if a is not None}
    if not answers:
        raise failures[Sage.JENNIE]
    words = f"{asked}\n\n{_answers(answers)}"
    answers[Sage.JUNHO] = await _ask(council, Sage.JUNHO, texts[Sage.JUNHO], SAGE_ANSWER, words)
    words = f"{asked}\n\n{_answers(answers)}"
    try:
        plan = await _ask(council, Sage.JUNHO, plan_text, SAGE_PLAN, words)
    except (NoAnswer, ModelFailed, SettingsError, BudgetSpent) as failure:
        failures[PLAN], plan = failure, None
    return Consulted(question=question, at=at, answers=answers, plan=plan, failures=failures)


def _asked(question: Question) -> str:
    told = "질문\n" + fenced("query", cleaned(question.query, LONGEST_QUERY))
    if not question.file_text:
        return told
    name = cleaned(question.file_name, PHRASE)
    text = cleaned(question.file_text, len(question.file_text))
    return f"{told}\n\n검토할 파일\n" + fenced("file", f"{name}\n\n{text}")


def _answers(answers: Mapping[Sage, Answer[Said[SageAnswer]]]) -> str:
    return "\n\n".join(f"{s}의 답\n{fenced(s, a.value.raw)}" for s, a in answers.items())


async def _answer(
    council: Council, sage: Sage, text: PromptText, words: str, failures: dict[str, JennieError]
) -> Answer[Said[SageAnswer]] | None:
    try:
        return await _ask(council, sage, text, SAGE_ANSWER, words)
    except (NoAnswer, ModelFailed, SettingsError, BudgetSpent) as failure:
        failures[sage] = failure
        return None


async def _ask(
    council: Council, sage: Sage, text: PromptText, shape: Shape[T], words: str
) -> Answer[T]:
    return await hear(council, sage, text, shape, words, service=Service.ASK, tier=Tier.THINKING)
