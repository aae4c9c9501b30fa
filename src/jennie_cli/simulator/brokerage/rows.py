"""The brokerage's record of one order number."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from jennie_cli.engine.model import Side
from jennie_cli.simulator.brokerage.tickets import Taken


class RowKind(StrEnum):
    """What a number was given for."""

    NEW = "new"
    MODIFY = "modify"
    CANCEL = "cancel"


@dataclass(slots=True, kw_only=True)
class OrderRow:
    """One number and all that became of it: shares, won, ms since KST midnight of `day`.

    A modify leaves the old row its fills and nothing remaining; the new row carries the rest. A
    cancel's own row has nothing to trade. `unit` is the won a share that a buy reserves, `expired`
    what the close of the session ended, `fee` and `tax` what the row's fills cost so far.
    """

    number: int
    account: str
    branch: str
    day: date
    at_ms: int
    kind: RowKind
    code: str
    name: str
    side: Side
    division: str
    qty: int
    price: int
    fee_bp: float
    tax_bp: int
    original: int | None = None
    trigger: int = 0
    unit: int = 0
    filled_qty: int = 0
    filled_amount: int = 0
    remaining: int = 0
    cancelled: int = 0
    rejected: int = 0
    expired: int = 0
    fee: int = 0
    tax: int = 0

    @property
    def taken(self) -> Taken:
        """Return the answer that was given for this number."""
        return Taken(number=self.number, branch=self.branch, day=self.day, at_ms=self.at_ms)
