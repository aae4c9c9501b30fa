"""An order's life as one state machine, journalled before it is acted on, settled by records."""

from jennie_cli.engine.execution.docket import Docket, orders
from jennie_cli.engine.execution.execution import Execution
from jennie_cli.engine.execution.failures import (
    CodeLocked,
    HoldingsVanished,
    ImpossibleStep,
    NoSuchOrder,
    NothingOpen,
    NotRecovered,
    RecordsUnsettled,
)
from jennie_cli.engine.execution.policy import ExecutionPolicy
from jennie_cli.engine.execution.reconciling import Difference, DifferenceKind, Reconciliation
from jennie_cli.engine.execution.recovering import Recovery
from jennie_cli.engine.execution.steps import TABLE, Step, advance

__all__ = [
    "TABLE",
    "CodeLocked",
    "Difference",
    "DifferenceKind",
    "Docket",
    "Execution",
    "ExecutionPolicy",
    "HoldingsVanished",
    "ImpossibleStep",
    "NoSuchOrder",
    "NotRecovered",
    "NothingOpen",
    "Reconciliation",
    "RecordsUnsettled",
    "Recovery",
    "Step",
    "advance",
    "orders",
]
