"""The machine of a session that writes down what it hears and what it says.

What is written is enough to have the same session again. No decision depends on whether it is:
when the tape cannot go on, that is told once, and the session goes on without it.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import blake2b
from typing import Any

from jennie_cli.engine.clock import KST
from jennie_cli.engine.errors import JennieError
from jennie_cli.engine.exits import Trade
from jennie_cli.engine.feed import MarketEvent, MinuteBar, Tick
from jennie_cli.engine.model import Order, Signal, TradingContext
from jennie_cli.engine.portfolio import Costs
from jennie_cli.engine.risk import ApprovedOrder, Refusal
from jennie_cli.engine.signals import NO_GUESTS, Guests
from jennie_cli.engine.store import Sheet
from jennie_cli.engine.store.codec import to_bytes
from jennie_cli.engine.store.evaluations import Stamped
from jennie_cli.engine.trading.session.day import TradingDay, Wishes
from jennie_cli.engine.trading.session.facts import Outside
from jennie_cli.engine.trading.session.tape import (
    BEAT,
    END,
    HEARD,
    Beginning,
    Moments,
    SessionTape,
    head_line,
)
from jennie_cli.engine.trading.session.wishes import SellWish
from jennie_cli.engine.venue import Calendar


class TapedDay(TradingDay):
    """A TradingDay with a tape."""

    def __init__(
        self,
        beginning: Beginning,
        tape: SessionTape | None,
        *,
        calendar: Calendar,
        costs: Costs,
        by: str,
        lost: Callable[[JennieError], None],
        guests: Guests = NO_GUESTS,
    ) -> None:
        """Without a `tape` nothing is written. `by` is the version of the program; `lost` hears why
        the tape ends early, if it does.
        """
        super().__init__(
            beginning.morning,
            beginning.opening,
            policies=beginning.policies,
            calendar=calendar,
            costs=costs,
            since=beginning.since,
            grace_s=beginning.grace_s,
            guests=guests,
        )
        self._tape = tape
        self._lost = lost
        self._moments = Moments(beginning.morning.day)
        self._listing = costs.listing
        self._written = len(self.decisions)
        if tape is not None:
            told = guests.told
            self._put(head_line(beginning, calendar=calendar, costs=costs, by=by, guests=told))

    def hear(self, items: Sequence[Tick | MarketEvent], now: datetime) -> Wishes:
        """Take what the market said."""
        if self._tape is not None:
            self._note(HEARD, self._moments.of(now), self._moments.packed(items))
        return self._wished(super().hear(items, now))

    def beat(self, now: datetime) -> Wishes:
        """Let a second go by."""
        self._note(BEAT, self._moments.of(now))
        return self._wished(super().beat(now))

    def warm_up(self, code: str, minutes: Sequence[MinuteBar], until: datetime) -> None:
        """Put the day's earlier minutes of a stock."""
        self._note("warm_up", code, tuple(minutes), until)
        super().warm_up(code, minutes, until)
        self._tell_decisions()

    def catch_up(self, code: str, minutes: Sequence[MinuteBar]) -> None:
        """Let the exits know the day's minutes of a stock held."""
        self._note("catch_up", code, tuple(minutes))
        super().catch_up(code, minutes)
        self._tell_decisions()

    def resume(self, order: Order) -> None:
        """Count an automatic buy that was left open."""
        self._note("resume", _bare(order), self._listing(order.code))
        super().resume(order)
        self._tell_decisions()

    def stamp_buy(self, signal: Signal, outside: Outside) -> ApprovedOrder | Refusal:
        """Size and stamp a signal."""
        self._note("stamp_buy", key_of(signal), _anonymous(outside))
        answer = super().stamp_buy(signal, outside)
        self._tell_decisions()
        return answer

    def stamp_sell(
        self, wish: SellWish, outside: Outside, *, sellable: int | None
    ) -> ApprovedOrder | Refusal:
        """Stamp what the exits want sold."""
        self._note("stamp_sell", wish, _anonymous(outside), sellable)
        answer = super().stamp_sell(wish, outside, sellable=sellable)
        self._tell_decisions()
        return answer

    def not_sent(self, order_id: str) -> None:
        """Take a stamped buy back."""
        self._note("not_sent", order_id)
        super().not_sent(order_id)
        self._tell_decisions()

    def traded(self, trade: Trade) -> None:
        """Take in a trade."""
        self._note("traded", trade)
        super().traded(trade)
        self._tell_decisions()

    def ended(self, order: Order) -> None:
        """Take in that an automatic order is over."""
        self._note("ended", _bare(order))
        super().ended(order)
        self._tell_decisions()

    def freed(self, code: str) -> None:
        """Let the exits wish again."""
        self._note("freed", code)
        super().freed(code)
        self._tell_decisions()

    def weigh(self, cash: int | None, paid_in: int = 0) -> None:
        """Take in the won of the ledger, and those paid in."""
        self._note("weigh", cash, paid_in)
        super().weigh(cash, paid_in)
        self._tell_decisions()

    def weather(self, context: TradingContext | None) -> None:
        """Take in a new macro context."""
        self._note("weather", context)
        super().weather(context)
        self._tell_decisions()

    def liquidate(self, codes: frozenset[str]) -> None:
        """Say which stocks must go."""
        self._note("liquidate", codes)
        super().liquidate(codes)
        self._tell_decisions()

    def expect(self, code: str, price: int, at: datetime) -> None:
        """Take in the price of a running auction."""
        self._note("expect", code, price, at)
        super().expect(code, price, at)
        self._tell_decisions()

    def take_records(self) -> tuple[tuple[Sheet, ...], tuple[Stamped, ...]]:
        """Return what was judged and stamped."""
        self._note("take_records")
        sheets, stamps = super().take_records()
        if sheets:
            self._note("judged", digest(sheets))
        return sheets, stamps

    def end(self) -> None:
        """Say that the tape is whole."""
        self._note(END)

    def _wished(self, wishes: Wishes) -> Wishes:
        self._tell_decisions()
        for wish in wishes.sells:
            self._note("sell", wish)
        for signal in wishes.buys:
            self._note("buy", signal)
        return wishes

    def _tell_decisions(self) -> None:
        for decision in self.decisions[self._written :]:
            self._note("decision", replace(decision, at=decision.at.astimezone(KST)))
        self._written = len(self.decisions)

    def _note(self, *line: Any) -> None:
        if self._tape is not None:
            self._put(to_bytes(line))

    def _put(self, line: bytes) -> None:
        if self._tape is None:
            return
        try:
            self._tape.write(line)
        except JennieError as error:
            self._tape = None
            self._lost(error)


def key_of(signal: Signal) -> tuple[str, str, bool]:
    """Return what tells a signal of a session from the others."""
    return signal.signal_id, str(signal.strategy), signal.confirmed


def digest(sheets: Iterable[Sheet]) -> str:
    """Return a short sum over every figure that was judged."""
    summed = blake2b(digest_size=12)
    for sheet in sheets:
        summed.update(to_bytes((sheet.at.astimezone(KST), sheet.judging, sheet.codes)))
        summed.update(to_bytes((sheet.counted, sheet.questions)))
        for figures in (sheet.deciding, sheet.value, sheet.limit, sheet.passed):
            summed.update(figures.tobytes())
    return summed.hexdigest()


def _bare(order: Order) -> Order:
    """Return an order without what others say of it: nothing is decided by that."""
    return replace(order, broker_ids=(), note="")


def _anonymous(outside: Outside) -> Outside:
    """Return what the stamp is told without the words of whoever set a flag."""
    if outside.flags is None:
        return outside
    flags = {flag: replace(state, who="", reason="") for flag, state in outside.flags.items()}
    return replace(outside, flags=flags)
