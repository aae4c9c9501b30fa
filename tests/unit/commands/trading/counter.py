"""Where trade commands are called one after another, over a trading room made by hand."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple

from tests.unit.engine.trading.little_room import LittleRoom
from typer.testing import CliRunner

from jennie_cli.commands import trade
from jennie_cli.commands.output import Output
from jennie_cli.commands.session import Session
from jennie_cli.settings import Lang, Masker, Options, Profile


class Heard(NamedTuple):
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        """The one JSON document."""
        found: dict[str, Any] = json.loads(self.out)
        return found

    @property
    def error(self) -> dict[str, Any]:
        """The error of the document."""
        found: dict[str, Any] = self.document["error"]
        return found


class TradingHouse:
    """A house of which only the trading room is open."""

    def __init__(self) -> None:
        """Open on a calm morning."""
        self.room = LittleRoom()
        self.opened = 0
        self.broken: Exception | None = None

    @asynccontextmanager
    async def trading(self) -> AsyncIterator[LittleRoom]:
        """Lend the room."""
        self.opened += 1
        if self.broken is not None:
            raise self.broken
        yield self.room


class Counter:
    """One home at which trade commands are typed."""

    def __init__(self, home: Path) -> None:
        """Start with nothing ordered."""
        self.house = TradingHouse()
        self.home = home
        self.profile = Profile.SIM
        self.verbosity = 0
        self.given: dict[str, str] = {}

    @property
    def room(self) -> LittleRoom:
        """The room behind the commands."""
        return self.house.room

    def call(self, *words: str, typed: str = "", as_json: bool = True, lang: str = "ko") -> Heard:
        """Type a command, and `typed` at what it asks; errors are raised."""
        out, err = StringIO(), StringIO()
        options = Options(
            home=self.home,
            json=as_json,
            profile=self.profile,
            lang=Lang(lang),
            verbosity=self.verbosity,
            given=self.given,
        )
        session = Session(options, Output(as_json=as_json, stdout=out, stderr=err), Masker(()))
        session.__dict__["house"] = self.house
        done = CliRunner().invoke(trade.app, words, obj=session, input=typed)
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return Heard(done.exit_code, out.getvalue(), err.getvalue() + done.stderr)

    def page(self, *words: str, lang: str = "ko", typed: str = "") -> Heard:
        """Type a command whose answer a person reads."""
        return self.call(*words, typed=typed, as_json=False, lang=lang)
