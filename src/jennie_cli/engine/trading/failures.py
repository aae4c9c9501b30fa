"""What the desk cannot make out of what it was given."""

from collections.abc import Sequence

from jennie_cli.engine.errors import InputError

_SHOWN = 5


class UnknownOrder(InputError):
    """No order of ours has this id or broker number."""

    code = "unknown_order"

    def __init__(self, asked: str) -> None:
        """`asked` is what was given."""
        super().__init__(f"No order has the id or number '{asked}'.", hint="jennie trade orders")


class AmbiguousOrder(InputError):
    """The start of an id fits several orders."""

    code = "ambiguous_order"

    def __init__(self, asked: str, ids: Sequence[str]) -> None:
        """`ids` are those that fit, oldest first."""
        self.count, self.newest = len(ids), tuple(ids[-_SHOWN:])
        shown = ", ".join(self.newest)
        super().__init__(
            f"'{asked}' fits {len(ids)} orders, the newest: {shown}", hint="Give more of the id."
        )
