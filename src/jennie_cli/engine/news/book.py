"""The port to what was made of each text, and of the events that competitors profit from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from jennie_cli.engine.news.judgement import Risk
from jennie_cli.engine.news.message import NewsItem


class NewsStatus(StrEnum):
    """What became of the question about a text."""

    OK = "OK"
    FAILED = "FAILED"
    NOT_ASKED = "NOT_ASKED"
    """It is about no stock, so that no score of a stock could come of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsRow:
    """One text and its judgement.

    `score` is 0..100 and None unless the status is OK; `failure` names why there is none.
    `reason` was written by a model from a stranger's words. `benefit_score` is the model's, 0..20.
    """

    item: NewsItem
    category: str
    status: NewsStatus
    judged_at: datetime
    score: int | None = None
    reason: str = ""
    risk: Risk = Risk.NONE
    benefit_score: int = 0
    risk_reason: str = ""
    provider: str = ""
    model: str = ""
    prompt: str = ""
    reply_key: str = ""
    simulated: bool = False
    failure: str | None = None


class EventStatus(StrEnum):
    """Whether competitors still profit."""

    ACTIVE = "ACTIVE"
    EXPIRED = "EXPIRED"


@dataclass(frozen=True, slots=True, kw_only=True)
class BenefitEvent:
    """What befell one company (`affected`), and what it is worth to one competitor (`code`).

    `points` are those of the first day, 0..20. `actual_return_pct` is the competitor's return from
    detection to expiry, filled in when it expires, None where the closes are not known.
    """

    id: str
    news_id: str
    affected: str
    affected_name: str
    code: str
    name: str
    sector: str
    risk: Risk
    category: str
    points: float
    confidence: str
    reason: str
    detected_at: datetime
    expires_at: datetime
    status: EventStatus = EventStatus.ACTIVE
    actual_return_pct: float | None = None


class NewsBook(Protocol):
    """Keeps rows by id and events by id. Every call raises OutsideError on failure."""

    def find(self, ids: Sequence[str]) -> Mapping[str, NewsRow]:
        """Return the rows that are there, by id."""
        ...

    def put(self, rows: Sequence[NewsRow], events: Sequence[BenefitEvent] = ()) -> None:
        """Keep rows and events together; one of the same id takes the place of the older."""
        ...

    def failed(self, most: int) -> tuple[NewsRow, ...]:
        """Return rows that nobody judged because asking failed, those asked longest ago first: what
        always fails must not keep the rest from its turn.
        """
        ...

    def newest(
        self, *, code: str | None = None, since: datetime | None = None, most: int = 50
    ) -> tuple[NewsRow, ...]:
        """Return the rows published last, newest first, of a stock or of all."""
        ...

    def events(
        self, *, since: datetime | None = None, status: EventStatus | None = None
    ) -> tuple[BenefitEvent, ...]:
        """Return events detected from a moment on, oldest first."""
        ...
