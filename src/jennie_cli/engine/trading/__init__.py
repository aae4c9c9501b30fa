"""The desk at which a person trades, and what an automatic session is made of."""

from jennie_cli.engine.trading.bar_ticks import TickBatch, of_ticks
from jennie_cli.engine.trading.bars import BarMaker, Closed
from jennie_cli.engine.trading.desk import ManualDesk
from jennie_cli.engine.trading.entries import Entries
from jennie_cli.engine.trading.entries_ends import (
    EntryAlarm,
    EntryAlarmKind,
    EntryEnds,
    EntryOpen,
    alarm_text,
)
from jennie_cli.engine.trading.explaining import Outcome, Verdict, explain, verdicts
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
from jennie_cli.engine.trading.policy import RecordPolicy, TradingPolicy
from jennie_cli.engine.trading.ports import OrderLives
from jennie_cli.engine.trading.retention import forget_old
from jennie_cli.engine.trading.sheets import (
    approved,
    confirmation_sheet,
    exit_sheet,
    gate_sheet,
    refused,
    strategy_sheet,
)
from jennie_cli.engine.trading.stocks import StockList
from jennie_cli.engine.trading.switches import Switches
from jennie_cli.engine.trading.wording import check_line, refusal_text

__all__ = [
    "AmbiguousOrder",
    "BarMaker",
    "ChangePlan",
    "Closed",
    "Entries",
    "EntryAlarm",
    "EntryAlarmKind",
    "EntryEnds",
    "EntryOpen",
    "Failure",
    "FlattenPlan",
    "Flattened",
    "Gatherer",
    "ManualDesk",
    "Note",
    "OrderIds",
    "OrderLives",
    "Outcome",
    "Plan",
    "RecordPolicy",
    "StockList",
    "Switches",
    "TickBatch",
    "TradingPolicy",
    "UnknownOrder",
    "Verdict",
    "Wish",
    "alarm_text",
    "approved",
    "check_line",
    "confirmation_sheet",
    "exit_sheet",
    "explain",
    "forget_old",
    "gate_sheet",
    "of_ticks",
    "refusal_text",
    "refused",
    "strategy_sheet",
    "verdicts",
]
