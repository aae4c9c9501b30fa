"""The course of one stock's day: which auctions and stops it has, and when its prints trade.

Nothing is ever taken from the tape. An interruption holds the print that would break its rule
back until its auction ends and moves all later prints of continuous trading forward, in order,
into what is left before the closing auction. The same tape and pauses always give the same plan,
and a pause leaves everything before it as it was.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from jennie_cli.engine.store.panels import BoolArray
from jennie_cli.simulator.exchange.board import Phase, Vi, ViKind
from jennie_cli.simulator.exchange.chance import below, root
from jennie_cli.simulator.tapes import AUCTION, Ints, Listing, Prints, TradingMode
from jennie_cli.simulator.tapes.marks import Marks

VI_MS, VI_EXTRA_MS = 120_000, 30_000
RESUME_AUCTION_MS = 600_000
ROOM_MS = 30_000
"""What later prints must be left between an interruption and the closing auction."""
NEVER = 1 << 60

_KINDS = {
    (True, True): ViKind.BOTH,
    (True, False): ViKind.STATIC,
    (False, True): ViKind.DYNAMIC,
}
_STATIC_PERMILLE, _NEAR_PERMILLE = 100, 95
_DYNAMIC_PCT, _DYNAMIC_KOSPI200_PCT = 6, 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A time outside continuous trading, `start` <= t < `end`, and its prints.

    `first` prints of the day have traded when it starts, `last` once it has ended. The last of
    its prints gives the price of its auction; without prints it has none.
    """

    start: int
    end: int
    phase: Phase
    first: int
    last: int
    vi: Vi | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """A stop put in from outside: `phase` HALTED or BREAK, `until` None for the rest of the day."""

    at: int
    until: int | None
    phase: Phase


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """When each print trades (NEVER: it does not), who took its price, and the windows."""

    at_ms: Ints
    aggressor: Ints
    windows: tuple[Window, ...]


def lay(
    prints: Prints, listing: Listing, marks: Marks, *, seed: int, pauses: Sequence[Pause] = ()
) -> Plan:
    """Return the course of a day; `pauses` in order of time."""
    layer = _Layer(prints, listing, marks, seed, pauses)
    if listing.mode is TradingMode.HALTED:
        layer.stop(marks.intake, 0)
    elif listing.mode.by_auctions:
        layer.slots()
    else:
        layer.day()
    return Plan(at_ms=layer.at, aggressor=layer.aggressor, windows=tuple(layer.windows))


