"""Judges texts: each is asked about by itself, kept once, and told to who reads it.

The row comes first and is one transaction with its events; what follows from it (facts, the keys of
the bus) is made from what the book holds, so that doing it twice changes nothing. A question that
fails leaves a row without a score, which a later back-fill asks again: never a middle value.
"""

import asyncio
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import orjson

from jennie_cli.engine.bus import Keys, Message
from jennie_cli.engine.bus.names import SENTIMENT
from jennie_cli.engine.clock import Clock
from jennie_cli.engine.data import HOT_FILINGS, read_filing
from jennie_cli.engine.errors import JennieError
from jennie_cli.engine.llm import Answer, ModelFailed, Models, PromptText, Request
from jennie_cli.engine.model import Headline, NewsKind
from jennie_cli.engine.news.asking import news_request
from jennie_cli.engine.news.benefits import SAME_WITHIN, events_of, tell_benefits
from jennie_cli.engine.news.book import NewsBook, NewsRow, NewsStatus
from jennie_cli.engine.news.classifier import classify
from jennie_cli.engine.news.facts import fact_batches
from jennie_cli.engine.news.judgement import NewsReply
from jennie_cli.engine.news.message import BadMessage, NewsItem, decoded
from jennie_cli.engine.news.peers import Peers
from jennie_cli.engine.news.policy import NewsPolicy
from jennie_cli.engine.news.sentiment import WINDOW, lately, sentiment_document
from jennie_cli.engine.store import FactStore

LOG = logging.getLogger(__name__)

_MOST_ROWS = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Analyzer:
    """The handler of raw texts.

    `clock` is the market's. `facts` is None where the market tells its headlines itself.
    """

    book: NewsBook
    keys: Keys
    models: Models
    prompt: PromptText
    peers: Peers
    clock: Clock
    policy: NewsPolicy
    facts: FactStore | None = None

    async def ready(self) -> None:
        """Return if the book can be written. Raises OutsideError."""
        self.book.put(())

    async def handle(self, messages: Sequence[Message]) -> Mapping[str, str]:
        """Judge what is new, tell what is known; return why some messages hold no news."""
        why: dict[str, str] = {}
        items: dict[str, NewsItem] = {}
        for message in messages:
            try:
                item = decoded(message.fields)
            except BadMessage as bad:
                why[message.id] = f"{type(bad).__name__}: {bad}"
            else:
                items.setdefault(item.id, item)
        await self.analyze(items.values())
        return why

    async def analyze(self, items: Iterable[NewsItem]) -> tuple[NewsRow, ...]:
        """Return the rows of items, judged now unless they are in the book."""
        wanted = {item.id: item for item in items}
        there = self.book.find(tuple(wanted))
        rows = await self._judged(item for id_, item in wanted.items() if id_ not in there)
        await self._kept(rows)
        self._recorded([*there.values(), *rows])
        await self._told([*there.values(), *rows])
        return rows

    async def backfill(self, most: int) -> tuple[NewsRow, ...]:
        """Ask again about rows that nobody judged, longest asked first; return what became of them.

        The facts come first: a row that the book has as judged is asked about no more.
        """
        rows = await self._judged(row.item for row in self.book.failed(most))
        self._recorded(rows)
        await self._kept(rows)
        await self._told(rows)
        return rows

    async def _judged(self, items: Iterable[NewsItem]) -> tuple[NewsRow, ...]:
        turns = asyncio.Semaphore(self.policy.concurrency)

        async def judged(item: NewsItem) -> NewsRow:
            async with turns:
                return await self._judge(item)

        tasks = [asyncio.ensure_future(judged(item)) for item in items]
        try:
            return tuple(await asyncio.gather(*tasks))
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _judge(self, item: NewsItem) -> NewsRow:
        """Ask about one text; what is about no stock is kept unasked."""
        told = item.headline
        category = classify(f"{told.title} {told.body}").name
        if not is_asked_about(told):
            return NewsRow(
                item=item,
                category=category,
                status=NewsStatus.NOT_ASKED,
                judged_at=self.clock.now(),
            )
        request = news_request(told, self.prompt, max_tokens=self.policy.max_tokens)
        try:
            answer = await self.models.ask(request)
        except JennieError as failed:
            return NewsRow(
                item=item,
                category=category,
                status=NewsStatus.FAILED,
                judged_at=self.clock.now(),
                failure=_failure(failed),
            )
        return self._row(item, category, request, answer)

    def _row(
        self, item: NewsItem, category: str, request: Request[NewsReply], answer: Answer[NewsReply]
    ) -> NewsRow:
        reply = answer.value
        return NewsRow(
            item=item,
            category=category,
            status=NewsStatus.OK,
            judged_at=self.clock.now(),
            score=reply.sentiment.score,
            reason=reply.sentiment.reason,
            risk=reply.risk,
            benefit_score=reply.competitor_risk.benefit_score,
            risk_reason=reply.competitor_risk.reason,
            provider=answer.provider,
            model=answer.model,
            prompt=f"{request.prompt.name}.{request.prompt.version}",
            reply_key=request.key,
            simulated=answer.simulated,
        )

    async def _kept(self, rows: Sequence[NewsRow]) -> None:
        if not rows:
            return
        known = self.book.events(since=min(row.judged_at for row in rows) - SAME_WITHIN)
        self.book.put(rows, events_of(rows, peers=self.peers, known=known))

    async def _told(self, rows: Sequence[NewsRow]) -> None:
        """Tell the bus what the book says of the stocks of some rows."""
        judged = [row for row in rows if row.status is NewsStatus.OK]
        if not judged:
            return
        ids = {row.item.id for row in judged}
        since = min(row.judged_at for row in judged) - SAME_WITHIN
        events = [e for e in self.book.events(since=since) if e.news_id in ids]
        await tell_benefits(self.keys, events)
        values = {}
        for code in sorted({row.item.headline.code for row in judged}):
            if (document := self._sentiment(code)) is not None:
                values[SENTIMENT.of(code)] = document
        await self.keys.put_all(values)

    def _recorded(self, rows: Sequence[NewsRow]) -> None:
        if self.facts is not None and rows:
            self.facts.write(fact_batches(rows))

    def _sentiment(self, code: str) -> str | None:
        since = self.clock.now() - WINDOW
        found = lately(self.book.newest(code=code, since=since, most=_MOST_ROWS))
        return None if found is None else orjson.dumps(sentiment_document(found)).decode()


def is_asked_about(told: Headline) -> bool:
    """Tell whether a text may move the price of one stock: news of it, or a filing that is news."""
    if not told.code:
        return False
    if told.kind is NewsKind.FILING:
        return read_filing(told.title).category in HOT_FILINGS
    return told.kind is NewsKind.STOCK


def _failure(failed: JennieError) -> str:
    return f"{failed.code}:{failed.kind}" if isinstance(failed, ModelFailed) else failed.code
