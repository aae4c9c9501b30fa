"""What the stamp says: an order or a change that may leave, or why it may not.

`ApprovedOrder` and `ApprovedChange` are built in this room only; `execution` takes nothing else.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from jennie_cli.engine.model import OrderIntent
from jennie_cli.engine.rules import Check


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovedOrder:
    """An order that passed every check. With `dry_run` it is journalled and never sent."""

    intent: OrderIntent
    checks: tuple[Check, ...]
    at: datetime
    dry_run: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovedChange:
    """A new limit price in won for the `qty` shares of an order that still wait to trade."""

    order_id: str
    qty: int
    price: int
    checks: tuple[Check, ...]
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why nothing was stamped: the rule that fired, its figure and its limit.

    `code` is the rule's short name, such as order_cap; `checks` are all that were asked, the one
    that refused last. The words are made by `messages` from `check.<rule>.fail`.
    """

    code: str
    rule: str
    value: int | str | None
    limit: int | str | None
    unit: str
    checks: tuple[Check, ...]


def refusal(checks: Sequence[Check]) -> Refusal:
    """Return the refusal of checks of which the last one failed; their figures are whole."""
    last = checks[-1]
    return Refusal(
        code=last.rule.partition(".")[2],
        rule=last.rule,
        value=_whole(last.value),
        limit=_whole(last.limit),
        unit=last.unit,
        checks=tuple(checks),
    )


def _whole(figure: object) -> int | str | None:
    return figure if figure is None or isinstance(figure, int | str) else str(figure)
