"""Cuts texts into pieces for the archive. A piece has the same id every time it is cut."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from jennie_cli.engine.bus import Message
from jennie_cli.engine.news.message import BadMessage, NewsItem, decoded
from jennie_cli.engine.news.policy import NewsPolicy
from jennie_cli.engine.store import Archive, Passage

_SPACE = uuid.UUID("6f6a2f0e-6d2b-5c1c-9a55-0d6c1f3f7a11")


@dataclass(frozen=True, slots=True, kw_only=True)
class Archiver:
    """The handler that keeps raw texts for searching."""

    archive: Archive
    policy: NewsPolicy

    async def ready(self) -> None:
        """Return if the archive answers. Raises OutsideError."""
        await self.archive.size()

    async def handle(self, messages: Sequence[Message]) -> Mapping[str, str]:
        """Archive what is new; return why some messages hold no news."""
        why: dict[str, str] = {}
        found: dict[str, Passage] = {}
        for message in messages:
            try:
                pieces = passages(decoded(message.fields), self.policy)
            except BadMessage as bad:
                why[message.id] = f"{type(bad).__name__}: {bad}"
            else:
                found |= {piece.id: piece for piece in pieces}
        if found:
            await self.archive.put(tuple(found.values()))
        return why


def passages(item: NewsItem, policy: NewsPolicy) -> tuple[Passage, ...]:
    """Return the pieces of a text, its title first, neighbours overlapping."""
    told = item.headline
    text = f"{told.title}\n{told.body}" if told.body else told.title
    return tuple(
        Passage(
            id=str(uuid.uuid5(_SPACE, f"{item.id}:{number}")),
            text=piece,
            title=told.title,
            at=told.at,
            known_at=item.known_at,
            kind=told.kind,
            source=told.source,
            publisher=told.publisher,
            url=told.url,
            code=told.code,
            name=told.name,
        )
        for number, piece in enumerate(pieces_of(text, policy.chunk, policy.overlap))
    )


def pieces_of(text: str, longest: int, overlap: int) -> tuple[str, ...]:
    """Return pieces of at most `longest` letters; each begins `overlap` before the last ends."""
    last = max(len(text) - overlap, 1)
    return tuple(text[first : first + longest] for first in range(0, last, longest - overlap))
