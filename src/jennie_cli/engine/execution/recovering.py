"""Starting is recovering: read the ledger and the broker, settle what is lost, then trade."""

from dataclasses import dataclass

from jennie_cli.engine.execution.reconciling import Reconciliation
from jennie_cli.engine.model import Order


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """What a start found: differences, open orders, and those whose fate is not known yet."""

    reconciliation: Reconciliation
    live: tuple[Order, ...]
    unknown: tuple[Order, ...]
