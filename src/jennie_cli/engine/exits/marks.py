"""What the ledger remembers of why shares were bought or sold: written and read here alone.

A sell order carries its ExitReason as `reason`, and as `strategy` the same with the level of a
scale-out behind it ("SCALE_OUT:1"). A buy tells its tier by the check that its stamp kept.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from jennie_cli.engine.clock import KST
from jennie_cli.engine.model import ExitReason, Side, TradeTier
from jennie_cli.engine.portfolio import fills_of
from jennie_cli.engine.rules import Check
from jennie_cli.engine.rules.buying import TRADABLE
from jennie_cli.engine.store import Intended, LedgerEvent, PositionSet


@dataclass(frozen=True, slots=True, kw_only=True)
class Trade:
    """Shares that came or went, with why. `amount` is won before fee and tax, `at` aware.

    With `taken_over` shares and won are what is held from then on, whatever was held before.
    `reason` is None unless the session sold, `level` that of a scale-out, else 0.
    """

    code: str
    side: Side
    qty: int
    amount: int
    at: datetime
    reason: ExitReason | None = None
    level: int = 0
    recon: bool = False
    taken_over: bool = False

    @property
    def day(self) -> int:
        """The day of the trade as an ordinal."""
        return self.at.astimezone(KST).toordinal()

    @property
    def minute(self) -> int:
        """The minute of the day."""
        at = self.at.astimezone(KST)
        return at.hour * 60 + at.minute


def exit_mark(reason: ExitReason, level: int = 0) -> str:
    """Return what a sell order carries as its strategy."""
    return f"{reason.value}:{level}" if level else reason.value


def read_exit_mark(mark: str | None) -> tuple[ExitReason | None, int]:
    """Return reason and level; none for orders that the session's exits did not make."""
    name, _, level = (mark or "").partition(":")
    if name not in ExitReason.__members__:
        return None, 0
    return ExitReason(name), int(level) if level.isdecimal() else 0


def bought_as_recon(checks: Iterable[Check]) -> bool:
    """Whether the stamp of a buy judged the stock as RECON."""
    return any(c.rule == TRADABLE.id and c.value == TradeTier.RECON for c in checks)


def trades_of(events: Sequence[LedgerEvent]) -> tuple[Trade, ...]:
    """Return every trade that the ledger proves, oldest first."""
    return tuple(sorted(_trades(events), key=lambda trade: trade.at))


def _trades(events: Sequence[LedgerEvent]) -> Iterator[Trade]:
    orders = {e.intent.order_id: e for e in events if isinstance(e, Intended)}
    for fill in fills_of(events):
        order = orders.get(fill.order_id or "")
        reason, level = read_exit_mark(order.intent.strategy) if order else (None, 0)
        yield Trade(
            code=fill.code,
            side=fill.side,
            qty=fill.qty,
            amount=fill.amount,
            at=fill.at,
            reason=reason,
            level=level,
            recon=order is not None and bought_as_recon(order.checks),
        )
    for event in events:
        if isinstance(event, PositionSet):
            at = event.at.replace(microsecond=0)
            yield Trade(
                code=event.code,
                side=Side.BUY,
                qty=event.qty,
                amount=event.cost,
                at=at,
                taken_over=True,
            )
