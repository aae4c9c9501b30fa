"""One day of the exchange in virtual time."""

from bisect import bisect_right, insort
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np

from jennie_cli.engine.errors import InputError
from jennie_cli.engine.model import Side
from jennie_cli.engine.venue import Session
from jennie_cli.simulator.exchange import showing
from jennie_cli.simulator.exchange.admission import check, check_open
from jennie_cli.simulator.exchange.board import Board, Depth, Phase, Stretch
from jennie_cli.simulator.exchange.happenings import EndReason, Happening, Traded, ViChanged
from jennie_cli.simulator.exchange.matching import other
from jennie_cli.simulator.exchange.orders import (
    ExchangeOrder,
    Pricing,
    Rejected,
    RejectReason,
    Remainder,
)
from jennie_cli.simulator.exchange.pit import Pit
from jennie_cli.simulator.exchange.pits import Pits
from jennie_cli.simulator.exchange.plan import RESUME_AUCTION_MS, ROOM_MS, Pause
from jennie_cli.simulator.exchange.resting import Working
from jennie_cli.simulator.exchange.schedule import Schedule, market_phase
from jennie_cli.simulator.tapes import Ints, Listing, Prints, TradingMode, no_prints
from jennie_cli.simulator.tapes.marks import MINUTE, marks_of


