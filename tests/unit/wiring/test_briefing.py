"""The briefing of a home goes to its chats and to its bus."""

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.unit.commands.briefing_home import briefing_home
from tests.unit.wiring.short_home import house_at

from jennie_cli.engine.briefing import Briefing, Fate
from jennie_cli.engine.bus.names import DAILY_BRIEFING
from jennie_cli.engine.errors import InputError, OutsideError
from jennie_cli.engine.notify import MemoryChat
from jennie_cli.engine.store.codec import from_json
from jennie_cli.settings import Profile
from jennie_cli.wiring.briefing import _provider, make_briefing, send_briefing
from jennie_cli.wiring.bus import open_bus_of


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Lend a home with an account."""
    with briefing_home(monkeypatch):
        yield Path(os.environ["JENNIE_HOME"])  # noqa: TID251  # the home that the test was lent


def test_a_briefing_is_told_to_the_bus_and_once_to_each_chat(home: Path) -> None:
    """Without one of today nothing is sent; a second call sends nothing; `again` does."""
    chat = MemoryChat()
    with pytest.raises(InputError, match="today"):
        asyncio.run(send_briefing(house_at(home), chat, (1, 2)))
    made = asyncio.run(make_briefing(house_at(home)))
    assert made.untold is None
    _, told = asyncio.run(send_briefing(house_at(home), chat, (1, 2)))
    _, second = asyncio.run(send_briefing(house_at(home), chat, (1, 2)))
    _, third = asyncio.run(send_briefing(house_at(home), chat, (2,), again=True))
    assert [[Fate.SENT] * 2, [Fate.ALREADY] * 2, [Fate.SENT]] == [
        [one.fate for one in each] for each in (told, second, third)
    ]
    assert [1, 2, 2] == [to for to, _ in chat.sent]
    assert all(html.startswith("<b>") for _, html in chat.sent)
    assert made.briefing == asyncio.run(copied(home))


async def copied(home: Path) -> Briefing | None:
    """Return the briefing that the bus has."""
    async with open_bus_of(house_at(home)) as bus:
        found = await bus.keys.get(DAILY_BRIEFING)
    return None if found is None else from_json(Briefing, found)


def test_what_cannot_be_read_is_a_gap_with_its_reason(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Macro, council, scout and news may all be away; the account is told all the same."""

    def away(*_: object, **__: object) -> object:
        raise OutsideError("The store is away.", hint="Look after it.")

    for name in ("macro_store_of", "insights_of", "news_book", "_lists"):
        monkeypatch.setattr(f"jennie_cli.wiring.briefing.{name}", away)
    monkeypatch.setattr("jennie_cli.wiring.briefing.RecordedSource", away)
    told = asyncio.run(make_briefing(house_at(home))).briefing
    assert told is not None
    assert dict.fromkeys(("macro", "council", "scout", "news"), "The store is away.") == told.gaps
    assert (None, None, None) == (told.news, told.watch, told.weather.kospi)
    assert told.worth is not None


def test_an_invented_world_is_shown_to_nobody_who_is_paid(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Claude where its key is stored, whom a setting names, else the tier's."""
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-planted-0123456789")
    given = {"briefing.provider": "openai"}
    named = (
        (house_at(home), None),
        (house_at(home, given=given), "openai"),
        (house_at(home, Profile.PAPER), "claude"),
    )
    assert [who for _, who in named] == [_provider(house) for house, _ in named]
