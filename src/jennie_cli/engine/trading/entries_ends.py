"""How an automatic buy ends, told to whoever runs the session."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from jennie_cli.engine.errors import JennieError, Refused
from jennie_cli.engine.messages import text
from jennie_cli.engine.model import Order, OrderIntent


class EntryOpen(Refused):
    """A buy of this code has not ended, so another one could double it."""

    code = "entry_open"

    def __init__(self, code: str) -> None:
        """`code` is the stock's."""
        super().__init__(
            f"An automatic buy of {code} has not ended; no other is sent in {code}.",
            hint="See `jennie trade orders`; cancel it there if it stays open.",
        )


class EntryAlarmKind(StrEnum):
    """What a person must look at: nobody knows what the broker holds; the cancels did not take and
    the rest may still trade; or the entry could not be followed at all.
    """

    UNKNOWN = "unknown"
    STILL_OPEN = "still_open"
    TROUBLE = "trouble"


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryAlarm:
    """An entry that needs a person; its code stays locked until the order is final.

    `order` is the order as last known, `said` the words of the failure behind TROUBLE.
    """

    kind: EntryAlarmKind
    order: Order
    said: str = ""


class EntryEnds(Protocol):
    """Hears how entries end. Nothing here may wait: the session's own loop is behind it."""

    def bought(self, order: Order) -> None:
        """Take over the filled shares and won of an entry that ended, whole or in part.

        Told once; again only if the ledger's own figures of it change later, and then the new
        figures replace the old. The next process tells the day's entries once more, so what is
        kept on disk is kept by `order_id`.
        """
        ...

    def missed(self, order: Order) -> None:
        """Hear that an entry ended with nothing filled; its state says why."""
        ...

    def not_sent(self, intent: OrderIntent, why: JennieError) -> None:
        """Hear that nothing was sent and nothing was written down."""
        ...

    def alarm(self, alarm: EntryAlarm) -> None:
        """Tell a person, once an entry and kind."""
        ...


def alarm_text(alarm: EntryAlarm, lang: str, *, name: str, jennie: str = "jennie") -> str:
    """Return an alarm as a sentence with the next act; `name` is the stock's."""
    order = alarm.order
    return text(
        f"trade.entry_alarm.{alarm.kind}",
        lang,
        name=name,
        code=order.code,
        id=order.order_id,
        filled=f"{order.filled_qty:,}",
        qty=f"{order.qty:,}",
        said=alarm.said,
        jennie=jennie,
    )
