"""The closing auction as a session meets it over the KIS client, real and paper."""

import asyncio
from pathlib import Path

import pytest
from tests.contract.closing_room import QTY, closing, closing_bars
from tests.contract.in_process import CODE, DAY, PRICE
from tests.unit.engine.research.walk_cases import at

from jennie_cli.engine.trading.session import Step

_STOP = 68_000
"""A little below where the stop of what was bought at PRICE lies."""

_BELOW, _ABOVE, _LOWEST = 66_000, 69_800, 49_000
_OVER = at("15:30:20", DAY)


@pytest.mark.parametrize("paper", [False, True], ids=["real", "paper"])
@pytest.mark.parametrize("close", [_BELOW, _LOWEST], ids=["below", "lower limit"])
def test_a_stop_that_the_close_would_cross_sells_once_and_trades_at_the_close(
    tmp_path: Path, close: int, paper: bool
) -> None:
    """No trade was below the stop: the expected price alone tells it."""

    async def scene() -> None:
        bars = closing_bars(last=PRICE, close=close)
        async with closing(tmp_path, bars, paper=paper, start="15:05") as room:
            await room.buy()
            await room.wait_until("15:26:30")
            (told,) = await room.quotes.quotes((CODE,))
            assert (PRICE, True) == (told.price, (told.expected_price or PRICE) < _STOP)
            day = await room.session(_OVER)
            assert [("market", QTY, QTY, close)] == await room.sales()
            sold = [(d.step, d.price, d.qty) for d in room.ears.decisions]
            assert [(Step.SOLD, close, QTY)] == sold
            assert (1, ()) == (await room.buys(), day.held)

    asyncio.run(scene())


@pytest.mark.parametrize("paper", [False, True], ids=["real", "paper"])
def test_a_price_that_recovers_in_the_auction_sells_nothing(tmp_path: Path, paper: bool) -> None:
    """The last trade was far below the stop; what counts is where the auction would trade."""

    async def scene() -> None:
        bars = closing_bars(last=_BELOW, close=_ABOVE)
        async with closing(tmp_path, bars, paper=paper, start="15:05") as room:
            await room.buy()
            await room.wait_until("15:28")
            (told,) = await room.quotes.quotes((CODE,))
            assert (_BELOW, True) == (told.price, (told.expected_price or 0) > _STOP)
            (listed,) = await room.quotes.quotes((CODE, "999999"))
            assert told.expected_price == listed.expected_price
            day = await room.session(_OVER)
            assert ([], []) == (await room.sales(), room.ears.decisions)
            assert (CODE,) == day.held

    asyncio.run(scene())
