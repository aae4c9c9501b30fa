"""A daily look at every source: does it still tell what it should, and if not, what is wrong."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from jennie_cli.engine.feed.fetch import FetchKind
from jennie_cli.engine.feed.news import NewsSource


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceHealth:
    """What one source told: how many headlines, the newest moment, and each kind of failure with
    what was said of it. `silent_ok` says that a source may have nothing to tell.
    """

    source: str
    headlines: int
    newest: datetime | None
    failures: tuple[tuple[FetchKind, str], ...] = ()
    silent_ok: bool = False

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong: something was told, or need not be, and nothing failed."""
        return not self.failures and (self.headlines > 0 or self.silent_ok)


async def look_at(
    sources: Sequence[NewsSource], since: datetime, *, silent_ok: frozenset[str] = frozenset()
) -> tuple[SourceHealth, ...]:
    """Return how each source is, asking one after the other what it has from a moment on.

    `silent_ok` names the sources that may have nothing.
    """
    found: list[SourceHealth] = []
    for source in sources:
        heard = await source.latest(since)
        found.append(
            SourceHealth(
                source=source.name,
                headlines=len(heard.headlines),
                newest=max((h.at for h in heard.headlines), default=None),
                failures=tuple((f.kind, f.message) for f in heard.failures),
                silent_ok=source.name in silent_ok,
            )
        )
    return tuple(found)
