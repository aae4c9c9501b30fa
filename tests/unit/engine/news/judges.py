"""Models, peers and sources made by hand, for tests of the news room."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

from jennie_cli.engine.bus import MemoryBus
from jennie_cli.engine.clock import ManualClock
from jennie_cli.engine.errors import JennieError
from jennie_cli.engine.feed import Heard
from jennie_cli.engine.llm import Answer, Request, packaged
from jennie_cli.engine.model import Headline
from jennie_cli.engine.news import (
    PACKAGE,
    PROMPT,
    Analyzer,
    MemoryNewsBook,
    NewsPolicy,
    Peer,
)
from jennie_cli.engine.store import FactStore
from jennie_cli.testing.news_exam import NINE

T = TypeVar("T")
Says = Callable[[str], Mapping[str, Any] | JennieError]


def reply(score: int = 70, risk: str = "NONE", benefit: int = 0) -> dict[str, Any]:
    """Return what a model answers."""
    return {
        "sentiment": {"score": score, "reason": "공급계약이 확정됨"},
        "competitor_risk": {
            "is_detected": risk != "NONE",
            "type": risk,
            "benefit_score": benefit,
            "reason": "수요가 옮겨 감" if risk != "NONE" else "",
        },
    }


@dataclass(slots=True)
class Judges:
    """Answers what `says` makes of a question's last words, and remembers each question."""

    says: Says = field(default=lambda _: reply())
    asked: list[str] = field(default_factory=list)
    most_at_once: int = 0
    _now: int = 0

    async def ask(self, request: Request[T]) -> Answer[T]:
        """Return or raise what was told."""
        self._now += 1
        self.most_at_once = max(self.most_at_once, self._now)
        await asyncio.wait([asyncio.ensure_future(asyncio.Event().wait())], timeout=0)
        self._now -= 1
        words = request.messages[-1].text
        self.asked.append(words)
        said = self.says(words)
        if isinstance(said, JennieError):
            raise said
        return Answer(
            value=request.shape.read(said),
            provider="sages",
            model="sim-sage-1",
            tokens_in=1,
            tokens_out=1,
            usd_micro=0,
            latency_s=0.0,
            attempts=1,
            prompt_sha256=request.prompt.sha256,
            key=request.key,
            simulated=True,
        )


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Two competitors of every stock."""

    def of(self, code: str) -> Sequence[Peer]:
        """Return them."""
        others = (("000020", "나래전자"), ("000030", "다온소재"))
        return [Peer(code=c, name=n, sector="반도체") for c, n in others if c != code]


@dataclass(slots=True)
class Wire:
    """A source that tells what it was given."""

    heard: Heard = field(default_factory=Heard)
    name: str = "naver"
    error: JennieError | None = None
    since: list[datetime] = field(default_factory=list)

    async def latest(self, since: datetime) -> Heard:
        """Return or raise what was told."""
        self.since.append(since)
        if self.error is not None:
            raise self.error
        return self.heard


def wire(*headlines: Headline, name: str = "naver") -> Wire:
    """Return a source that tells headlines."""
    return Wire(Heard(headlines=headlines), name=name)


@dataclass(slots=True, kw_only=True)
class Room:
    """An analyzer with all that it works with."""

    says: Says = field(default=lambda _: reply())
    policy: NewsPolicy = field(default_factory=NewsPolicy)
    facts: FactStore | None = None
    book: MemoryNewsBook = field(default_factory=MemoryNewsBook)
    clock: ManualClock = field(default_factory=lambda: ManualClock(NINE + timedelta(hours=6)))
    judges: Judges = field(init=False)
    bus: MemoryBus = field(init=False)

    def __post_init__(self) -> None:
        """Open the bus and seat the judges."""
        self.judges = Judges(self.says)
        self.bus = MemoryBus(self.clock)

    @property
    def analyzer(self) -> Analyzer:
        """The analyzer of this room."""
        return Analyzer(
            book=self.book,
            keys=self.bus.keys,
            models=self.judges,
            prompt=packaged(PACKAGE, PROMPT),
            peers=Neighbours(),
            clock=self.clock,
            policy=self.policy,
            facts=self.facts,
        )
