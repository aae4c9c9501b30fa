"""What the desk needs of the room that owns the life of an order."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from jennie_cli.engine.model import Order
from jennie_cli.engine.risk import ApprovedChange, ApprovedOrder
from jennie_cli.engine.store import LedgerEvent


class OrderLives(Protocol):
    """Sends what is stamped and knows every order of ours; `execution` is it."""

    def book(self) -> Mapping[str, Order]:
        """Return every order of ours by id, as the ledger tells them now."""
        ...

    def events(self) -> Sequence[LedgerEvent]:
        """Return every event of the ledger, oldest first, as it is now."""
        ...

    async def send(self, approved: ApprovedOrder) -> Order:
        """Send once; an outcome nobody knows is the state UNKNOWN, not an error."""
        ...

    async def modify(self, change: ApprovedChange) -> Order:
        """Give the open rest a new price. Raises OutcomeUnknown or Refused."""
        ...

    async def cancel(self, order_id: str) -> Order:
        """Take back the open rest. Raises OutcomeUnknown or Refused."""
        ...

    async def settle(
        self, order_id: str, seconds: int, *, quiet_seconds: int | None = None
    ) -> Order:
        """Follow an order for `seconds` at most, until it is final or rests unchanged."""
        ...