class _Layer:
    """Walks through a day once; `done` prints are placed."""

    def __init__(
        self,
        prints: Prints,
        listing: Listing,
        marks: Marks,
        seed: int,
        pauses: Sequence[Pause],
    ) -> None:
        self.at = prints.at_ms.copy()
        self.aggressor = prints.aggressor.copy()
        self.windows: list[Window] = []
        self._price = prints.price
        self._listing = listing
        self._marks = marks
        self._root = root(seed, listing.code)
        self._pauses = list(pauses)
        self._reference = listing.base_price
        self._last = int(np.searchsorted(self.at, marks.closing))
        self._done = 0
        self._over = False

    def day(self) -> None:
        """Lay a day of continuous trading."""
        self._opening()
        while not self._over:
            window = self._next_vi()
            pause = self._due(window.start if window else self._marks.closing)
            if pause:
                traded = int(np.searchsorted(self.at[: self._last], pause.at, side="right"))
                self._pause(pause, max(traded, self._done))
            elif window:
                self._put(window, shift=int(self.at[window.first]) == window.start)
            else:
                break
        if not self._over:
            self._done = self._last
            self._window(self._marks.closing, self._marks.close, Phase.CLOSING, len(self.at))

    def slots(self) -> None:
        """Lay a day of auctions every 30 minutes; each print waits for the end of its slot."""
        nominal, start = self.at.copy(), self._marks.intake
        for end in (self._marks.open, *self._marks.slots()):
            while start < end and not self._over:
                last = int(np.searchsorted(nominal, end, side="right"))
                phase = Phase.OPENING if end == self._marks.open else Phase.SINGLE_PRICE
                if self._window(start, end, phase, last):
                    self.at[self.windows[-1].first : last] = end
                start = self.windows[-1].end

    def stop(self, start: int, first: int) -> None:
        """Let nothing trade any more."""
        self.at[first:] = NEVER
        end = self._marks.close
        self.windows.append(
            Window(start=start, end=end, phase=Phase.HALTED, first=first, last=first)
        )
        self._over = True

    def _opening(self) -> None:
        marks = self._marks
        opening = int(np.searchsorted(self.at, marks.open, side="right"))
        price = int(self._price[opening - 1]) if opening else self._reference
        if not self._off(np.array([price]), _STATIC_PERMILLE).any():
            self._window(marks.intake, marks.open, Phase.OPENING, opening)
        elif self._window(marks.intake, marks.open, Phase.OPENING, 0):
            vi = self._vi(ViKind.STATIC, price, 0, marks.open, marks.open + self._vi_ms(0))
            self._put(replace(vi, last=opening), shift=True)

    def _window(self, start: int, end: int, phase: Phase, last: int) -> bool:
        return self._put(Window(start=start, end=end, phase=phase, first=self._done, last=last))

    def _put(self, window: Window, *, shift: bool = False) -> bool:
        """Place a window; False when a pause cut it short and was placed in its stead."""
        pause = self._due(window.end)
        if pause:
            vi = window.vi and replace(window.vi, end_ms=pause.at)
            self.windows.append(replace(window, end=pause.at, last=window.first, vi=vi))
            self._pause(pause, window.first)
            return False
        if window.last > window.first:
            if shift:
                self._shift(window.first, window.end)
            self.aggressor[window.first : window.last] = AUCTION
            self._reference = int(self._price[window.last - 1])
        self.windows.append(window)
        self._done = window.last
        return True

    def _pause(self, pause: Pause, first: int) -> None:
        self._pauses.remove(pause)
        self._done = first
        if pause.until is None:
            self.stop(pause.at, first)
            return
        stood = self._window(pause.at, pause.until, pause.phase, first)
        if stood and not self._listing.mode.by_auctions:
            end = max(pause.until + RESUME_AUCTION_MS, self._marks.open)
            held = first < self._last and int(self.at[first]) <= end
            last = first + int(held)
            self._put(
                Window(start=pause.until, end=end, phase=Phase.AUCTION, first=first, last=last),
                shift=True,
            )

    def _due(self, before: int) -> Pause | None:
        """Return the next pause that begins before a moment."""
        return next((pause for pause in self._pauses if pause.at < before), None)

    def _shift(self, first: int, to: int) -> None:
        """Move a print to `to` and squeeze the later ones into the rest of the day."""
        later = self.at[first : self._last]
        if len(later):
            origin, end = int(later[0]), self._marks.closing
            later[:] = to + (later - origin) * (end - to) // (end - origin)

    def _next_vi(self) -> Window | None:
        first, last = self._done, self._last
        now, at = self._price[first:last], self.at[first:last]
        if not len(now):
            return None
        before, since = self._before(first, last)
        static = self._off(now, _STATIC_PERMILLE)
        # real minutes: the price that broke the band never printed, silence followed its neighbour
        silent = (at - since >= VI_MS) & self._off(before, _NEAR_PERMILLE)
        dynamic = np.abs(now - before) * 100 >= self._dynamic_pct * before
        broken = static | silent | dynamic
        if not broken.any():
            return None
        place = int(np.argmax(broken))
        kind = _KINDS[bool(static[place] or silent[place]), bool(dynamic[place])]
        return self._interruption(first + place, kind)

    def _before(self, first: int, last: int) -> tuple[Ints, Ints]:
        """Return price and moment before each print; without one its own price and a window."""
        places = np.maximum(np.arange(first, last) - 1, 0)
        return self._price[places], np.maximum(self.at[places], self.windows[-1].end)

    def _off(self, price: Ints, permille: int) -> BoolArray:
        """Return which prices are so far from the reference."""
        return np.asarray(np.abs(price - self._reference) * 1000 >= permille * self._reference)

    def _interruption(self, first: int, kind: ViKind) -> Window | None:
        """Return the auction that holds a print back; a gap that was long enough is the auction.

        None so late that the day's prints would not fit behind it: the exchange lets them trade.
        """
        at, long = int(self.at[first]), self._vi_ms(first)
        before = max(int(self.at[first - 1]) if first else 0, self.windows[-1].end)
        if at - before >= VI_MS:
            return self._vi(kind, int(self._price[first]), first, max(before, at - long), at)
        if at + long > self._marks.closing - ROOM_MS:
            return None
        return self._vi(kind, int(self._price[first]), first, at, at + long)

    def _vi(self, kind: ViKind, price: int, first: int, start: int, end: int) -> Window:
        vi = Vi(
            kind=kind,
            price=price,
            static_reference=self._reference,
            dynamic_reference=int(self._price[first - 1]) if first else 0,
            number=1 + sum(window.vi is not None for window in self.windows),
            start_ms=start,
            end_ms=end,
        )
        return Window(start=start, end=end, phase=Phase.VI, first=first, last=first + 1, vi=vi)

    def _vi_ms(self, first: int) -> int:
        return VI_MS + below(VI_EXTRA_MS + 1, self._root, first)

    @property
    def _dynamic_pct(self) -> int:
        return _DYNAMIC_KOSPI200_PCT if self._listing.kospi200 else _DYNAMIC_PCT
