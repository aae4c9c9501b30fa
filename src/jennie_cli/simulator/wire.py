"""The news wire of a generated market: its own headlines, told as a source tells them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from jennie_cli.engine.clock import KST
from jennie_cli.engine.feed import Heard
from jennie_cli.engine.model import Headline, NewsKind
from jennie_cli.engine.store import Dataset, FactStore

SIMULATED = "SIMULATED"
"""Stands before the publisher of every headline of an invented world."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneratedNews:
    """What a generated market's facts tell of its stocks, as `now` knows them.

    Sentiment and importance, which the world knows of its own headlines, are not told.
    """

    facts: FactStore
    now: Callable[[], datetime]
    name: str = "sim"

    async def latest(self, since: datetime) -> Heard:
        """Return the headlines from a moment on, oldest first."""
        now = self.now()
        rows = self.facts.read(Dataset.HEADLINES, as_of=now, since=since.astimezone(KST).date())
        master = self.facts.read(Dataset.STOCK_MASTER, as_of=now)
        names = dict(zip(master["code"], master["name"], strict=True))
        columns = (rows[c] for c in ("published_at", "code", "title", "publisher", "id"))
        told = sorted(row for row in zip(*columns, strict=True) if row[0] >= since.timestamp())
        return Heard(
            headlines=tuple(
                Headline(
                    kind=NewsKind.STOCK,
                    title=title,
                    at=datetime.fromtimestamp(int(at), KST),
                    source=self.name,
                    publisher=f"{SIMULATED} {publisher}",
                    url=f"https://news.sim.invalid/{id_}",
                    code=code,
                    name=names.get(code, ""),
                )
                for at, code, title, publisher, id_ in told
            )
        )
