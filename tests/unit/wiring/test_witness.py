"""The clock of the host, read from its answers."""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jennie_cli.adapters.kis import Reply
from jennie_cli.engine.clock import KST, ManualClock
from jennie_cli.kis_wire import TRS, Tr
from jennie_cli.wiring.witness import Witness

NOON = datetime(2026, 11, 23, 12, 0, 0, tzinfo=KST)


class Host:
    """Answers after a while, with the Date header of a clock that ours is ahead of."""

    def __init__(self, clock: ManualClock, ahead_s: float, takes_s: float = 0.1) -> None:
        """Half of what a call takes goes by before the answer is made."""
        self.paper = True
        self.head: dict[str, str] | None = None
        self._clock = clock
        self._ahead = timedelta(seconds=ahead_s)
        self._half = takes_s / 2

    async def call(
        self,
        tr: Tr,
        *,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, str] | None = None,
        next_page: bool = False,
    ) -> Reply:
        """Answer."""
        del tr, query, body, next_page
        self._clock.advance(self._half)
        stamp = format_datetime((self._clock.now() - self._ahead).replace(microsecond=0))
        self._clock.advance(self._half)
        return Reply(head={"date": stamp} if self.head is None else self.head, body={})


def asked(witness: Witness) -> None:
    """Make one call."""
    asyncio.run(witness.call(TRS["price"]))


@given(
    ahead=st.floats(-100, 100),
    takes=st.floats(0.01, 2),
    pauses=st.lists(st.floats(0, 3), min_size=1, max_size=6),
)
def test_the_truth_lies_between_the_bounds(ahead: float, takes: float, pauses: list[float]) -> None:
    """Whatever the calls take and whenever they are made; more calls never widen the bounds."""
    clock = ManualClock(NOON)
    witness = Witness(Host(clock, ahead, takes), clock)
    width = float("inf")
    for pause in pauses:
        clock.advance(pause)
        asked(witness)
        least, most = witness.ahead_s or (0, 0)
        assert least - 1e-5 <= ahead <= most + 1e-5
        assert most - least <= width
        width = most - least
    assert width <= 1 + takes + 1e-5


@pytest.mark.parametrize(
    "head", [{}, {"date": "soon"}, {"date": "Mon, 23 Nov 2026 03:00:00 -0000"}, {"date": ""}]
)
def test_what_is_no_date_tells_nothing(head: dict[str, str]) -> None:
    """A header without its zone would be a guess."""
    clock = ManualClock(NOON)
    host = Host(clock, 0.0)
    host.head = head
    witness = Witness(host, clock)
    assert witness.paper
    asked(witness)
    assert witness.ahead_s is None
