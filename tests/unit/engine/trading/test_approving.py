"""A buy waits on the bus for the first answer of a person."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from tests.unit.engine.risk.auto_cases import signal
from tests.unit.engine.trading.entry_room import WaitingClock

from jennie_cli.engine.bus import BusDown, MemoryBus
from jennie_cli.engine.bus.names import APPROVAL_ANSWER, APPROVAL_WAITING
from jennie_cli.engine.clock import KST
from jennie_cli.engine.model import OrderIntent, OrderType, Side
from jennie_cli.engine.risk import ApprovedOrder
from jennie_cli.engine.trading.approving import (
    Answer,
    BusApprovals,
    Waiting,
    answered,
    waiting_buys,
)

NOW = datetime(2025, 6, 30, 10, 0, tzinfo=KST)
SIGNAL = signal()
INTENT = OrderIntent(
    order_id="S1", code=SIGNAL.code, side=Side.BUY, type=OrderType.LIMIT, qty=7, price=71_000
)
ORDER = ApprovedOrder(intent=INTENT, checks=(), at=NOW)
WAITING = Waiting.of(ORDER, SIGNAL)


class Asked:
    """A buy that is asked about, on a bus in memory."""

    def __init__(self) -> None:
        """Ask nothing yet."""
        self.clock = WaitingClock(NOW)
        self.bus = MemoryBus(self.clock)
        self.told: list[Waiting] = []
        self.approvals = BusApprovals(self.bus.keys, self.clock, self.told.append)

    async def ask(self) -> asyncio.Task[bool]:
        """Begin to ask."""
        task = asyncio.create_task(self.approvals.ask(ORDER, SIGNAL))
        await self.turn()
        return task

    async def turn(self) -> None:
        """Let everybody who waits have a look."""
        await self.clock.pass_time(0.2)


def run(work: Callable[[Asked], Awaitable[None]]) -> None:
    """Work with a fresh bus."""

    async def whole() -> None:
        await work(Asked())

    asyncio.run(whole())


@pytest.mark.parametrize(("says", "leaves"), [(Answer.YES, True), (Answer.NO, False)])
def test_an_answer_from_another_process_decides(says: Answer, *, leaves: bool) -> None:
    """It is told once, seen by whoever lists, and gone afterwards."""

    async def work(asked: Asked) -> None:
        task = await asked.ask()
        assert [WAITING] == asked.told
        assert (WAITING,) == await waiting_buys(asked.bus.keys)
        assert not task.done()
        assert await answered(asked.bus.keys, WAITING, says)
        await asked.turn()
        assert leaves is await task
        assert () == await waiting_buys(asked.bus.keys)
        assert None is await asked.bus.keys.get(APPROVAL_ANSWER.of("S1"))

    run(work)


def test_the_first_answer_counts() -> None:
    """A yes after a no changes nothing."""

    async def work(asked: Asked) -> None:
        task = await asked.ask()
        assert await answered(asked.bus.keys, WAITING, Answer.NO)
        assert not await answered(asked.bus.keys, WAITING, Answer.YES)
        await asked.turn()
        assert not await task

    run(work)


def test_an_answer_to_what_waits_no_more_is_none() -> None:
    """The session gave up: nothing is left, and a late yes lets nothing leave."""

    async def work(asked: Asked) -> None:
        task = await asked.ask()
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        assert () == await waiting_buys(asked.bus.keys)
        assert not await answered(asked.bus.keys, WAITING, Answer.YES)
        assert None is await asked.bus.keys.get(APPROVAL_ANSWER.of("S1"))

    run(work)


def test_without_a_bus_nobody_can_be_asked() -> None:
    """The failure is the caller's to tell; nobody is called to the keyboard for it."""

    async def work(asked: Asked) -> None:
        asked.bus.switch.down = True
        with pytest.raises(BusDown):
            await asked.approvals.ask(ORDER, SIGNAL)
        assert not asked.told

    run(work)


TOLD = json.loads(WAITING.text())


@pytest.mark.parametrize(
    "text",
    [
        "no json",
        "[1]",
        json.dumps({**TOLD, "more": 1}),
        json.dumps({**TOLD, "at": "now"}),
        json.dumps({**TOLD, "at": "2025-06-30T10:00:00"}),
        json.dumps({**TOLD, "qty": 0}),
        json.dumps({**TOLD, "limit": "71000"}),
        json.dumps({**TOLD, "name": 5}),
        json.dumps({**TOLD, "name": "삼성\x1b[2J"}),
        WAITING.text(),
        json.dumps({name: value for name, value in TOLD.items() if name != "code"}),
    ],
)
def test_what_is_no_buy_is_not_shown(text: str) -> None:
    """A key may hold anything; what cannot be shown whole, or is the text of another order, cannot
    be approved.
    """

    async def work(asked: Asked) -> None:
        await asked.bus.keys.put(APPROVAL_WAITING.of("x"), text)
        await asked.bus.keys.put(APPROVAL_WAITING.of("S1"), WAITING.text())
        assert (WAITING,) == await waiting_buys(asked.bus.keys)

    run(work)


def test_the_oldest_waits_first() -> None:
    """In the order of the stamps, whatever zone their moments are told in."""

    async def work(asked: Asked) -> None:
        later = replace(WAITING, order_id="A", at=datetime(2025, 6, 30, 1, 0, 1, tzinfo=UTC))
        for one in (later, WAITING):
            await asked.bus.keys.put(APPROVAL_WAITING.of(one.order_id), one.text())
        assert ["S1", "A"] == [one.order_id for one in await waiting_buys(asked.bus.keys)]

    run(work)


def test_a_buy_is_worth_its_shares_at_the_limit() -> None:
    """Which is the most that it can cost."""
    assert (497_000, SIGNAL.name) == (WAITING.worth, WAITING.name)
