"""The daily look names what is wrong with a source."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime

from jennie_cli.engine.feed import FetchFailed, FetchKind, Heard, SourceHealth, look_at
from jennie_cli.engine.model import Headline, NewsKind

SINCE = datetime(2026, 3, 1, tzinfo=UTC)
AT = datetime(2026, 3, 4, tzinfo=UTC)
TOLD = Headline(kind=NewsKind.STOCK, title="수주", at=AT, source="one")


@dataclass(frozen=True, slots=True)
class Saying:
    """A source that says one thing."""

    name: str
    heard: Heard

    async def latest(self, since: datetime) -> Heard:
        """Say it."""
        assert since == SINCE
        return self.heard


def test_each_source_is_ok_or_what_is_wrong_is_named() -> None:
    """Silence is wrong unless the source may be silent; a failure is wrong beside headlines too."""
    failed = FetchFailed("It changed.", kind=FetchKind.LAYOUT_CHANGED)
    sources = (
        Saying("one", Heard(headlines=(TOLD,))),
        Saying("two", Heard(headlines=(TOLD,), failures=(failed,))),
        Saying("three", Heard()),
        Saying("four", Heard()),
    )
    found = asyncio.run(look_at(sources, SINCE, silent_ok=frozenset({"four"})))
    assert [("one", True), ("two", False), ("three", False), ("four", True)] == [
        (health.source, health.ok) for health in found
    ]
    assert (AT, 1) == (found[0].newest, found[0].headlines)
    assert ((FetchKind.LAYOUT_CHANGED, "It changed."),) == found[1].failures
    assert SourceHealth(source="three", headlines=0, newest=None) == found[2]
