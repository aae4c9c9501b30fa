"""Where news comes from: one place that is asked now and then what is new."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from jennie_cli.engine.feed.fetch import FetchFailed
from jennie_cli.engine.model import Headline


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What a source told, oldest first, and which of its pages were not had."""

    headlines: tuple[Headline, ...] = ()
    failures: tuple[FetchFailed, ...] = ()


class NewsSource(Protocol):
    """A site, a feed, a channel or a register."""

    @property
    def name(self) -> str:
        """The name that settings, logs and headlines know it by."""
        ...

    async def latest(self, since: datetime) -> Heard:
        """Return what was published from a moment on; a page that fails is told, not raised.

        The same text may come again on the next call: who listens drops what it knows.
        """
        ...
