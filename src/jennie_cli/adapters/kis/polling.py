"""Stocks without a stream are asked for: what traded since the last look becomes a tick."""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Protocol

from jennie_cli.engine.clock import Clock
from jennie_cli.engine.errors import JennieError
from jennie_cli.engine.feed import Quote, Tick

_log = logging.getLogger(__name__)


class QuoteSource(Protocol):
    """Answers many quotes at once."""

    async def quotes(self, codes: Sequence[str]) -> tuple[Quote, ...]:
        """Return the stocks now; unknown codes are left out."""
        ...


_LAG = timedelta(seconds=5)
"""How late the stream, or a poll, may tell what the other has told, clocks that differ included."""


@dataclass(slots=True)
class _Seen:
    """The day volume known so far, when it was last so, and up to where polls have told it.

    `polled` is None once the stream has gone beyond.
    """

    day: date
    volume: int
    at: datetime
    polled: int | None = None


class DayVolumes:
    """Keeps stream and polls from telling the same shares twice, or losing some between them."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._seen: dict[str, _Seen] = {}

    def streamed(self, tick: Tick) -> Tick:
        """Return a streamed tick with the shares that no poll has told.

        Shares that traded before it, unseen by any poll, are told with it and marked as a gap. A
        day volume below what a poll showed is late, or else the poll showed another count.
        """
        seen = self._of(tick)
        if seen is None:
            self._seen[tick.code] = _Seen(tick.at.date(), tick.day_volume, tick.at)
            return tick
        if seen.polled is not None:
            untold = tick.day_volume - seen.polled
            if untold < 0 and tick.at - seen.at > _LAG:
                self._seen[tick.code] = _Seen(tick.at.date(), tick.day_volume, tick.at)
                return replace(tick, after_gap=True)
            if untold <= 0:
                return replace(tick, qty=0)
            tick = replace(tick, qty=untold, after_gap=tick.after_gap or untold > tick.qty)
            seen.polled = None
        if tick.day_volume >= seen.volume:
            seen.volume, seen.at = tick.day_volume, max(seen.at, tick.at)
        return tick

    def polled(self, tick: Tick) -> Tick | None:
        """Return a polled state with the shares since the last look; None if nothing traded.

        Without an earlier look the shares are unknown: 0, and a gap. A volume that shrinks is
        late at first; one that stays so small is a new count.
        """
        seen = self._of(tick)
        shrunk = seen is not None and tick.day_volume < seen.volume
        if seen is not None and shrunk and tick.at - seen.at <= _LAG:
            return None
        if seen is None or shrunk:
            self._seen[tick.code] = _Seen(tick.at.date(), tick.day_volume, tick.at, tick.day_volume)
            return replace(tick, after_gap=True) if tick.day_volume else None
        since = tick.day_volume - seen.volume
        seen.volume = seen.polled = tick.day_volume
        seen.at = max(seen.at, tick.at)
        return replace(tick, qty=since) if since else None

    def _of(self, tick: Tick) -> _Seen | None:
        seen = self._seen.get(tick.code)
        return seen if seen is not None and seen.day == tick.at.date() else None


class Poller:
    """Asks for the codes that are due: held ones often, the others seldom."""

    def __init__(
        self,
        source: QuoteSource,
        *,
        clock: Clock,
        held_s: float,
        others_s: float,
        regular: Callable[[], bool],
    ) -> None:
        """`regular` says whether the regular session runs now."""
        self._source = source
        self._clock = clock
        self._held_s = held_s
        self._others_s = others_s
        self._regular = regular
        self._due: dict[str, float] = {}
        self.failing = False

    async def look(self, codes: Sequence[str], *, held: Sequence[str]) -> tuple[Tick, ...]:
        """Return the states of the codes whose turn it is; `qty` is not yet known and 0."""
        now = self._clock.monotonic()
        pause = {code: self._held_s if code in held else self._others_s for code in codes}
        # a stock that has come to matter more does not sit out its longer pause
        self._due = {c: min(self._due.get(c, now + pause[c]), now + pause[c]) for c in codes}
        due = sorted((code for code in codes if self._due[code] <= now), key=pause.__getitem__)
        if not due:
            return ()
        for code in due:
            self._due[code] = now + pause[code]
        try:
            found = await self._source.quotes(due)
        except JennieError as error:
            if not self.failing:
                _log.warning("polling fails: %s", error.message)
            self.failing = True
            return ()
        self.failing = False
        return tuple(self._ticks(found))

    def _ticks(self, found: Sequence[Quote]) -> Iterator[Tick]:
        at, regular = self._clock.now(), self._regular()
        for quote in found:
            if quote.price > 0:
                yield Tick(
                    code=quote.code,
                    at=at.replace(microsecond=0),
                    price=quote.price,
                    qty=0,
                    day_volume=quote.volume,
                    day_high=quote.high,
                    regular=regular,
                )
