"""Cases, answers and opinions made by hand, for tests of the analyst and of the scout."""

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar

from jennie_cli.engine.analyst import (
    AnalystCase,
    AnalystPolicy,
    AnalystReply,
    Bench,
    Heard,
    Points,
    ask_all,
)
from jennie_cli.engine.clock import KST, ManualClock
from jennie_cli.engine.errors import JennieError
from jennie_cli.engine.llm import (
    Answer,
    FailureKind,
    ModelFailed,
    Models,
    Prompt,
    PromptText,
    Request,
    WrongShape,
)
from jennie_cli.engine.llm.reading import json_of
from jennie_cli.engine.model import Opinion, Phase, Regime

T = TypeVar("T")
PROMPT = PromptText(prompt=Prompt(name="analyst", version="3", sha256="ab" * 32), text="역할")
CALM = "근거가 될 만한 소식이 없어 그대로 둡니다."


def case(code: str = "000010", **given: Any) -> AnalystCase:
    """Return a stock of 71.25 quant points."""
    told: dict[str, Any] = {
        "name": "가온칩스텍",
        "market": "KOSDAQ",
        "sector": "반도체와반도체장비",
        "sector_group": "반도체/IT",
        "trade_date": date(2025, 6, 30),
        "regime": Regime.BULL,
        "quant_score": 71.25,
        "coverage_ratio": 0.92,
        "factors": (Points(name="모멘텀", points=14.1, max=20.0),),
        "strongest": (Points(name="6개월 초과 +51%p", points=5.0, max=5.0),),
        "weakest": (Points(name="PER 24.5배", points=1.1, max=5.0),),
        "phase": Phase.UPTREND,
        "phase_points": 5.0,
        "falling_knife": False,
    }
    return AnalystCase(code=code, **(told | given))


def opinion(raw_score: int, **given: Any) -> Opinion:
    """Return a model's word."""
    told: dict[str, Any] = {
        "reason": CALM,
        "provider": "scripted",
        "model": "scripted-1",
        "prompt": "analyst.3",
        "prompt_sha256": "ab" * 32,
        "key": "cd" * 32,
    }
    return Opinion(raw_score=raw_score, **(told | given))


def said(score: Any, reason: str = CALM, grade: str = "B") -> str:
    """Return an answer as a model writes it."""
    return json.dumps({"score": score, "grade": grade, "reason": reason}, ensure_ascii=False)


def answered(request: Request[T], text: str, **given: Any) -> Answer[T]:
    """Return the answer that a text is. Raises ModelFailed where it is none."""
    told: dict[str, Any] = {
        "provider": "scripted",
        "model": "scripted-1",
        "tokens_in": 100,
        "tokens_out": 20,
        "usd_micro": 15,
        "latency_s": 0.1,
        "attempts": 1,
    }
    try:
        value = request.shape.read(json_of(text, request.shape.schema))
    except WrongShape as wrong:
        raise ModelFailed(str(wrong), kind=FailureKind.WRONG_SHAPE) from None
    return Answer(
        value=value, prompt_sha256=request.prompt.sha256, key=request.key, **(told | given)
    )


@dataclass(slots=True)
class Said:
    """Models that say what a function makes of the code asked about: a text or an error."""

    words: Callable[[str], str | JennieError]
    given: Mapping[str, Any] = field(default_factory=dict)
    asked: list[Request[Any]] = field(default_factory=list)

    async def ask(self, request: Request[T]) -> Answer[T]:
        """Return the answer to one request."""
        self.asked.append(request)
        words = self.words(code_of(request))
        if isinstance(words, JennieError):
            raise words
        return answered(request, words, **self.given)


def code_of(request: Request[Any]) -> str:
    """Return the code of the stock that is asked about."""
    head = request.messages[-1].text.partition("\n")[0]
    return head.rpartition("(")[2].removesuffix(")")


def remembered(request: Request[AnalystReply]) -> Answer[AnalystReply]:
    """Answer from memory, whatever is asked."""
    return answered(request, said(75))


@dataclass(slots=True)
class Panel:
    """An analyst over models that say what they are told to, on a clock that stands."""

    models: Models
    policy: AnalystPolicy = field(default_factory=AnalystPolicy)
    cases: list[AnalystCase] = field(default_factory=list)

    def opinions(self, cases: Sequence[AnalystCase]) -> Heard:
        """Ask about every case."""
        self.cases += cases
        bench = Bench(
            models=self.models,
            prompt=PROMPT,
            policy=self.policy,
            clock=ManualClock(datetime(2025, 6, 30, 8, 30, tzinfo=KST)),
            answer_s=600.0,
        )
        return asyncio.run(ask_all(bench, cases))
