"""One part of the news pipeline in a process of its own, for `news_kills` to kill.

    python -m benchmarks.news_child collector|analyzer|archiver FOLDER ITEMS BEGUN SECONDS

The source is made from a seed: ITEMS headlines that come out evenly over SECONDS from BEGUN, epoch
seconds. The model answers by the hash of a question, and now and then not at all.
"""

import asyncio
import hashlib
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import numpy as np

from jennie_cli.adapters.bars import MinuteFiles, PanelFiles
from jennie_cli.adapters.passages import ArchiveFile, SqliteMeanings, SqliteTexts
from jennie_cli.adapters.redis import RedisBus, make_bus
from jennie_cli.adapters.sql import SqlFacts, connect
from jennie_cli.adapters.sql.news import SqlNewsBook
from jennie_cli.adapters.system import SystemClock
from jennie_cli.engine.bus import BusPolicy
from jennie_cli.engine.bus.names import ANALYZER, ARCHIVER
from jennie_cli.engine.feed import Heard
from jennie_cli.engine.llm import Answer, NoAnswer, Request, packaged
from jennie_cli.engine.model import Headline, NewsKind
from jennie_cli.engine.news import (
    PACKAGE,
    PROMPT,
    Analyzer,
    Archiver,
    Collector,
    Consumer,
    Handler,
    NewsPolicy,
    SectorPeers,
)
from jennie_cli.engine.store import HashedNgrams, HybridArchive

T = TypeVar("T")
POLICY = NewsPolicy(wait_s=0.05, claim_every_s=1.0, outage_pause_s=0.1, batch=20)
ANSWER_S = 0.004
UNANSWERED = 25
"""One question in so many gets no answer."""

ROOT = datetime(2026, 3, 3, 0, tzinfo=UTC)
READY = "ready"


def headline(number: int) -> Headline:
    """Return the headline of a number; every tenth is long, every seventh of no stock."""
    code = "" if number % 7 == 0 else f"{number % 50 + 1:05d}0"
    return Headline(
        kind=NewsKind.STOCK if code else NewsKind.MARKET,
        title=f"가온칩스텍 {number}번째 공급계약 소식 {number * 7919 % 1000}억",
        at=ROOT + timedelta(seconds=number),
        source="bench",
        publisher="가상경제",
        url=f"https://news.example/{number}?utm_source=x",
        code=code,
        name=f"회사{code}" if code else "",
        body="본문 문장입니다. " * 80 if number % 10 == 0 else "",
    )


@dataclass(frozen=True, slots=True)
class Source:
    """Tells all that has come out, again and again."""

    items: int
    begun: float
    seconds: float
    name: str = "bench"

    async def latest(self, since: datetime) -> Heard:
        """Return what has come out until now."""
        del since
        share = (time.time() - self.begun) / self.seconds
        out = max(0, min(self.items, int(self.items * share)))
        return Heard(headlines=tuple(headline(number) for number in range(out)))


class Model:
    """Answers after a moment, by the hash of the question."""

    async def ask(self, request: Request[T]) -> Answer[T]:
        """Return an answer. Raises NoAnswer now and then."""
        await asyncio.sleep(ANSWER_S)
        dice = hashlib.sha256(request.messages[-1].text.encode()).digest()
        if dice[0] % UNANSWERED == 0:
            raise NoAnswer("Nobody answered.")
        said = {
            "sentiment": {"score": dice[1] % 101, "reason": "까닭"},
            "competitor_risk": {
                "is_detected": False,
                "type": "NONE",
                "benefit_score": 0,
                "reason": "",
            },
        }
        return Answer(
            value=request.shape.read(said),
            provider="bench",
            model="bench",
            tokens_in=0,
            tokens_out=0,
            usd_micro=0,
            latency_s=ANSWER_S,
            attempts=1,
            prompt_sha256=request.prompt.sha256,
            key=request.key,
        )


def bus_in(folder: Path) -> RedisBus:
    """Return the bus of a folder."""
    return make_bus(
        url=None,
        folder=folder / "bus",
        runtime=folder / "run",
        steady=SystemClock(),
        rng=np.random.default_rng(1),
        policy=BusPolicy(timeout_s=10.0),
    )


def book_in(folder: Path) -> tuple[SqlNewsBook, SqlFacts]:
    """Return the book and the facts of a folder."""
    engine = connect(f"sqlite:///{folder / 'news.sqlite'}")
    facts = SqlFacts(
        engine, panels=PanelFiles(folder / "panel"), minutes=MinuteFiles(folder / "minutes")
    )
    return SqlNewsBook(engine, profile="sim", market="imported"), facts


@asynccontextmanager
async def archive_in(folder: Path) -> AsyncIterator[HybridArchive]:
    """Open the archive of a folder."""
    file, model = ArchiveFile(folder / "archive.sqlite"), HashedNgrams()
    meanings = SqliteMeanings(file, model=model.name, width=model.width)
    try:
        yield HybridArchive(SqliteTexts(file), meanings, model)
    finally:
        await file.close()


async def main(part: str, folder: Path, items: int, begun: float, seconds: float) -> None:
    """Be one part until killed."""
    bus = bus_in(folder)
    await bus.open()
    if part == "collector":
        await _collect(bus, Source(items, begun, seconds))
    elif part == "analyzer":
        book, facts = book_in(folder)
        handler = Analyzer(
            book=book,
            keys=bus.keys,
            models=Model(),
            prompt=packaged(PACKAGE, PROMPT),
            peers=SectorPeers(members={}, most=0),
            clock=SystemClock(),
            policy=POLICY,
            facts=facts,
        )
        await _consume(bus, handler, part)
    else:
        async with archive_in(folder) as archive:
            await _consume(bus, Archiver(archive=archive, policy=POLICY), part)


async def _collect(bus: RedisBus, source: Source) -> None:
    collector = Collector(bus=bus, sources=[source], clock=SystemClock(), policy=POLICY)
    print(READY, flush=True)
    while True:
        await collector.collect()
        await asyncio.sleep(0.02)


async def _consume(bus: RedisBus, handler: Handler, part: str) -> None:
    consumer = Consumer(
        bus.streams,
        ANALYZER if part == "analyzer" else ARCHIVER,
        handler,
        name=part,
        policy=POLICY,
        deliveries=3,
        steady=SystemClock(),
    )
    print(READY, flush=True)
    await consumer.run()


if __name__ == "__main__":
    PART, FOLDER, ITEMS, BEGUN, SECONDS = sys.argv[1:]
    asyncio.run(main(PART, Path(FOLDER), int(ITEMS), float(BEGUN), float(SECONDS)))
