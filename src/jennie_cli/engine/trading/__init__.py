"""The trading session; so far the desk at which a person trades, and bars made of ticks."""

from jennie_cli.engine.trading.bar_ticks import TickBatch, of_ticks
from jennie_cli.engine.trading.bars import BarMaker, Closed
from jennie_cli.engine.trading.desk import ManualDesk
from jennie_cli.engine.trading.failures import AmbiguousOrder, UnknownOrder
from jennie_cli.engine.trading.gathering import Gatherer
from jennie_cli.engine.trading.order_ids import OrderIds
from jennie_cli.engine.trading.plans import (
    ChangePlan,
    Failure,
    Flattened,
    FlattenPlan,
    Note,
    Plan,
    Wish,
)
from jennie_cli.engine.trading.policy import TradingPolicy
from jennie_cli.engine.trading.ports import OrderLives
from jennie_cli.engine.trading.stocks import StockList
from jennie_cli.engine.trading.switches import Switches
from jennie_cli.engine.trading.wording import check_line, refusal_text

__all__ = [
    "AmbiguousOrder",
    "BarMaker",
    "ChangePlan",
    "Closed",
    "Failure",
    "FlattenPlan",
    "Flattened",
    "Gatherer",
    "ManualDesk",
    "Note",
    "OrderIds",
    "OrderLives",
    "Plan",
    "StockList",
    "Switches",
    "TickBatch",
    "TradingPolicy",
    "UnknownOrder",
    "Wish",
    "check_line",
    "of_ticks",
    "refusal_text",
]
