"""The little room with a real execution over the in-memory broker."""

from typing import Any

from tests.unit.engine.risk.cases import CALENDAR, PRICE, STOCK
from tests.unit.engine.trading.little_room import STOCKS, LittleRoom

from jennie_cli.engine.broker import MemoryBroker
from jennie_cli.engine.execution import Execution, ExecutionPolicy
from jennie_cli.engine.portfolio import Costs


class WholeRoom(LittleRoom):
    """Orders live in the ledger and trade at the in-memory broker's quote."""

    def __init__(self) -> None:
        """Hold a hundred shares; `start` compares ledger and broker."""
        super().__init__()
        self.broker = MemoryBroker(self.clock, holdings={STOCK.code: (100, 7_000_000)})
        self.broker.quote(STOCK.code, PRICE)
        self.account: Any = self.broker
        self.lives: Any = Execution(
            orders=self.broker,
            account=self.broker,
            ledger=self.ledger,
            clock=self.clock,
            calendar=CALENDAR,
            policy=ExecutionPolicy(),
            costs=Costs(listing=STOCKS.get),
        )
        self.capabilities = self.broker.capabilities
