"""What execution refuses to do, named for the next act."""

from jennie_cli.engine.errors import InputError, JennieError, OutsideError, Refused


class ImpossibleStep(JennieError):
    """Evidence says what cannot follow from where an order stands."""

    code = "impossible_step"


class NotRecovered(Refused):
    """Nothing is sent before the ledger has been compared with the broker."""

    code = "not_recovered"

    def __init__(self) -> None:
        """Say what to do first."""
        super().__init__(
            "The ledger has not been compared with the broker since the start.",
            hint="Recover first; if the broker cannot be reached, wait until it can.",
        )


class CodeLocked(Refused):
    """An order of this code is UNKNOWN; an automatic order could double it."""

    code = "code_locked"

    def __init__(self, code: str, order_id: str) -> None:
        """`order_id` is the order whose fate is not known."""
        super().__init__(
            f"Order {order_id} of {code} is UNKNOWN; nothing automatic is sent in {code}.",
            hint="It is resolved from the broker's records; see `jennie trade orders`.",
        )


class NoSuchOrder(InputError):
    """No order of ours has this id."""

    code = "no_such_order"

    def __init__(self, order_id: str) -> None:
        """`order_id` is what was asked for."""
        super().__init__(
            f"No order has the id {order_id}.", hint="See `jennie trade orders` for the ids."
        )


class NothingOpen(Refused):
    """The order has no open rest that could be changed now."""

    code = "nothing_open"


class HoldingsVanished(Refused):
    """The broker's answer would wipe out more than half of the holdings: taken for a fault."""

    code = "holdings_vanished"

    def __init__(self, gone: int, held: int) -> None:
        """`gone` of `held` holdings are missing from the answer."""
        super().__init__(
            f"{gone} of {held} holdings are missing from the broker's answer; nothing was changed.",
            hint="Look at the account in the broker's own app, then reconcile again.",
        )


class RecordsUnsettled(OutsideError):
    """The account kept changing while it was read, so its records do not belong together."""

    code = "records_unsettled"
