"""Texts in pieces, each kept once."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import pytest

from jennie_cli.engine.bus import Message
from jennie_cli.engine.errors import OutsideError
from jennie_cli.engine.news import Archiver, NewsPolicy, encoded, passages
from jennie_cli.engine.news.archiving import pieces_of
from jennie_cli.engine.store import Found, Passage, Sought
from jennie_cli.testing.news_exam import item


@dataclass(slots=True)
class Shelf:
    """An archive that can be away."""

    kept: dict[str, Passage] = field(default_factory=dict)
    away: bool = False

    async def put(self, passages: Sequence[Passage]) -> int:
        """Keep passages."""
        await self.size()
        new = [piece for piece in passages if piece.id not in self.kept]
        self.kept |= {piece.id: piece for piece in new}
        return len(new)

    async def search(self, sought: Sought) -> tuple[Found, ...]:
        """Find nothing."""
        raise NotImplementedError(sought)

    async def forget(self, before: datetime) -> int:
        """Forget nothing."""
        raise NotImplementedError(before)

    async def size(self) -> int:
        """Return how many are kept."""
        if self.away:
            raise OutsideError("the archive is away")
        return len(self.kept)

    async def close(self) -> None:
        """Do nothing."""


@pytest.mark.parametrize(
    ("letters", "pieces"), [(0, [0]), (1, [1]), (500, [500]), (501, [500, 51]), (950, [500, 500])]
)
def test_pieces_overlap(letters: int, pieces: list[int]) -> None:
    """Every letter is in one, and no piece is only what the last one had."""
    text = "가나다라마바사아자차" * 100
    found = pieces_of(text[:letters], 500, 50)
    assert pieces == [len(piece) for piece in found]
    assert text[:letters] == found[0] + "".join(piece[50:] for piece in found[1:])


def test_a_text_is_archived_once_whole() -> None:
    """Title and body, with stock, source and both moments; a second time adds nothing."""
    shelf = Shelf()
    archiver = Archiver(archive=shelf, policy=NewsPolicy())
    sent = item(body="본문 " * 200)
    message = Message(id="1-0", fields=encoded(sent))
    for _ in range(2):
        assert {} == asyncio.run(archiver.handle([message, message]))
    first = passages(sent, NewsPolicy())[0]
    assert 2 == len(shelf.kept)
    assert shelf.kept[first.id] == first
    assert first.text.startswith("가온칩스텍, 100억 공급계약 체결\n본문")
    assert ("000010", sent.known_at, sent.headline.at) == (first.code, first.known_at, first.at)


def test_what_holds_no_news_is_named() -> None:
    """The rest is archived."""
    shelf = Shelf()
    archiver = Archiver(archive=shelf, policy=NewsPolicy())
    bad = Message(id="1-0", fields={"metadata": "{"})
    good = Message(id="2-0", fields=encoded(item()))
    assert {"1-0": "BadMessage: metadata: no JSON"} == asyncio.run(archiver.handle([bad, good]))
    assert {"1-0"} == set(asyncio.run(archiver.handle([bad])))
    assert 1 == len(shelf.kept)


def test_an_archive_that_is_away_says_so() -> None:
    """Before anything is taken."""
    archiver = Archiver(archive=Shelf(away=True), policy=NewsPolicy())
    with pytest.raises(OutsideError, match="away"):
        asyncio.run(archiver.ready())
