"""The stamp: the only room that lets an order leave, and the limits it keeps."""

from jennie_cli.engine.risk.facts import ManualFacts
from jennie_cli.engine.risk.manual import default_qty, stamp_change, stamp_manual, unaffordable
from jennie_cli.engine.risk.policy import RiskPolicy
from jennie_cli.engine.risk.stamp import ApprovedChange, ApprovedOrder, Refusal

__all__ = [
    "ApprovedChange",
    "ApprovedOrder",
    "ManualFacts",
    "Refusal",
    "RiskPolicy",
    "default_qty",
    "stamp_change",
    "stamp_manual",
    "unaffordable",
]
