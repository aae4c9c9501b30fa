"""One stock in motion: its plan, its prints, and the members' orders they meet.

A stock nobody has an order in is not walked through: it only jumps to the moment asked for.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import numpy as np

from jennie_cli.engine.model import Side
from jennie_cli.simulator.exchange.background import Background, Mark
from jennie_cli.simulator.exchange.board import Phase
from jennie_cli.simulator.exchange.chance import root, shares
from jennie_cli.simulator.exchange.happenings import EndReason, Happening, Traded
from jennie_cli.simulator.exchange.matching import Matcher
from jennie_cli.simulator.exchange.plan import NEVER, Pause, Window, lay
from jennie_cli.simulator.exchange.record import Record
from jennie_cli.simulator.exchange.resting import Working
from jennie_cli.simulator.tapes import AUCTION, Listing, Prints
from jennie_cli.simulator.tapes.marks import Marks

_CHUNK = 512


class Pit:
    """Trades one stock; `done` prints have traded, `windows[turn]` is the current or next one."""

    def __init__(
        self, listing: Listing, prints: Prints, marks: Marks, on: date, *, seed: int
    ) -> None:
        """Time stands before the day."""
        self.listing = listing
        self.background = Background(listing, on, seed=seed, qty=prints.qty)
        self.record = Record(listing.code, prints.price, prints.qty, self.background)
        self.matcher = Matcher(self.background)
        self.done = 0
        taken = self.background.takers(prints.price, prints.aggressor)
        self._prints = replace(prints, aggressor=taken)
        self._marks = marks
        self._seed = seed
        self._turn = 0
        self._inside = False
        self._stops: list[Working] = []
        self._told: list[Happening] = []
        self._pauses: tuple[Pause, ...] = ()
        self.pause(())

    @property
    def busy(self) -> bool:
        """Whether a member has a live order here."""
        return bool(len(self.matcher) or self._stops)

    @property
    def pauses(self) -> tuple[Pause, ...]:
        """The stops put in from outside, in order of time."""
        return self._pauses

    @property
    def phase(self) -> Phase:
        """What the stock is doing."""
        if self._inside:
            return self.windows[self._turn].phase
        if self._turn == 0:
            return Phase.BEFORE
        return Phase.AFTER if self._turn == len(self.windows) else Phase.CONTINUOUS

    @property
    def window(self) -> Window | None:
        """The window the stock is in."""
        return self.windows[self._turn] if self._inside else None

    @property
    def mark(self) -> Mark:
        """Where the book of others stands."""
        if not self.done:
            return Mark(price=self.listing.base_price, aggressor=AUCTION, index=0)
        last = self.done - 1
        taker = int(self.plan.aggressor[last])
        return Mark(price=int(self._prints.price[last]), aggressor=taker, index=self.done)

    @property
    def reference(self) -> int:
        """The price that static interruptions are measured from, won."""
        for window in reversed(self.windows[: self._turn]):
            if window.last > window.first:
                return self.price(window.last - 1)
        return self.listing.base_price

    def price(self, index: int) -> int:
        """Return the price of a print of the tape, won."""
        return int(self._prints.price[index])

    def interrupted(self, at: int) -> bool:
        """Whether a volatility interruption runs at a moment."""
        return any(w.vi is not None and w.start <= at < w.end for w in self.windows)

    def volume(self, window: Window) -> int:
        """Return the shares that the tape trades at the end of a window."""
        return int(self._prints.qty[window.first : window.last].sum())

    def pause(self, pauses: Sequence[Pause]) -> None:
        """Lay the day anew with these stops; all of its past must already be walked through."""
        self._pauses = tuple(pauses)
        self.plan = lay(
            self._prints, self.listing, self._marks, seed=self._seed, pauses=self._pauses
        )
        self.windows = self.plan.windows
        self.record.retime(self.plan.at_ms, self.plan.aggressor)

    def run(self, to: int) -> list[Happening]:
        """Walk to a moment, it included, and return what members' orders did on the way."""
        if not self.busy:
            self._jump(to)
        while self._turn < len(self.windows):
            window = self.windows[self._turn]
            if not self._inside:
                self._continuous(min(window.first, self._printed(to)))
                if window.start > to:
                    break
                self._enter(window)
            if window.end > to:
                break
            self._leave(window)
        return self._happened()

    def accept(self, working: Working, at: int) -> list[Happening]:
        """Take a checked order at the moment the stock stands at."""
        stop, price = working.order.stop, self.mark.price
        if self.phase.auction:
            self.matcher.gather(working)
        elif stop is not None and not _reached(working, price):
            self._stops.append(working)
        else:
            self.matcher.arrive(working, self.mark, at)
        return self._happened()

    def withdraw(self, working: Working) -> bool:
        """Take an order out; whether it was still waiting for its stop."""
        waiting = working in self._stops
        if waiting:
            self._stops.remove(working)
        self.matcher.queues[working.order.side].drop(working)
        return waiting

    def end(self, working: Working, reason: EndReason, at: int) -> list[Happening]:
        """End an order that has been taken out."""
        self.matcher.end(working, reason, at)
        return self._happened()

    def waits(self, working: Working) -> bool:
        """Whether an order still waits for its stop."""
        return working in self._stops

    def next_event(self, now: int) -> int | None:
        """Return the next moment at which one of the orders may change, None without orders."""
        if not self.busy or self._turn == len(self.windows):
            return None
        window = self.windows[self._turn]
        if self._inside:
            return window.end
        touch = self._next_touch(window.first)
        return window.start if touch is None else max(now + 1, int(self.plan.at_ms[touch]))

    def _printed(self, to: int) -> int:
        return int(np.searchsorted(self.plan.at_ms, to, side="right"))

    def _jump(self, to: int) -> None:
        while self._turn < len(self.windows) and self.windows[self._turn].end <= to:
            self._turn += 1
        ahead = self._turn < len(self.windows)
        self._inside = ahead and self.windows[self._turn].start <= to
        done = self.windows[self._turn].first if self._inside else self._printed(to)
        if done > self.done:
            self.done = done
            self.matcher.moved_on()

    def _enter(self, window: Window) -> None:
        self._inside = True
        if window.phase is Phase.CLOSING:
            self.matcher.to_market()

    def _leave(self, window: Window) -> None:
        self._inside = False
        self._turn += 1
        if window.last > window.first:
            self.done = window.last
            self.matcher.moved_on()
            price, volume = self.price(window.last - 1), self.volume(window)
            self.matcher.auction(price, volume, self._auction_ratio(), window.end)
        if self._turn == len(self.windows):
            self._expire(window.end)
        elif self.windows[self._turn].start > window.end:
            self.matcher.join(self.mark, window.end)
            self._trigger(window.end)
        self._keep()

    def _auction_ratio(self) -> float:
        """Return the part of an auction's shares that orders at its very price may have."""
        chance = shares(root(self._seed, self.listing.code), np.array([self.done]))
        return 0.3 + 0.4 * float(chance[0])

    def _expire(self, at: int) -> None:
        resting = [w for queue in self.matcher.queues.values() for w in queue.clear()]
        for working in sorted((*resting, *self._stops), key=lambda w: w.turn):
            self.matcher.end(working, EndReason.EXPIRED, at)
        self._stops.clear()

    def _continuous(self, stop: int) -> None:
        """Let the prints up to number `stop` trade, looking only at those that touch an order."""
        while self.done < stop:
            touch = self._next_touch(stop)
            self.done = stop if touch is None else touch + 1
            self.matcher.moved_on()
            if touch is not None:
                at = int(self.plan.at_ms[touch])
                self.matcher.meet(self.mark, int(self._prints.qty[touch]), at)
                self._trigger(at)
                self._keep()

    def _next_touch(self, stop: int) -> int | None:
        """Return the next print before number `stop` at or beyond the price of an order."""
        down = [p for p in (self.matcher.queues[Side.BUY].best,) if p is not None]
        up = [p for p in (self.matcher.queues[Side.SELL].best,) if p is not None]
        for working in self._stops:
            (up if working.order.side is Side.BUY else down).append(working.order.stop or 0)
        low, high = max(down, default=-1), min(up, default=NEVER)
        for first in range(self.done, stop, _CHUNK):
            prices = self._prints.price[first : min(first + _CHUNK, stop)]
            touched = np.flatnonzero((prices <= low) | (prices >= high))
            if len(touched):
                return first + int(touched[0])
        return None

    def _trigger(self, at: int) -> None:
        mark = self.mark
        for working in [w for w in self._stops if _reached(w, mark.price)]:
            self._stops.remove(working)
            self.matcher.arrive(working, mark, at)

    def _keep(self) -> None:
        happened, self.matcher.happened = self.matcher.happened, []
        for one in happened:
            if isinstance(one, Traded):
                self.record.add(one, self.done)
        self._told += happened

    def _happened(self) -> list[Happening]:
        self._keep()
        told, self._told = self._told, []
        return told


def _reached(working: Working, price: int) -> bool:
    stop = working.order.stop or 0
    return price >= stop if working.order.side is Side.BUY else price <= stop
