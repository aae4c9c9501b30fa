"""Members' orders against each other and against everybody else's, in order of price and time.

The tape is not changed by them: a print trades whatever a member did. What a member takes from
the displayed book is gone until the next print. A resting order waits behind the shares shown
when it joined; prints at its price use them up. A print beyond its price fills it with the shares
printed and with those that the others now show at its price or better; so do later ones.
"""

from collections import Counter
from collections.abc import Iterable

from jennie_cli.engine.model import Side
from jennie_cli.simulator.exchange.background import Background, Mark
from jennie_cli.simulator.exchange.happenings import (
    Ended,
    EndReason,
    Executed,
    Happening,
    Traded,
)
from jennie_cli.simulator.exchange.orders import Remainder
from jennie_cli.simulator.exchange.resting import Queue, Working
from jennie_cli.simulator.tapes import AUCTION, BUY, SELL

_TAKER = {Side.BUY: BUY, Side.SELL: SELL}


class Matcher:
    """The book of one stock; `happened` gathers what it did until somebody takes it."""

    def __init__(self, background: Background) -> None:
        """Nobody has an order."""
        self.queues = {Side.BUY: Queue(), Side.SELL: Queue()}
        self.happened: list[Happening] = []
        self._background = background
        self._taken: Counter[tuple[Side, int]] = Counter()

    def __len__(self) -> int:
        return sum(len(queue) for queue in self.queues.values())

    def moved_on(self) -> None:
        """Forget what members took: a print has moved the book."""
        self._taken.clear()

    def offers(self, side: Side, mark: Mark) -> dict[int, int]:
        """Return price -> shares of the others on one side, best first, less what was taken."""
        shown = self._background.levels(mark, side)
        left = {price: qty - self._taken[side, price] for price, qty in shown.items()}
        return {price: qty for price, qty in left.items() if qty > 0}

    def best(self, side: Side, mark: Mark) -> int | None:
        """Return the best price of one side with members' orders, None where nobody waits."""
        mine = self.queues[side].best
        prices = [*self.offers(side, mark), *([] if mine is None else [mine])]
        return (max if side is Side.BUY else min)(prices, default=None)

    def arrive(self, working: Working, mark: Mark, at: int) -> None:
        """Let an order meet the continuous book, then rest, or end as its remainder says."""
        side = working.order.side
        contra = other(side)
        offers, orders = self.offers(contra, mark), self.queues[contra].levels()
        within = {price for price in {*offers, *orders} if working.takes(price)}
        enough = sum(offers.get(price, 0) + orders.get(price, 0) for price in within)
        last = mark.price
        if working.order.remainder is not Remainder.FOK or enough >= working.left:
            for price in sorted(within, reverse=side is Side.SELL):
                if not working.left:
                    return
                last = price
                self._take(working, price, offers.get(price, 0), at)
        if not working.left:
            return
        if working.order.remainder is not Remainder.REST:
            self.end(working, EndReason.UNFILLED, at)
            return
        self._rest(working, last if working.price is None else working.price, mark)

    def gather(self, working: Working) -> None:
        """Let an order wait for the end of a call auction."""
        self.queues[working.order.side].add(working)

    def meet(self, mark: Mark, qty: int, at: int) -> None:
        """Let a print of the tape reach the resting orders; `mark` stands after the print."""
        for side, queue in self.queues.items():
            taker = _TAKER[other(side)]
            beaten = [w for w in queue if w.beats(mark.price)]
            level = queue.at(mark.price)
            if mark.aggressor not in (taker, AUCTION):
                # the others' best now stands where members wait: it must have met them first
                beaten, level = beaten + level, []
            left = self._beat(beaten, mark, qty, at) if beaten else qty
            self._use_up(level, mark.price, left, at, taker)

    def auction(self, price: int, volume: int, ratio: float, at: int) -> None:
        """Trade at one price: better orders up to the volume, those at the price up to a ratio."""
        for queue in self.queues.values():
            room, shared = volume, int(volume * ratio)
            for working in queue:
                if not working.takes(price):
                    break
                level = working.price == price
                qty = min(working.left, room, shared if level else room)
                if qty:
                    self._trade(working, qty, price, at, AUCTION)
                room -= qty
                shared -= qty * level

    def join(self, mark: Mark, at: int) -> None:
        """Let all gathered orders meet the continuous book, first come first."""
        waiting = [w for queue in self.queues.values() for w in queue.clear()]
        for working in sorted(waiting, key=lambda w: w.turn):
            before = working.ahead
            self.arrive(working, mark, at)
            if before is not None and working.ahead is not None:
                working.ahead = min(before, working.ahead)

    def to_market(self) -> None:
        """Let conditional orders give up their price."""
        for queue in self.queues.values():
            for working in queue.clear():
                if working.conditional:
                    working.price = None
                queue.add(working)

    def end(self, working: Working, reason: EndReason, at: int) -> None:
        """End what is left of an order that is not, or no longer, resting."""
        qty, working.left = working.left, 0
        order = working.order
        self.happened.append(
            Ended(
                at_ms=at,
                code=order.code,
                number=order.number,
                owner=order.owner,
                reason=reason,
                qty=qty,
            )
        )

    def _take(self, working: Working, price: int, offered: int, at: int) -> None:
        """Trade at one level: the others' shares ahead of each member first, then the member."""
        side = other(working.order.side)
        taker, used = _TAKER[working.order.side], 0
        for resting in self.queues[side].at(price):
            ahead = min(max(0, min(resting.ahead or 0, offered) - used), working.left)
            if ahead:
                self._trade(working, ahead, price, at, taker)
                used += ahead
            qty = min(resting.left, working.left)
            if not qty:
                break
            self._trade(working, qty, price, at, taker)
            self._fill(resting, qty, price, at)
        rest = min(offered - used, working.left)
        if rest > 0:
            self._trade(working, rest, price, at, taker)
            used += rest
        self._taken[side, price] += used
        _step_up(self.queues[side].at(price), used)

    def _beat(self, beaten: list[Working], mark: Mark, qty: int, at: int) -> int:
        """Fill orders of one side that a print went past; return what it leaves of its shares."""
        contra = other(beaten[0].order.side)
        offers, taker = self.offers(contra, mark), _TAKER[contra]
        for working in beaten:
            filled = min(working.left, qty)
            qty -= filled
            for price in filter(working.takes, offers):
                used = min(offers[price], working.left - filled)
                offers[price] -= used
                self._taken[contra, price] += used
                filled += used
            if filled:
                price = mark.price if working.price is None else working.price
                self._trade(working, filled, price, at, taker)
        return qty

    def _use_up(self, level: Iterable[Working], price: int, qty: int, at: int, taker: int) -> None:
        used = 0
        for working in level:
            ahead = min(max(0, (working.ahead or 0) - used), qty)
            used, qty = used + ahead, qty - ahead
            if not qty:
                break
            filled = min(working.left, qty)
            self._trade(working, filled, price, at, taker)
            qty -= filled
        _step_up(level, used)

    def _rest(self, working: Working, price: int, mark: Mark) -> None:
        side = working.order.side
        working.price = price
        shown = self._background.shares_at(mark, side, price)
        working.ahead = max(0, shown - self._taken[side, price])
        self.queues[side].add(working)

    def _trade(self, working: Working, qty: int, price: int, at: int, taker: int) -> None:
        code = working.order.code
        self.happened.append(Traded(at_ms=at, code=code, price=price, qty=qty, aggressor=taker))
        self._fill(working, qty, price, at)

    def _fill(self, working: Working, qty: int, price: int, at: int) -> None:
        working.left -= qty
        order = working.order
        self.happened.append(
            Executed(
                at_ms=at,
                code=order.code,
                number=order.number,
                owner=order.owner,
                side=order.side,
                price=price,
                qty=qty,
                left=working.left,
            )
        )
        if not working.left:
            self.queues[order.side].drop(working)
            self.end(working, EndReason.FILLED, at)


def other(side: Side) -> Side:
    """Return the opposite side."""
    return Side.SELL if side is Side.BUY else Side.BUY


def _step_up(level: Iterable[Working], used: int) -> None:
    for working in level:
        working.ahead = max(0, (working.ahead or 0) - used)