class Exchange:
    """The session of one day. All times are ms since KST midnight; `now` only moves forward.

    The same tapes, seed and orders at the same ms give the same happenings, however `advance`
    is cut into steps. What happens at `to` itself has happened when `advance(to)` returns.
    """

    def __init__(
        self,
        *,
        session: Session,
        listings: Sequence[Listing],
        prints: Mapping[str, Prints],
        seed: int,
        asleep: bool = False,
    ) -> None:
        """A listing without prints trades nothing of its own. Time stands at midnight.

        `asleep` leaves each stock alone until it is asked for: a start costs nothing, and what
        befalls a stock that nobody asked for is not told. No order or price depends on it.
        """
        self._day, self._marks, self._seed = session.day, marks_of(session), seed
        self._now = 0
        self._orders: dict[str, Working] = {}
        self._busy: dict[str, int] = {}
        self._breaks: list[Pause] = []
        self._own: list[tuple[int, str]] = []
        self._pits = Pits(listings, lambda one: self._wake(one, prints.get(one.code, no_prints())))
        for code in () if asleep else self._pits:
            self._listed(code)

    @property
    def now(self) -> int:
        """Milliseconds since KST midnight."""
        return self._now

    @property
    def phase(self) -> Phase:
        """What the market as a whole is doing."""
        return market_phase(self._marks, self._breaks, self._now)

    @property
    def codes(self) -> tuple[str, ...]:
        """The listed codes, sorted."""
        return tuple(self._pits)

    def advance(self, to: int) -> list[Happening]:
        """Let time pass and return what happened, in order of time."""
        if to < self._now:
            raise ValueError(f"time cannot go back from {self._now} to {to}")
        happened = list(self._schedule.between(self._now, to))
        for code in sorted(code for code, at in self._busy.items() if at <= to):
            happened += self._told(code, self._pits[code].run(to))
        self._now = to
        return sorted(happened, key=lambda one: one.at_ms)

    def next_event(self) -> int | None:
        """Return the earliest later moment at which an order or a phase may change."""
        times = [self._schedule.next_after(self._now)]
        times += self._busy.values()
        return min((at for at in times if at is not None), default=None)

    def enter(self, order: ExchangeOrder) -> list[Happening]:
        """Take an order now and return what it did at once. Raises Rejected."""
        working = self._admitted(order)
        return self._accept(working)

    def reduce(self, number: str, qty: int | None = None) -> list[Happening]:
        """Cancel `qty` shares of what is left of an order, None all of it. Raises Rejected.

        An order that lives on tells nothing and keeps its place.
        """
        working, qty = self._changeable(number, qty)
        return self._cut(working, qty, EndReason.CANCELLED)

    def replace(
        self,
        number: str,
        new_number: str,
        *,
        price: int | None,
        qty: int | None = None,
        pricing: Pricing | None = None,
        stop: int | None = None,
    ) -> list[Happening]:
        """Move `qty` shares (None all that is left) of an order to a new number and price.

        The new order queues behind; what is not moved goes on under the old number. `pricing`
        None keeps the old one's, as far as it names a price, `stop` None the old stop. Only what
        still waits for its stop goes on as a stop. Raises Rejected; then nothing moved.
        """
        working, qty = self._changeable(number, qty)
        old, pit = working.order, self._pits[working.order.code]
        kind = pricing or (old.pricing if old.pricing.names_price else Pricing.LIMIT)
        if kind is Pricing.STOP_LIMIT and not pit.waits(working):
            if pricing is not None:
                raise Rejected(RejectReason.KIND, f"{number} does not wait for a stop")
            kind = Pricing.LIMIT
        order = replace(
            old,
            number=new_number,
            qty=qty,
            pricing=kind,
            price=price if kind.names_price else None,
            stop=(stop or old.stop) if kind is Pricing.STOP_LIMIT else None,
            remainder=Remainder.REST,
        )
        moved = self._admitted(order)
        return self._cut(working, qty, EndReason.REPLACED) + self._accept(moved)

    def left(self, number: str) -> int:
        """Return the shares of an order that may still trade. Raises Rejected if unknown."""
        return self._working(number).left

    def board(self, code: str) -> Board:
        """Return what is known of a stock now. Raises Rejected for an unknown code."""
        return showing.board(self._pit(code), self._now, seed=self._seed)

    def book(self, code: str) -> Depth:
        """Return the order book now. Raises Rejected for an unknown code."""
        return showing.book(self._pit(code), self._now, seed=self._seed)

    def board_and_book(self, code: str) -> tuple[Board, Depth]:
        """Return board and book at one look, which costs half of two. Raises Rejected."""
        return showing.board_and_book(self._pit(code), self._now, seed=self._seed)

    def prints_so_far(self, code: str, *, first: int = 0) -> Stretch:
        """Return the trades of the day up to now, members' among them, from number `first` on."""
        record = self._listed(code).record
        return record.stretch(first, record.trades(self._now))

    def prints_between(self, code: str, after_ms: int, to_ms: int) -> Stretch:
        """Return the trades with `after_ms` < time <= `to_ms`, at most up to now."""
        return self._listed(code).record.between(after_ms, min(to_ms, self._now))

    def printed(self, after_ms: int, to_ms: int) -> tuple[str, ...]:
        """Return the codes with trades in `after_ms` < time <= `to_ms`, at most up to now."""
        times, places = self._all_prints
        first, last = np.searchsorted(times, (after_ms, min(to_ms, self._now)), side="right")
        codes = tuple(self._pits.awake)
        found = {codes[place] for place in np.unique(places[first:last]).tolist()}
        own = bisect_right(self._own, after_ms, key=lambda one: one[0])
        found |= {code for at, code in self._own[own:] if at <= to_ms}
        return tuple(sorted(found))

    def interrupted(self, codes: Iterable[str]) -> tuple[str, ...]:
        """Return which of some listed codes are in a volatility interruption now."""
        return tuple(code for code in codes if self._listed(code).interrupted(self._now))

    def interruptions(self, code: str) -> tuple[ViChanged, ...]:
        """Return what was told of a stock's volatility interruptions up to now."""
        self._listed(code)
        return tuple(
            one
            for one in self._schedule.between(-1, self._now)
            if isinstance(one, ViChanged) and one.code == code
        )

    def break_market(self, at: int, minutes: int = 20) -> None:
        """Stop all trading at `at` for some minutes, then hold a call auction of 10 minutes.

        Raises InputError unless `at` is later than now and the rest of the day has room for it.
        """
        if minutes < 1:
            raise InputError(f"A market-wide break of {minutes} minutes is none.")
        pause = Pause(at=at, until=at + minutes * MINUTE, phase=Phase.BREAK)
        self._check_room(at, at + minutes * MINUTE)
        if at < self._marks.open:
            raise InputError("A market-wide break begins after the opening.")
        self._breaks.append(pause)
        self._forget()
        for pit in self._pits.awake.values():
            if pit.listing.mode is not TradingMode.HALTED:
                self._pause(pit, [*pit.pauses, pause])

    def halt(self, code: str, at: int) -> None:
        """Halt one stock from `at`, later than now, until it is resumed."""
        pit = self._pit(code)
        if self._halted(pit) or pit.listing.mode is TradingMode.HALTED:
            raise InputError(f"{code} is halted already.")
        if not self._now < at < self._marks.close:
            raise InputError(f"A halt begins between now and the close, not at {at} ms.")
        self._pause(pit, [*pit.pauses, Pause(at=at, until=None, phase=Phase.HALTED)])

    def resume(self, code: str, at: int) -> None:
        """Let a halted stock trade again from `at` on, after a call auction of 10 minutes.

        Raises InputError unless `at` is later than now and the rest of the day has room for it.
        """
        pit = self._pit(code)
        halt = self._halted(pit)
        if halt is None or at <= halt.at:
            raise InputError(f"{code} is not halted before {at} ms.")
        self._check_room(at, at)
        pauses = [replace(one, until=at) if one is halt else one for one in pit.pauses]
        self._pause(pit, pauses)

    @cached_property
    def _schedule(self) -> Schedule:
        return Schedule(self._marks, self._pits.awake.values(), self._breaks)

    @cached_property
    def _all_prints(self) -> tuple[Ints, Ints]:
        """All prints of the tapes in order of time, and the place of their code."""
        times = [pit.plan.at_ms for pit in self._pits.awake.values()]
        places = np.repeat(np.arange(len(times)), [len(each) for each in times])
        joined = np.concatenate([np.empty(0, dtype=np.int64), *times])
        order = np.argsort(joined, kind="stable")
        return joined[order], places[order]

    def _wake(self, listing: Listing, prints: Prints) -> Pit:
        pit = Pit(listing, prints, self._marks, self._day, seed=self._seed)
        if self._breaks and listing.mode is not TradingMode.HALTED:
            pit.pause(sorted(self._breaks, key=lambda one: one.at))
        self._forget()
        return pit

    def _forget(self) -> None:
        """Drop what was read from the plans of all stocks; it is read again when asked for."""
        self.__dict__.pop("_schedule", None)
        self.__dict__.pop("_all_prints", None)

    def _listed(self, code: str) -> Pit:
        pit = self._pits.get(code)
        if pit is None:
            raise Rejected(RejectReason.UNKNOWN_CODE, f"{code} is not listed")
        return pit

    def _pit(self, code: str) -> Pit:
        pit = self._listed(code)
        pit.run(self._now)
        return pit

    def _admitted(self, order: ExchangeOrder) -> Working:
        pit = self._pit(order.code)
        if order.number in self._orders:
            text = f"{order.number} was given to an order already"
            raise Rejected(RejectReason.DUPLICATE_NUMBER, text)
        check(order, pit.listing, pit.background.grid, pit.listing.limits(self._day), pit.phase)
        price = order.price
        if order.pricing in {Pricing.BEST, Pricing.PRIORITY}:
            own = order.pricing is Pricing.PRIORITY
            side: Side = order.side if own else other(order.side)
            price = pit.matcher.best(side, pit.mark)
            if price is None:
                raise Rejected(RejectReason.NO_PRICE, f"{order.code}: nobody waits on that side")
        return Working(order=order, left=order.qty, turn=len(self._orders), price=price)

    def _accept(self, working: Working) -> list[Happening]:
        code = working.order.code
        self._orders[working.order.number] = working
        return self._told(code, self._pits[code].accept(working, self._now))

    def _working(self, number: str) -> Working:
        if number not in self._orders:
            raise Rejected(RejectReason.UNKNOWN_ORDER, f"no order has the number {number}")
        return self._orders[number]

    def _changeable(self, number: str, qty: int | None) -> tuple[Working, int]:
        working = self._working(number)
        if not working.left:
            raise Rejected(RejectReason.NOTHING_LEFT, f"{number}: nothing is left to change")
        check_open(working.order.code, self._pit(working.order.code).phase)
        qty = working.left if qty is None else qty
        if not 1 <= qty <= working.left:
            text = f"{number}: {qty} of {working.left} shares cannot be changed"
            raise Rejected(RejectReason.OVER_REDUCE, text)
        return working, qty

    def _cut(self, working: Working, qty: int, reason: EndReason) -> list[Happening]:
        if qty < working.left:
            working.left -= qty
            return []
        code = working.order.code
        self._pits[code].withdraw(working)
        return self._told(code, self._pits[code].end(working, reason, self._now))

    def _told(self, code: str, happened: list[Happening]) -> list[Happening]:
        for one in happened:
            if isinstance(one, Traded):
                insort(self._own, (one.at_ms, code))
        self._set_alarm(self._pits[code])
        return happened

    def _set_alarm(self, pit: Pit) -> None:
        """Note when one of a stock's orders may change next; until then it need not be walked."""
        self._busy.pop(pit.listing.code, None)
        at = pit.next_event(self._now)
        if at is not None:
            self._busy[pit.listing.code] = at

    def _pause(self, pit: Pit, pauses: Iterable[Pause]) -> None:
        pit.run(self._now)
        pit.pause(sorted(pauses, key=lambda one: one.at))
        self._set_alarm(pit)
        self._forget()

    def _halted(self, pit: Pit) -> Pause | None:
        return next((one for one in pit.pauses if one.until is None), None)

    def _check_room(self, at: int, until: int) -> None:
        latest = self._marks.closing - ROOM_MS - RESUME_AUCTION_MS
        if at <= self._now or until > latest:
            raise InputError(
                f"{at} ms to {until} ms does not lie between now and {latest} ms.",
                hint="Later stops would leave the day's prints no time before the closing auction.",
            )
