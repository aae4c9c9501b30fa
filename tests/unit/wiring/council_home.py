"""A home of an imported market with a briefing, and sages told what to say."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.unit.engine.council.sages import FakeModels
from tests.unit.wiring.short_home import house_at, short_home

from jennie_cli.engine.clock import KST
from jennie_cli.engine.store import Dataset
from jennie_cli.testing import bars, batch
from jennie_cli.wiring import House

DAY = date(2026, 3, 4)
SATURDAY = date(2026, 2, 28)
POSTED = datetime(2026, 3, 4, 7, 2, tzinfo=KST)
BRIEFING = "밤사이 미국장은 " + "가" * 300


@contextmanager
def council_home(*, briefing: bool = True) -> Iterator[Path]:
    """Lend a home whose newest day is DAY, with or without a briefing of that morning."""
    with short_home() as root:
        house = house_at(root)
        days = (DAY - timedelta(days=1), DAY)
        batches = [bars(*(("005930", day, 100, 101, 99, 100, 10) for day in days))]
        if briefing:
            seconds = int(POSTED.timestamp())
            batches.append(
                batch(
                    Dataset.CHANNEL_POSTS,
                    [("hedgecat0301", 1, seconds, BRIEFING)],
                    "channel",
                    "post",
                    "posted_at",
                    "text",
                    known_at=lambda _: POSTED,
                )
            )
        house.imported_facts.write(batches)
        house.close()
        yield root


def seat(monkeypatch: pytest.MonkeyPatch, models: FakeModels) -> None:
    """Let these models answer in every home."""

    @asynccontextmanager
    async def opened(house: House) -> AsyncIterator[Any]:
        del house
        yield models

    monkeypatch.setattr("jennie_cli.wiring.council.open_models", opened)
