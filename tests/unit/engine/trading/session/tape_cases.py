"""Past sessions played with the recorder between the exchange and the machine."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from tests.unit.engine.research.walk_cases import (
    CALENDAR,
    CODE,
    MONEY,
    POLICIES,
    past,
    quiet,
    still,
)

from jennie_cli.engine.errors import JennieError
from jennie_cli.engine.research import rehearsal
from jennie_cli.engine.research.past import PastSession
from jennie_cli.engine.research.rehearsal import rehearse
from jennie_cli.engine.research.walk_account import open_account
from jennie_cli.engine.research.walk_stage import WalkPolicies
from jennie_cli.engine.trading.session import Decision
from jennie_cli.engine.trading.session.tape import Beginning
from jennie_cli.engine.trading.session.taping import TapedDay

BY = "9.8.7"
"""The version that wrote the tapes of the tests."""

STOP_LOSS = past(
    {CODE: [*quiet(), *still(3, 9_900), (9_900, 9_900, 9_000, 9_100), *still(5, 9_100)]}
)
"""A stock that is bought, falls, and is sold."""


class Lines:
    """A tape in memory; a `full` one takes no more lines than that."""

    def __init__(self, full: JennieError | None = None, room: int = 0) -> None:
        self.lines: list[bytes] = []
        self._full, self._room = full, room

    def write(self, line: bytes) -> None:
        """Keep a line."""
        if self._full is not None and len(self.lines) >= self._room:
            raise self._full
        self.lines.append(line)


def never(error: JennieError) -> None:
    """Fail: this tape has room for all."""
    raise error


def recorded(
    session: PastSession,
    *,
    tape: Lines | None = None,
    money: int = MONEY,
    policies: WalkPolicies = POLICIES,
    lost: Callable[[JennieError], None] = never,
) -> tuple[tuple[Decision, ...], list[bytes]]:
    """Return what is decided in a session, and its tape with its end."""
    kept, days = tape or Lines(), list[TapedDay]()

    def made(morning: Any, opening: Any, **given: Any) -> TapedDay:
        beginning = Beginning(
            morning=morning,
            opening=opening,
            policies=given.pop("policies"),
            since=given.pop("since"),
            grace_s=given.pop("grace_s"),
        )
        days.append(TapedDay(beginning, kept, by=BY, lost=lost, **given))
        return days[0]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rehearsal, "TradingDay", made)
        decisions, _ = rehearse(session, open_account(money), policies, calendar=CALENDAR)
    days[0].take_records()
    days[0].end()
    return decisions, kept.lines


def words(lines: Sequence[bytes]) -> list[str]:
    """Return the word of each line but the first."""
    return [line.split(b'"', 2)[1].decode() for line in lines[1:]]
