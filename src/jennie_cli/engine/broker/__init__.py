"""The port to our account and our orders."""

from jennie_cli.engine.broker.account import Account, AccountState, BuyingPower, Holding
from jennie_cli.engine.broker.failures import BrokerBusy, BrokerRefused, BrokerUnavailable
from jennie_cli.engine.broker.notices import Notices
from jennie_cli.engine.broker.orders import (
    Acknowledged,
    Capabilities,
    Orders,
    OrderTicket,
)

__all__ = [
    "Account",
    "AccountState",
    "Acknowledged",
    "BrokerBusy",
    "BrokerRefused",
    "BrokerUnavailable",
    "BuyingPower",
    "Capabilities",
    "Holding",
    "Notices",
    "OrderTicket",
    "Orders",
]
