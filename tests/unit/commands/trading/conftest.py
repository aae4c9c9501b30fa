"""The flags of the trading room made by hand are those that the commands move."""

import pytest
from tests.unit.commands.trading.counter import TradingHouse

from jennie_cli.commands.trading import flagging
from jennie_cli.engine.trading import Switches


@pytest.fixture(autouse=True)
def _hand_made_flags(monkeypatch: pytest.MonkeyPatch) -> None:
    def switches(house: TradingHouse) -> Switches:
        return Switches(house.room.flags, house.room.clock)

    monkeypatch.setattr(flagging, "switches_of", switches)
