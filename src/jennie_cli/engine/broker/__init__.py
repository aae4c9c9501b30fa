"""The port to our account and our orders."""

from jennie_cli.engine.broker.account import Account, AccountState, BuyingPower, Holding
from jennie_cli.engine.broker.failures import BrokerBusy, BrokerRefused, BrokerUnavailable
from jennie_cli.engine.broker.memory import MEMORY, MemoryBroker
from jennie_cli.engine.broker.memory_books import Executed
from jennie_cli.engine.broker.memory_faults import Fault, Faults
from jennie_cli.engine.broker.notices import Notices
from jennie_cli.engine.broker.orders import (
    Acknowledged,
    Capabilities,
    Orders,
    OrderTicket,
)

__all__ = [
    "MEMORY",
    "Account",
    "AccountState",
    "Acknowledged",
    "BrokerBusy",
    "BrokerRefused",
    "BrokerUnavailable",
    "BuyingPower",
    "Capabilities",
    "Executed",
    "Fault",
    "Faults",
    "Holding",
    "MemoryBroker",
    "Notices",
    "OrderTicket",
    "Orders",
]
