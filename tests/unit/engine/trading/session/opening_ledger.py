"""A ledger written by hand, and what an account that it tells of brings into a session."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from tests.unit.engine.research.loading_market import ALTEOGEN, KB, SAMSUNG, Past

from jennie_cli.engine.exits import ExDate, Highs, exit_mark
from jennie_cli.engine.model import (
    ExitReason,
    Notice,
    NoticeKind,
    OrderIntent,
    OrderType,
    Side,
    TradeTier,
)
from jennie_cli.engine.portfolio import Costs, Portfolio, fold
from jennie_cli.engine.risk import BY_SIGNAL
from jennie_cli.engine.rules import Check
from jennie_cli.engine.rules.buying import TRADABLE
from jennie_cli.engine.store import (
    Act,
    CashSet,
    Evidence,
    Foreign,
    Intended,
    LedgerEvent,
    NoticeSeen,
    PositionSet,
    Sending,
    Taken,
)
from jennie_cli.engine.trading.session.morning import Morning
from jennie_cli.engine.trading.session.opening import Opening, opening_of
from jennie_cli.engine.trading.session.policies import SessionPolicies

POLICIES = SessionPolicies()
UNLISTED = "900010"
BASE = {SAMSUNG: 65_000, KB: 45_000, ALTEOGEN: 325_000, UNLISTED: 10_000}
"""Won of the morning; the last stock is no column of it."""


@cache
def morning() -> Morning:
    """Return a morning of three stocks without anything held."""
    return Past.quiet().session()


@dataclass
class Ledger:
    """Events in the order in which they are written."""

    events: list[LedgerEvent] = field(default_factory=list)
    intents: dict[str, OrderIntent] = field(default_factory=dict)

    def cash(self, amount: int, at: datetime) -> "Ledger":
        """Take over cash."""
        self.events.append(CashSet(at=at, amount=amount, text="start"))
        return self

    def holding(self, code: str, qty: int, cost: int, at: datetime) -> "Ledger":
        """Take over a position."""
        self.events.append(PositionSet(at=at, code=code, qty=qty, cost=cost, text="start"))
        return self

    def buy(
        self, code: str, qty: int, limit: int, at: datetime, *, recon: bool = False, **more: Any
    ) -> str:
        """Send an automatic buy; return its id."""
        tier = TradeTier.RECON if recon else TradeTier.TIER1
        intent = {"reason": BY_SIGNAL, "strategy": "MOMENTUM", "price": limit, **more}
        return self._send(code, Side.BUY, qty, at, tier=tier, type=OrderType.LIMIT, **intent)

    def sell(self, code: str, qty: int, at: datetime, reason: ExitReason, level: int = 0) -> str:
        """Send a sale of the exits; return its id."""
        mark = exit_mark(reason, level)
        kind = OrderType.MARKET
        return self._send(code, Side.SELL, qty, at, type=kind, reason=reason.value, strategy=mark)

    def fill(self, order_id: str, qty: int, price: int, at: datetime) -> None:
        """Let shares of an order change hands."""
        self._notice(NoticeKind.FILLED, order_id, self.intents[order_id], qty, at=at, price=price)

    def lapse(self, order_id: str, rest: int, at: datetime) -> None:
        """Take back what is left of an order."""
        intent, number = self.intents[order_id], f"{order_id}c"
        self._call(intent, Act.CANCEL, rest, number, at=at, target=order_id)
        self._notice(NoticeKind.CANCELLED, number, intent, rest, at=at, original_id=order_id)

    def bought(self, code: str, qty: int, price: int, at: datetime, **more: Any) -> str:
        """Buy at once at the limit; return the order's id."""
        order_id = self.buy(code, qty, price, at, **more)
        self.fill(order_id, qty, price, at)
        return order_id

    def sold(
        self,
        code: str,
        qty: int,
        price: int,
        at: datetime,
        *,
        reason: ExitReason = ExitReason.TRAILING_STOP,
    ) -> None:
        """Sell at once."""
        self.fill(self.sell(code, qty, at, reason), qty, price, at)

    def elsewhere(self, code: str, side: Side, qty: int, price: int, at: datetime) -> None:
        """Let somebody trade by hand with the broker's own app."""
        number = f"x{len(self.events)}"
        kind = OrderType.MARKET
        wish = OrderIntent(order_id=number, code=code, side=side, qty=qty, type=kind)
        self._notice(NoticeKind.FILLED, number, wish, qty, at=at, price=price)
        self.events.append(Foreign(at=at, broker_id=number, day=at.date()))

    def portfolio(self) -> Portfolio:
        """Return the fold over all events."""
        return fold(self.events, Costs())

    def opening(
        self,
        known: Morning | None = None,
        *,
        highs: Mapping[str, Highs] | None = None,
        ex_dates: Sequence[ExDate] = (),
        base_prices: Mapping[str, int] = BASE,
        **more: Any,
    ) -> Opening:
        """Return what this ledger brings into the session of the morning."""
        given: dict[str, Any] = {"signalled_until": {}, "latched": False, "groups": {}, **more}
        return opening_of(
            self.events,
            known or morning(),
            portfolio=self.portfolio(),
            highs=highs or {},
            ex_dates=ex_dates,
            policies=POLICIES,
            base_prices=base_prices,
            **given,
        )

    def _send(
        self,
        code: str,
        side: Side,
        qty: int,
        at: datetime,
        *,
        tier: TradeTier = TradeTier.TIER1,
        **more: Any,
    ) -> str:
        order_id = f"{len(self.intents) + 1}"
        intent = OrderIntent(order_id=order_id, code=code, side=side, qty=qty, **more)
        self.intents[order_id] = intent
        check = Check(rule=TRADABLE.id, value=tier, limit=None, unit="", passed=True)
        self.events.append(Intended(at=at, intent=intent, checks=(check,)))
        self._call(intent, Act.PLACE, qty, order_id, at=at)
        return order_id

    def _call(
        self,
        intent: OrderIntent,
        act: Act,
        qty: int,
        number: str,
        *,
        at: datetime,
        target: str = "",
    ) -> None:
        order_id, call_id = intent.order_id, f"{intent.order_id}/{act}"
        sending = Sending(
            at=at,
            order_id=order_id,
            call_id=call_id,
            act=act,
            qty=qty,
            price=intent.price if act is Act.PLACE else None,
            target=target,
        )
        taken = Taken(
            at=at,
            order_id=order_id,
            call_id=call_id,
            act=act,
            broker_id=number,
            branch="00950",
            day=at.date(),
            how=Evidence.REPLY,
        )
        self.events += [sending, taken]

    def _notice(
        self,
        kind: NoticeKind,
        number: str,
        intent: OrderIntent,
        qty: int,
        *,
        at: datetime,
        price: int = 0,
        original_id: str | None = None,
    ) -> None:
        notice = Notice(
            kind=kind,
            broker_id=number,
            original_id=original_id,
            code=intent.code,
            side=intent.side,
            qty=qty,
            price=price,
            order_qty=intent.qty,
            at=at,
        )
        self.events.append(NoticeSeen(at=at, notice=notice))
