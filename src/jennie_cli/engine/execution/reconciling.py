"""Compares the ledger with the account, and takes the account over when a person says so."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from jennie_cli.engine.broker import Account, AccountState, Holding
from jennie_cli.engine.clock import Clock
from jennie_cli.engine.execution.dossier import Dossier
from jennie_cli.engine.execution.failures import HoldingsVanished, RecordsUnsettled
from jennie_cli.engine.execution.journal import Journal
from jennie_cli.engine.execution.watching import Watch
from jennie_cli.engine.model import OrderState, Position
from jennie_cli.engine.portfolio import Costs, Portfolio, counted_anew, fold
from jennie_cli.engine.store import CashSet, CostSeen, LedgerEvent, PositionSet

_READS = 5
_APART_SECONDS = 0.001
"""What is taken over must be later than all evidence in it and earlier than all after it, also
while the clock of a simulated world stands."""


class DifferenceKind(StrEnum):
    """How ledger and broker differ."""

    ONLY_BROKER = "only_broker"
    ONLY_LEDGER = "only_ledger"
    QUANTITY = "quantity"
    COST = "cost"
    CASH = "cash"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One difference: shares, or won for COST and CASH; `code` is empty for CASH."""

    kind: DifferenceKind
    code: str
    ledger: int
    broker: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciliation:
    """What a comparison found. `unresolved` are orders whose fate explains part of it, maybe;
    `divided` is what was taken over because a stock was divided, and is no difference any more.

    With `vanished` the broker's answer lacks more than half of the holdings: it is not believed.
    """

    at: datetime
    differences: tuple[Difference, ...]
    unresolved: tuple[str, ...]
    vanished: bool
    applied: bool
    divided: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _View:
    """Ledger and account as they stood together."""

    portfolio: Portfolio
    state: AccountState

    @property
    def gone(self) -> int:
        """How many codes held by the ledger the broker does not name."""
        return sum(d.kind is DifferenceKind.ONLY_LEDGER for d in self.differences())

    @property
    def vanished(self) -> bool:
        """Whether the broker's answer lacks more than half of the holdings."""
        return 2 * self.gone > len(self.portfolio.positions)

    def differences(self) -> tuple[Difference, ...]:
        """Return how the two differ."""
        return tuple(_differences(self.portfolio, self.state))

    def divided(self, difference: Difference, base_ratio: Mapping[str, Sequence[float]]) -> bool:
        """Whether the broker's shares are ours after the base price has changed by a ratio."""
        code = difference.code
        if difference.kind is not DifferenceKind.QUANTITY or code not in base_ratio:
            return False
        theirs = next(h for h in self.state.holdings if h.code == code)
        now = Position(code=code, qty=theirs.qty, cost=theirs.cost)
        before = self.portfolio.positions[code]
        return any(counted_anew(before, now, ratio) for ratio in base_ratio[code])

    def open_costs(self) -> tuple[Holding, ...]:
        """Return the holdings whose cost alone differs, and hangs on what no evidence tells."""
        found = self.differences()
        if self.vanished or any(d.kind is DifferenceKind.CASH for d in found):
            return ()
        costs = {d.code for d in found if d.kind is DifferenceKind.COST}
        codes = costs & self.portfolio.doubtful
        return tuple(h for h in self.state.holdings if h.code in codes)


