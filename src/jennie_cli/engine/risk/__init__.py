"""The stamp: the only room that lets an order leave, and the limits it keeps."""

from jennie_cli.engine.risk.buying import BY_SIGNAL, stamp_signal
from jennie_cli.engine.risk.correlation import correlations
from jennie_cli.engine.risk.facts import ManualFacts
from jennie_cli.engine.risk.gathered import (
    AutoFacts,
    Held,
    Past,
    Wealth,
    loss_reached,
    trading_days_since,
)
from jennie_cli.engine.risk.guard import budget_cap
from jennie_cli.engine.risk.manual import default_qty, stamp_change, stamp_manual, unaffordable
from jennie_cli.engine.risk.policy import AutoPolicy, RiskPolicy
from jennie_cli.engine.risk.pricing import entry_price
from jennie_cli.engine.risk.selling import stamp_exit
from jennie_cli.engine.risk.sizing import SizeRequest, Sizing, size, unit_risk
from jennie_cli.engine.risk.stamp import ApprovedChange, ApprovedOrder, Refusal

__all__ = [
    "BY_SIGNAL",
    "ApprovedChange",
    "ApprovedOrder",
    "AutoFacts",
    "AutoPolicy",
    "Held",
    "ManualFacts",
    "Past",
    "Refusal",
    "RiskPolicy",
    "SizeRequest",
    "Sizing",
    "Wealth",
    "budget_cap",
    "correlations",
    "default_qty",
    "entry_price",
    "loss_reached",
    "size",
    "stamp_change",
    "stamp_exit",
    "stamp_manual",
    "stamp_signal",
    "trading_days_since",
    "unaffordable",
    "unit_risk",
]
