"""A small archive by hand, and passages to put there."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

from jennie_cli.engine.model import NewsKind
from jennie_cli.engine.store import Passage
from jennie_cli.engine.store.memory_archive import MemoryArchive


def passage(
    title: str,
    at: datetime,
    *,
    code: str = "",
    kind: NewsKind = NewsKind.STOCK,
    known_after: timedelta = timedelta(minutes=1),
    text: str = "",
) -> Passage:
    """Return a text of one piece, known a minute after it was published."""
    return Passage(
        id=f"{title}{at.isoformat()}{code}",
        text=text or title,
        title=title,
        at=at,
        known_at=at + known_after,
        kind=kind,
        source="naver",
        url=f"https://x/{title}",
        code=code,
        name=code and f"회사{code}",
    )


def shelved(passages: Sequence[Passage]) -> MemoryArchive:
    """Return an archive that holds them."""
    archive = MemoryArchive()
    asyncio.run(archive.put(passages))
    return archive
