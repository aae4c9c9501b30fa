"""What a session writes down: decisions for good, judgements until somebody takes them."""

from collections import deque
from collections.abc import Iterable
from datetime import datetime

from jennie_cli.engine.model import Order, Side
from jennie_cli.engine.risk import ApprovedOrder, Refusal
from jennie_cli.engine.rules import buying as rule
from jennie_cli.engine.store import Sheet
from jennie_cli.engine.store.evaluations import Stamped
from jennie_cli.engine.trading.session.decisions import Decision, Step, figure_of
from jennie_cli.engine.trading.session.wishes import Settled, Unwritten
from jennie_cli.engine.trading.sheets import approved, refused


class Record:
    """Decisions in the order in which they fell, and what was judged and stamped."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.decisions: list[Decision] = []
        self._unwritten: deque[Unwritten] = deque()
        self._sheets: list[Sheet] = []
        self._stamps: list[Stamped] = []

    def judged(self, said: Iterable[Unwritten]) -> None:
        """Keep what gates, strategies and confirmation said."""
        self._unwritten += said

    def write_down(self, most: int) -> None:
        """Put some of what was said on sheets."""
        for _ in range(min(most, len(self._unwritten))):
            self._sheets += self._unwritten.popleft()()

    def approved(self, order: ApprovedOrder) -> None:
        """Keep what the stamp let pass."""
        self._stamps.append(approved(order))

    def refused(
        self, refusal: Refusal, code: str, side: Side, *, why: str, at: datetime, price: int
    ) -> None:
        """Keep what the stamp refused, and decide so."""
        self._stamps.append(refused(refusal, at=at, code=code, side=side, why=why))
        decision = Decision(
            at=at,
            code=code,
            step=Step.REFUSED,
            rule=refusal.rule,
            price=price,
            value=figure_of(refusal.value),
            limit=figure_of(refusal.limit),
        )
        self.decisions.append(decision)

    def dropped(self, code: str, settled: Settled, *, at: datetime, price: int) -> None:
        """Decide that a bar has dropped an earlier signal."""
        decision = Decision(
            at=at,
            code=code,
            step=Step.DROPPED,
            rule=settled.dropped_by or "",
            price=price,
            value=settled.value,
            limit=settled.limit,
        )
        self.decisions.append(decision)

    def ended(self, order: Order, *, at: datetime) -> None:
        """Decide what an order came to: shares at their average, or nothing."""
        code, qty = order.code, order.filled_qty
        if not qty:
            lapsed = rule.ENTRY_PRICE.id
            self.write(Step.LAPSED, code, lapsed, at=at, price=order.price or 0, qty=order.qty)
            return
        sold = order.side is Side.SELL
        step, why = (Step.SOLD, order.reason) if sold else (Step.BOUGHT, order.strategy)
        price = order.filled_amount // qty
        self.write(step, code, why or order.reason, at=at, price=price, qty=qty)

    def write(
        self, step: Step, code: str, why: str, *, at: datetime, price: int, qty: int = 0
    ) -> None:
        """Decide a step that no rule has stopped."""
        self.decisions.append(Decision(at=at, code=code, step=step, rule=why, price=price, qty=qty))

    def take(self) -> tuple[tuple[Sheet, ...], tuple[Stamped, ...]]:
        """Return what was judged and stamped since the last call."""
        self.write_down(len(self._unwritten))
        taken = tuple(self._sheets), tuple(self._stamps)
        self._sheets, self._stamps = [], []
        return taken
