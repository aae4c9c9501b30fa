"""A home whose account is a broker in memory and whose model says what it was told."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from tests.unit.engine.council.sages import FakeModels
from tests.unit.engine.risk.cases import PRICE, STOCK
from tests.unit.engine.trading.little_room import STOCKS
from tests.unit.engine.trading.whole_room import WholeRoom
from tests.unit.wiring.short_home import short_home

from jennie_cli.engine.briefing.commenting import PARTS
from jennie_cli.engine.broker import OrderTicket
from jennie_cli.engine.model import OrderType, Side
from jennie_cli.engine.portfolio import Costs, Portfolio, fold
from jennie_cli.engine.trading import StockList

SAID = {part: f"{part} 쪽은 차분했어요." for part in PARTS}


class MadeRoom:
    """What a snapshot reads of a trading room: a hundred shares, and what is sold of them."""

    def __init__(self) -> None:
        """Let the ledger learn what the broker's records tell."""
        self.whole = WholeRoom()
        self.account, self.clock = self.whole.broker, self.whole.clock
        self.desk = SimpleNamespace(stocks=StockList(lambda: STOCKS))
        asyncio.run(self.whole.lives.recover())

    def portfolio(self) -> Portfolio:
        """Return the ledger's tale."""
        return fold((r.event for r in self.whole.ledger.read()), Costs(listing=STOCKS.get))

    def sell(self, qty: int) -> None:
        """Sell shares for a price above their cost."""
        ticket = OrderTicket(
            code=STOCK.code, side=Side.SELL, type=OrderType.LIMIT, qty=qty, price=PRICE
        )
        self.account.elsewhere(ticket)
        self.account.trade(STOCK.code, PRICE, qty)
        asyncio.run(self.whole.lives.resolve())
        self.whole.clock.advance(3_600)
        asyncio.run(self.whole.lives.resolve())


@contextmanager
def briefing_home(monkeypatch: pytest.MonkeyPatch, answer: Any = SAID) -> Iterator[MadeRoom]:
    """Lend a home; `answer` is what the model says."""
    room = MadeRoom()

    @asynccontextmanager
    async def opened(_house: Any, **_: Any) -> AsyncIterator[Any]:
        yield room

    @asynccontextmanager
    async def models(_house: Any) -> AsyncIterator[Any]:
        yield FakeModels({"briefing_comments": answer})

    monkeypatch.setattr("jennie_cli.wiring.trading.open_trading", opened)
    monkeypatch.setattr("jennie_cli.wiring.briefing.open_models", models)
    with short_home() as root:
        monkeypatch.setenv("JENNIE_HOME", str(root))
        yield room