class Reconciler:
    """Reads both sides at one moment and tells the differences."""

    def __init__(
        self, *, account: Account, journal: Journal, watch: Watch, clock: Clock, costs: Costs
    ) -> None:
        """Nothing is read before the first call."""
        self._account = account
        self._journal = journal
        self._watch = watch
        self._clock = clock
        self._costs = costs

    async def baseline(self) -> None:
        """Take over cash and holdings of an account met for the first time."""
        if self._journal.sync().baseline:
            return
        view = await self._view(surely=True)
        await self._clock.sleep(_APART_SECONDS)
        with self._journal.exclusive():
            if not self._journal.sync().baseline:
                self._need_unmoved(view)
                now = self._clock.now()
                holdings = (h for h in view.state.holdings if h.qty)
                text = "taken over from the broker"
                cash = CashSet(at=now, amount=view.state.settled_cash, text=text)
                self._journal.write(*(_position(h, now, text) for h in holdings), cash)
        await self._clock.sleep(_APART_SECONDS)

    async def reconcile(self, *, apply: bool) -> Reconciliation:
        """Compare; with `apply`, write the broker's figures down where they differ.

        Raises BrokerUnavailable (nothing has changed), HoldingsVanished, and RecordsUnsettled
        when orders are in motion, whose fills would count twice over a figure taken over now.
        """
        view = await self._view_with_costs()
        differences = view.differences()
        if apply and view.vanished:
            raise HoldingsVanished(view.gone, len(view.portfolio.positions))
        if apply and differences:
            await self._take_over(differences, view, "taken over from the broker by reconcile")
        return replace(self._found(view), applied=apply and bool(differences))

    async def divide(self, base_ratio: Mapping[str, Sequence[float]]) -> Reconciliation:
        """Compare; write the broker's shares down where an ex-date explains them and nothing else.

        `base_ratio` tells by code what the base price may have become of the close before. The won
        paid must be the same but for a fraction of a share. Raises as `reconcile` does.
        """
        view = await self._view_with_costs()
        differences = view.differences()
        divided = tuple(d for d in differences if not view.vanished and view.divided(d, base_ratio))
        if divided:
            await self._take_over(divided, view, "shares after an ex-date, as the broker tells")
        left = tuple(d for d in differences if d not in divided)
        return replace(self._found(view), differences=left, divided=divided)

    def _found(self, view: _View) -> Reconciliation:
        unresolved = tuple(d.order_id for d in self._journal.docket.live() if d.state.fate_open)
        return Reconciliation(
            at=self._clock.now(),
            differences=view.differences(),
            unresolved=unresolved,
            vanished=view.vanished,
            applied=False,
        )

    async def _take_over(self, differences: Iterable[Difference], view: _View, text: str) -> None:
        await self._clock.sleep(_APART_SECONDS)
        self._apply(differences, view, text)
        await self._clock.sleep(_APART_SECONDS)

    async def _view(self, *, surely: bool) -> _View:
        """Read records and account, and the records again until nothing moved in between.

        Sides that agree were read at one moment; only with `surely` are they read again as well.
        """
        await self._watch.resolve()
        before = self._portfolio()
        for _ in range(_READS):
            state = await self._account.state()
            _believe(state)
            if not surely and not tuple(_differences(before, state)):
                return _View(portfolio=before, state=state)
            await self._watch.resolve()
            after = self._portfolio()
            if after.booked == before.booked:
                return _View(portfolio=after, state=state)
            before = after
        raise _unsettled()

    async def _view_with_costs(self) -> _View:
        """Read both sides, and write down the costs that only the broker can know."""
        for _ in range(_READS):
            view = await self._view(surely=False)
            if not view.open_costs():
                return view
            await self._clock.sleep(_APART_SECONDS)
            seen = self._see_costs(view)
            await self._clock.sleep(_APART_SECONDS)
            if seen is not None:
                return seen
        raise _unsettled()

    def _see_costs(self, view: _View) -> _View | None:
        """Write the costs down that explain a difference; None if anything moved meanwhile."""
        with self._journal.exclusive():
            docket = self._journal.sync()
            if not self._unmoved(view):
                return None
            now = self._clock.now()
            open_codes = {d.intended.intent.code for d in docket.live() if _may_be_filled(d)}
            seen = [
                CostSeen(at=now, code=h.code, qty=h.qty, cost=h.cost)
                for h in view.open_costs()
                if h.code not in open_codes
            ]
            told = fold((*self._journal.events(), *seen), self._costs).positions
            self._journal.write(*(s for s in seen if told[s.code].cost == s.cost))
        return _View(portfolio=self._portfolio(), state=view.state)

    def _unmoved(self, view: _View) -> bool:
        return self._portfolio().booked == view.portfolio.booked

    def _need_unmoved(self, view: _View) -> None:
        if not self._unmoved(view):
            raise _unsettled()

    def _portfolio(self) -> Portfolio:
        return fold(self._journal.events(), self._costs)

    def _apply(self, differences: Iterable[Difference], view: _View, text: str) -> None:
        with self._journal.exclusive():
            docket = self._journal.sync()
            self._need_unmoved(view)
            moving = [d for d in docket.live() if _in_motion(d)]
            if moving:
                raise RecordsUnsettled(
                    f"Order {moving[0].order_id} is {moving[0].state}.",
                    hint="Wait until it is final, or cancel it, then reconcile again.",
                )
            now = self._clock.now()
            holdings = {h.code: h for h in view.state.holdings}
            codes = {d.code: None for d in differences if d.code}
            events: list[LedgerEvent] = [
                _position(holdings[code], now, text)
                if code in holdings
                else PositionSet(at=now, code=code, qty=0, cost=0, text=text)
                for code in codes
            ]
            if any(d.kind is DifferenceKind.CASH for d in differences):
                events.append(CashSet(at=now, amount=view.state.settled_cash, text=text))
            self._journal.write(*events)


def _unsettled() -> RecordsUnsettled:
    return RecordsUnsettled(
        "The account kept changing while it was read.", hint="Try again in a moment."
    )


def _in_motion(dossier: Dossier) -> bool:
    """Whether shares may be filled under a number whose earlier fills are in the figures."""
    if dossier.state is OrderState.UNKNOWN:
        return not dossier.notes
    return dossier.state not in {OrderState.WORKING, OrderState.NEW}


def _may_be_filled(dossier: Dossier) -> bool:
    """Whether a call without an answer may have traded, and nobody was told of it."""
    return dossier.state.fate_open and not dossier.notes


def _differences(portfolio: Portfolio, state: AccountState) -> Iterable[Difference]:
    held: Mapping[str, Position] = portfolio.positions
    there = {h.code: h for h in state.holdings if h.qty}
    for code in sorted(held.keys() | there.keys()):
        ours, theirs = held.get(code), there.get(code)
        if ours is None or theirs is None:
            yield Difference(
                kind=DifferenceKind.ONLY_BROKER if ours is None else DifferenceKind.ONLY_LEDGER,
                code=code,
                ledger=0 if ours is None else ours.qty,
                broker=0 if theirs is None else theirs.qty,
            )
        elif ours.qty != theirs.qty:
            yield Difference(
                kind=DifferenceKind.QUANTITY, code=code, ledger=ours.qty, broker=theirs.qty
            )
        elif ours.cost != theirs.cost:
            yield Difference(
                kind=DifferenceKind.COST, code=code, ledger=ours.cost, broker=theirs.cost
            )
    if portfolio.cash != state.settled_cash:
        yield Difference(
            kind=DifferenceKind.CASH,
            code="",
            ledger=portfolio.cash or 0,
            broker=state.settled_cash,
        )


def _believe(state: AccountState) -> None:
    if not any(h.qty for h in state.holdings) and state.total > state.settled_cash:
        raise RecordsUnsettled(
            "The broker names no holdings but values them.", hint="Try again in a moment."
        )


def _position(holding: Holding, at: datetime, text: str) -> PositionSet:
    return PositionSet(at=at, code=holding.code, qty=holding.qty, cost=holding.cost, text=text)
