"""The member firm between customers and the exchange: accounts, checks, books, settlement."""

from jennie_cli.simulator.brokerage.account import Account, DayProfit, DayTotals
from jennie_cli.simulator.brokerage.books import Books
from jennie_cli.simulator.brokerage.brokerage import OPENING_CASH, Brokerage, Event
from jennie_cli.simulator.brokerage.divisions import DIVISIONS
from jennie_cli.simulator.brokerage.floor import Floor
from jennie_cli.simulator.brokerage.lots import Execution, Lot, hhmmss
from jennie_cli.simulator.brokerage.records import (
    Balance,
    BuyingPower,
    HoldingRecord,
    Sellable,
    Valuation,
)
from jennie_cli.simulator.brokerage.rows import OrderRow, RowKind
from jennie_cli.simulator.brokerage.tickets import (
    Change,
    OrderNotice,
    Reason,
    Rejection,
    Taken,
    Ticket,
)

__all__ = [
    "DIVISIONS",
    "OPENING_CASH",
    "Account",
    "Balance",
    "Books",
    "Brokerage",
    "BuyingPower",
    "Change",
    "DayProfit",
    "DayTotals",
    "Event",
    "Execution",
    "Floor",
    "HoldingRecord",
    "Lot",
    "OrderNotice",
    "OrderRow",
    "Reason",
    "Rejection",
    "RowKind",
    "Sellable",
    "Taken",
    "Ticket",
    "Valuation",
    "hhmmss",
]
