"""The won that buy now are the broker's word, or not known."""

import asyncio

import pytest
from tests.unit.engine.trading.little_room import STOCKS
from tests.unit.engine.trading.whole_room import WholeRoom

from jennie_cli.engine.broker import Fault, MemoryBroker
from jennie_cli.engine.clock import Clock
from jennie_cli.engine.trading import StockList
from jennie_cli.engine.trading.orderable import orderable_cash


def asked(broker: MemoryBroker, stocks: StockList, *, fails: bool = False) -> int | None:
    """Return what is known of a broker."""

    async def work() -> int | None:
        state = await broker.state()
        if fails:
            broker.faults.inject(Fault.READ_FAILS)
        return await orderable_cash(broker, state, stocks)

    return asyncio.run(work())


@pytest.fixture
def clock() -> Clock:
    """Return a calm morning."""
    return WholeRoom().clock


def test_it_is_asked_for_a_stock_held_else_for_any(clock: Clock) -> None:
    """Without any stock, or without an answer, nobody knows it."""
    room = WholeRoom()
    listed, nothing = StockList(lambda: STOCKS), StockList(dict)
    cash = asked(room.broker, nothing)
    assert cash is not None
    assert cash > 0
    assert asked(room.broker, listed, fails=True) is None
    empty = MemoryBroker(clock)
    for code in STOCKS:
        empty.quote(code, 10_000)
    assert asked(empty, nothing) is None
    assert asked(empty, listed) is not None
